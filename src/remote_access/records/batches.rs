//! How batches of session events are kept, and how far each gateway's word goes.
//!
//! Invariant: every column follows from the record; one batch per gateway and digest of a file.

use uuid::Uuid;

use crate::as_of;
use crate::ids::{AssetId, SessionBatchId};
use crate::remote_access::model::{SessionBatch, Word};
use crate::storage::list::{Fragment, ListSql};
use crate::storage::versions::VersionRow;
use crate::storage::{AsOfSql, Audited, Cell, Kept, Kind, Result, Snapshot, Table};
use crate::vocabulary::Moment;

impl Audited for SessionBatch {
    type Id = SessionBatchId;
    const TABLE: Table = Table {
        kind: "session_batch",
        identity: "session_batches",
        versions: "session_batch_versions",
        columns: &[("gateway_id", Kind::Id), ("digest", Kind::Text), ("data_until", Kind::Number)],
    };

    fn columns(&self) -> Vec<Cell> {
        let until = self.until.map_or(0, Moment::micros);
        vec![Cell::id(Some(self.gateway)), Cell::text(&self.digest), Cell::number(until)]
    }
}

pub(super) const SAME: AsOfSql = as_of!(
    "SELECT " columns " FROM session_batch_versions v WHERE v.organization_id = $1 AND " [v] " AND v.gateway_id = $3 AND v.digest = $4 \
     ORDER BY v.id LIMIT 1"
);

/// The gateway below one, its last batch, and how far its batches go: one gateway a turn, so that pushes by the minute stay
/// unread.
pub(super) const WORD: AsOfSql = as_of!(
    "SELECT v.gateway_id, v.recorded_from, (SELECT MAX(d.data_until) FROM session_batch_versions d WHERE d.organization_id = $1 \
     AND d.gateway_id = v.gateway_id AND " [d] ") AS data_until FROM session_batch_versions v WHERE v.organization_id = $1 AND " [v]
    " AND v.gateway_id < $3 ORDER BY v.gateway_id DESC, v.recorded_from DESC, v.id DESC LIMIT 1"
);

/// The same of every gateway in one go, each batch read once: at a past instant no index leads to a gateway's last word.
pub(super) const WORDS: AsOfSql = as_of!(
    "SELECT v.gateway_id, MAX(v.recorded_from) AS recorded_from, MAX(v.data_until) AS data_until FROM session_batch_versions v \
     WHERE v.organization_id = $1 AND " [v] " GROUP BY v.gateway_id ORDER BY v.gateway_id"
);

/// A batch as its list reads it.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct BatchRow {
    #[sqlx(flatten)]
    pub version: VersionRow,
}

/// Batches as a list, by the moment they were taken in.
pub const LIST: ListSql = ListSql {
    columns: Fragment::plain(crate::version_columns!()),
    joins: Fragment::plain(""),
    from: "session_batch_versions v",
    holds: as_of!("v.organization_id = $1 AND "[v]),
};

/// The batch of the same bytes from the same gateway, if there is one.
pub async fn same_batch(at: &mut Snapshot, gateway: AssetId, digest: &str) -> Result<Option<Kept<SessionBatch>>> {
    let found = at.query(&SAME).bind(gateway).bind(digest.to_owned()).maybe::<VersionRow>().await?;
    found.map(VersionRow::kept).transpose()
}

#[derive(sqlx::FromRow)]
struct WordRow {
    gateway_id: AssetId,
    recorded_from: Moment,
    data_until: i64,
}

/// Every gateway that ever told anything: when its last batch came, and until when its word goes. The word of a push goes
/// until it came, that of a file until the last moment it tells of.
pub async fn last_word(at: &mut Snapshot) -> Result<Vec<(AssetId, Word)>> {
    let rows = if at.is_newest() { words_by_turns(at).await? } else { at.query(&WORDS).all().await? };
    let told = |row: WordRow| {
        let until = Some(row.data_until).filter(|until| *until > 0).map(Moment::from_micros);
        (row.gateway_id, Word { received: row.recorded_from, until })
    };
    Ok(rows.into_iter().map(told).collect())
}

async fn words_by_turns(at: &mut Snapshot) -> Result<Vec<WordRow>> {
    let (mut found, mut below) = (Vec::new(), Uuid::max());
    while let Some(row) = at.query(&WORD).bind(below).maybe::<WordRow>().await? {
        below = crate::ids::Id::uuid(row.gateway_id);
        found.push(row);
    }
    found.reverse();
    Ok(found)
}
