//! What posture reads of the journal.
//!
//! Invariant: nothing beyond the snapshot's tree size.

pub mod days;

use crate::storage::{OrgSql, Result, Snapshot};

const CHANGED: OrgSql = OrgSql::new(
    "SELECT kind, subject FROM journal_entries WHERE organization_id = $1 AND seq >= $2 AND seq < $3 ORDER BY seq",
);

/// Texts of this file, for the test that prepares every statement.
pub const STATEMENTS: &[OrgSql] = &[CHANGED];

/// Kind and id of what the leaves from `from` on are about.
pub async fn changed(at: &mut Snapshot, from: i64) -> Result<Vec<(String, String)>> {
    let size = at.tree_size();
    at.plain(&CHANGED).bind(from).bind(size).all().await
}
