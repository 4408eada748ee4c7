//! What an exception may justify, and who may decide about it.
//!
//! Invariant: pure. A policy exception never touches a mandatory failure; a mandatory one is justified only where the
//! requirement's own text allows it (ARCHITECTURE §7; CIP Exceptional Circumstances: `timers.md` §1 rule 6). What is not
//! known to be allowed is not allowed.

use uuid::Uuid;

use super::model::{Exception, ExceptionKind};
use crate::ids::UserId;
use crate::register::Draft;
use crate::vocabulary::Date;

/// A failing verdict, as far as an exception asks: checks stand on this slice and hand theirs over in this form.
#[derive(Clone, Copy, Debug)]
pub struct Failing<'v> {
    pub check: &'v str,
    /// A mandatory check failed; else an advisory one or one that only informs.
    pub mandatory: bool,
    pub requirements: &'v [&'v str],
    pub subject_kind: &'v str,
    pub subject: Uuid,
    /// The days on which it failed, both included; the second is none while it still does.
    pub gap: Option<(Date, Option<Date>)>,
}

/// What the text of a requirement part allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartFacts {
    /// "where technically feasible": a Technical Feasibility Exception may stand.
    pub tfe: bool,
    /// "per system capability".
    pub capability: bool,
    /// "except during CIP Exceptional Circumstances".
    pub cec: bool,
}

/// True when the exception justifies the failure on this day, for a part that says this.
#[must_use]
pub fn justifies(exception: &Exception, failing: &Failing<'_>, part: PartFacts, on: Date) -> bool {
    let Some(kind) = exception.kind else { return false };
    covers(exception, failing) && may_justify(kind, failing.mandatory, part) && spans(exception, kind, failing.gap, on)
}

/// What a kind of exception may reach.
fn may_justify(kind: ExceptionKind, mandatory: bool, part: PartFacts) -> bool {
    match kind {
        ExceptionKind::Policy => !mandatory,
        ExceptionKind::Tfe => mandatory && part.tfe,
        ExceptionKind::Capability => mandatory && part.capability,
        ExceptionKind::Cec => mandatory && part.cec,
    }
}

/// True when check, requirement and record are among what the exception names. One that names no check and no
/// requirement is about nothing.
#[must_use]
pub fn covers(exception: &Exception, failing: &Failing<'_>) -> bool {
    let same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
    let checks = &exception.checks;
    let parts = &exception.requirements;
    if checks.is_empty() && parts.is_empty() {
        return false;
    }
    let check = checks.is_empty() || checks.iter().any(|code| same(code, failing.check));
    let part = parts.is_empty() || parts.iter().any(|id| failing.requirements.iter().any(|known| same(id, known)));
    let everything = exception.everything == Some(true);
    let named = || exception.subjects.iter().any(|one| one.id == failing.subject && one.kind == failing.subject_kind);
    check && part && (everything || named())
}

/// Whether the failing days lie where the exception stands. A failure that goes on is judged today; one that is over
/// must lie inside from its first day to its last. A CIP Exceptional Circumstance excuses only what began within it.
fn spans(exception: &Exception, kind: ExceptionKind, gap: Option<(Date, Option<Date>)>, on: Date) -> bool {
    let is_over = gap.is_some_and(|(_, until)| until.is_some());
    let stands = if is_over { stood_once(exception) } else { exception.stands(on) };
    if !stands {
        return false;
    }
    let within = |day: Date| inside(exception, kind, day);
    match gap {
        None => within(on),
        Some((from, Some(until))) => within(from) && within(until),
        Some((from, None)) => within(on) && (kind != ExceptionKind::Cec || within(from)),
    }
}

/// A closed gap is judged by the days it had, also after the exception ran out; not after it was taken back.
fn stood_once(exception: &Exception) -> bool {
    exception.approved.is_some() && exception.refused.is_none() && exception.revoked.is_none()
}

fn inside(exception: &Exception, kind: ExceptionKind, day: Date) -> bool {
    let lasts = exception.from.is_none_or(|from| from <= day) && exception.expires.is_some_and(|last| day <= last);
    let declared =
        exception.declared_on.is_some_and(|from| from <= day) && exception.ended_on.is_none_or(|last| day <= last);
    lasts && (kind != ExceptionKind::Cec || declared)
}

/// Why this person may not decide about the exception, in words; none when they may.
#[must_use]
pub fn refuses_decision(exception: &Exception, by: UserId) -> Option<&'static str> {
    let own = exception.requested.as_ref().and_then(|act| act.by.as_ref()).is_some_and(|member| member.user == by);
    if own {
        Some("You requested this exception; another person has to decide about it.")
    } else if !exception.is_undecided() {
        Some("This exception was decided before.")
    } else {
        None
    }
}

/// What a request must say beyond its single fields.
pub fn check(exception: &Exception, draft: &mut Draft) {
    if exception.checks.is_empty() && exception.requirements.is_empty() {
        draft.refuse("requirements", "", "missing; name at least one requirement part or check that it is about");
    }
    if let (Some(from), Some(expires)) = (exception.from, exception.expires)
        && expires < from
    {
        draft.refuse("expires", &expires.to_string(), format!("before it begins on {from}"));
    }
    let is_cec = exception.kind == Some(ExceptionKind::Cec);
    if is_cec && exception.declared_on.is_none() {
        draft.refuse("declared_on", "", "missing; a CIP Exceptional Circumstance is declared on a day");
    }
    if is_cec && exception.declaration.is_empty() {
        draft.refuse("declaration", "", "missing; say who declared it and what the circumstance is");
    }
    if !is_cec && (exception.declared_on.is_some() || exception.ended_on.is_some()) {
        draft.refuse("declared_on", "", "only for a CIP Exceptional Circumstance");
    }
    if let (Some(from), Some(until)) = (exception.declared_on, exception.ended_on)
        && until < from
    {
        draft.refuse("ended_on", &until.to_string(), format!("before it was declared on {from}"));
    }
    let excuses = matches!(exception.kind, Some(ExceptionKind::Tfe | ExceptionKind::Capability));
    if excuses && exception.compensating.is_empty() {
        draft.refuse("compensating", "", "missing; say what mitigates the risk while the exception stands");
    }
}

#[cfg(test)]
mod tests;
