//! Vendors: do they come through the same gateways as employees, is there a way to end each path, and is what they do on it
//! looked at.
//!
//! Invariant: CIP-005-7 R2.4 to R3.2 and CIP-003-9 Attachment 1 Section 6 ask at any impact rating; elsewhere the same checks
//! advise.

use super::concern::{Asking, Concern};
use super::facts::Facts;
use super::remote_access::{any, only};
use super::rule::{Judgement, rule};
use super::sides::within_fifteen_months;
use crate::assets::model::Asset;
use crate::conduits::model::Inspection;
use crate::ids::{AssetId, Id};
use crate::remote_access::model::Grant;
use crate::vocabulary::Moment;

/// Asks about a grant that a vendor uses.
fn vendors(facts: &Facts, grant: &Grant, ask: impl FnOnce() -> Judgement) -> Judgement {
    if facts.access.is_vendors(grant) { ask() } else { Judgement::not_applicable("no vendor uses it") }
}

fn same_gateway(facts: &Facts, grant: &Grant) -> Judgement {
    vendors(facts, grant, || match grant.via {
        None => Judgement::indeterminate("it names no gateway"),
        Some(via) if facts.access.employee_gateways.contains(&via) => {
            Judgement::pass("through a gateway that employees use, too")
        }
        Some(_) if facts.access.employee_gateways.is_empty() => {
            Judgement::indeterminate("no open grant of an employee names a gateway to compare with")
        }
        Some(_) => Judgement::fail("through a gateway that no employee uses"),
    })
}

rule!(
    SAME_GATEWAY,
    "GL-RA-08",
    Advisory,
    High,
    Grant,
    true,
    "Vendors come through the gateways that employees use, and no private path",
    "NIST SP 800-82r3 MA-4; CIP-005-7 R2; the rule is Glance's own",
    ["CIP-005-7 R2.1", "CIP-005-7 R2.4", "CIP-003-9 R2 Att1 S6.1", "MA-4", "NET 3.1"],
    |facts, place| any(facts, place, same_gateway)
);

fn ended_by(facts: &Facts, grant: &Grant) -> Judgement {
    vendors(facts, grant, || {
        if grant.disable_method.trim().is_empty() {
            Judgement::fail("no method to disable it is recorded")
        } else {
            Judgement::pass("the method to disable it is recorded")
        }
    })
}

rule!(
    METHOD_M,
    "GL-RA-10-M",
    Mandatory,
    Critical,
    Grant,
    true,
    "Each path of a vendor has a method to disable it",
    "CIP-005-7 R2 part 2.5 and R3 part 3.2; CIP-003-9 R2 Attachment 1 section 6.2",
    ["CIP-005-7 R2.5", "CIP-005-7 R3.2", "CIP-003-9 R2 Att1 S6.2", "AC-17(9)"],
    |facts, place| only(facts, place, Asking::Vendors, ended_by)
);

fn tried(facts: &Facts, grant: &Grant) -> Judgement {
    vendors(facts, grant, || match grant.disable_tested_on {
        _ if grant.disable_method.trim().is_empty() => {
            Judgement::fail("no method to disable it is recorded, none was tried")
        }
        None => Judgement::fail("the method to disable it was never tried"),
        Some(day) => within_fifteen_months(facts, day, "the method to disable it was last tried"),
    })
}

rule!(
    TRIED,
    "GL-RA-10",
    Advisory,
    Medium,
    Grant,
    true,
    "The method to disable each path of a vendor was tried within 15 calendar months",
    "NIST SP 800-82r3 AC-17(9); the interval is Glance's own",
    ["CIP-005-7 R2.5", "CIP-005-7 R3.2", "CIP-003-9 R2 Att1 S6.2", "AC-17(9)"],
    |facts, place| any(facts, place, tried)
);

fn kept_out(facts: &Facts, grant: &Grant) -> Judgement {
    vendors(facts, grant, || {
        if grant.reconnect_control.trim().is_empty() {
            Judgement::fail("nothing is recorded that keeps it from being opened again")
        } else {
            Judgement::pass("what keeps it from being opened again is recorded")
        }
    })
}

rule!(
    KEPT_OUT,
    "GL-RA-18",
    Mandatory,
    High,
    Grant,
    true,
    "Whatever ends a vendor's connection to EACMS and PACS also keeps it from being opened again",
    "CIP-005-7 R3 part 3.2",
    ["CIP-005-7 R3.2", "AC-17(9)"],
    |facts, place| only(facts, place, Asking::Beside, kept_out)
);

fn looked_at(facts: &Facts, grant: &Grant) -> Judgement {
    vendors(facts, grant, || {
        let Some(conduit) = grant.conduit.and_then(|id| facts.conduits.get(id.uuid())) else {
            return Judgement::indeterminate("the conduit it goes through is not recorded");
        };
        match conduit.inspection {
            Some(Inspection::Ids | Inspection::Ips | Inspection::Dpi) => {
                Judgement::pass("its conduit looks for malicious communications")
            }
            Some(Inspection::None) => {
                Judgement::fail(format!("nothing on {} looks for malicious communications", conduit.reference))
            }
            None => Judgement::indeterminate("what looks into its conduit is not recorded"),
        }
    })
}

rule!(
    LOOKED_AT,
    "GL-RA-11",
    Mandatory,
    High,
    Grant,
    true,
    "What vendors send to low impact BES Cyber Systems is searched for malicious communications",
    "CIP-003-9 R2 Attachment 1 section 6.3",
    ["CIP-003-9 R2 Att1 S6.3", "SI-4(4)"],
    |facts, place| only(facts, place, Asking::Low, looked_at)
);

/// Whether a gateway told of its sessions within the minutes for which its word counts; or since when it did not.
fn is_fresh(facts: &Facts, gateway: AssetId) -> Result<(), Option<Moment>> {
    let word = facts.access.gateways.get(&gateway.uuid()).ok_or(None)?;
    if word.is_fresh(facts.limits.gateway_fresh_minutes, facts.at) { Ok(()) } else { Err(Some(word.goes_to())) }
}

fn told(facts: &Facts, asset: Option<&Asset>, silent: Option<Moment>) -> String {
    let named = asset.map_or("a gateway that is not in the inventory", |asset| asset.reference.as_str());
    match silent {
        None => format!("{named} never told of its sessions"),
        Some(at) => format!("{named} told up to {}", facts.zone.told(at)),
    }
}

rule!(
    FRESH,
    "GL-RA-09",
    Advisory,
    High,
    Asset,
    true,
    "Each gateway of vendors tells of its sessions within the minutes for which its word counts",
    "NIST SP 800-82r3 AC-17(1); the minutes are the organization's own",
    ["AC-17(1)", "SR 1.13"],
    |facts, place| {
        let held = facts.assets.at(place);
        let id = AssetId::from_uuid(held.id);
        if !facts.access.vendor_gateways.contains_key(&id) {
            return Judgement::not_applicable("no vendor comes through it");
        }
        match is_fresh(facts, id) {
            Ok(()) => Judgement::pass("its word is fresh"),
            Err(silent) => Judgement::fail(told(facts, Some(&held.record), silent)),
        }
    }
);

/// True where every vendor in use is recorded to have no remote access.
fn none_permitted(facts: &Facts) -> bool {
    let mut in_use = facts.access.vendors.iter().filter(|held| held.record.retired_on.is_none()).peekable();
    in_use.peek().is_some() && in_use.all(|held| held.record.remote_access == Some(false))
}

fn computable(facts: &Facts) -> Judgement {
    let (gateways, unrouted) = (&facts.access.vendor_gateways, facts.access.vendors_unrouted);
    if gateways.is_empty() && unrouted.is_none() {
        return if none_permitted(facts) {
            Judgement::pass("no vendor is granted remote access, and each is recorded to have none")
        } else {
            Judgement::indeterminate("no vendor is granted remote access, and not each vendor is recorded to have none")
        };
    }
    let concerned = gateways.iter().filter(|(_, concern)| **concern != Concern::No);
    let concerned: Vec<AssetId> = concerned.map(|(id, _)| *id).collect();
    let unrouted = unrouted.is_some_and(|concern| concern != Concern::No);
    if concerned.is_empty() && !unrouted {
        return Judgement::not_applicable("no vendor reaches a BES Cyber System");
    }
    let silent = |id: &AssetId| Some(told(facts, facts.assets.get(id.uuid()), is_fresh(facts, *id).err()?));
    let silent: Vec<String> = concerned.iter().filter_map(silent).collect();
    match (silent.is_empty(), unrouted) {
        (false, _) => Judgement::fail(format!("who is in cannot be said: {}", silent.join(", "))),
        (true, true) => Judgement::indeterminate("an open grant of a vendor names no gateway that could tell"),
        (true, false) => Judgement::pass("every gateway of vendors told of its sessions just now"),
    }
}

rule!(
    COMPUTABLE,
    "GL-RA-09-M",
    Mandatory,
    Critical,
    Organization,
    true,
    "Which vendors are connected now, interactively or system-to-system, can be said at any time",
    "CIP-005-7 R2 part 2.4 and R3 part 3.1; CIP-003-9 R2 Attachment 1 section 6.1",
    ["CIP-005-7 R2.4", "CIP-005-7 R3.1", "CIP-003-9 R2 Att1 S6.1", "AC-17(1)"],
    |facts, _| computable(facts),
    gaps: Some(|_, _| Vec::new())
);
