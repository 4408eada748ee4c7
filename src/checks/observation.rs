//! Does the inventory agree with what sensors see, and do the sensors still see.
//!
//! Invariant: a host is judged by the last time it was seen and the record at the instant. Nothing seen is no proof of
//! absence: without any sensor these checks have no subject, and what they inform stays indeterminate.

use super::facts::{Facts, Over};
use super::model::{Check, Class, Severity};
use super::rule::{Judgement, Rule, rule};
use crate::assets::model::Lifecycle;

/// Whether a host that was seen is in the inventory: mandatory inside an ESP, where it would be a Protected Cyber Asset.
fn known(facts: &Facts, place: usize, mandatory: bool) -> Judgement {
    let host = &facts.hosts.at(place).record;
    if host.asset.is_some() || host.set_aside {
        let said = if host.asset.is_some() { "in the inventory" } else { "set aside by a person" };
        return if mandatory { Judgement::not_applicable(said) } else { Judgement::pass(said) };
    }
    let esp =
        !host.zone.is_empty()
            && facts.zones.iter().map(|held| &held.record).any(|zone| {
                zone.esp == Some(true) && zone.retired_on.is_none() && zone.reference.as_str() == host.zone
            });
    if esp != mandatory {
        return Judgement::not_applicable("another check judges it");
    }
    let zone = if host.zone.is_empty() { "no zone" } else { &host.zone };
    let seen = facts.zone.told(host.last_seen);
    Judgement::fail(format!("{} ({zone}) last seen {seen} by {}", host.address, host.sensor)).caused_by(zone.to_owned())
}

rule!(
    KNOWN,
    "GL-OBS-01",
    Advisory,
    High,
    Host,
    false,
    "Each host that sensors see inside is in the inventory",
    "NIST SP 800-82r3 CM-8(3); IEC 62443-3-3 SR 7.8",
    ["CM-8", "CM-8(3)", "SR 7.8", "CIP-010-4 R2.1"],
    |facts, place| known(facts, place, false)
);
rule!(
    KNOWN_M,
    "GL-OBS-01-M",
    Mandatory,
    High,
    Host,
    false,
    "Each host that sensors see inside an Electronic Security Perimeter is in the inventory",
    "CIP-005-7 R1 part 1.1; NERC Glossary: Protected Cyber Asset",
    ["CIP-005-7 R1.1", "CM-8(3)", "SR 7.8"],
    |facts, place| known(facts, place, true)
);

pub static RETIRED: Rule = Rule {
    check: Check {
        code: "GL-OBS-02",
        sentence: "A device that was retired or disposed of is no longer seen",
        class: Class::Advisory,
        severity: Severity::High,
        requirements: &["CM-8", "SR 7.8", "CIP-010-4 R1.1"],
        source: "NIST SP 800-82r3 CM-8; CIP-011-3 R2 (reuse and disposal)",
    },
    over: Over::Asset,
    clocked: false,
    gaps: None,
    judge: |facts, place| {
        let held = facts.assets.at(place);
        let left = match (held.record.lifecycle, held.record.retired_on) {
            (Some(Lifecycle::Retired | Lifecycle::Disposed), Some(day)) => facts.zone.last_of(day),
            (Some(Lifecycle::Retired | Lifecycle::Disposed), None) => {
                return Judgement::indeterminate("retired on a day that is not recorded");
            }
            _ => return Judgement::not_applicable("not retired"),
        };
        let seen = facts.seen_as(held.id).filter(|host| host.last_seen > left).max_by_key(|host| host.last_seen);
        match seen {
            Some(host) => Judgement::fail(format!(
                "{} was seen {} by {}, after the day it was retired",
                host.address,
                facts.zone.told(host.last_seen),
                host.sensor
            )),
            None => Judgement::pass("not seen since"),
        }
    },
};

pub static SPEAKING: Rule = Rule {
    check: Check {
        code: "GL-OBS-03",
        sentence: "Each sensor brought data within its limit",
        class: Class::Advisory,
        severity: Severity::Medium,
        requirements: &["CIP-015-1 R1.1", "CIP-015-1 R1.2", "SI-4", "SR 6.2"],
        source: "CIP-015-1 R1 part 1.1; NIST SP 800-82r3 SI-4; IEC 62443-3-3 SR 6.2",
    },
    over: Over::Sensor,
    clocked: true,
    gaps: None,
    judge: |facts, place| {
        let watch = &facts.sensors.at(place).record;
        if watch.sensor.retired_on.is_some() {
            return Judgement::not_applicable("retired");
        }
        let hours = watch.silent_after();
        match watch.last_data {
            None => Judgement::indeterminate("it never brought data"),
            Some(at) if facts.at.micros_since(at) > hours * 3_600_000_000 => {
                Judgement::fail(format!("silent since {}, longer than {hours} hours", facts.zone.told(at)))
            }
            Some(at) => Judgement::pass(format!("last data {}", facts.zone.told(at))),
        }
    },
};
