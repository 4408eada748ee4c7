//! How a grant gets in: its gateway, where encryption ends, the second factor, the split tunnel, and what a vendor's path
//! needs beside.
//!
//! Invariant: pure. What is mandatory only in the scope of CIP-005 is a warning outside it.

use super::{Employees, Found, Placed};
use crate::assets::model::Category;
use crate::conduits::model::{Inspection, Status};
use crate::remote_access::model::{Grant, GrantKind};
use crate::vocabulary::Impact;
use crate::vocabulary::due::due_calendar_months;

pub(super) fn examine(grant: &Grant, found: &mut Found<'_>) {
    let around = found.around;
    for (field, device) in [("via", &around.via), ("encryption_end", &around.encryption_end)] {
        if let Some(device) = device
            && let Some(gone) = &device.gone
        {
            found.refuse((field, &device.reference), format!("{} is {gone}", device.reference), "GL-DAT-02");
        }
    }
    if grant.kind == Some(GrantKind::Interactive) {
        through(found);
        encrypted(grant, found);
        factors(grant, found);
    } else if around.via.is_none() {
        found.unknown(("via", ""), "what carries it is not said", "CIP-005-7 R2.4");
    }
    match grant.split_tunnel {
        Some(true) => found.warn(("split_tunnel", "yes"), "traffic beside the tunnel goes on", "SC-7(7), GL-RA-16"),
        Some(false) => found.pass(("split_tunnel", "no"), "no traffic goes beside the tunnel", "SC-7(7), GL-RA-16"),
        None => found.unknown(("split_tunnel", ""), "not said", "SC-7(7), GL-RA-16"),
    }
    conduit(found);
    if around.is_vendor() {
        vendors_path(grant, found);
    }
}

/// Interactive Remote Access goes through an Intermediate System, which is not inside an ESP (NERC Glossary).
fn through(found: &mut Found<'_>) {
    const R2_1: &str = "CIP-005-7 R2.1";
    let Some(via) = &found.around.via else {
        return found.fails(("via", ""), "missing; interactive access goes through an Intermediate System", R2_1);
    };
    let at = ("via", via.reference.as_str());
    if !via.is_intermediate() {
        let says = format!("{} has neither the role Intermediate System nor Jump host", via.reference);
        return found.fails(at, says, R2_1);
    }
    match &via.zone {
        None => {
            let says =
                format!("{} is recorded in no zone, so whether it is outside the ESP is not known", via.reference);
            found.unknown(at, says, "NERC Glossary: Intermediate System");
        }
        Some(Placed { reference, outside: None }) => {
            let says = format!("{} is in {reference}, of which is not recorded whether it is an ESP", via.reference);
            found.unknown(at, says, "NERC Glossary: Intermediate System");
        }
        Some(Placed { reference, outside: Some(false) }) => {
            let says = format!("{} is in {reference}, an ESP; an Intermediate System is outside", via.reference);
            found.fails(at, says, "NERC Glossary: Intermediate System");
        }
        Some(Placed { reference, outside: Some(true) }) => {
            found.pass(at, format!("through {} in {reference}, outside an ESP", via.reference), R2_1);
        }
    }
}

/// Encryption ends at an Intermediate System.
fn encrypted(grant: &Grant, found: &mut Found<'_>) {
    const R2_2: &str = "CIP-005-7 R2.2";
    let Some(end) = &found.around.encryption_end else {
        return found.fails(("encryption_end", ""), "missing; encryption ends at the Intermediate System", R2_2);
    };
    let at = ("encryption_end", end.reference.as_str());
    if grant.encryption_end == grant.via {
        found.pass(at, "encrypted up to what it goes through", R2_2);
    } else if end.is_intermediate() && end.is_outside() == Some(true) {
        found.warn(at, format!("{} is another Intermediate System than the one it goes through", end.reference), R2_2);
    } else if end.is_intermediate() && end.is_outside().is_none() {
        found.unknown(at, format!("whether {} lies outside every ESP is not recorded", end.reference), R2_2);
    } else {
        let says = format!("{} is not the Intermediate System; encryption ends there", end.reference);
        found.fails(at, says, R2_2);
    }
}

fn factors(grant: &Grant, found: &mut Found<'_>) {
    const R2_3: &str = "CIP-005-7 R2.3";
    match grant.mfa {
        Some(true) => found.pass(("mfa", "yes"), "two factors of different kinds are asked for", R2_3),
        Some(false) => found.fails(("mfa", "no"), "two factors of different kinds are needed", R2_3),
        None => found.fails(("mfa", ""), "missing; say that two factors of different kinds are asked for", R2_3),
    }
}

fn conduit(found: &mut Found<'_>) {
    let Some(conduit) = &found.around.conduit else { return };
    let (at, status) = (("conduit", conduit.reference.as_str()), conduit.status());
    match (status, conduit.retired_on) {
        (Status::Retired, Some(on)) => {
            found.refuse(at, format!("{} is retired since {on}", conduit.reference), "GL-DAT-02");
        }
        (Status::Active, _) => {}
        _ => {
            let says = format!("{} is {} and permits nothing", conduit.reference, status.label().to_lowercase());
            found.warn(at, says, "CIP-005-7 R1.3");
        }
    }
}

/// What a vendor's path needs beside: the gateway of employees, a way to switch it off, detection at low impact.
fn vendors_path(grant: &Grant, found: &mut Found<'_>) {
    const SAME: &str = "CIP-005-7 R2.1, R2.4, GL-RA-08";
    let via = found.around.via.as_ref().map_or("", |via| via.reference.as_str()).to_owned();
    match found.around.employees {
        _ if via.is_empty() => {}
        Employees::Same => found.pass(("via", &via), "employees go through it too", SAME),
        Employees::Others => {
            found.warn(("via", &via), "no employee goes through it; employees go through others", SAME);
        }
        Employees::None => {
            let says = "no grant of an employee holds, so whether vendors take the same gateway is not known";
            found.unknown(("via", &via), says, SAME);
        }
    }
    disabling(grant, found);
    detecting(found);
}

fn disabling(grant: &Grant, found: &mut Found<'_>) {
    const METHOD: &str = "CIP-005-7 R2.5, CIP-003-9 R2 Att1 S6.2";
    if grant.disable_method.trim().is_empty() {
        return found.refuse(("disable_method", ""), "missing; say how a vendor's access is switched off", METHOD);
    }
    let around = found.around;
    let apart = |target: &super::Target| {
        target.categories.contains(&Category::Eacms) || target.categories.contains(&Category::Pacs)
    };
    if grant.reconnect_control.trim().is_empty() && around.targets.iter().any(apart) {
        let says = "missing; it reaches an EACMS or a PACS, so say what keeps it from being opened again";
        found.fails(("reconnect_control", ""), says, "CIP-005-7 R3.2");
    }
    let at = |day: &str| ("disable_tested_on", day.to_owned());
    let Some(tested) = grant.disable_tested_on else {
        return found.warn(("disable_tested_on", ""), "switching it off was never tried", "GL-RA-10");
    };
    let (due, (field, value)) = (due_calendar_months(tested, 15, around.months), at(&tested.to_string()));
    if due < around.today() {
        found.warn(
            (field, &value),
            format!("switching it off was last tried on {tested}, more than 15 calendar months ago"),
            "GL-RA-10",
        );
    } else {
        found.pass((field, &value), format!("switching it off was tried on {tested}"), "GL-RA-10");
    }
}

fn detecting(found: &mut Found<'_>) {
    const DETECTION: &str = "CIP-003-9 R2 Att1 S6.3";
    let around = found.around;
    if !around.targets.iter().any(|target| target.impact == Some(Impact::Low)) {
        return;
    }
    let Some(conduit) = &around.conduit else {
        let says =
            "it reaches low impact and names no conduit, so whether malicious communications are detected is not known";
        return found.unknown(("conduit", ""), says, DETECTION);
    };
    let at = ("conduit", conduit.reference.as_str());
    match conduit.inspection {
        None => found.unknown(at, format!("what inspects {} is not recorded", conduit.reference), DETECTION),
        Some(Inspection::None) => {
            let says = format!("nothing on {} detects malicious communications", conduit.reference);
            found.refuse(at, says, DETECTION);
        }
        Some(inspection) => {
            found.pass(at, format!("{} inspects {}", inspection.label(), conduit.reference), DETECTION);
        }
    }
}
