//! Traffic in memory: every flow in a few bytes, judged, and folded into crossings.
//!
//! Invariant: pure; judging again after a change gives what judging everything gives. What a change cannot move is not
//! judged again: a permission moves only flows between its zones.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use foldhash::fast::RandomState;
use uuid::Uuid;

use super::crossings::{Crossing, fold, members};
use super::folding::{Flow, Flows};
use super::model::Initiator;
use super::operations::commands;
use super::states::initiator;
use crate::conduits::judging::{Call, Judged, Sight};
use crate::conduits::model::Carried;
use crate::conduits::policy::{Place, Policy};
use crate::conduits::protocols::{Nature, nature};
use crate::vocabulary::end::Packed;
use crate::vocabulary::{Moment, TimeZone};

/// A flow, as far as judging goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub id: Uuid,
    pub source: Packed,
    pub destination: Packed,
    pub first: Moment,
    pub last: Moment,
    pub connections: u32,
    pub answered: u32,
    pub refused: u32,
    /// The sensor that saw it, by its number in the traffic.
    pub sensor: u16,
    pub port: u16,
    pub protocol: u16,
    pub service: u16,
    pub operations: u32,
    pub nature: Nature,
    transport: Option<Carried>,
    began: bool,
}

/// A flow in words, as it is read.
#[derive(Clone, Copy, Debug)]
pub struct Told<'t> {
    pub id: Uuid,
    pub sensor: Uuid,
    pub source: Packed,
    pub destination: Packed,
    pub protocol: &'t str,
    pub port: i64,
    pub service: &'t str,
    pub first: Moment,
    pub last: Moment,
    pub connections: i64,
    pub answered: i64,
    pub refused: i64,
    pub states: i64,
    pub operations: i64,
}

/// Words that occur again and again.
#[derive(Clone, Debug, Default)]
struct Words {
    texts: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u16, RandomState>,
}

impl Words {
    fn number(&mut self, word: &str) -> u16 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let Ok(number) = u16::try_from(self.texts.len()) else { return u16::MAX };
        self.texts.push(word.into());
        self.numbers.insert(word.into(), number);
        number
    }
}

/// Every flow of an organization at an instant, judged.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    pub seen: Arc<Vec<Seen>>,
    /// By place in `seen`.
    pub calls: Vec<Judged>,
    words: Arc<Words>,
    /// Sensors, and the last moment each saw anything.
    sensors: Vec<(Uuid, Moment)>,
    places: Arc<HashMap<Uuid, u32, RandomState>>,
    /// Flows by the places of the policy they lie between.
    between: HashMap<(Place, Place), Vec<u32>, RandomState>,
    folded: HashMap<(Place, Place), Folded, RandomState>,
    /// First and last moment anything was seen; none without traffic.
    pub span: Option<(Moment, Moment)>,
}

/// What flows between two places.
#[derive(Clone, Debug, Default)]
struct Folded {
    crossings: Vec<Crossing>,
    /// When permissions were last used there.
    used: HashMap<Uuid, Moment>,
}

impl Traffic {
    /// Takes a flow, new or with other totals. It is judged by [`Traffic::judge`].
    pub fn take(&mut self, told: &Told<'_>) {
        let words = Arc::make_mut(&mut self.words);
        let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
        let port = u16::try_from(told.port).unwrap_or(0);
        let sensor = self.sensors.iter().position(|(id, _)| *id == told.sensor).unwrap_or_else(|| {
            self.sensors.push((told.sensor, told.last));
            self.sensors.len() - 1
        });
        self.sensors[sensor].1 = self.sensors[sensor].1.max(told.last);
        let seen = Seen {
            id: told.id,
            source: told.source,
            destination: told.destination,
            first: told.first,
            last: told.last,
            connections: number(told.connections),
            answered: number(told.answered),
            refused: number(told.refused),
            sensor: u16::try_from(sensor).unwrap_or(u16::MAX),
            port,
            protocol: words.number(told.protocol),
            service: words.number(told.service),
            operations: number(told.operations),
            nature: nature(told.service, told.protocol, port),
            transport: Carried::parse(told.protocol).ok(),
            began: initiator(told.states) == Initiator::Source,
        };
        let (all, places) = (Arc::make_mut(&mut self.seen), Arc::make_mut(&mut self.places));
        if let Some(place) = places.get(&told.id) {
            all[*place as usize] = seen;
        } else {
            places.insert(told.id, u32::try_from(all.len()).unwrap_or(u32::MAX));
            all.push(seen);
        }
    }

    /// The last moment the sensor of a flow saw anything.
    #[must_use]
    pub fn heard(&self, seen: &Seen) -> Moment {
        self.sensors.get(usize::from(seen.sensor)).map_or(seen.last, |(_, last)| *last)
    }

    /// The text of a word's number.
    #[must_use]
    pub fn word(&self, number: u16) -> &str {
        self.words.texts.get(usize::from(number)).map_or("", |text| text)
    }

    /// The place of a flow.
    #[must_use]
    pub fn place(&self, id: Uuid) -> Option<usize> {
        self.places.get(&id).map(|place| *place as usize)
    }

    /// Judges every flow.
    pub fn judge(&mut self, policy: &Policy, at: Moment, zone: TimeZone) {
        self.calls = self.seen.iter().map(|seen| policy.judge(&sight(seen), at)).collect();
        self.between.clear();
        for (judged, place) in self.calls.iter().zip(0u32..) {
            self.between.entry((judged.from, judged.to)).or_default().push(place);
        }
        let mut folded = HashMap::default();
        for (pair, flows) in &self.between {
            folded.insert(*pair, self.folded(policy, flows, zone));
        }
        self.folded = folded;
        let spans = self.seen.iter().map(|seen| (seen.first, seen.last));
        self.span = spans.reduce(|one, two| (one.0.min(two.0), one.1.max(two.1)));
    }

    /// Judges again the flows between these places, what a changed permission can move; gives the crossings there were.
    pub fn judge_between(
        &mut self,
        policy: &Policy,
        pairs: &BTreeSet<(Place, Place)>,
        (at, zone): (Moment, TimeZone),
    ) -> Vec<Crossing> {
        let mut before = Vec::new();
        for pair in pairs {
            let Some(flows) = self.between.get(pair) else { continue };
            for place in flows {
                self.calls[*place as usize] = policy.judge(&sight(&self.seen[*place as usize]), at);
            }
            let folded = self.folded(policy, flows, zone);
            before.extend(self.folded.insert(*pair, folded).unwrap_or_default().crossings);
        }
        before
    }

    fn folded(&self, policy: &Policy, flows: &[u32], zone: TimeZone) -> Folded {
        let mut used: HashMap<Uuid, Moment> = HashMap::new();
        for (judged, seen) in flows.iter().map(|at| (&self.calls[*at as usize], &self.seen[*at as usize])) {
            if let Some(permit) = policy.permit_at(judged.permit).filter(|_| judged.call == Call::Permitted) {
                let last = used.entry(permit.id).or_insert(seen.last);
                *last = (*last).max(seen.last);
            }
        }
        Folded { crossings: fold(self, policy, flows, zone), used }
    }

    /// Crossings between these places.
    pub fn crossings_between<'t>(
        &'t self,
        pairs: &'t BTreeSet<(Place, Place)>,
    ) -> impl Iterator<Item = &'t Crossing> + 't {
        pairs.iter().filter_map(|pair| self.folded.get(pair)).flat_map(|folded| &folded.crossings)
    }

    /// Every crossing.
    pub fn crossings(&self) -> impl Iterator<Item = &Crossing> {
        self.folded.values().flat_map(|folded| &folded.crossings)
    }

    /// Places of the flows in a crossing.
    #[must_use]
    pub fn of_crossing(&self, policy: &Policy, id: Uuid) -> Vec<u32> {
        let pair = self.folded.iter().find(|(_, folded)| folded.crossings.iter().any(|one| one.id == id));
        let flows = pair.and_then(|(pair, _)| self.between.get(pair)).map_or(&[][..], Vec::as_slice);
        members(self, policy, flows, id)
    }

    /// When each permission was last seen used.
    #[must_use]
    pub fn used(&self) -> HashMap<Uuid, Moment> {
        let mut used: HashMap<Uuid, Moment> = HashMap::new();
        for (permit, seen) in self.folded.values().flat_map(|folded| &folded.used) {
            let last = used.entry(*permit).or_insert(*seen);
            *last = (*last).max(*seen);
        }
        used
    }
}

/// What is asked about a flow of a batch.
#[must_use]
pub fn sight_of(flows: &Flows, flow: &Flow) -> Sight {
    let (protocol, service) = (flows.words.text(flow.key.protocol), flows.words.text(flow.key.service));
    Sight {
        source: flow.key.source,
        destination: flow.key.destination,
        transport: Carried::parse(&protocol).ok(),
        port: flow.key.port,
        nature: nature(&service, &protocol, flow.key.port),
        began: initiator(i64::from(flow.states())) == Initiator::Source,
        commands: false,
    }
}

/// What is asked about a flow.
#[must_use]
pub fn sight(seen: &Seen) -> Sight {
    Sight {
        source: seen.source,
        destination: seen.destination,
        transport: seen.transport,
        port: seen.port,
        nature: seen.nature,
        began: seen.began,
        commands: commands(seen.operations),
    }
}
