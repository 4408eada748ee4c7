//! How the journal is read for people.
//!
//! Invariant: entries come newest first and never beyond the snapshot's tree size.

use crate::storage::{OrgSql, Result, Snapshot};
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
/// Texts of this file, for the test that prepares every statement.
pub const STATEMENTS: &[OrgSql] = &[NEWEST, OF_KIND, OF_ACTOR];

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
