//! Crossings: flows between zones folded by what they have in common, so that noise becomes a few facts.
//!
//! Invariant: pure; the same flows give the same crossings in any order. Where they end counts by zone inside and by address
//! outside; of many addresses or many ports one crossing is left that says so.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::fast::RandomState;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::model::Reached;
use super::operations::commands;
use super::traffic::{Seen, Traffic};
use crate::conduits::judging::{Call, Judged};
use crate::conduits::permits::Counts;
use crate::conduits::policy::{Place, Policy};
use crate::conduits::protocols::{Nature, usual};
use crate::vocabulary::end::told;
use crate::vocabulary::{Moment, TimeZone};
use crate::zones::model::Side;

/// More ends or services than these between the same two places are one crossing: a scan, not so many facts.
const MOST_APART: usize = 64;

/// How grave a crossing is, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    Critical,
    High,
    Medium,
    Low,
}

/// Flows with one source zone, destination and service: those that are permitted, or those that are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossing {
    pub id: Uuid,
    /// Zones at its ends; none outside the recorded zones.
    pub from: Option<Uuid>,
    pub to: Option<Uuid>,
    pub from_words: String,
    pub to_words: String,
    pub service: String,
    pub call: Call,
    pub gravity: Gravity,
    pub flows: usize,
    /// Conversations.
    pub count: i64,
    pub first: Moment,
    pub last: Moment,
    /// The last moment a sensor that saw it saw anything: only while it looks on is silence a sign.
    pub watched_until: Moment,
    pub reached: Reached,
    /// An Electronic Security Perimeter is at one end.
    pub esp: bool,
    /// A side of the boundary at each end.
    pub sides: (Option<Side>, Option<Side>),
    /// The permission that decided, or that comes nearest.
    pub permit: Option<Uuid>,
    /// What decided, in words.
    pub because: String,
    /// Assets of the inventory that took part, at most a few.
    pub assets: Vec<Uuid>,
}

impl Crossing {
    /// What tells it apart, in words: `CTL-1 to 8.8.8.8, dns`.
    #[must_use]
    pub fn words(&self) -> String {
        words(&self.from_words, &self.to_words, &self.service)
    }
}

/// What flows of one crossing have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key {
    from: String,
    to: String,
    service: String,
    permitted: bool,
}

impl Key {
    fn id(&self) -> Uuid {
        id(&words(&self.from, &self.to, &self.service), self.permitted)
    }
}

/// The same in numbers, so that a million flows are grouped without a word: ends outside the zones, service, protocol and
/// port, verdict, and the permission that decided.
type Alike = (u128, u128, u16, u16, u16, Call, u32);

/// The most assets a crossing names.
const MOST_ASSETS: usize = 20;

/// Folds the flows at these places of the traffic, all between the same two places of the policy.
#[must_use]
pub fn fold(traffic: &Traffic, policy: &Policy, flows: &[u32], zone: TimeZone) -> Vec<Crossing> {
    let groups = grouped(traffic, policy, flows).into_iter();
    groups.map(|(key, flows)| one(traffic, policy, key, &flows, zone)).collect()
}

/// The flows of one crossing among these.
#[must_use]
pub fn members(traffic: &Traffic, policy: &Policy, flows: &[u32], crossing: Uuid) -> Vec<u32> {
    let groups = grouped(traffic, policy, flows).into_iter();
    groups.filter(|(key, _)| key.id() == crossing).flat_map(|(_, flows)| flows).collect()
}

fn grouped(traffic: &Traffic, policy: &Policy, flows: &[u32]) -> BTreeMap<Key, Vec<u32>> {
    let mut alike: HashMap<Alike, Vec<u32>, RandomState> = HashMap::default();
    for at in flows {
        let (seen, judged) = (&traffic.seen[*at as usize], &traffic.calls[*at as usize]);
        if !matches!(judged.call, Call::WithinZone | Call::NotEvaluable) {
            alike.entry(numbers(seen, judged)).or_default().push(*at);
        }
    }
    let keyed = narrowed(alike.into_values().map(|flows| (key(traffic, policy, flows[0]), flows)).collect());
    let mut groups: BTreeMap<Key, Vec<u32>> = BTreeMap::new();
    for (key, flows) in keyed {
        groups.entry(key).or_default().extend(flows);
    }
    groups.values_mut().for_each(|flows| flows.sort_unstable());
    groups
}

fn numbers(seen: &Seen, judged: &Judged) -> Alike {
    let outside = |place: Place, end: u128| if matches!(place, Place::Zone(_)) { 0 } else { end };
    let from = if judged.from == Place::External { 0 } else { outside(judged.from, seen.source) };
    let to = outside(judged.to, seen.destination);
    (from, to, seen.service, seen.protocol, seen.port, judged.call, judged.permit)
}

fn key(traffic: &Traffic, policy: &Policy, at: u32) -> Key {
    let (seen, judged) = (&traffic.seen[at as usize], &traffic.calls[at as usize]);
    Key {
        from: end_words(policy, judged.from, seen.source, true),
        to: end_words(policy, judged.to, seen.destination, false),
        service: service(traffic, seen),
        permitted: judged.call == Call::Permitted,
    }
}

/// An end in words: its zone, else its address; sources on the internet are one.
fn end_words(policy: &Policy, place: Place, end: u128, source: bool) -> String {
    match place {
        Place::Zone(_) => policy.zone(place).map_or_else(String::new, |zone| zone.reference.clone()),
        Place::External if source => "the internet".to_owned(),
        _ => told(end),
    }
}

/// What is spoken: as the sensor named it, else by its usual port, else the port.
fn service(traffic: &Traffic, seen: &Seen) -> String {
    let (named, transport) = (traffic.word(seen.service), traffic.word(seen.protocol));
    let usual = usual(transport, seen.port);
    if !named.is_empty() {
        named.to_owned()
    } else if !usual.is_empty() {
        usual.to_owned()
    } else if seen.port == 0 {
        transport.to_owned()
    } else {
        format!("{transport}/{}", seen.port)
    }
}

/// Makes one of what is too many to be told apart.
fn narrowed(mut keyed: Vec<(Key, Vec<u32>)>) -> Vec<(Key, Vec<u32>)> {
    let mut services: HashMap<(String, String, bool), BTreeSet<String>> = HashMap::new();
    for (key, _) in keyed.iter().filter(|(key, _)| key.service.contains('/')) {
        services.entry((key.from.clone(), key.to.clone(), key.permitted)).or_default().insert(key.service.clone());
    }
    services.retain(|_, named| named.len() > MOST_APART);
    for (key, _) in keyed.iter_mut().filter(|(key, _)| key.service.contains('/')) {
        if services.contains_key(&(key.from.clone(), key.to.clone(), key.permitted)) {
            "many ports".clone_into(&mut key.service);
        }
    }
    let mut ends: HashMap<(String, String, bool), BTreeSet<String>> = HashMap::new();
    for (key, _) in &keyed {
        ends.entry((key.from.clone(), key.service.clone(), key.permitted)).or_default().insert(key.to.clone());
    }
    ends.retain(|_, told| told.len() > MOST_APART);
    for (key, _) in &mut keyed {
        if ends.contains_key(&(key.from.clone(), key.service.clone(), key.permitted)) {
            "many addresses".clone_into(&mut key.to);
        }
    }
    keyed
}

/// The few assets that took part in some of the flows.
fn assets(policy: &Policy, seen: impl Iterator<Item = Seen>) -> Vec<Uuid> {
    let ends = seen.flat_map(|seen| [policy.locate(seen.source).1, policy.locate(seen.destination).1]);
    let found: BTreeSet<Uuid> = ends.flatten().take(MOST_ASSETS * 10).collect();
    found.into_iter().take(MOST_ASSETS).collect()
}

fn one(traffic: &Traffic, policy: &Policy, key: Key, flows: &[u32], zone: TimeZone) -> Crossing {
    let all = || flows.iter().map(|at| traffic.seen[*at as usize]);
    // Of several reasons the gravest decides, and of flows with the same one the last that was seen.
    let told = |at: &&u32| (std::cmp::Reverse(traffic.calls[**at as usize].call), traffic.seen[**at as usize].last);
    let judged = &traffic.calls[*flows.iter().max_by_key(told).unwrap_or(&flows[0]) as usize];
    let (from, to) = (policy.zone(judged.from), policy.zone(judged.to));
    let sides = (policy.side(judged.from), policy.side(judged.to));
    let sum = |count: fn(&Seen) -> u32| all().map(|seen| i64::from(count(&seen))).sum::<i64>();
    let weight = Weight {
        call: judged.call,
        nature: all().map(|seen| seen.nature).max_by_key(|nature| grave(*nature)).unwrap_or(Nature::Other),
        commands: all().any(|seen| commands(seen.operations)),
        esp: [from, to].into_iter().flatten().any(|zone| zone.esp),
        inward: sides.1 == Some(Side::Ot),
        reached: Reached::of(sum(|seen| seen.answered), sum(|seen| seen.refused)),
    };
    Crossing {
        id: key.id(),
        from: from.map(|zone| zone.id),
        to: to.map(|zone| zone.id),
        gravity: gravity(weight),
        flows: flows.len(),
        count: sum(|seen| seen.connections),
        first: all().map(|seen| seen.first).min().unwrap_or(Moment::ZERO),
        last: all().map(|seen| seen.last).max().unwrap_or(Moment::ZERO),
        watched_until: all().map(|seen| traffic.heard(&seen)).max().unwrap_or(Moment::ZERO),
        reached: weight.reached,
        esp: weight.esp,
        sides,
        permit: policy.permit_at(judged.permit).map(|permit| permit.id),
        because: because(policy, judged, weight, zone),
        assets: assets(policy, all()),
        from_words: key.from,
        to_words: key.to,
        service: key.service,
        call: judged.call,
    }
}

fn words(from: &str, to: &str, service: &str) -> String {
    format!("{from} to {to}, {service}")
}

/// The id of what crosses under these words, the same in every organization and at every instant.
#[must_use]
pub fn id(words: &str, permitted: bool) -> Uuid {
    let kind = if permitted { "permitted" } else { "unexpected" };
    let digest = Sha256::new().chain_update(format!("glance {kind} crossing ")).chain_update(words).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

fn grave(nature: Nature) -> u8 {
    match nature {
        Nature::Tunnel => 3,
        Nature::Interactive => 2,
        Nature::Legacy => 1,
        Nature::Other => 0,
    }
}

/// What makes a crossing grave.
#[derive(Clone, Copy, Debug)]
pub struct Weight {
    pub call: Call,
    pub nature: Nature,
    /// Something was written, operated, stopped or loaded.
    pub commands: bool,
    pub esp: bool,
    /// It ends in OT.
    pub inward: bool,
    pub reached: Reached,
}

/// How grave it is. A tunnel is graver than a name being asked for, a session that was answered graver than a try.
#[must_use]
pub fn gravity(weight: Weight) -> Gravity {
    let Weight { call, nature, commands, esp, inward, reached } = weight;
    let answered = reached == Reached::Answered;
    let covert = matches!(nature, Nature::Tunnel | Nature::Interactive);
    match call {
        Call::Permitted | Call::WithinZone | Call::NotEvaluable => Gravity::Low,
        _ if commands && answered => Gravity::Critical,
        Call::DmzBypass if esp || covert || (inward && answered) => Gravity::Critical,
        Call::NotIntermediate if answered || esp => Gravity::Critical,
        Call::DmzBypass | Call::NotIntermediate | Call::LegacyUnprotected => Gravity::High,
        Call::TunnelOrPublic if nature == Nature::Tunnel || esp => Gravity::High,
        Call::UnknownEnd | Call::WrongInitiator | Call::NotPermitted | Call::TunnelOrPublic if esp && answered => {
            Gravity::High
        }
        Call::UnknownEnd | Call::WrongInitiator | Call::NotPermitted | Call::TunnelOrPublic => {
            if reached == Reached::Refused { Gravity::Low } else { Gravity::Medium }
        }
    }
}

/// What decided, in words.
fn because(policy: &Policy, judged: &Judged, weight: Weight, zone: TimeZone) -> String {
    let near = policy.permit_at(judged.permit).map(|permit| {
        let named = format!("{} of conduit {}", permit.reference, permit.conduit_reference);
        match (judged.call, permit.counts) {
            (Call::Permitted, _) => format!("permitted by {named}"),
            (Call::WrongInitiator, _) => format!("{named} permits it begun from the other end only"),
            (_, Counts::NotApproved) => format!("{named} would permit it, but it is not approved"),
            (_, Counts::Suspended) => format!("{named} would permit it, but the conduit is suspended"),
            (_, Counts::Until(until)) => format!("{named} permitted it until {}", zone.date(until)),
        }
    });
    let said = match judged.call {
        Call::UnknownEnd => "one end is a private address that no zone and no asset records".to_owned(),
        Call::DmzBypass => "it passes between IT and OT without ending in the DMZ".to_owned(),
        Call::NotIntermediate => {
            "an interactive session into OT that does not come from an Intermediate System".to_owned()
        }
        Call::TunnelOrPublic if weight.nature == Nature::Tunnel => "a tunnel: what it carries is not seen".to_owned(),
        Call::TunnelOrPublic => "it reaches a public address".to_owned(),
        Call::LegacyUnprotected => "a protocol without authentication crosses the boundary unprotected".to_owned(),
        Call::WrongInitiator | Call::NotPermitted => String::new(),
        Call::Permitted | Call::WithinZone | Call::NotEvaluable => return near.unwrap_or_default(),
    };
    match (said.is_empty(), near) {
        (true, Some(near)) => near,
        (true, None) => "no conduit permits it".to_owned(),
        (false, Some(near)) => format!("{said}; {near}"),
        (false, None) => said,
    }
}
