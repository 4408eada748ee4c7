//! Conversations folded into flows: one row for source, destination, protocol, port and service.
//!
//! Invariant: pure; the same conversations in any order give the same rows; memory grows with distinct flows only, about
//! 110 bytes each, because rows lie in pieces of fixed size and are found through an index of eight bytes a place.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash};

use foldhash::fast::RandomState;

use super::model::{FlowRow, Reached};
use super::operations::operations_text;
use super::reading::cells::{Packed, told};
use super::states::{ANSWERED, REFUSED};
pub use super::states::{STATES, initiator, state, states_text};
use super::wording::Words;
use crate::vocabulary::Moment;

/// Most distinct flows of one batch.
pub const MOST_FLOWS: usize = 4_000_000;

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
    /// The same flow under another key.
    #[must_use]
    pub fn keyed(self, key: Key) -> Self {
        Self { key, ..self }
    }

    /// Bits of the states its conversations ended in.
    #[must_use]
    pub fn states(&self) -> u16 {
        self.states
    }

    /// A flow of nothing yet.
    #[must_use]
    pub fn begun(key: Key, first: Moment, last: Moment) -> Self {
        let (connections, answered, refused, states, sent, received) = (0, 0, 0, 0, 0, 0);
        Self { key, first, last, connections, answered, refused, states, sent, received }
    }

    fn of(one: &Conversation) -> Self {
        let mut flow = Self::begun(one.key, one.at, one.at);
        flow.take(one);
        flow
    }

    fn join(&mut self, other: &Flow) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.connections = self.connections.saturating_add(other.connections);
        self.answered = self.answered.saturating_add(other.answered);
        self.refused = self.refused.saturating_add(other.refused);
        self.states |= other.states;
        self.sent = self.sent.saturating_add(other.sent);
        self.received = self.received.saturating_add(other.received);
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

const PIECE: usize = 1 << 14;

/// Flows being folded.
pub struct Flows {
    /// Upper half: of the hash; lower half: the row's place, from one. A power of two long.
    index: Vec<u64>,
    pieces: Vec<Vec<Flow>>,
    count: usize,
    hasher: RandomState,
    /// Bits of what was done in the few flows of which protocol logs tell it.
    operations: HashMap<Key, u32, RandomState>,
    pub words: Words,
    pub conversations: u64,
}

impl Default for Flows {
    fn default() -> Self {
        let (index, pieces, hasher) = (vec![0; 1 << 12], Vec::new(), RandomState::default());
        let (operations, words) = (HashMap::default(), Words::default());
        Self { index, pieces, count: 0, hasher, operations, words, conversations: 0 }
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
                return self.add(at, hash, Flow::of(one));
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

    fn add(&mut self, at: usize, hash: u64, flow: Flow) -> Result<(), String> {
        if self.count >= MOST_FLOWS {
            return Err(format!("more than {MOST_FLOWS} distinct flows; import the logs in parts"));
        }
        if self.count.is_multiple_of(PIECE) {
            self.pieces.push(Vec::with_capacity(PIECE));
        }
        self.pieces[self.count / PIECE].push(flow);
        self.count += 1;
        self.index[at] = hash << 32 | self.count as u64;
        if self.count * 2 > self.index.len() {
            self.widen();
        }
        Ok(())
    }

    /// Adds a flow that was folded elsewhere.
    pub fn put(&mut self, flow: &Flow) -> Result<(), String> {
        self.conversations += u64::from(flow.connections);
        let hash = self.hasher.hash_one(flow.key) >> 32;
        let mask = self.index.len() - 1;
        let mut at = usize::try_from(hash).unwrap_or(0) & mask;
        while self.index[at] != 0 {
            let place = usize::try_from(self.index[at] & 0xffff_ffff).unwrap_or(0) - 1;
            let known = &mut self.pieces[place / PIECE][place % PIECE];
            if known.key == flow.key {
                known.join(flow);
                return Ok(());
            }
            at = (at + 1) & mask;
        }
        self.add(at, hash, *flow)
    }

    /// Widens the span of the flow at a place.
    pub fn stretch(&mut self, place: usize, first: Moment, last: Moment) {
        if let Some(flow) = self.pieces.get_mut(place / PIECE).and_then(|piece| piece.get_mut(place % PIECE)) {
            flow.first = flow.first.min(first);
            flow.last = flow.last.max(last);
        }
    }

    /// Bits of what was done in a flow.
    #[must_use]
    pub fn operations(&self, key: &Key) -> u32 {
        self.operations.get(key).copied().unwrap_or(0)
    }

    /// Remembers what was done in a flow.
    pub fn did(&mut self, key: Key, bits: u32) {
        if bits != 0 {
            *self.operations.entry(key).or_default() |= bits;
        }
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
            source: told(flow.key.source),
            destination: told(flow.key.destination),
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
            operations: operations_text(i64::from(self.operations(&flow.key))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Conversation, Flow, Flows, Key};
    use crate::vocabulary::Moment;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

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
    fn flows_folded_elsewhere_add_up() {
        let (mut flows, mut other) = (Flows::default(), Flows::default());
        for at in [5, 3, 9] {
            flows.take(&conversation((1, 502, at, 1, 2))).unwrap();
            other.take(&conversation((1, 502, at, 1, 2))).unwrap();
        }
        let flow = *other.at(0).unwrap();
        flows.put(&flow).unwrap();
        flows.put(&Flow { key: Key { port: 20000, ..flow.key }, ..flow }).unwrap();
        flows.did(flow.key, 1);
        flows.did(flow.key, 4);
        assert_eq!((flows.len(), flows.conversations, flows.operations(&flow.key)), (2, 9, 5));
        let both = flows.at(0).unwrap();
        assert_eq!((both.connections, both.sent, both.last), (6, 6, Moment::from_micros(9)));
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
