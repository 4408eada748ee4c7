//! The tables beneath the map: the same zones, conduits and crossings, in words.
//!
//! Invariant: made from the picture that is drawn, so the table holds what the map shows, retired conduits besides.

use crate::boundary::drawing::grouped;
use crate::boundary::model::{Conduit, Crossing, Picture, Stand, Standing, Watched, Way, ZoneBox};
use crate::vocabulary::{Moment, TimeZone};

/// Services named in a row.
const NAMED: usize = 3;

/// A crossing as a row.
pub struct CrossingRow {
    pub href: String,
    /// Class of its mark, and its word.
    pub mark: (&'static str, &'static str),
    pub from: String,
    pub to: String,
    pub services: Vec<ServiceRow>,
    pub more: usize,
    pub count: String,
    pub first: String,
    pub last: String,
}

/// A service that crosses.
pub struct ServiceRow {
    pub href: String,
    pub service: String,
    /// The address outside, where it is no zone.
    pub address: String,
    pub verdict: String,
    pub count: String,
}

/// A zone as a row.
pub struct ZoneRow {
    pub href: String,
    pub reference: String,
    pub name: String,
    pub level: &'static str,
    pub kind: &'static str,
    pub esp: bool,
    pub assets: usize,
    pub failing: usize,
    pub indeterminate: usize,
    /// Class of the status, and its words.
    pub watched: (&'static str, String),
    /// Opens or closes it on the map.
    pub toggle: Option<String>,
    pub open: bool,
    /// The map around it.
    pub around: String,
}

/// A conduit as a row.
pub struct ConduitRow {
    pub href: String,
    pub reference: String,
    pub name: String,
    pub ends: (String, &'static str, String),
    pub standing: (&'static str, &'static str),
    pub permitted: usize,
    pub never_seen: usize,
    pub enforced: String,
    pub unidirectional: bool,
    pub reason: String,
}

fn end(zone: &ZoneBox) -> String {
    if zone.stand == Stand::Recorded { zone.reference.clone() } else { zone.name.clone() }
}

fn told(zone: TimeZone, at: Option<Moment>) -> String {
    at.map_or_else(String::new, |at| zone.told(at))
}

pub fn crossing(picture: &Picture, one: &Crossing, zone: TimeZone) -> CrossingRow {
    let mark = if one.justified { ("excused", "Justified") } else { (one.gravity.word(), one.gravity.label()) };
    let service = |known: &crate::boundary::model::Crosser| ServiceRow {
        href: known.href.clone(),
        service: known.service.clone(),
        address: known.address.clone(),
        verdict: known.verdict.clone(),
        count: grouped(known.count),
    };
    CrossingRow {
        href: one.href.clone(),
        mark,
        from: end(&picture.zones[one.ends.0]),
        to: end(&picture.zones[one.ends.1]),
        services: one.worst.iter().take(NAMED).map(service).collect(),
        more: one.worst.len().saturating_sub(NAMED),
        count: grouped(one.count),
        first: told(zone, one.first),
        last: told(zone, one.last),
    }
}

/// Whether anything watches a zone, in words.
pub fn watched(zone: &ZoneBox, clock: TimeZone) -> (&'static str, String) {
    match &zone.watched {
        Watched::Speaking { sensors, last } => {
            ("no_failing_record", format!("{}, last data {}", sensors.join(", "), told(clock, *last)))
        }
        Watched::Silent { sensors, last: Some(last) } => {
            ("indeterminate", format!("{} silent since {}", sensors.join(", "), clock.told(*last)))
        }
        Watched::Silent { sensors, last: None } => {
            ("indeterminate", format!("{} never brought data", sensors.join(", ")))
        }
        Watched::Nothing => ("indeterminate", "no sensor".to_owned()),
        Watched::Elsewhere => ("not_applicable", "not expected".to_owned()),
    }
}

pub fn zone(one: &ZoneBox, clock: TimeZone, (toggle, around): (String, String)) -> ZoneRow {
    ZoneRow {
        href: one.href.clone(),
        reference: one.reference.clone(),
        name: one.name.clone(),
        level: one.level.map_or("none", |level| level.word()),
        kind: one.kind.map_or("", |kind| kind.label()),
        esp: one.esp,
        assets: one.assets,
        failing: one.failing,
        indeterminate: one.indeterminate,
        watched: watched(one, clock),
        toggle: (!one.groups.is_empty()).then_some(toggle),
        open: one.open,
        around,
    }
}

pub fn conduit(picture: &Picture, one: &Conduit) -> ConduitRow {
    let class = match one.standing {
        Standing::Active => "done",
        Standing::Proposed => "waiting",
        Standing::Suspended => "working",
        Standing::Retired => "low",
    };
    let way = match one.way {
        Way::Onward => "→",
        Way::Back => "←",
        Way::Both => "↔",
    };
    ConduitRow {
        href: one.href.clone(),
        reference: one.reference.clone(),
        name: one.name.clone(),
        ends: (end(&picture.zones[one.ends.0]), way, end(&picture.zones[one.ends.1])),
        standing: (class, one.standing.label()),
        permitted: one.permitted,
        never_seen: one.never_seen,
        enforced: match (one.access_point.is_empty(), one.broker.is_empty()) {
            (false, false) => format!("{}, sessions end at {}", one.access_point, one.broker),
            (true, false) => format!("sessions end at {}", one.broker),
            _ => one.access_point.clone(),
        },
        unidirectional: one.unidirectional,
        reason: one.reason.clone(),
    }
}
