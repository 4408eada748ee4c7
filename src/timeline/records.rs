//! How the journal is read for people.
//!
//! Invariant: entries come newest first and never beyond the snapshot's tree size.

use crate::storage::{AsOfSql, OrgSql, Result, Snapshot};
use crate::vocabulary::Moment;

/// An entry of the journal.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct EntryRow {
    pub seq: i64,
    pub at: Moment,
    pub act: String,
    pub kind: String,
    pub subject: String,
    pub actor: String,
    pub leaf: Vec<u8>,
}

const NEWEST: OrgSql = OrgSql::new(
    "SELECT seq, at, act, kind, subject, actor, leaf FROM journal_entries WHERE organization_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
);
const OF_KIND: OrgSql = OrgSql::new(
    "SELECT seq, at, act, kind, subject, actor, leaf FROM journal_entries WHERE organization_id = $1 AND seq < $2 AND kind = $4 ORDER BY seq DESC LIMIT $3",
);
const OF_ACTOR: OrgSql = OrgSql::new(
    "SELECT seq, at, act, kind, subject, actor, leaf FROM journal_entries WHERE organization_id = $1 AND seq < $2 AND actor = $4 ORDER BY seq DESC LIMIT $3",
);
const FRESHNESS: AsOfSql = crate::as_of!(
    "SELECT COUNT(*) AS counted, COUNT(CASE WHEN v.verified_at >= $3 THEN 1 END) AS fresh, \
     COUNT(CASE WHEN v.verified_at = 0 THEN 1 END) AS never FROM asset_versions v WHERE v.organization_id = $1 AND " [v] " AND v.listed = TRUE"
);
const UNPLACED: AsOfSql = crate::as_of!(
    "SELECT COUNT(*) AS counted FROM asset_versions v WHERE v.organization_id = $1 AND " [v] " AND v.listed = TRUE AND v.zone_id IS NULL"
);

/// Texts of this file, for the test that prepares every statement.
pub const STATEMENTS: &[OrgSql] = &[NEWEST, OF_KIND, OF_ACTOR];
/// Texts of this file that know an instant.
pub const INSTANT_STATEMENTS: &[AsOfSql] = &[FRESHNESS, UNPLACED];

/// Which entries are asked for.
#[derive(Clone, Debug)]
pub enum Which {
    All,
    Kind(String),
    Actor(String),
}

/// Entries before a sequence number, newest first.
pub async fn entries(at: &mut Snapshot, which: &Which, before: i64, most: i64) -> Result<Vec<EntryRow>> {
    let before = before.min(at.tree_size());
    match which {
        Which::All => at.plain(&NEWEST).bind(before).bind(most).all().await,
        Which::Kind(kind) => at.plain(&OF_KIND).bind(before).bind(most).bind(kind.clone()).all().await,
        Which::Actor(actor) => at.plain(&OF_ACTOR).bind(before).bind(most).bind(actor.clone()).all().await,
    }
}

/// Assets in the lists: all, verified since the moment, never verified.
pub async fn freshness(at: &mut Snapshot, since: Moment) -> Result<(i64, i64, i64)> {
    at.query(&FRESHNESS).bind(since).one().await
}

/// Assets in the lists without a zone.
pub async fn unplaced(at: &mut Snapshot) -> Result<i64> {
    let (count,): (i64,) = at.query(&UNPLACED).one().await?;
    Ok(count)
}
