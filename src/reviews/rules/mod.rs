//! What a review asks of a reviewer, when it is due, and when what it found is done with.
//!
//! Invariant: pure. Nobody reviews their own access (separation of duties, SP 800-53 AC-5), and a review that was signed or
//! abandoned stays as it is.

pub mod closing;
pub mod doubts;
pub mod population;
pub mod runs;
#[cfg(test)]
mod tests;

use super::model::{Review, ReviewKind, ReviewOutcome, ReviewStatus};
use crate::ids::{SystemId, UserId};
use crate::obligations::model::{Duty, SubjectKind};
use crate::obligations::rules::ObligationState;
use crate::vocabulary::due::{due_calendar_months, due_calendar_quarter};
use crate::vocabulary::{Date, MonthMode};

/// Calendar months between two reviews of conduits: a Glance default, CIP-005 sets no interval.
const CONDUIT_MONTHS: u16 = 15;

crate::words! {
    /// Which rows of a review are meant.
    Shown {
        All = "all", "All";
        Undecided = "undecided", "Undecided";
        Sound = "sound", "Undecided, without a doubt";
        Doubt = "doubt", "With a doubt";
        Keep = "keep", "Keep";
        Change = "change", "Change";
        Remove = "remove", "Remove";
    }
}

/// The duty a completed review is a performance of; none for conduits, which are each reviewed by a decision of their own.
#[must_use]
pub const fn duty(kind: ReviewKind) -> Option<Duty> {
    match kind {
        ReviewKind::AuthorizationVerification => Some(Duty::AccessVerification),
        ReviewKind::PrivilegeReview => Some(Duty::AccessReview),
        ReviewKind::BcsiReview => Some(Duty::BcsiAccessReview),
        ReviewKind::ConduitReview => None,
    }
}

/// The kind of review that does a duty.
#[must_use]
pub fn kind_of(duty_wanted: Duty) -> Option<ReviewKind> {
    ReviewKind::ALL.iter().copied().find(|kind| duty(*kind) == Some(duty_wanted))
}

/// The day a review opened today is due: the first on which one of the clocks it winds is. A verification whose clock has not
/// begun is due with this quarter; of the others nothing says the day.
#[must_use]
pub fn proposed_due(kind: ReviewKind, today: Date, clocks: &[Option<Date>]) -> Option<Date> {
    let quarter = (kind == ReviewKind::AuthorizationVerification).then(|| due_calendar_quarter(today));
    let first = clocks.iter().filter_map(|due| due.or(quarter)).min();
    first.or(quarter)
}

/// The day the next review of conduits is due, after the last.
#[must_use]
pub fn next_of_conduits(last: Date, mode: MonthMode) -> Date {
    due_calendar_months(last, CONDUIT_MONTHS, mode)
}

/// When something is due, as a list says it.
#[must_use]
pub fn told_due(due: Date, today: Date) -> String {
    match due.days_since(today) {
        0 => "due today".to_owned(),
        1 => "due tomorrow".to_owned(),
        -1 => "overdue by 1 day".to_owned(),
        days if days < 0 => format!("overdue by {} days", -days),
        days => format!("due in {days} days"),
    }
}

/// Why nothing can be decided about a review any more.
#[must_use]
pub fn refuses_any_act(review: &Review) -> Option<&'static str> {
    match review.status() {
        ReviewStatus::Open => None,
        ReviewStatus::Completed => Some("The review is completed and signed; it stays as it is."),
        ReviewStatus::Abandoned => Some("The review was abandoned; it stays as it is."),
    }
}

/// Why this person may not sign the review or decide about its rows in general.
#[must_use]
pub fn refuses_person(review: &Review, by: UserId) -> Option<String> {
    let reviewer = review.reviewer.as_ref()?;
    (reviewer.user != by).then(|| format!("{} is the reviewer; the decision is theirs.", reviewer.login))
}

/// Why a decision says too little.
#[must_use]
pub fn refuses_note(outcome: ReviewOutcome, note: &str) -> Option<&'static str> {
    (outcome != ReviewOutcome::Keep && note.trim().is_empty())
        .then_some("missing; say what is to be done, for whoever does it")
}

/// Why the review cannot be signed yet.
#[must_use]
pub fn refuses_completion(population: i64, decided: i64) -> Option<String> {
    match population - decided {
        left if left <= 0 => None,
        1 => Some(format!("1 of {population} rows is not decided.")),
        left => Some(format!("{left} of {population} rows are not decided.")),
    }
}

/// Why a review without any row cannot be signed without a word: nothing else shows that somebody looked.
#[must_use]
pub fn refuses_silence(population: i64, why: &str) -> Option<&'static str> {
    (population == 0 && why.trim().is_empty())
        .then_some("missing; the review has no row, so say how it was made sure that nothing of its kind stands")
}

/// True when a review of a kind should be open by now for a clock that stands like this: a verification within the quarter
/// it is due in, the others from the first warning on.
#[must_use]
pub fn is_pressing(kind: ReviewKind, state: ObligationState, due: Option<Date>, today: Date) -> bool {
    match kind {
        ReviewKind::AuthorizationVerification => due.is_none_or(|due| due <= due_calendar_quarter(today)),
        _ => state != ObligationState::Met,
    }
}

/// True for a kind whose clock runs for each system; the others belong to the organization.
#[must_use]
pub fn is_of_systems(kind: ReviewKind) -> bool {
    duty(kind).is_some_and(|duty| duty.serves().any(|served| served.each == SubjectKind::System))
}

/// True when an open review looks at the access to a system; with none, at what belongs to the organization. One that names
/// no system was opened for all of them.
#[must_use]
pub fn covers(review: &Review, kind: ReviewKind, system: Option<SystemId>) -> bool {
    review.status() == ReviewStatus::Open
        && review.kind == Some(kind)
        && system.is_none_or(|system| review.systems.is_empty() || review.systems.contains(&system))
}
