//! Conversations folded into flows: one row for source, destination, protocol, port and service.
//!
//! Invariant: pure; the same conversations in any order give the same rows; memory grows with distinct flows only, about
//! 110 bytes each, because rows lie in pieces of fixed size and are found through an index of eight bytes a place.

use std::hash::{BuildHasher, Hash};

use foldhash::fast::RandomState;

use super::model::{FlowRow, Initiator, Reached};
use super::reading::cells::{Packed, unpacked};
use crate::vocabulary::Moment;

/// Most distinct flows of one batch.
pub const MOST_FLOWS: usize = 4_000_000;
/// Most different words for protocols and services.
const MOST_WORDS: usize = 60_000;

/// States of a connection as Zeek writes them (`conn_state`), in the order of their bits.
pub const STATES: [&str; 13] =
    ["S0", "S1", "SF", "REJ", "S2", "S3", "RSTO", "RSTR", "RSTOS0", "RSTRH", "SH", "SHR", "OTH"];
/// The handshake was completed.
const ANSWERED: u16 = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7;
const REFUSED: u16 = 1 << 3;
/// The sensor saw the beginning, so it knows who began.
const BEGAN: u16 = ANSWERED | REFUSED | 1 | 1 << 8;

/// What tells a flow apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    pub source: Packed,
    pub destination: Packed,
    pub port: u16,
    pub protocol: u16,
    pub service: u16,
}

/// One conversation.
#[derive(Clone, Copy, Debug)]
pub struct Conversation {
    pub key: Key,
    pub at: Moment,
    /// Payload bytes of either side; zero when the log does not say.
    pub sent: u64,
    pub received: u64,
    /// Bit of its state in [`STATES`]; zero when the log does not say.
    pub state: u16,
}

/// A flow: its conversations added up.
#[derive(Clone, Copy, Debug)]
pub struct Flow {
    pub key: Key,
    pub first: Moment,
    pub last: Moment,
    pub connections: u32,
    pub answered: u32,
    pub refused: u32,
    states: u16,
    pub sent: u64,
    pub received: u64,
}

impl Flow {
    /// Bits of the states its conversations ended in.
    #[must_use]
    pub fn states(&self) -> u16 {
        self.states
    }

    #[inline]
    fn take(&mut self, one: &Conversation) {
        self.first = self.first.min(one.at);
        self.last = self.last.max(one.at);
        self.connections = self.connections.saturating_add(1);
        let answered = one.received > 0 || one.state & ANSWERED != 0;
        self.answered = self.answered.saturating_add(u32::from(answered));
        self.refused = self.refused.saturating_add(u32::from(one.state & REFUSED != 0));
        self.states |= one.state;
        self.sent = self.sent.saturating_add(one.sent);
        self.received = self.received.saturating_add(one.received);
    }
}

/// Words that occur again and again, by number.
#[derive(Default)]
pub struct Words {
    texts: Vec<Box<[u8]>>,
    numbers: std::collections::HashMap<Box<[u8]>, u16, RandomState>,
    recent: [u16; 32],
}

impl Words {
    /// The number of a word; none when there are too many different ones.
    #[inline]
    pub fn number(&mut self, word: &[u8]) -> Option<u16> {
        let place = word.len().wrapping_add(usize::from(word.last().copied().unwrap_or(0)).wrapping_mul(7)) & 31;
        let recent = self.recent[place];
        if self.texts.get(usize::from(recent)).is_some_and(|known| **known == *word) {
            return Some(recent);
        }
        let number = match self.numbers.get(word) {
            Some(number) => *number,
            None if self.texts.len() >= MOST_WORDS => return None,
            None => {
                let number = u16::try_from(self.texts.len()).ok()?;
                self.texts.push(word.into());
                self.numbers.insert(word.into(), number);
                number
            }
        };
        self.recent[place] = number;
        Some(number)
    }

    #[must_use]
    pub fn text(&self, number: u16) -> String {
        self.texts.get(usize::from(number)).map_or_else(String::new, |text| String::from_utf8_lossy(text).into_owned())
    }
}

const PIECE: usize = 1 << 14;

/// Flows being folded.
pub struct Flows {
    /// Upper half: of the hash; lower half: the row's place, from one. A power of two long.
    index: Vec<u64>,
    pieces: Vec<Vec<Flow>>,
    count: usize,
    hasher: RandomState,
    pub words: Words,
    pub conversations: u64,
}

impl Default for Flows {
    fn default() -> Self {
        let (index, pieces) = (vec![0; 1 << 12], Vec::new());
        Self { index, pieces, count: 0, hasher: RandomState::default(), words: Words::default(), conversations: 0 }
    }
}

impl Flows {
    /// Number of distinct flows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The flow at a place, from zero.
    #[must_use]
    pub fn at(&self, place: usize) -> Option<&Flow> {
        self.pieces.get(place / PIECE)?.get(place % PIECE)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Flow> {
        self.pieces.iter().flatten()
    }

    /// Takes a conversation; the error says when there are too many flows to be one site's log.
    #[inline]
    pub fn take(&mut self, one: &Conversation) -> Result<(), String> {
        self.conversations += 1;
        let hash = self.hasher.hash_one(one.key) >> 32;
        let mask = self.index.len() - 1;
        let mut at = usize::try_from(hash).unwrap_or(0) & mask;
        loop {
            let held = self.index[at];
            if held == 0 {
                return self.add(at, hash, one);
            }
            if held >> 32 == hash {
                let place = usize::try_from(held & 0xffff_ffff).unwrap_or(0) - 1;
                let flow = &mut self.pieces[place / PIECE][place % PIECE];
                if flow.key == one.key {
                    flow.take(one);
                    return Ok(());
                }
            }
            at = (at + 1) & mask;
        }
    }

    fn add(&mut self, at: usize, hash: u64, one: &Conversation) -> Result<(), String> {
        if self.count >= MOST_FLOWS {
            return Err(format!("more than {MOST_FLOWS} distinct flows; import the logs in parts"));
        }
        if self.count.is_multiple_of(PIECE) {
            self.pieces.push(Vec::with_capacity(PIECE));
        }
        let (first, last, key) = (one.at, one.at, one.key);
        let (connections, answered, refused, states, sent, received) = (0, 0, 0, 0, 0, 0);
        let mut flow = Flow { key, first, last, connections, answered, refused, states, sent, received };
        flow.take(one);
        self.pieces[self.count / PIECE].push(flow);
        self.count += 1;
        self.index[at] = hash << 32 | self.count as u64;
        if self.count * 2 > self.index.len() {
            self.widen();
        }
        Ok(())
    }

    #[cold]
    fn widen(&mut self) {
        let mask = self.index.len() * 2 - 1;
        let mut wider = vec![0u64; mask + 1];
        for held in self.index.iter().filter(|held| **held != 0) {
            let mut at = usize::try_from(held >> 32).unwrap_or(0) & mask;
            while wider[at] != 0 {
                at = (at + 1) & mask;
            }
            wider[at] = *held;
        }
        self.index = wider;
    }

    /// A flow in words.
    #[must_use]
    pub fn row(&self, flow: &Flow) -> FlowRow {
        FlowRow {
            source: unpacked(flow.key.source).to_string(),
            destination: unpacked(flow.key.destination).to_string(),
            protocol: self.words.text(flow.key.protocol),
            port: i64::from(flow.key.port),
            service: self.words.text(flow.key.service),
            initiator: initiator(i64::from(flow.states)),
            first_seen: flow.first,
            last_seen: flow.last,
            connections: i64::from(flow.connections),
            answered: i64::from(flow.answered),
            refused: i64::from(flow.refused),
            sent: i64::try_from(flow.sent).unwrap_or(i64::MAX),
            received: i64::try_from(flow.received).unwrap_or(i64::MAX),
            states: states_text(i64::from(flow.states)),
            reached: Reached::of(i64::from(flow.answered), i64::from(flow.refused)),
        }
    }
}

/// The states of these bits, separated by `;`.
#[must_use]
pub fn states_text(bits: i64) -> String {
    let set = STATES.iter().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1).map(|(_, state)| *state);
    set.collect::<Vec<_>>().join(";")
}

/// Who began, by the states that were seen.
#[must_use]
pub fn initiator(bits: i64) -> Initiator {
    if bits & i64::from(BEGAN) != 0 { Initiator::Source } else { Initiator::Unknown }
}

/// The bit of a state; none when Zeek has no such state.
#[inline]
#[must_use]
pub fn state(text: &[u8]) -> Option<u16> {
    Some(match text {
        b"" => 0,
        b"SF" => 1 << 2,
        b"S0" => 1,
        b"S1" => 1 << 1,
        other => 1 << STATES.iter().position(|known| known.as_bytes() == other)?,
    })
}

#[cfg(test)]
mod tests {
    use super::{Conversation, Flows, Key, STATES, state};
    use crate::vocabulary::Moment;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn states() {
        for (bit, text) in STATES.iter().enumerate() {
            assert_eq!(state(text.as_bytes()), Some(1 << bit));
        }
        assert_eq!((state(b""), state(b"XX")), (Some(0), None));
    }

    fn told(flows: &Flows) -> Vec<String> {
        let mut rows: Vec<String> = flows.iter().map(|flow| format!("{:?}", flows.row(flow))).collect();
        rows.sort();
        rows
    }

    fn conversation((source, port, at, received, bit): (u32, u16, i64, u64, u16)) -> Conversation {
        let key = Key { source: u128::from(source), destination: 7, port, protocol: 0, service: 0 };
        Conversation { key, at: Moment::from_micros(at), sent: 1, received, state: 1 << (bit % 13) }
    }

    proptest! {
        #[test]
        fn any_order_gives_the_same_rows(all in proptest::collection::vec((0u32..4, 0u16..3, 0i64..9, 0u64..2, 0u16..13), 0..60)) {
            let fold = |all: &mut dyn Iterator<Item = (u32, u16, i64, u64, u16)>| {
                let mut flows = Flows::default();
                all.for_each(|one| flows.take(&conversation(one)).unwrap());
                told(&flows)
            };
            let mut counted: BTreeMap<(u32, u16), i64> = BTreeMap::new();
            all.iter().for_each(|(source, port, ..)| *counted.entry((*source, *port)).or_default() += 1);
            let forward = fold(&mut all.clone().into_iter());
            prop_assert_eq!(forward.len(), counted.len());
            prop_assert_eq!(forward, fold(&mut all.into_iter().rev()));
        }
    }

    #[test]
    fn many_flows() {
        let mut flows = Flows::default();
        for turn in 0..2 {
            for source in 0..40_000 {
                flows.take(&conversation((source, 1, turn, 0, 0))).unwrap();
            }
        }
        assert_eq!((flows.len(), flows.conversations), (40_000, 80_000));
        assert!(flows.iter().all(|flow| flow.connections == 2 && flow.answered == 0));
        assert_eq!(flows.at(39_999).map(|flow| flow.key.source), Some(39_999));
    }
}
