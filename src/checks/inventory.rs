//! Is the inventory complete, placed and fresh: what each device's record needs before anything can be said of it.
//!
//! Invariant: only devices in service are asked about. What is not recorded is indeterminate where a standard asks for it,
//! and fails where completeness itself is the question.

use super::facts::{Facts, Over, in_service, is_cyber_asset};
use super::model::{Check, Class, Outcome, Severity};
use super::rule::{Judgement, Rule};
use super::zoning::is_rated_bca;
use crate::assets::model::Asset;
use crate::assets::rules::{Freshness, freshness};

const PLANNED: &str = "not in service";

/// Asks a device in service.
fn device(facts: &Facts, place: usize, ask: impl FnOnce(&Asset) -> Judgement) -> Judgement {
    let asset = &facts.assets.at(place).record;
    if in_service(asset) { ask(asset) } else { Judgement::not_applicable(PLANNED) }
}

/// As [`device`]; gaps in the records of one site are one walk-down, so they have one cause.
fn device_of_site(facts: &Facts, place: usize, ask: impl FnOnce(&Asset) -> Judgement) -> Judgement {
    let judged = device(facts, place, ask);
    let site = facts.assets.at(place).record.site.and_then(|site| facts.sites.get(crate::ids::Id::uuid(site)));
    match (judged.outcome, site) {
        (Outcome::Fail, Some(site)) => judged.caused_by(site.reference.to_string()),
        _ => judged,
    }
}

fn recorded(value: &str, what: &'static str) -> Judgement {
    if value.is_empty() { Judgement::fail(format!("no {what} is recorded")) } else { Judgement::pass("recorded") }
}

pub static MAKE: Rule = Rule {
    check: Check {
        code: "GL-INV-01",
        sentence: "Vendor and product or model of each device in service are recorded",
        class: Class::Advisory,
        severity: Severity::Low,
        requirements: &["SR 7.8", "CM-8"],
        source: "IEC 62443-3-3 SR 7.8; NIST SP 800-82r3 CM-8",
    },
    over: Over::Asset,
    clocked: false,
    gaps: None,
    judge: |facts, place| {
        device_of_site(facts, place, |asset| match (asset.vendor.is_empty(), &asset.product, &asset.model) {
            (true, _, _) => Judgement::fail("no vendor is recorded"),
            (false, product, model) if product.is_empty() && model.is_empty() => {
                Judgement::fail("neither product nor model is recorded")
            }
            _ => Judgement::pass("recorded"),
        })
    },
};

pub static SERIAL: Rule = Rule {
    check: Check {
        code: "GL-INV-02",
        sentence: "The serial number of each physical device in service is recorded",
        class: Class::Advisory,
        severity: Severity::Low,
        requirements: &["SR 7.8", "CM-8"],
        source: "IEC 62443-3-3 SR 7.8; NIST SP 800-82r3 CM-8",
    },
    over: Over::Asset,
    clocked: false,
    gaps: None,
    judge: |facts, place| {
        device_of_site(facts, place, |asset| {
            if asset.r#virtual == Some(true) {
                return Judgement::not_applicable("a virtual machine has no serial number");
            }
            recorded(&asset.serial, "serial number")
        })
    },
};

pub static OWNER: Rule = Rule {
    check: Check {
        code: "GL-INV-03",
        sentence: "Somebody answers for each device in service",
        class: Class::Advisory,
        severity: Severity::Low,
        requirements: &["CM-8"],
        source: "NIST SP 800-82r3 CM-8 (accountability of components)",
    },
    over: Over::Asset,
    clocked: false,
    gaps: None,
    judge: |facts, place| device_of_site(facts, place, |asset| recorded(&asset.owner, "owner")),
};

pub static SITE: Rule = Rule {
    check: Check {
        code: "GL-INV-04",
        sentence: "Each device in service stands at a site",
        class: Class::Advisory,
        severity: Severity::Medium,
        requirements: &["SR 7.8", "CM-8"],
        source: "IEC 62443-3-3 SR 7.8; NIST SP 800-82r3 CM-8",
    },
    over: Over::Asset,
    clocked: false,
    gaps: None,
    judge: |facts, place| {
        device(facts, place, |asset| match asset.site {
            Some(_) => Judgement::pass("recorded"),
            None => Judgement::fail("no site is recorded"),
        })
    },
};

pub static ZONE: Rule = Rule {
    check: Check {
        code: "GL-INV-05",
        sentence: "Each networked device in service lives in a zone",
        class: Class::Advisory,
        severity: Severity::Medium,
        requirements: &["ZCR 3.1", "SR 5.1", "NET 1.2"],
        source: "IEC 62443-3-2 ZCR 3.1",
    },
    over: Over::Asset,
    clocked: false,
    gaps: None,
    judge: |facts, place| {
        device_of_site(facts, place, |asset| match (asset.zone, asset.routable) {
            (Some(_), _) => Judgement::pass("recorded"),
            _ if is_rated_bca(facts, asset) => Judgement::not_applicable("another check judges it"),
            (None, Some(false)) => Judgement::not_applicable("it talks on no routable network"),
            (None, _) => Judgement::fail("it is in no zone"),
        })
    },
};

pub static FIRMWARE: Rule = Rule {
    check: Check {
        code: "GL-INV-06",
        sentence: "Operating system or firmware of each applicable device is recorded",
        class: Class::Mandatory,
        severity: Severity::Medium,
        requirements: &["CIP-010-4 R1.1"],
        source: "CIP-010-4 R1 part 1.1.1",
    },
    over: Over::Asset,
    clocked: false,
    gaps: None,
    judge: |facts, place| {
        device_of_site(facts, place, |asset| {
            if asset.firmware.is_empty() && asset.operating_system.is_empty() {
                let because =
                    "neither operating system nor firmware is recorded, so there is no baseline element 1.1.1";
                return Judgement::fail(because);
            }
            Judgement::pass("recorded")
        })
    },
};

pub static VERIFIED: Rule = Rule {
    check: Check {
        code: "GL-INV-07",
        sentence: "Each device in service was verified within the organization's limit",
        class: Class::Advisory,
        severity: Severity::Low,
        requirements: &["CM-8", "SR 7.8"],
        source: "NIST SP 800-82r3 CM-8 (review and update at a defined frequency)",
    },
    over: Over::Asset,
    clocked: true,
    gaps: None,
    judge: |facts, place| {
        device_of_site(facts, place, |asset| {
            let days = facts.limits.verify_within_days;
            match freshness(asset.verified_at, days, facts.at) {
                Freshness::Fresh
                    if freshness(asset.verified_at, days.saturating_sub(30), facts.at) != Freshness::Fresh =>
                {
                    Judgement::due_soon(format!("its verification becomes older than {days} days within 30 days"))
                }
                Freshness::Fresh => Judgement::pass("verified in time"),
                Freshness::Never => Judgement::fail("nobody has verified the record"),
                Freshness::Stale => Judgement::fail(format!(
                    "last verified {}, more than {days} days ago",
                    asset.verified_at.map_or_else(String::new, |at| facts.zone.date(at))
                )),
            }
        })
    },
};

pub static SUPPORTED: Rule = Rule {
    check: Check {
        code: "GL-INV-08",
        sentence: "The vendor still supports each device in service",
        class: Class::Advisory,
        severity: Severity::Medium,
        requirements: &["SA-22"],
        source: "NIST SP 800-82r3 SA-22",
    },
    over: Over::Asset,
    clocked: true,
    gaps: None,
    judge: |facts, place| {
        device(facts, place, |asset| match asset.end_of_support {
            None => Judgement::indeterminate("no end of support is recorded"),
            Some(day) if facts.zone.last_of(day) < facts.at => Judgement::fail(format!("support ended on {day}")),
            Some(day) if facts.zone.last_of(day) < facts.at.plus_seconds(90 * 86_400) => {
                Judgement::due_soon(format!("support ends on {day}"))
            }
            Some(day) => Judgement::pass(format!("supported until {day}")),
        })
    },
};

pub static LEVEL: Rule = Rule {
    check: Check {
        code: "GL-INV-09",
        sentence: "A device's Purdue level is that of its zone",
        class: Class::Advisory,
        severity: Severity::Low,
        requirements: &["ZCR 3.1"],
        source: "IEC 62443-3-2 ZCR 3.1",
    },
    over: Over::Asset,
    clocked: false,
    gaps: None,
    judge: |facts, place| {
        device(facts, place, |asset| {
            let zone = asset.zone.and_then(|id| facts.zones.get(crate::ids::Id::uuid(id)));
            let Some((zone, own, theirs)) = zone.and_then(|zone| Some((zone, asset.purdue_level?, zone.purdue_level?)))
            else {
                return Judgement::not_applicable("the device or its zone has no Purdue level");
            };
            if own == theirs {
                return Judgement::pass("the same");
            }
            Judgement::fail(format!("level {own}, while zone {} is level {theirs}", zone.reference))
        })
    },
};

pub static SERVICES: Rule = Rule {
    check: Check {
        code: "GL-SVC-01",
        sentence: "Each network-accessible logical port of an applicable device was determined to be needed, with a reason",
        class: Class::Mandatory,
        severity: Severity::Medium,
        requirements: &["CIP-007-6 R1.1"],
        source: "CIP-007-6 R1 part 1.1",
    },
    over: Over::Asset,
    clocked: false,
    gaps: None,
    judge: |facts, place| device(facts, place, |asset| ports(facts, place, asset)),
};

fn ports(facts: &Facts, place: usize, asset: &Asset) -> Judgement {
    if !is_cyber_asset(asset) {
        return Judgement::not_applicable("it has no NERC CIP category");
    }
    let (mut open, mut needless, mut undecided) = (0, Vec::new(), 0);
    for service in facts.services_of(facts.assets.at(place).id) {
        open += 1;
        let name =
            || service.port.map_or_else(|| service.protocol.clone(), |port| format!("{} {port}", service.protocol));
        match service.needed {
            Some(true) if !service.reason.is_empty() => {}
            Some(false) => needless.push(name()),
            _ => undecided += 1,
        }
    }
    match (open, needless.is_empty(), undecided) {
        (_, false, _) => {
            let needless = needless.join(", ");
            Judgement::fail(format!("enabled though not needed: {needless}")).caused_by(needless)
        }
        (0, _, _) if asset.routable == Some(false) => Judgement::not_applicable("it talks on no routable network"),
        (0, _, _) => Judgement::indeterminate("no logical port is recorded, and none was said to be absent"),
        (_, true, 0) => Judgement::pass(format!("{open} needed, each with a reason")),
        (_, true, _) => Judgement::indeterminate(format!("{undecided} of {open} without a decision and its reason")),
    }
}

pub static BASELINE_PORTS: Rule = Rule {
    check: Check {
        code: "GL-SVC-02",
        sentence: "The logical network-accessible ports of each applicable device are recorded",
        class: Class::Mandatory,
        severity: Severity::Medium,
        requirements: &["CIP-010-4 R1.1"],
        source: "CIP-010-4 R1 part 1.1.4",
    },
    over: Over::Asset,
    clocked: false,
    gaps: None,
    judge: |facts, place| {
        device(facts, place, |asset| {
            let count = facts.services_of(facts.assets.at(place).id).count();
            match (count, asset.routable) {
                (0, Some(false)) => Judgement::pass("it talks on no routable network, so there are none"),
                (0, _) => Judgement::indeterminate("no logical port is recorded, and none was said to be absent"),
                _ => Judgement::pass(format!("{count} recorded")),
            }
        })
    },
};
