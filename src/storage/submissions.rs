//! Submissions already answered, so that a repeat does not double.
//!
//! Invariant: the answer is kept in the same transaction as what it answers for; the same key with another content is refused.

use sha2::{Digest, Sha256};

use super::pending::Shape;
use super::{Cell, Change, OrgSql, Result, Snapshot};
use crate::ids::Id;

/// Days a key is kept.
const KEPT_DAYS: i64 = 7;

const FIND: OrgSql =
    OrgSql::new("SELECT digest, answer FROM submissions WHERE organization_id = $1 AND key = $2 AND at > $3");
const SWEEP: OrgSql = OrgSql::new("DELETE FROM submissions WHERE organization_id = $1 AND at <= $2");
const TALLY: OrgSql = OrgSql::new("SELECT answer FROM submissions WHERE organization_id = $1 AND key = $2");
const FORGET: OrgSql = OrgSql::new("DELETE FROM submissions WHERE organization_id = $1 AND key = $2");
const TALLIES: OrgSql = OrgSql::new(
    "SELECT key, answer FROM submissions WHERE organization_id = $1 AND key >= $2 AND key < $3 ORDER BY key",
);
const SUBMISSIONS: Shape = Shape::new("submissions", &["organization_id", "key", "digest", "answer", "at"]);

/// Texts of this file, for the test that prepares every statement.
pub const STATEMENTS: &[OrgSql] = &[FIND, SWEEP, TALLY, FORGET, TALLIES];

/// What is known of a key.
#[derive(Debug, PartialEq, Eq)]
pub enum Known {
    /// Never seen, or long ago.
    No,
    /// Answered with this.
    Answered(String),
    /// Used for something else.
    Otherwise,
}

/// Whether this content was submitted under this key before.
pub async fn known(change: &mut Change, key: &str, content: &[u8]) -> Result<Known> {
    let since = change.moment().plus_seconds(-KEPT_DAYS * 86_400);
    let at = change.reading().await?;
    at.plain(&SWEEP).bind(since).run().await?;
    let found: Option<(Vec<u8>, String)> = at.plain(&FIND).bind(key.to_owned()).bind(since).maybe().await?;
    Ok(match found {
        None => Known::No,
        Some((digest, answer)) if digest == Sha256::digest(content).to_vec() => Known::Answered(answer),
        Some(_) => Known::Otherwise,
    })
}

/// Keeps the answer of a key.
pub async fn keep(change: &mut Change, key: &str, content: &[u8], answer: &str) -> Result<()> {
    let row = vec![
        Cell::Id(Some(change.organization().uuid())),
        Cell::text(key),
        Cell::Bytes(Sha256::digest(content).to_vec()),
        Cell::text(answer),
        Cell::moment(change.moment()),
    ];
    change.push(SUBMISSIONS, row).await
}

/// Adds one to what is counted under a key; gives the count.
pub async fn tally(change: &mut Change, key: &str) -> Result<i64> {
    let at = change.reading().await?;
    let known: Option<(String,)> = at.plain(&TALLY).bind(key.to_owned()).maybe().await?;
    let count = known.as_ref().and_then(|(count,)| count.parse().ok()).unwrap_or(0i64) + 1;
    if known.is_some() {
        forget(change, key).await?;
    }
    keep(change, key, b"", &count.to_string()).await?;
    Ok(count)
}

/// Forgets a key.
pub async fn forget(change: &mut Change, key: &str) -> Result<()> {
    change.reading().await?.plain(&FORGET).bind(key.to_owned()).run().await.map(drop)
}

/// Keys from one to below another, each with what is counted under it.
pub async fn tallies(at: &mut Snapshot, from: &str, until: &str) -> Result<Vec<(String, String)>> {
    at.plain(&TALLIES).bind(from.to_owned()).bind(until.to_owned()).all().await
}
