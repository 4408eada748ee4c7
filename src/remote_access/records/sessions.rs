//! How sessions are kept: their events as they came, and the row they add up to.
//!
//! Invariant: events are appended once and never change; a session's row at an instant is what its events recorded until
//! then add up to.

use std::collections::HashMap;

use futures_util::StreamExt;

use crate::as_of;
use crate::ids::{AssetId, Id as _, SessionBatchId, SessionId};
use crate::remote_access::model::{Event, GrantKind, Session};
use crate::storage::list::{Fragment, ListSql};
use crate::storage::pending::Shape;
use crate::storage::versions::canonical;
use crate::storage::{AsOfSql, Cell, Change, Failure, OrgSql, Result, Snapshot, Table};
use crate::vocabulary::{Moment, fold};

const EVENTS: Shape = Shape::new(
    "session_events",
    &["organization_id", "batch_id", "n", "session_id", "kind", "at", "record", "recorded_from"],
);
const ROWS: Shape = Shape::new(
    "remote_sessions",
    &[
        "organization_id",
        "id",
        "gateway_id",
        "batch_id",
        "session_key",
        "account_folded",
        "vendor_folded",
        "kind",
        "started_at",
        "last_activity_at",
        "ended_at",
        "record",
        "recorded_from",
        "recorded_until",
    ],
);
/// The rows read as versions are: they close like these.
const AS_VERSIONS: Table =
    Table { kind: "session", identity: "remote_sessions", versions: "remote_sessions", columns: &[] };

/// Sessions as a list.
pub const LIST: ListSql = ListSql {
    columns: Fragment::plain("v.id, v.started_at, v.last_activity_at, v.ended_at, v.record"),
    joins: Fragment::plain(""),
    from: "remote_sessions v",
    holds: as_of!("v.organization_id = $1 AND "[v]),
};

/// A session as its list reads it.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct SessionRow {
    pub id: SessionId,
    pub started_at: Moment,
    pub last_activity_at: Moment,
    pub ended_at: Moment,
    record: String,
}

impl SessionRow {
    /// The session itself.
    pub fn session(&self) -> Result<Session> {
        read(self.id, &self.record)
    }
}

/// Closes the rows of the sessions a batch tells of.
pub(super) const CLOSE: OrgSql = OrgSql::new(
    "UPDATE remote_sessions SET recorded_until = $3 WHERE organization_id = $1 AND recorded_until = 9000000000000000 \
     AND id IN (SELECT e.session_id FROM session_events e WHERE e.organization_id = $1 AND e.batch_id = $2)",
);
pub(super) const ONE: AsOfSql = as_of!(
    "SELECT v.id, v.record, v.recorded_from FROM remote_sessions v WHERE v.organization_id = $1 AND " [v] " AND v.id = $3"
);
/// Sessions that have not ended, the newest first.
pub(super) const OPEN: AsOfSql = as_of!(
    "SELECT v.id, v.record FROM remote_sessions v WHERE v.organization_id = $1 AND " [v] " AND v.ended_at = 9000000000000000 \
     ORDER BY v.started_at DESC, v.id LIMIT 2001"
);
/// What was told of a session until the instant, the newest first.
pub(super) const EVENTS_OF: OrgSql = OrgSql::new(
    "SELECT e.batch_id, e.record, e.recorded_from FROM session_events e WHERE e.organization_id = $1 AND e.session_id = $2 \
     AND e.recorded_from <= $3 ORDER BY e.at DESC, e.recorded_from DESC, e.n DESC LIMIT 201",
);

pub(super) const EVERY: AsOfSql = as_of!(
    "SELECT v.id, v.record FROM remote_sessions v WHERE v.organization_id = $1 AND " [v] " ORDER BY v.id"
);
pub(super) const OF_BATCH: AsOfSql = as_of!(
    "SELECT v.id, v.record FROM remote_sessions v WHERE v.organization_id = $1 AND " [v] " AND v.id IN \
     (SELECT e.session_id FROM session_events e WHERE e.organization_id = $1 AND e.batch_id = $3) ORDER BY v.id"
);

/// A session read back from its row.
pub(super) fn read(id: SessionId, record: &str) -> Result<Session> {
    serde_json::from_str(record).map_err(|error| Failure::Damaged(format!("session {id}: {error}")))
}

/// Hands out every session as it stood at the instant, or those a batch tells of, in order of their ids.
pub async fn each(
    at: &mut Snapshot,
    batch: Option<SessionBatchId>,
    mut take: impl FnMut(SessionId, Session),
) -> Result<()> {
    let query = match batch {
        None => at.query(&EVERY),
        Some(batch) => at.query(&OF_BATCH).bind(batch),
    };
    let mut rows = query.stream::<(SessionId, String)>().await?;
    while let Some(row) = rows.next().await {
        let (id, record) = row?;
        take(id, read(id, &record)?);
    }
    Ok(())
}

/// The sessions of these ids that are known, as they stand.
pub async fn standing(at: &mut Snapshot, ids: &[SessionId]) -> Result<HashMap<SessionId, Session>> {
    let mut found = HashMap::new();
    for some in ids.chunks(500) {
        let numbers: Vec<String> = (3..some.len() + 3).map(|number| format!("${number}")).collect();
        let rest = format!(" AND v.id IN ({})", numbers.join(", "));
        let mut statement = at.projected(&AS_VERSIONS, "v.id, v.record", &rest);
        for id in some {
            statement = statement.bind(*id);
        }
        for (id, record) in statement.all::<(SessionId, String)>().await? {
            found.insert(id, read(id, &record)?);
        }
    }
    Ok(found)
}

/// Keeps the events of a batch, in their order.
pub async fn keep_events(
    change: &mut Change,
    batch: SessionBatchId,
    events: impl Iterator<Item = (SessionId, &Event, String)>,
) -> Result<()> {
    for (n, (session, event, record)) in (0i64..).zip(events) {
        let row = vec![
            Cell::Id(Some(change.organization().uuid())),
            Cell::id(Some(batch)),
            Cell::number(n),
            Cell::id(Some(session)),
            Cell::text(event.kind.word()),
            Cell::moment(event.at),
            Cell::text(record),
            Cell::moment(change.moment()),
        ];
        change.push(EVENTS, row).await?;
    }
    Ok(())
}

/// Closes the rows of the sessions a batch tells of, and writes what they add up to now.
pub async fn keep_rows(
    change: &mut Change,
    batch: SessionBatchId,
    sessions: impl Iterator<Item = (SessionId, &Session)>,
) -> Result<()> {
    let moment = change.moment();
    change.reading().await?.plain(&CLOSE).bind(batch).bind(moment).run().await?;
    for (id, session) in sessions {
        let row = vec![
            Cell::Id(Some(change.organization().uuid())),
            Cell::id(Some(id)),
            Cell::id::<AssetId>(Some(session.gateway)),
            Cell::id(Some(batch)),
            Cell::text(session.key.clone()),
            Cell::text(fold::folded(&session.account)),
            Cell::text(fold::folded(&session.vendor)),
            Cell::text(GrantKind::word(session.kind)),
            Cell::moment(session.started_at),
            Cell::moment(session.last_activity_at),
            Cell::moment(session.ended_at.unwrap_or(Moment::OPEN)),
            Cell::text(canonical(session)?),
            Cell::moment(moment),
            Cell::moment(Moment::OPEN),
        ];
        change.push(ROWS, row).await?;
    }
    Ok(())
}

/// A session as it stood at the instant, and since when it stood so.
pub async fn find(at: &mut Snapshot, id: SessionId) -> Result<Option<(Session, Moment)>> {
    let found: Option<(SessionId, String, Moment)> = at.query(&ONE).bind(id).maybe().await?;
    found.map(|(id, record, since)| Ok((read(id, &record)?, since))).transpose()
}

/// Most sessions that are looked at as being open.
pub const MOST_OPEN: usize = 2_000;

/// Sessions that had not ended at the instant, the newest first; one more than [`MOST_OPEN`] when there are more.
pub async fn open(at: &mut Snapshot) -> Result<Vec<(SessionId, Session)>> {
    let rows: Vec<(SessionId, String)> = at.query(&OPEN).all().await?;
    rows.into_iter().map(|(id, record)| Ok((id, read(id, &record)?))).collect()
}

/// An event of a session, the batch it came in, and when that was.
#[derive(Clone, Debug)]
pub struct Heard {
    pub event: Event,
    pub batch: SessionBatchId,
    pub recorded: Moment,
}

/// What was told of a session until the instant, the newest first, at most two hundred; true when there is more.
pub async fn events_of(at: &mut Snapshot, id: SessionId) -> Result<(Vec<Heard>, bool)> {
    let instant = at.instant();
    let rows: Vec<(SessionBatchId, String, Moment)> = at.plain(&EVENTS_OF).bind(id).bind(instant).all().await?;
    let more = rows.len() > 200;
    let read = |(batch, record, recorded): (SessionBatchId, String, Moment)| {
        let event =
            serde_json::from_str(&record).map_err(|error| Failure::Damaged(format!("event of {id}: {error}")))?;
        Ok(Heard { event, batch, recorded })
    };
    Ok((rows.into_iter().take(200).map(read).collect::<Result<_>>()?, more))
}
