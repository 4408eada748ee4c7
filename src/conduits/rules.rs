//! What a conduit, a permitted flow and a zone must say, and who may decide about them.
//!
//! Invariant: pure. Nobody approves what they asked for, and only a person decides (separation of duties, SP 800-53 AC-5);
//! what is decided over again begins as asked for.

pub mod entering;

use chrono::{Datelike as _, Months, NaiveDate};

use super::model::{Conduit, PermittedFlow, Status};
use crate::ids::UserId;
use crate::register::Act;
use crate::vocabulary::{Date, MonthMode};
use crate::zones::Zone;

/// Calendar months after which a conduit is looked over again: Glance's own suggestion, CIP-005 sets no interval.
pub const REVIEW_MONTHS: u32 = 15;

/// The last day of the next review's interval.
#[must_use]
pub fn next_review(last: Date, mode: MonthMode) -> Date {
    let same_day = last.naive().checked_add_months(Months::new(REVIEW_MONTHS)).unwrap_or(NaiveDate::MAX);
    let end = || same_day.with_day(1)?.checked_add_months(Months::new(1))?.pred_opt();
    Date::clamped(match mode {
        MonthMode::EndOfMonth => end().unwrap_or(same_day),
        MonthMode::Anniversary => same_day,
    })
}

/// Why somebody may not decide about what was asked for; none when they are another person than the one who asked.
fn own(requested: Option<&Act>, by: UserId) -> Option<&'static str> {
    match requested {
        None => Some("Nobody is recorded as having asked for it; edit it, and it is asked for anew."),
        Some(act) if act.by.as_ref().is_some_and(|member| member.user == by) => {
            Some("You asked for it as it stands; another person has to decide about it.")
        }
        Some(_) => None,
    }
}

/// Why this person may not approve the conduit.
#[must_use]
pub fn refuses_approval(conduit: &Conduit, by: UserId) -> Option<&'static str> {
    match conduit.status() {
        Status::Retired => Some("It is retired; there is nothing to approve."),
        Status::Refused => Some("It was refused; edit it, and it is asked for anew."),
        Status::Suspended => Some("It is suspended; resume it first."),
        Status::Active | Status::Expired => Some("It is approved as it stands."),
        Status::Proposed => own(conduit.requested.as_ref(), by),
    }
}

/// Why this person may not refuse the conduit.
#[must_use]
pub fn refuses_refusal(conduit: &Conduit, by: UserId) -> Option<&'static str> {
    match conduit.status() {
        Status::Retired => Some("It is retired; there is nothing to refuse."),
        Status::Refused => Some("It was refused before."),
        Status::Active | Status::Expired => Some("It is approved; suspend or retire it."),
        Status::Suspended if conduit.approved.is_some() => Some("It was approved and is suspended; retire it."),
        Status::Suspended | Status::Proposed => own(conduit.requested.as_ref(), by),
    }
}

/// Why the conduit cannot be suspended.
#[must_use]
pub fn refuses_suspension(conduit: &Conduit) -> Option<&'static str> {
    match conduit.status() {
        Status::Retired => Some("It is retired and permits nothing."),
        Status::Suspended => Some("It is suspended already."),
        Status::Refused => Some("It was refused and permits nothing."),
        Status::Proposed => Some("It is not approved and permits nothing."),
        Status::Active | Status::Expired => None,
    }
}

/// Why this person may not resume the conduit: resuming permits again, so it takes another person than the requester.
#[must_use]
pub fn refuses_resumption(conduit: &Conduit, by: UserId) -> Option<&'static str> {
    match conduit.status() {
        Status::Suspended => own(conduit.requested.as_ref(), by),
        _ => Some("It is not suspended."),
    }
}

/// Why the conduit cannot be reviewed: only what is approved is looked over again.
#[must_use]
pub fn refuses_review(conduit: &Conduit) -> Option<&'static str> {
    match conduit.status() {
        Status::Active | Status::Expired => None,
        Status::Suspended if conduit.approved.is_some() => None,
        _ => Some("Only what is approved is reviewed; this is not."),
    }
}

/// Why this person may not approve the permitted flow on this day.
#[must_use]
pub fn refuses_flow_approval(flow: &PermittedFlow, conduit: &Conduit, by: UserId, on: Date) -> Option<String> {
    let under = match conduit.status() {
        Status::Retired => Some("Its conduit is retired."),
        Status::Refused => Some("Its conduit was refused."),
        _ => None,
    };
    let itself = match flow.status(on) {
        Status::Retired => Some("It is retired; there is nothing to approve."),
        Status::Refused => Some("It was refused; edit it, and it is asked for anew."),
        Status::Active => Some("It is approved as it stands."),
        Status::Expired => Some("It was approved and has run out; edit it, and it is asked for anew."),
        Status::Proposed | Status::Suspended => own(flow.requested.as_ref(), by),
    };
    if let Some(said) = under.or(itself) {
        return Some(said.to_owned());
    }
    if let Some(last) = flow.expires_on.filter(|last| *last < on) {
        return Some(format!("It would permit until {last}, which is over; give it a later day."));
    }
    // CIP-005-7 R1.3 asks for the reason of every access that is granted.
    flow.access_reason.trim().is_empty().then(|| "It has no reason; say why it is needed first.".to_owned())
}

/// Why this person may not refuse the permitted flow.
#[must_use]
pub fn refuses_flow_refusal(flow: &PermittedFlow, by: UserId) -> Option<&'static str> {
    match flow.status(Date::EPOCH) {
        Status::Retired => Some("It is retired; there is nothing to refuse."),
        Status::Refused => Some("It was refused before."),
        Status::Active | Status::Expired => Some("It is approved; retire it."),
        Status::Proposed | Status::Suspended => own(flow.requested.as_ref(), by),
    }
}

/// Why this person may not approve the zone, which was drawn as it stands by that actor.
#[must_use]
pub fn refuses_zone_approval(zone: &Zone, drawn_by: &str, by: UserId) -> Option<&'static str> {
    if zone.retired_on.is_some() {
        Some("It is retired; there is nothing to approve.")
    } else if zone.approved.is_some() {
        Some("It is approved as it stands.")
    } else if drawn_by == format!("user:{by}") {
        Some("You drew it as it stands; another person has to approve it.")
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
