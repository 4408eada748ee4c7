//! What protocol logs tell of connections, kept beside the flows of `conn.log` until all files are read, then joined to them.
//!
//! Invariant: a connection is counted once: in the flow of `conn.log` where there is one, else by its `uid`. Of rows only the
//! ends, the span and what was asked for stay, and some twenty bytes a connection. The order of rows and files changes nothing.
//!
//! A command belongs to the direction it was given in: from the originator, unless ICSNPP says (`is_orig` F) that the
//! responder asked, as `BACnet`'s peers do, and as it looks when a capture began in mid-conversation.

use std::collections::{BTreeSet, HashMap};
use std::hash::BuildHasher;

use foldhash::fast::{FixedState, RandomState};

use super::cells::{self, Packed};
use super::json::Cells;
use super::protocols::{Carrier, FROM, FROM_PORT, IS_ORIG, PROTO, Protocol, TO, TO_PORT, UID};
use super::{BadCell, Reading, at};
use crate::flows::folding::{Flow, Flows, Key};
use crate::vocabulary::Moment;

/// Most connections remembered by their `uid`.
const MOST_CONNECTIONS: usize = 4_000_000;

/// Between whom something was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Between {
    pub source: Packed,
    pub destination: Packed,
    pub port: u16,
    pub protocol: u16,
}

/// What was said there.
#[derive(Clone, Debug)]
pub struct Said {
    first: Moment,
    last: Moment,
    operations: u32,
    /// False where the log left the transport out, and it is the usual one.
    carried: bool,
    services: BTreeSet<&'static str>,
    /// Hashes of `uid`s, and whether the other side spoke.
    connections: HashMap<u64, bool, RandomState>,
}

/// What protocol logs told so far.
#[derive(Default)]
pub struct Spoken {
    said: HashMap<Between, Said, RandomState>,
    connections: usize,
}

/// Takes a row of a protocol's log.
pub fn take(log: &'static Protocol, row: &Cells<'_>, reading: &mut Reading) -> Result<(), BadCell> {
    let moment = at(row[0], reading.latest)?;
    let (first, last) = reading.span.unwrap_or((moment, moment));
    reading.span = Some((first.min(moment), last.max(moment)));
    let answer = (log.answer)(row);
    let from_originator = match row[IS_ORIG] {
        b"T" => true,
        b"F" => false,
        _ => !answer,
    };
    let here = if let Carrier::Frames(ether) = log.carrier {
        frame(log, ether, row, reading)?
    } else {
        ends(log, row, reading)?
    };
    let asked = (log.asks)(row);
    // Who asked: the sender of a request, the receiver of an answer; without `is_orig`, who began.
    let paired = log.pairs.is_some_and(|slot| row[slot] == b"T");
    let by_responder = asked != 0 && !paired && !row[IS_ORIG].is_empty() && from_originator == answer;
    let mut say = |between, operations, answered| {
        let note = Note { moment, operations, carried: !row[PROTO].is_empty(), uid: row[UID], answered };
        reading.spoken.say(between, log.service, &note)
    };
    say(here, if by_responder { 0 } else { asked }, answer || !from_originator)?;
    if by_responder {
        let port = cells::port(row[FROM_PORT]).map_err(|said| BadCell::new("id.orig_p", row[FROM_PORT], said))?;
        say(Between { source: here.destination, destination: here.source, port, ..here }, asked, from_originator)?;
    }
    Ok(())
}

fn word(text: &[u8], reading: &mut Reading) -> Result<u16, BadCell> {
    reading.flows.words.number(text).ok_or_else(|| BadCell::new("proto", text, "too many different protocols"))
}

fn ends(log: &Protocol, row: &Cells<'_>, reading: &mut Reading) -> Result<Between, BadCell> {
    let source = cells::address(row[FROM]).ok_or_else(|| BadCell::address("id.orig_h", row[FROM]))?;
    let destination = cells::address(row[TO]).ok_or_else(|| BadCell::address("id.resp_h", row[TO]))?;
    if !row[FROM_PORT].is_empty() {
        cells::port(row[FROM_PORT]).map_err(|said| BadCell::new("id.orig_p", row[FROM_PORT], said))?;
    }
    let port = cells::port(row[TO_PORT]).map_err(|said| BadCell::new("id.resp_p", row[TO_PORT], said))?;
    let usual: &[u8] = match log.carrier {
        Carrier::Udp => b"udp",
        Carrier::UdpOn(known) if known == port => b"udp",
        _ => b"tcp",
    };
    let proto = row[PROTO].to_ascii_lowercase();
    if proto.len() > 40 {
        return Err(BadCell::new("proto", row[PROTO], "no protocol; Zeek writes tcp or udp"));
    }
    let protocol = word(if proto.is_empty() { usual } else { &proto }, reading)?;
    Ok(Between { source, destination, port, protocol })
}

fn frame(log: &Protocol, ether: u16, row: &Cells<'_>, reading: &mut Reading) -> Result<Between, BadCell> {
    let end = |slot: usize| {
        let mac = cells::mac(row[slot]).map(cells::packed_mac);
        mac.ok_or_else(|| BadCell::new(log.columns[slot], row[slot], "not a MAC address, such as 00:30:a7:1b:2c:3d"))
    };
    Ok(Between { source: end(FROM)?, destination: end(TO)?, port: ether, protocol: word(b"ethernet", reading)? })
}

/// What a row adds.
struct Note<'r> {
    moment: Moment,
    operations: u32,
    carried: bool,
    uid: &'r [u8],
    answered: bool,
}

impl Spoken {
    fn say(&mut self, between: Between, service: &'static str, note: &Note<'_>) -> Result<(), BadCell> {
        let said = self.said.entry(between).or_insert_with(|| Said::at(note.moment));
        said.first = said.first.min(note.moment);
        said.last = said.last.max(note.moment);
        said.operations |= note.operations;
        said.carried |= note.carried;
        if !said.services.contains(service) {
            said.services.insert(service);
        }
        // The same in every reading, so that what several files tell of one connection stays one.
        let uid = FixedState::with_seed(0x676c_616e).hash_one(note.uid);
        let before = said.connections.len();
        *said.connections.entry(uid).or_insert(false) |= note.answered;
        self.connections += said.connections.len() - before;
        if self.connections > MOST_CONNECTIONS {
            return Err(BadCell::new("uid", note.uid, too_many()));
        }
        Ok(())
    }

    /// Adds what another reading was told; the words of its flows have other numbers.
    pub fn absorb(&mut self, other: Spoken, number: impl Fn(u16) -> u16) -> Result<(), String> {
        for (between, new) in other.said {
            let between = Between { protocol: number(between.protocol), ..between };
            let said = self.said.entry(between).or_insert_with(|| Said::at(new.first));
            said.first = said.first.min(new.first);
            said.last = said.last.max(new.last);
            said.operations |= new.operations;
            said.carried |= new.carried;
            said.services.extend(new.services);
            let before = said.connections.len();
            for (uid, answered) in new.connections {
                *said.connections.entry(uid).or_insert(false) |= answered;
            }
            self.connections += said.connections.len() - before;
        }
        if self.connections > MOST_CONNECTIONS { Err(too_many()) } else { Ok(()) }
    }

    /// Joins what was said to the flows between the same ends, and makes a flow of what has none.
    pub fn settle(self, flows: &mut Flows) -> Result<(), String> {
        let mut waiting: Vec<(Between, Said, Vec<usize>)> =
            self.said.into_iter().map(|(between, said)| (between, said, Vec::new())).collect();
        let mut places: HashMap<(Packed, Packed, u16), Vec<usize>, RandomState> = HashMap::default();
        for (place, (between, ..)) in waiting.iter().enumerate() {
            places.entry((between.source, between.destination, between.port)).or_default().push(place);
        }
        for (place, flow) in flows.iter().enumerate().filter(|_| !places.is_empty()) {
            let key = (flow.key.source, flow.key.destination, flow.key.port);
            for one in places.get(&key).into_iter().flatten() {
                let (between, said, found) = &mut waiting[*one];
                if !said.carried || between.protocol == flow.key.protocol {
                    found.push(place);
                }
            }
        }
        waiting.into_iter().try_for_each(|(between, said, found)| said.settle(between, &found, flows))
    }
}

#[cold]
fn too_many() -> String {
    format!("more than {MOST_CONNECTIONS} connections in protocol logs; import the logs in parts")
}

impl Said {
    fn at(moment: Moment) -> Self {
        let (services, connections) = (BTreeSet::new(), HashMap::default());
        Self { first: moment, last: moment, operations: 0, carried: false, services, connections }
    }

    fn settle(self, between: Between, found: &[usize], flows: &mut Flows) -> Result<(), String> {
        let service =
            |place: usize| flows.at(place).map_or_else(String::new, |flow| flows.words.text(flow.key.service));
        let named = |place: &usize| self.services.iter().any(|name| service(*place).contains(name));
        let named: Vec<usize> = found.iter().copied().filter(named).collect();
        let chosen = if named.is_empty() { found } else { &named };
        for place in chosen {
            let key = flows.at(*place).map(|flow| flow.key);
            flows.stretch(*place, self.first, self.last);
            key.into_iter().for_each(|key| flows.did(key, self.operations));
        }
        if chosen.is_empty() { self.alone(between, flows) } else { Ok(()) }
    }

    /// A flow of which only protocol logs tell.
    fn alone(self, between: Between, flows: &mut Flows) -> Result<(), String> {
        // COTP carries the others; where one of them was seen, it is the one that matters.
        let names: Vec<&str> = self.services.iter().copied().filter(|name| *name != "cotp").collect();
        let name = if names.is_empty() { "cotp".to_owned() } else { names.join(",") };
        let service = flows.words.number(name.as_bytes()).ok_or("too many different services")?;
        let Between { source, destination, port, protocol } = between;
        let key = Key { source, destination, port, protocol, service };
        let mut flow = Flow::begun(key, self.first, self.last);
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        flow.connections = number(self.connections.len());
        flow.answered = number(self.connections.values().filter(|answered| **answered).count());
        flows.put(&flow)?;
        flows.did(key, self.operations);
        Ok(())
    }
}
