//! Who may decide about a grant, and when: approval, refusal, the one extension, revocation, removal, a test of the way off.
//!
//! Invariant: pure. Nobody approves or extends what they asked for or would use (SP 800-53 AC-5); what was done once is not
//! done again, and the refusal says when it was.

use super::Surroundings;
use crate::ids::UserId;
use crate::personnel::rules::deciding;
use crate::register::Act;
use crate::remote_access::model::{Grant, GrantStatus};
use crate::vocabulary::{Date, Moment, TimeZone};

fn told(act: &Act, zone: TimeZone) -> String {
    format!("by {} at {}", act.name, zone.told(act.at))
}

/// Why this person may not approve, refuse or extend what another asked for.
fn own(grant: &Grant, around: &Surroundings, by: UserId) -> Option<String> {
    deciding::own(grant.requested.as_ref(), around.person.as_ref(), by).map(str::to_owned)
}

/// What was decided before and stands in the way of a decision about a request.
fn decided(grant: &Grant, around: &Surroundings) -> Option<String> {
    let zone = around.zone;
    if let Some(on) = grant.retired_on {
        return Some(format!("It was retired on {on}; there is nothing to decide."));
    }
    if let Some(act) = &grant.revoked {
        return Some(format!("It was revoked {}; ask for a new grant.", told(act, zone)));
    }
    if let Some(act) = &grant.refused {
        return Some(format!("It was refused {}; edit it, and it is asked for anew.", told(act, zone)));
    }
    if let Some(act) = &grant.approved {
        return Some(format!("It was approved as it stands {}.", told(act, zone)));
    }
    let over = grant.valid_until.filter(|until| *until <= around.now)?;
    Some(format!("Its time ran out at {}; ask for it anew with a later end.", zone.told(over)))
}

/// Why this person may not approve it.
#[must_use]
pub fn refuses_approval(grant: &Grant, around: &Surroundings, by: UserId) -> Option<String> {
    decided(grant, around).or_else(|| own(grant, around, by))
}

/// Why this person may not refuse it. What already lets somebody in under an exceptional circumstance is revoked, so that it
/// stays known from when until when it did.
#[must_use]
pub fn refuses_refusal(grant: &Grant, around: &Surroundings, by: UserId) -> Option<String> {
    let begun = || {
        let begun = grant.begins().is_some_and(|from| from <= around.now);
        begun.then(|| "It already holds under an exceptional circumstance; revoke it.".to_owned())
    };
    decided(grant, around).or_else(begun).or_else(|| own(grant, around, by))
}

/// Why this person may not extend it until then.
#[must_use]
pub fn refuses_extension(grant: &Grant, around: &Surroundings, by: UserId, until: Moment) -> Option<String> {
    let zone = around.zone;
    if let Some(said) = refuses_any_extension(grant, around, by) {
        return Some(said);
    }
    let (now_until, latest) = (grant.valid_until?, around.latest_end(around.now));
    if until <= now_until {
        return Some(format!("It holds until {} already; an extension ends later.", zone.told(now_until)));
    }
    (until > latest).then(|| {
        let (days, last) = (around.longest_days(), zone.told(latest.plus_seconds(-3_600)));
        format!("An extension lasts {days} days from now at most, until {last} (AC-2(3), GL-RA-05).")
    })
}

/// Why this person may not extend it at all.
#[must_use]
pub fn refuses_any_extension(grant: &Grant, around: &Surroundings, by: UserId) -> Option<String> {
    let zone = around.zone;
    if let Some(act) = &grant.extended {
        return Some(format!("It was extended once {}, and once is all; ask for a new grant.", told(act, zone)));
    }
    match grant.decided() {
        GrantStatus::Active => {}
        GrantStatus::Requested => return Some("It is not approved; there is nothing to extend.".to_owned()),
        _ => return decided(grant, around),
    }
    if let Some(on) = grant.retired_on {
        return Some(format!("It was retired on {on}; there is nothing to extend."));
    }
    if let Some(over) = grant.ends().filter(|until| *until <= around.now) {
        return Some(format!("It ran out at {}; ask for a new grant.", zone.told(over)));
    }
    own(grant, around, by)
}

/// Why it cannot be revoked.
#[must_use]
pub fn refuses_revocation(grant: &Grant, now: Moment, zone: TimeZone) -> Option<String> {
    if let Some(act) = &grant.revoked {
        return Some(format!("It was revoked already {}.", told(act, zone)));
    }
    if let Some(act) = &grant.refused {
        return Some(format!("It was refused {} and opens nothing.", told(act, zone)));
    }
    if grant.begins().is_none() {
        return Some("It is not approved and opens nothing; refuse it or retire it.".to_owned());
    }
    let over = grant.valid_until.filter(|until| *until <= now)?;
    Some(format!("It ran out at {} by itself.", zone.told(over)))
}

/// Why nobody can record, yet or again, when the ability ceased.
#[must_use]
pub fn refuses_any_removal(grant: &Grant, now: Moment) -> Option<&'static str> {
    if grant.removed_at.is_some() {
        return Some("It is recorded already when the ability ceased.");
    }
    if grant.begins().is_none() {
        return Some("It never held, so there was no ability to remove.");
    }
    let is_over = grant.revoked.is_some() || grant.valid_until.is_some_and(|until| until <= now);
    (!is_over).then_some("It still holds; revoke it first.")
}

/// Why this is not when the ability ceased.
#[must_use]
pub fn refuses_removal(grant: &Grant, removed: Moment, now: Moment, zone: TimeZone) -> Option<String> {
    if let Some(said) = refuses_any_removal(grant, now) {
        return Some(said.to_owned());
    }
    if removed > now {
        return Some(format!("{} is to come; record when it was.", zone.told(removed)));
    }
    let before = grant.begins().filter(|from| removed < *from)?;
    Some(format!("Before it held, which was from {} on.", zone.told(before)))
}

/// Why a test of switching it off cannot be recorded for this day.
#[must_use]
pub fn refuses_test(grant: &Grant, on: Date, today: Date) -> Option<String> {
    if let Some(retired) = grant.retired_on {
        Some(format!("It was retired on {retired}."))
    } else if grant.disable_method.trim().is_empty() {
        Some("It says no way to switch it off; there is nothing to have tried.".to_owned())
    } else if on > today {
        Some(format!("{on} is to come; record the day it was tried."))
    } else {
        let later = grant.disable_tested_on.filter(|last| on < *last)?;
        Some(format!("It was tried on {later}, later than {on}."))
    }
}
