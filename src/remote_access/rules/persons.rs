//! Who a grant is for: whether they still serve, are trained, are assessed, and act for whom the grant says.
//!
//! Invariant: pure. Training is not asked for while an exceptional circumstance lasts (CIP-004-7 R2.2); the risk assessment is,
//! for R3 knows no such exception.

use super::Found;
use crate::personnel::model::{Party, Person, Suitability};
use crate::personnel::rules::access::unrecorded;
use crate::personnel::rules::standing::{assessed_until, trained_until};
use crate::remote_access::model::{Grant, GrantKind};

pub(super) fn examine(grant: &Grant, found: &mut Found<'_>) {
    vendor(grant, found);
    let Some(person) = &found.around.person else {
        if grant.kind == Some(GrantKind::Interactive) {
            found.refuse(("person", ""), "missing; interactive access is granted to a person", "CIP-004-7 R4.1");
        } else if grant.vendor.is_none() {
            found.refuse(("person", ""), "missing; name the person or the vendor it is for", "CIP-004-7 R4.1");
        }
        return;
    };
    serves(grant, person, found);
    trained(grant, person, found);
    assessed(grant, person, found);
    suitable(person, found);
}

fn serves(grant: &Grant, person: &Person, found: &mut Found<'_>) {
    let (reference, today) = (person.reference.as_str(), found.around.today());
    match person.retired_on {
        Some(left) if left <= today => {
            found.refuse(("person", reference), format!("left on {left} and has no access since"), "CIP-004-7 R5.1");
        }
        Some(left) if found.around.last_day(grant).is_some_and(|last| left <= last) => {
            found.warn(("person", reference), format!("leaves on {left}, before the grant ends"), "CIP-004-7 R5.1");
        }
        _ => {}
    }
    if person.party.is_none() {
        let says = "whether they are an employee, a contractor or a vendor is not recorded";
        found.unknown(("person", reference), says, "CIP-004-7 R3.4, GL-RA-05");
    }
}

fn trained(grant: &Grant, person: &Person, found: &mut Found<'_>) {
    let (at, around) = (("person", person.reference.as_str()), found.around);
    if let Some(circumstance) = around.circumstance.as_ref().filter(|_| around.is_emergency()) {
        let says = format!("training is not asked for while {} lasts", circumstance.reference);
        return found.pass(at, says, "CIP-004-7 R2.2");
    }
    let today = around.today();
    let Some(last) = person.trained_by(today) else {
        let says = "no cyber security training is recorded; it is completed before access is granted";
        return found.fails(at, says, "CIP-004-7 R2.2");
    };
    let Some(due) = trained_until(person, today, around.months) else { return };
    if due < today {
        let since = due.plus_days(1);
        let says = format!("the training of {last} held for 15 calendar months and is lapsed since {since}");
        found.fails(at, says, "CIP-004-7 R2.3");
    } else if around.last_day(grant).is_some_and(|end| due < end) {
        let says = format!("the training of {last} holds until {due}, and the grant goes on beyond");
        found.warn(at, says, "CIP-004-7 R2.3");
    } else {
        found.pass(at, format!("trained on {last}, which holds until {due}"), "CIP-004-7 R2.2, R2.3");
    }
}

fn assessed(grant: &Grant, person: &Person, found: &mut Found<'_>) {
    let (at, around) = (("person", person.reference.as_str()), found.around);
    let today = around.today();
    let Some(last) = person.assessed_by(today) else {
        let says = "no personnel risk assessment is recorded; there is one before access is granted";
        return found.fails(at, says, "CIP-004-7 R3.5");
    };
    let Some(due) = assessed_until(person, today) else { return };
    if due < today {
        let since = due.plus_days(1);
        let says =
            format!("the personnel risk assessment of {last} is older than seven years and is lapsed since {since}");
        found.fails(at, says, "CIP-004-7 R3.5");
    } else if around.last_day(grant).is_some_and(|end| due < end) {
        let says = format!("the personnel risk assessment of {last} holds until {due}, and the grant goes on beyond");
        found.warn(at, says, "CIP-004-7 R3.5");
    } else {
        found.pass(at, format!("risk assessed on {last}, which holds until {due}"), "CIP-004-7 R3.5");
    }
}

/// What the assessment came to, and who made sure of it where another employer did it.
fn suitable(person: &Person, found: &mut Found<'_>) {
    let at = ("person", person.reference.as_str());
    if person.assessed.is_empty() {
        return;
    }
    match person.suitability {
        Some(Suitability::Eligible) => {}
        Some(Suitability::Ineligible) => {
            found.fails(at, "the results of the personnel risk assessment do not permit access", "CIP-004-7 R3.3");
        }
        None => {
            let says = "whether the results of the personnel risk assessment permit access is not recorded";
            found.fails(at, says, "CIP-004-7 R3.3");
        }
    }
    for (says, citation) in unrecorded(person) {
        found.unknown(at, says, citation);
    }
    if matches!(person.party, Some(Party::Contractor | Party::Vendor)) {
        match person.verified_on.filter(|on| *on <= found.around.today()) {
            Some(on) if !person.verified_by.trim().is_empty() => {
                found.pass(at, format!("the assessment was verified on {on}"), "CIP-004-7 R3.4");
            }
            _ => {
                let says = "nobody is recorded as having verified their employer's personnel risk assessment";
                found.fails(at, says, "CIP-004-7 R3.4");
            }
        }
    }
}

fn vendor(grant: &Grant, found: &mut Found<'_>) {
    let around = found.around;
    let is_vendors_person = || around.person.as_ref().is_some_and(|person| person.party == Some(Party::Vendor));
    let Some(vendor) = &around.vendor else {
        if is_vendors_person() {
            found.unknown(("vendor", ""), "which vendor the person acts for is not recorded", "CIP-005-7 R2.4");
        }
        return;
    };
    let at = ("vendor", vendor.reference.as_str());
    if let Some(on) = vendor.retired_on.filter(|on| *on <= around.today()) {
        found.refuse(at, format!("retired since {on}"), "GL-DAT-02");
    }
    if vendor.remote_access == Some(false) {
        found.refuse(at, "no remote access is permitted for this vendor, as its record says", "CIP-005-7 R2.4");
    }
    let other = around.person.as_ref().and_then(|person| person.vendor);
    if other.is_some_and(|other| grant.vendor.is_some_and(|named| named != other)) {
        found.refuse(at, "the person acts for another vendor", "CIP-005-7 R2.4");
    }
}
