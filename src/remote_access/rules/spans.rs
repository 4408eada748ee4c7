//! When a grant holds: it ends, not later than the organization lets it, under a circumstance that lasts, and not twice.
//!
//! Invariant: pure. The longest duration counts from the first moment, or from the one extension.

use super::Found;
use crate::remote_access::model::{Grant, GrantStatus};
use crate::vocabulary::Moment;

pub(super) fn examine(grant: &Grant, found: &mut Found<'_>) {
    window(grant, found);
    circumstance(grant, found);
    overlapping(grant, found);
    let (limit, own) = (found.around.idle_minutes, grant.idle_minutes);
    if let Some(own) = own.filter(|own| *own > limit) {
        let says = format!("longer than the {limit} minutes after which the organization ends a session");
        found.warn(("idle_minutes", &own.to_string()), says, "AC-12, GL-RA-07");
    }
}

fn window(grant: &Grant, found: &mut Found<'_>) {
    const LONGEST: &str = "AC-2(3), GL-RA-05";
    let around = found.around;
    let (Some(from), Some(until)) = (grant.valid_from, grant.valid_until) else { return };
    let told = |at: Moment| around.zone.told(at);
    if until <= around.now {
        let says = format!("over since {}; give it an end that is to come", told(until));
        return found.refuse(("valid_until", &told(until)), says, LONGEST);
    }
    if around.asking && from < around.now && grant.circumstance.is_none() {
        let says = format!("before now; it holds from its approval on, not from {}", told(from));
        found.warn(("valid_from", &told(from)), says, "CIP-004-7 R4.1, GL-RA-04");
    }
    let counted = grant.extended.as_ref().map_or(from, |act| act.at);
    let (latest, days) = (around.latest_end(counted), around.longest_days());
    let of = around.party().map_or("somebody whose party is not recorded".to_owned(), |party| {
        format!("{} {}", crate::register::draft::article(party.word()), party.word())
    });
    if until > latest {
        let last = told(latest.plus_seconds(-3_600));
        let says = format!("longer than the {days} days a grant of {of} may last; until {last} at most");
        found.refuse(("valid_until", &told(until)), says, LONGEST);
    } else {
        let says = format!("within the {days} days a grant of {of} may last");
        found.pass(("valid_until", &told(until)), says, LONGEST);
    }
}

fn circumstance(grant: &Grant, found: &mut Found<'_>) {
    const EXCEPTED: &str = "CIP-004-7 R4.1";
    let around = found.around;
    let Some(circumstance) = &around.circumstance else { return };
    let at = ("circumstance", circumstance.reference.as_str());
    let reference = &circumstance.reference;
    let begins = circumstance.declared_at;
    if around.is_emergency() {
        if around.asking && circumstance.declared.as_ref().is_none_or(|act| act.by.is_none()) {
            let says =
                format!("no person is recorded as having declared {reference}, so nothing holds under it unapproved");
            found.refuse(at, says, EXCEPTED);
        }
        match begins {
            Some(declared) if grant.valid_from.is_some_and(|from| from < declared) => {
                let says = format!("before {reference} was declared at {}", around.zone.told(declared));
                found.refuse(("valid_from", ""), says, EXCEPTED);
            }
            _ => found.warn(at, format!("it holds without approval while {reference} lasts"), EXCEPTED),
        }
        return;
    }
    let says = match circumstance.ended_at {
        Some(ended) if ended <= around.now => format!("{reference} ended at {}", around.zone.told(ended)),
        _ => format!("{reference} does not last now"),
    };
    if around.asking {
        found.refuse(at, format!("{says}; ask for an ordinary grant"), EXCEPTED);
    } else {
        found.warn(at, format!("{says}; the grant is to be approved or revoked"), EXCEPTED);
    }
}

/// Another grant of the same person or vendor that reaches the same at the same time.
fn overlapping(grant: &Grant, found: &mut Found<'_>) {
    let around = found.around;
    let live = |other: &Grant| {
        matches!(other.decided(), GrantStatus::Requested | GrantStatus::Active)
            && other.retired_on.is_none()
            && other.kind == grant.kind
            && other.valid_until.is_some_and(|until| around.now < until)
    };
    let shares = |other: &Grant| around.meets(&other.targets, &other.systems);
    let together = |other: &Grant| {
        let begins = other.valid_from.max(grant.valid_from);
        let ends = [other.valid_until, grant.valid_until].into_iter().flatten().min();
        begins.is_some() && begins < ends
    };
    let others = around.others.iter().map(|(_, other)| other);
    let names: Vec<&str> = others
        .filter(|other| live(other) && shares(other) && together(other))
        .map(|other| other.reference.as_str())
        .collect();
    if !names.is_empty() {
        let told = names.join(", ");
        found.warn(("targets", &told), format!("reached at the same time under {told}"), "AC-2, GL-RA-06");
    }
}
