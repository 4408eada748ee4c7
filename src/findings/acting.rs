//! Steps in a finding's life, by people.
//!
//! Invariant: the rules decide; a refused step has written nothing.

use super::model::Finding;
use super::rules::{self, Refusal, Step, Who};
use crate::exceptions::Exception;
use crate::exceptions::records as exceptions;
use crate::ids::ExceptionId;
use crate::register::actions;
use crate::storage::{Change, Kept, Result, Snapshot};
use crate::vocabulary::{Date, fold};

/// The act's name in the journal.
fn name(step: &Step) -> &'static str {
    match step {
        Step::Triage { .. } => "triage",
        Step::Start => "start",
        Step::Log { .. } => "remediate",
        Step::Attest { .. } => "verify",
        Step::Close => "close",
        Step::Accept { .. } => "accept",
        Step::Reopen => "reopen",
    }
}

/// Takes a step, or says why not.
pub async fn take(
    change: &mut Change,
    read: &Kept<Finding>,
    step: &Step,
    who: &Who,
    why: &str,
) -> Result<std::result::Result<i64, Refusal>> {
    match rules::after(read, step, who, why, change.moment()) {
        Ok(next) => actions::act(change, name(step), read, &next, why).await.map(Ok),
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// The exception with this reference, and whether it stands on the day.
pub async fn exception(at: &mut Snapshot, reference: &str, on: Date) -> Result<Option<(ExceptionId, bool)>> {
    let wanted = fold::folded(reference);
    let found = exceptions::all(at).await?.into_iter().find(|kept| kept.reference.folded() == wanted);
    Ok(found.map(|kept| (kept.id, kept.stands(on))))
}

/// Exceptions that stand on a day, for a picker.
pub async fn standing(at: &mut Snapshot, on: Date) -> Result<Vec<Kept<Exception>>> {
    exceptions::standing(at, on).await
}
