//! What can be done with findings: open one, give it a number, follow the checks' verdicts.
//!
//! Invariant: numbers are given once, in the order of opening, within the change that writes the finding.

use super::model::{Finding, Source};
use super::records;
use super::rules::{days_after, due_days};
use crate::checks::Subject;
use crate::ids::{FindingId, Id};
use crate::organizations::{DueDays, OrganizationProfile};
use crate::storage::{Change, Result};
use crate::vocabulary::{Date, Reference};

pub use super::following::{Followed, follow};

/// The next number, while a change is open.
#[derive(Default)]
struct Next(Option<i64>);

/// Writes a new finding under the next number.
pub async fn write(change: &mut Change, mut finding: Finding, act: &str, why: &str) -> Result<FindingId> {
    let known = change.in_mind::<Next>().0;
    let number = match known {
        Some(number) => number,
        None => records::last_number(change.reading().await?).await? + 1,
    };
    change.in_mind::<Next>().0 = Some(number + 1);
    finding.reference = Reference::parse(&format!("F-{number:05}")).unwrap_or_default();
    let id = change.new_id::<FindingId>();
    if finding.source == Source::Person {
        // What a person found is folded with nothing.
        finding.fold = format!("person {}", id.uuid());
    }
    change.insert_as(id, act, &finding, why).await?;
    Ok(id)
}

/// Opens what a person found. Without a date of its own it is due by the policy for its severity.
pub async fn open(
    change: &mut Change,
    mut finding: Finding,
    touched: Vec<Subject>,
    on: Date,
    why: &str,
) -> Result<FindingId> {
    let moment = change.moment();
    let days = policy(change).await?;
    finding.source = Source::Person;
    finding.count = i64::try_from(touched.len()).unwrap_or(i64::MAX);
    finding.touched = touched.into_iter().take(super::model::MOST_NAMED).collect();
    finding.due = finding.due.or_else(|| finding.severity.map(|one| days_after(on, due_days(&days, one))));
    (finding.first_seen, finding.last_seen) = (Some(moment), Some(moment));
    write(change, finding, "finding.create", why).await
}

/// The organization's days by severity.
pub async fn policy(change: &mut Change) -> Result<DueDays> {
    let id = change.organization();
    let found = change.reading().await?.find::<OrganizationProfile>(id).await?;
    Ok(found.map_or_else(DueDays::default, |kept| kept.due_days))
}
