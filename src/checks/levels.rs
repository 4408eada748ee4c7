//! Are zones told apart by their networks, rated by security level, and can they be cut off.
//!
//! Invariant: a level that nobody set is no level; a gap is named by its foundational requirement.

use super::facts::Facts;
use super::rule::{Judgement, rule};
use super::sides::within_fifteen_months;
use super::zoning::zone;
use crate::vocabulary::fold;
use crate::vocabulary::security_level::FOUNDATIONAL;
use crate::zones::model::{Side, Zone, ZoneKind};

rule!(
    DISJOINT,
    "GL-ZON-08",
    Advisory,
    Medium,
    Zone,
    false,
    "No network belongs to two zones",
    "NIST SP 800-82r3 SC-7(29); IEC 62443-3-3 SR 5.1",
    ["SC-7(29)", "SR 5.1"],
    |facts, place| zone(facts, place, |zone| disjoint(facts, place, zone))
);

fn disjoint(facts: &Facts, place: usize, zone: &Zone) -> Judgement {
    if zone.subnets.is_empty() && zone.kind == Some(ZoneKind::External) {
        return Judgement::not_applicable("it stands for every address that no zone claims");
    }
    if zone.subnets.is_empty() {
        return Judgement::indeterminate("no network of it is recorded");
    }
    let others = facts.zones.iter().enumerate().filter(|(at, held)| *at != place && held.record.retired_on.is_none());
    let mut found: Vec<(String, String)> = Vec::new();
    for (at, held) in others {
        for own in &zone.subnets {
            for other in held.record.subnets.iter().filter(|other| own.overlaps(other)) {
                // Of two zones that claim one network the first recorded keeps it; else the narrower network decides.
                let own_wins = own.prefix() > other.prefix() || (own.prefix() == other.prefix() && place < at);
                let winner = if own_wins { zone } else { &held.record };
                let said = format!(
                    "{own} and {other} of {}: addresses in both count to {}",
                    held.record.reference, winner.reference
                );
                let mut pair = [zone.reference.to_string(), held.record.reference.to_string()];
                pair.sort_by_cached_key(|reference| fold::natural(reference));
                found.push((pair.join(" and "), said));
            }
        }
    }
    found.sort();
    match found.first() {
        None => Judgement::pass(format!("{} networks, all its own", zone.subnets.len())),
        Some((pair, _)) => {
            let said: Vec<&str> = found.iter().map(|(_, said)| said.as_str()).collect();
            Judgement::fail(said.join("; ")).caused_by(pair.clone())
        }
    }
}

/// Foundational requirements in which a zone achieves less than its target, as `FR 5: 1 of 3`; and how many cannot be said.
#[must_use]
pub fn gaps(zone: &Zone) -> (Vec<String>, usize) {
    let (mut gaps, mut open) = (Vec::new(), 0);
    for number in 0..FOUNDATIONAL.len() {
        match (zone.sl_t.of(number), zone.sl_a.of(number)) {
            (Some(target), Some(achieved)) if achieved < target => {
                gaps.push(format!("FR {}: {achieved} of {target}", number + 1));
            }
            (Some(_), Some(_)) => {}
            (None, _) | (_, None) => open += 1,
        }
    }
    (gaps, open)
}

/// Asks a zone of OT or the DMZ.
fn protected(facts: &Facts, place: usize, ask: impl FnOnce(&Zone) -> Judgement) -> Judgement {
    zone(facts, place, |zone| match zone.side() {
        Some(Side::Ot | Side::Dmz) => ask(zone),
        Some(Side::It) => Judgement::not_applicable("it lies on the side of IT"),
        None => Judgement::indeterminate("neither its kind nor its level says on which side it lies"),
    })
}

rule!(
    ACHIEVED,
    "GL-ZON-09",
    Advisory,
    High,
    Zone,
    false,
    "Each zone of OT and the DMZ achieves its target security level in every foundational requirement",
    "IEC 62443-3-2 ZCR 5.6 and 5.11",
    ["ZCR 5.6", "ZCR 5.8", "ZCR 5.11", "ZCR 5.12", "ZCR 4.1"],
    |facts, place| protected(facts, place, |zone| {
        let (gaps, open) = gaps(zone);
        match (gaps.is_empty(), open) {
            (false, 0) => Judgement::fail(gaps.join("; ")),
            (false, open) => Judgement::fail(format!("{}; {open} of 7 are not set on both sides", gaps.join("; "))),
            (true, 0) => Judgement::pass("achieved in all seven"),
            (true, 7) if zone.sl_t.is_unset() => Judgement::indeterminate("no SL-T is set"),
            (true, 7) if zone.sl_a.is_unset() => Judgement::indeterminate("no SL-A is set"),
            (true, open) => Judgement::indeterminate(format!("{open} of 7 are not set on both sides")),
        }
    })
);

rule!(
    ASSESSED,
    "GL-ZON-10",
    Advisory,
    Medium,
    Zone,
    true,
    "What each zone achieves was assessed within fifteen months",
    "IEC 62443-3-2 ZCR 5.8; NIST SP 800-82r3 CA-2 (the interval is Glance's own)",
    ["ZCR 5.8", "CA-2"],
    |facts, place| zone(facts, place, |zone| {
        if zone.sl_t.is_unset() {
            return Judgement::not_applicable("no SL-T is set");
        }
        match zone.sl_a_assessed_on {
            Some(on) => within_fifteen_months(facts, on, "assessed"),
            None => Judgement::fail("never assessed"),
        }
    })
);

rule!(
    ISLAND,
    "GL-ZON-11",
    Advisory,
    Medium,
    Zone,
    true,
    "Each control and safety zone can be cut off by a procedure that was tried within fifteen months",
    "IEC 62443-3-3 SR 5.2 RE 2; NIST SP 800-82r3 IR-4 (the interval is Glance's own)",
    ["SR 5.2 RE 2", "NET 1.5", "IR-4"],
    |facts, place| zone(facts, place, |zone| {
        if !matches!(zone.kind, Some(ZoneKind::Control | ZoneKind::Safety)) {
            return Judgement::not_applicable("not a control or safety zone");
        }
        match (zone.isolation_procedure.is_empty(), zone.isolation_tested_on) {
            (true, _) => Judgement::fail("no procedure says how it is cut off"),
            (false, None) => Judgement::fail("the procedure was never tried"),
            (false, Some(on)) => within_fifteen_months(facts, on, "tried"),
        }
    })
);
