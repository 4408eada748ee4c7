//! Are zones drawn as a boundary needs them: everything in one, what belongs apart apart, each described and approved.
//!
//! Invariant: one fact fails one check. A device in no zone is judged by [`PLACED_M`] where CIP-005-7 asks, and by the
//! inventory's own check elsewhere; one in a zone that is no ESP by [`IN_ESP`].

use super::facts::{Facts, in_service, is_bca};
use super::rule::{Judgement, rule};
use crate::assets::model::Asset;
use crate::vocabulary::Impact;
use crate::zones::model::{Side, Zone, ZoneKind, side_of};

/// Asks a device in service.
fn device(facts: &Facts, place: usize, ask: impl FnOnce(&Asset) -> Judgement) -> Judgement {
    let asset = &facts.assets.at(place).record;
    if in_service(asset) { ask(asset) } else { Judgement::not_applicable("not in service") }
}

/// Asks a zone in use.
pub(super) fn zone(facts: &Facts, place: usize, ask: impl FnOnce(&Zone) -> Judgement) -> Judgement {
    let zone = &facts.zones.at(place).record;
    if zone.retired_on.is_some() { Judgement::not_applicable("retired") } else { ask(zone) }
}

/// True for a BES Cyber Asset of a high or medium impact system.
pub(super) fn is_rated_bca(facts: &Facts, asset: &Asset) -> bool {
    is_bca(asset) && facts.own_rating(asset) >= Some(Impact::Medium)
}

rule!(
    PLACED_M,
    "GL-ZON-01-M",
    Mandatory,
    High,
    Asset,
    false,
    "Each routable BES Cyber Asset of a high or medium impact system lives in a zone",
    "CIP-005-7 R1 part 1.1",
    ["CIP-005-7 R1.1", "ZCR 3.1", "SR 5.1", "NET 1.2"],
    |facts, place| device(facts, place, |asset| {
        if !is_rated_bca(facts, asset) {
            return Judgement::not_applicable("not a BES Cyber Asset of a high or medium impact system");
        }
        match (asset.zone, asset.routable) {
            (Some(_), _) => Judgement::pass("it lives in one"),
            (None, Some(false)) => Judgement::not_applicable("it talks on no routable network"),
            (None, Some(true)) => Judgement::fail("it talks on a routable network and is in no zone"),
            (None, None) => Judgement::indeterminate("it is in no zone, and whether it is routable is not recorded"),
        }
    })
);

rule!(
    IN_ESP,
    "GL-ZON-02",
    Mandatory,
    Critical,
    Asset,
    false,
    "Each routable BES Cyber Asset of a high or medium impact system lives in an Electronic Security Perimeter",
    "CIP-005-7 R1 part 1.1",
    ["CIP-005-7 R1.1", "SC-7"],
    |facts, place| device(facts, place, |asset| in_esp(facts, asset))
);

fn in_esp(facts: &Facts, asset: &Asset) -> Judgement {
    if !is_rated_bca(facts, asset) {
        return Judgement::not_applicable("not a BES Cyber Asset of a high or medium impact system");
    }
    if facts.esp_of(asset).is_some() {
        return Judgement::pass("it does");
    }
    let Some(zone) = facts.zone_at(asset.zone) else {
        return Judgement::not_applicable("it is in no zone, which another check judges");
    };
    let reference = zone.reference.to_string();
    match asset.routable {
        Some(false) => Judgement::not_applicable("it talks on no routable network"),
        Some(true) => Judgement::fail(format!("zone {reference} is not an ESP")).caused_by(reference),
        None => Judgement::indeterminate(format!(
            "zone {reference} is not an ESP, and whether it is routable is not recorded"
        )),
    }
}

/// Whether devices of IT and of OT share a zone.
fn mixed(facts: &Facts, place: usize, esp: bool) -> Judgement {
    zone(facts, place, |zone| {
        if (zone.esp == Some(true)) != esp {
            return Judgement::not_applicable("another check judges it");
        }
        let (mut it, mut ot, mut open, mut all) = (None, None, 0, 0);
        for asset in facts.inside(facts.zones.at(place).id).filter(|asset| in_service(asset)) {
            all += 1;
            match asset.purdue_level.map(side_of) {
                Some(Side::It) => it = it.or(Some(asset)),
                Some(Side::Ot) => ot = ot.or(Some(asset)),
                Some(Side::Dmz) => {}
                None => open += 1,
            }
        }
        match (it, ot) {
            (Some(it), Some(ot)) => {
                Judgement::fail(format!("{} of IT and {} of OT live in it together", it.reference, ot.reference))
            }
            _ if all == 0 => Judgement::not_applicable("nothing in service lives in it"),
            _ if open > 0 => Judgement::indeterminate(format!("{open} of {all} devices in it have no Purdue level")),
            _ => Judgement::pass(format!("{all} devices, all of one side")),
        }
    })
}

rule!(
    UNMIXED,
    "GL-ZON-03",
    Advisory,
    High,
    Zone,
    false,
    "No zone holds devices of IT and of OT together",
    "IEC 62443-3-2 ZCR 3.2; NIST SP 800-82r3 5.2.3.1",
    ["ZCR 3.2", "SR 5.1", "800-82r3:5.2.3.1", "NET 1.1"],
    |facts, place| mixed(facts, place, false)
);
rule!(
    UNMIXED_M,
    "GL-ZON-03-M",
    Mandatory,
    High,
    Zone,
    false,
    "No device of IT lives in an Electronic Security Perimeter, where it would be a Protected Cyber Asset",
    "CIP-005-7 R1 part 1.1; NERC Glossary: Protected Cyber Asset",
    ["ZCR 3.2", "SR 5.1", "SR 5.1 RE 3", "800-82r3:5.2.3.1", "NET 1.1"],
    |facts, place| mixed(facts, place, true)
);

rule!(
    DESCRIBED,
    "GL-ZON-04",
    Advisory,
    Medium,
    Zone,
    false,
    "Each zone is described and approved as it stands",
    "IEC 62443-3-2 ZCR 6.4 and 7.1; NIST SP 800-82r3 PL-8",
    ["ZCR 1.1", "ZCR 2.1", "ZCR 6.3", "ZCR 6.4", "ZCR 7.1", "PL-8", "NET 1.2"],
    |facts, place| zone(facts, place, |zone| {
        if zone.kind == Some(ZoneKind::External) {
            return Judgement::not_applicable("it lies outside the organization");
        }
        let lacking = [
            (zone.approved.is_none(), "no approval as it stands"),
            (zone.owner.is_empty(), "no owner"),
            (zone.logical_boundary.is_empty(), "no logical boundary"),
            (zone.safety_related.is_none(), "no answer whether it is safety related"),
            (zone.data_flows.is_empty(), "no data flows"),
            (!zone.sl_t.is_whole(), "no complete SL-T"),
        ];
        lacks(&lacking, "described, and approved as it stands")
    })
);

/// Fails with everything that is missing.
pub(super) fn lacks(asked: &[(bool, &str)], whole: &'static str) -> Judgement {
    let lacking: Vec<&str> = asked.iter().filter(|(lacks, _)| *lacks).map(|(_, what)| *what).collect();
    if lacking.is_empty() { Judgement::pass(whole) } else { Judgement::fail(lacking.join(", ")) }
}

/// Asks a device with some property where it lives.
fn lives(facts: &Facts, place: usize, has: fn(&Asset) -> bool, ask: fn(&Zone) -> Judgement) -> Judgement {
    device(facts, place, |asset| {
        if !has(asset) {
            return Judgement::not_applicable("not recorded as one");
        }
        facts.zone_at(asset.zone).map_or_else(|| Judgement::indeterminate("it is in no zone"), ask)
    })
}

rule!(
    SAFETY,
    "GL-ZON-05",
    Advisory,
    High,
    Asset,
    false,
    "Each device of a safety function lives in a safety zone",
    "IEC 62443-3-2 ZCR 3.3; NIST SP 800-82r3 SC-7(21)",
    ["ZCR 3.3", "SC-7(21)", "800-82r3:5.3.1", "NET 1.3"],
    |facts, place| lives(
        facts,
        place,
        |asset| asset.safety == Some(true),
        |zone| {
            match (zone.kind, zone.safety_related) {
                (Some(ZoneKind::Safety), _) | (_, Some(true)) => Judgement::pass("it does"),
                (_, Some(false)) => Judgement::fail(format!("zone {} is not safety related", zone.reference)),
                (_, None) => Judgement::indeterminate(format!(
                    "zone {} does not say whether it is safety related",
                    zone.reference
                )),
            }
        }
    )
);
rule!(
    WIRELESS,
    "GL-ZON-06",
    Advisory,
    Medium,
    Asset,
    false,
    "Each wireless device lives in a wireless zone",
    "IEC 62443-3-2 ZCR 3.5; NIST SP 800-82r3 AC-18",
    ["ZCR 3.5", "SR 1.6", "SR 2.2", "AC-18", "NET 2.2"],
    |facts, place| lives(facts, place, |asset| asset.wireless == Some(true), |zone| of_kind(zone, ZoneKind::Wireless))
);
rule!(
    TRANSIENT,
    "GL-ZON-07",
    Advisory,
    Medium,
    Asset,
    false,
    "Each transient device lives in a zone for transient devices",
    "IEC 62443-3-2 ZCR 3.4",
    ["ZCR 3.4", "SR 2.3"],
    |facts, place| lives(
        facts,
        place,
        |asset| asset.transient == Some(true),
        |zone| of_kind(zone, ZoneKind::Transient)
    )
);
rule!(
    TRANSIENT_AUTHORIZED,
    "GL-ZON-07-M",
    Mandatory,
    Medium,
    Asset,
    false,
    "Each transient device used with high or medium impact systems is authorized",
    "CIP-010-4 R4 Attachment 1 section 1.2",
    ["CIP-010-4 R4 Att1 S1.2"],
    |facts, place| device(facts, place, |asset| {
        if asset.transient != Some(true) || facts.own_rating(asset) < Some(Impact::Medium) {
            return Judgement::not_applicable("not a transient device of a high or medium impact system");
        }
        Judgement::indeterminate("who may use it, where and for what cannot be recorded yet")
    })
);

fn of_kind(zone: &Zone, wanted: ZoneKind) -> Judgement {
    match zone.kind {
        Some(kind) if kind == wanted => Judgement::pass("it does"),
        Some(kind) => Judgement::fail(format!("zone {} is of kind {}", zone.reference, kind.label().to_lowercase())),
        None => Judgement::indeterminate(format!("zone {} has no kind", zone.reference)),
    }
}
