//! How sessions are kept: their events as they came, and the row they add up to.
//!
//! Invariant: events are appended once and never change; a session's row at an instant is what its events recorded until
//! then add up to.

use futures_util::StreamExt;

use crate::as_of;
use crate::ids::{SessionBatchId, SessionId};
use crate::remote_access::model::Session;
use crate::storage::{AsOfSql, Failure, Result, Snapshot};

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

/// Every session as it stood at the instant, in order of their ids.
pub async fn every(at: &mut Snapshot) -> Result<Vec<(SessionId, Session)>> {
    let mut found = Vec::new();
    each(at, None, |id, session| found.push((id, session))).await?;
    Ok(found)
}

/// The sessions a batch tells of, as they stood at the instant.
pub async fn of_batch(at: &mut Snapshot, batch: SessionBatchId) -> Result<Vec<(SessionId, Session)>> {
    let mut found = Vec::new();
    each(at, Some(batch), |id, session| found.push((id, session))).await?;
    Ok(found)
}
