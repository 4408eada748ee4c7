//! Is what flows inside perimeters watched, and is what sensors bring kept and protected (CIP-015-1).
//!
//! Invariant: mandatory from the day of compliance, advisory before: the same question is asked by one of two checks, and the
//! day decides which. That a sensor is silent is a check of its own ([`super::observation::SPEAKING`]).

use std::sync::LazyLock;

use uuid::Uuid;

use super::facts::{Facts, Watch};
use super::rule::{Judgement, rule};
use super::sides::{Stakes, active};
use super::zoning::zone;
use crate::frameworks::catalogs;
use crate::ids::Id;
use crate::vocabulary::{Date, Impact};
use crate::zones::model::{Side, Zone};

/// The day of compliance with CIP-015-1 for high impact and control centers, as the catalog says it; for other medium impact
/// systems with ERC two years later (its implementation plan, phased).
static COMPLIANCE: LazyLock<(Date, Date)> = LazyLock::new(|| {
    let standards = catalogs().frameworks.iter().flat_map(|framework| &framework.standards);
    let effective = standards.filter(|standard| standard.id == "CIP-015-1").find_map(|standard| standard.effective);
    let first = effective.unwrap_or(Date::EPOCH);
    let later = first.naive().checked_add_months(chrono::Months::new(24)).map_or(first, Date::clamped);
    (first, later)
});

/// What CIP-015-1 says of a perimeter on a day.
enum Scope {
    Out(&'static str),
    Open(&'static str),
    /// In scope; true when compliance is due.
    In(bool),
}

fn scope(facts: &Facts, id: Uuid, zone: &Zone) -> Scope {
    if zone.esp != Some(true) || zone.retired_on.is_some() {
        return Scope::Out("not an ESP");
    }
    let (stakes, (first, later)) = (Stakes::of(facts, id), *COMPLIANCE);
    let due = |from: Date| facts.zone.day(facts.at) >= from;
    match stakes.rating {
        None => Scope::Open("nothing rated lives in it"),
        Some(Impact::Low) => Scope::Out("only low impact systems live in it"),
        Some(Impact::High) => Scope::In(due(first)),
        Some(Impact::Medium) if stakes.medium_with_erc && stakes.high_or_control_center => Scope::In(due(first)),
        Some(Impact::Medium) if stakes.medium_with_erc => Scope::In(due(later)),
        Some(Impact::Medium) if stakes.erc_open => {
            Scope::Open("whether its medium impact systems have ERC is not answered")
        }
        Some(Impact::Medium) => Scope::Out("its medium impact systems have no ERC"),
    }
}

const OTHER: &str = "another check judges it on this day";

/// Asks a perimeter that CIP-015-1 is about, in the check whose day it is.
fn perimeter(facts: &Facts, place: usize, mandatory: bool, ask: impl FnOnce(Uuid) -> Judgement) -> Judgement {
    let held = facts.zones.at(place);
    match scope(facts, held.id, &held.record) {
        Scope::Out(why) => Judgement::not_applicable(why),
        Scope::Open(_) if mandatory => Judgement::not_applicable(OTHER),
        Scope::Open(why) => Judgement::indeterminate(why),
        Scope::In(due) if due == mandatory => ask(held.id),
        Scope::In(_) => Judgement::not_applicable(OTHER),
    }
}

fn names(watches: &[&Watch]) -> String {
    watches.iter().map(|watch| watch.sensor.reference.to_string()).collect::<Vec<_>>().join(", ")
}

fn watched(facts: &Facts, place: usize, mandatory: bool) -> Judgement {
    perimeter(facts, place, mandatory, |id| {
        let watches: Vec<&Watch> = facts.watching(id).collect();
        match watches.iter().find(|watch| !watch.sensor.rationale.trim().is_empty()) {
            _ if watches.is_empty() => Judgement::fail("no sensor watches it"),
            Some(watch) => Judgement::pass(format!("{}, with the reason why there", watch.sensor.reference)),
            None => Judgement::fail(format!("{} without the reason why there", names(&watches))),
        }
    })
}

rule!(
    WATCHED,
    "GL-MON-01",
    Advisory,
    High,
    Zone,
    true,
    "Each Electronic Security Perimeter that CIP-015-1 will be about is watched by a sensor, with the reason why there",
    "CIP-015-1 R1 part 1.1, before its date; NIST SP 800-82r3 SI-4",
    ["CIP-015-1 R1.1", "SI-4", "SR 6.2", "800-82r3:5.2.3.3"],
    |facts, place| watched(facts, place, false)
);
rule!(
    WATCHED_M,
    "GL-MON-01-M",
    Mandatory,
    High,
    Zone,
    true,
    "Each Electronic Security Perimeter of high impact systems, or medium ones with ERC, is watched by a sensor, with the reason why there",
    "CIP-015-1 R1 part 1.1",
    ["CIP-015-1 R1.1", "SI-4", "SR 6.2", "800-82r3:5.2.3.3"],
    |facts, place| watched(facts, place, true)
);

rule!(
    COVERED,
    "GL-MON-02",
    Advisory,
    Medium,
    Conduit,
    false,
    "Each conduit into an Electronic Security Perimeter is watched by a sensor",
    "CIP-015-1 R1 part 1.1 (feeds are chosen by risk); NIST SP 800-82r3 5.2.3.3",
    ["CIP-015-1 R1.1", "SI-4(4)", "800-82r3:5.2.3.3"],
    |facts, place| active(facts, place, |joined| {
        if !joined.crosses_esp() {
            return Judgement::not_applicable("it leads into no ESP");
        }
        let watches: Vec<&Watch> = facts.watching_conduit(joined.id).collect();
        if watches.is_empty() { Judgement::fail("no sensor watches it") } else { Judgement::pass(names(&watches)) }
    })
);

fn detected(facts: &Facts, place: usize, mandatory: bool) -> Judgement {
    perimeter(facts, place, mandatory, |id| {
        let watches: Vec<&Watch> = facts.watching(id).collect();
        if watches.is_empty() {
            return Judgement::not_applicable("no sensor watches it, which another check judges");
        }
        if !watches.iter().any(|watch| watch.speaks(facts.at)) {
            return Judgement::indeterminate(format!("silent: {}", names(&watches)));
        }
        let unexpected = facts.crossings.iter().map(|held| &held.record).filter(|crossing| {
            crossing.flows > 0 && crossing.call.is_unexpected() && [crossing.from, crossing.to].contains(&Some(id))
        });
        let count = unexpected.count();
        Judgement::pass(format!("judged as it comes in; {count} unexpected crossings, each a finding to decide about"))
    })
}

rule!(
    DETECTED,
    "GL-MON-04",
    Advisory,
    High,
    Zone,
    true,
    "What sensors bring from each Electronic Security Perimeter that CIP-015-1 will be about is judged, and what is unexpected is a finding",
    "CIP-015-1 R1 parts 1.2 and 1.3, before their date",
    ["CIP-015-1 R1.2", "CIP-015-1 R1.3", "SR 6.2"],
    |facts, place| detected(facts, place, false)
);
rule!(
    DETECTED_M,
    "GL-MON-04-M",
    Mandatory,
    High,
    Zone,
    true,
    "What sensors bring from each Electronic Security Perimeter is judged, and what is unexpected is a finding",
    "CIP-015-1 R1 parts 1.2 and 1.3",
    ["CIP-015-1 R1.2", "CIP-015-1 R1.3", "SR 6.2"],
    |facts, place| detected(facts, place, true)
);

/// Asks a sensor that watches a perimeter CIP-015-1 is about, in the check whose day it is.
fn sensor(facts: &Facts, place: usize, mandatory: bool, ask: impl FnOnce(&Watch) -> Judgement) -> Judgement {
    let watch = &facts.sensors.at(place).record;
    if watch.sensor.retired_on.is_some() {
        return Judgement::not_applicable("retired");
    }
    let conduits = watch.sensor.conduits.iter().filter_map(|id| facts.conduits.get(id.uuid()));
    let ends = conduits.flat_map(|conduit| [conduit.from_zone, conduit.to_zone]).flatten();
    let zones = watch.sensor.zones.iter().copied().chain(ends);
    let (mut open, mut within) = (false, None);
    for id in zones.map(Id::uuid) {
        let Some(zone) = facts.zones.get(id) else { continue };
        match scope(facts, id, zone) {
            Scope::In(due) => within = Some(within.unwrap_or(false) || due),
            Scope::Open(_) => open = true,
            Scope::Out(_) => {}
        }
    }
    match within {
        Some(due) if due == mandatory => ask(watch),
        Some(_) => Judgement::not_applicable(OTHER),
        None if open && !mandatory => {
            Judgement::indeterminate("what the perimeters it watches protect is not answered")
        }
        None => Judgement::not_applicable("it watches no perimeter that CIP-015-1 is about"),
    }
}

fn said(text: &str, pass: &'static str, fail: &'static str) -> Judgement {
    if text.trim().is_empty() { Judgement::fail(fail) } else { Judgement::pass(format!("{pass}: {}", text.trim())) }
}

fn kept(facts: &Facts, place: usize, mandatory: bool) -> Judgement {
    sensor(facts, place, mandatory, |watch| {
        said(&watch.sensor.retention, "kept", "how long its data is kept, and where, is not recorded")
    })
}

fn guarded(facts: &Facts, place: usize, mandatory: bool) -> Judgement {
    sensor(facts, place, mandatory, |watch| {
        said(
            &watch.sensor.tamper_protection,
            "protected",
            "what keeps its data from being changed or deleted is not recorded",
        )
    })
}

rule!(
    KEPT,
    "GL-MON-05",
    Advisory,
    High,
    Sensor,
    true,
    "How long the data of each sensor on a perimeter is kept is recorded",
    "CIP-015-1 R2, before its date; NIST SP 800-82r3 AU-11",
    ["CIP-015-1 R2", "AU-11"],
    |facts, place| kept(facts, place, false)
);
rule!(
    KEPT_M,
    "GL-MON-05-M",
    Mandatory,
    High,
    Sensor,
    true,
    "How long the data of each sensor on a perimeter is kept is recorded, so that it lasts until an anomaly is dealt with",
    "CIP-015-1 R2",
    ["CIP-015-1 R2", "AU-11"],
    |facts, place| kept(facts, place, true)
);
rule!(
    GUARDED,
    "GL-MON-06",
    Advisory,
    High,
    Sensor,
    true,
    "What keeps the data of each sensor on a perimeter from being changed or deleted is recorded",
    "CIP-015-1 R3, before its date; NIST SP 800-82r3 AU-9",
    ["CIP-015-1 R3", "AU-9", "SR 3.9"],
    |facts, place| guarded(facts, place, false)
);
rule!(
    GUARDED_M,
    "GL-MON-06-M",
    Mandatory,
    High,
    Sensor,
    true,
    "The data of each sensor on a perimeter is protected from being changed or deleted without authorization",
    "CIP-015-1 R3",
    ["CIP-015-1 R3", "AU-9", "SR 3.9"],
    |facts, place| guarded(facts, place, true)
);

rule!(
    PASSIVE,
    "GL-MON-07",
    Advisory,
    Medium,
    Sensor,
    false,
    "Each sensor only listens",
    "NIST SP 800-82r3 SI-4 and 6.3.2",
    ["SI-4", "800-82r3:6.3.2"],
    |facts, place| {
        let sensor = &facts.sensors.at(place).record.sensor;
        match (sensor.retired_on, sensor.passive) {
            (Some(_), _) => Judgement::not_applicable("retired"),
            (None, Some(true)) => Judgement::pass("it only listens"),
            (None, Some(false)) => {
                Judgement::fail("it sends into the network it watches; that the vendors approve is not recorded")
            }
            (None, None) => Judgement::indeterminate("whether it only listens is not recorded"),
        }
    }
);

rule!(
    SEEN,
    "GL-MON-08",
    Advisory,
    Low,
    Zone,
    true,
    "Each other zone of OT and the DMZ is watched by a sensor that speaks",
    "NIST SP 800-82r3 5.2.3.3; IEC 62443-3-3 SR 6.2",
    ["800-82r3:5.2.3.3", "SI-4", "SR 6.2", "800-82r3:5.2.3"],
    |facts, place| zone(facts, place, |zone| {
        let id = facts.zones.at(place).id;
        if !matches!(zone.side(), Some(Side::Ot | Side::Dmz)) {
            return Judgement::not_applicable("not a zone of OT or the DMZ");
        }
        if matches!(scope(facts, id, zone), Scope::In(_)) {
            return Judgement::not_applicable("a perimeter, which another check judges");
        }
        let watches: Vec<&Watch> = facts.watching(id).collect();
        if watches.is_empty() {
            Judgement::fail("no sensor watches it: nothing seen there is no proof that nothing happens")
        } else if watches.iter().any(|watch| watch.speaks(facts.at)) {
            Judgement::pass(names(&watches))
        } else {
            Judgement::indeterminate(format!("silent: {}", names(&watches)))
        }
    })
);
