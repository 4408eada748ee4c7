//! Findings counted, for Today and posture: by state, by severity, what is due soon, the worst.
//!
//! Invariant: counted from the record at the snapshot's instant, with the same meaning of "left to do" as the list.

use super::model::{Finding, State};
use super::records::state_of;
use crate::as_of;
use crate::checks::Severity;
use crate::register::Asked;
use crate::storage::{AsOfSql, Kept, Result, Snapshot};
use crate::vocabulary::Date;

const BY_STATE: AsOfSql = as_of!(
    "SELECT v.state_key, COUNT(*) AS counted FROM finding_versions v WHERE v.organization_id = $1 AND " [v]
    " GROUP BY v.state_key ORDER BY v.state_key"
);
const BY_SEVERITY: AsOfSql = as_of!(
    "SELECT v.severity, COUNT(*) AS counted FROM finding_versions v WHERE v.organization_id = $1 AND " [v]
    " AND v.settled = FALSE GROUP BY v.severity ORDER BY v.severity"
);
const DUE: AsOfSql = as_of!(
    "SELECT COUNT(*) AS counted FROM finding_versions v WHERE v.organization_id = $1 AND " [v] " AND v.due_key <= $3"
);

/// Texts of this file that know an instant.
pub const INSTANT_STATEMENTS: &[AsOfSql] = &[BY_STATE, BY_SEVERITY, DUE];

/// How many findings are in each state; states without any are left out.
pub async fn by_state(at: &mut Snapshot) -> Result<Vec<(State, i64)>> {
    let rows: Vec<(String, i64)> = at.query(&BY_STATE).all().await?;
    Ok(rows.into_iter().map(|(key, count)| (state_of(&key), count)).collect())
}

/// How many findings are left to do, by severity, the worst first.
pub async fn by_severity(at: &mut Snapshot) -> Result<Vec<(Severity, i64)>> {
    let rows: Vec<(String, i64)> = at.query(&BY_SEVERITY).all().await?;
    let of = |severity: &Severity| rows.iter().find(|(word, _)| word == severity.word()).map_or(0, |(_, count)| *count);
    Ok(Severity::ALL.iter().map(|severity| (*severity, of(severity))).collect())
}

/// How many findings are due by the end of a day: those already late too, not those settled or accepted.
pub async fn due_by(at: &mut Snapshot, day: Date) -> Result<i64> {
    let (count,): (i64,) = at.query(&DUE).bind(day.to_string()).one().await?;
    Ok(count)
}

/// The worst findings that are left to do.
pub async fn worst(at: &mut Snapshot, most: u32) -> Result<Vec<Kept<Finding>>> {
    first(at, "severity", most).await
}

/// The findings that are due first.
pub async fn due_first(at: &mut Snapshot, most: u32) -> Result<Vec<Kept<Finding>>> {
    let mut found = first(at, "due", most).await?;
    found.retain(|kept| kept.due.is_some() && kept.state != State::Accepted);
    Ok(found)
}

async fn first(at: &mut Snapshot, sort: &str, most: u32) -> Result<Vec<Kept<Finding>>> {
    let asked = Asked { sort: sort.to_owned(), limit: Some(most), ..Asked::default() };
    let Ok(understood) = asked.understand::<Finding>() else { return Ok(Vec::new()) };
    Ok(understood.page(at).await?.rows.into_iter().map(|row| row.kept).collect())
}
