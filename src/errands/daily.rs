//! Each day's posture, recorded once: the trend that a later rule set cannot repaint.
//!
//! Invariant: one row per part and day of the organization's zone.

use crate::ids::OrganizationId;
use crate::posture::Memory;
use crate::posture::records::days;
use crate::storage::{Actor, AsOf, Result, Store};

/// Records today's posture, unless it was.
pub async fn record(store: &Store, memory: &Memory, organization: OrganizationId) -> Result<()> {
    let now = store.clock().now();
    let mut at = store.snapshot(organization, AsOf::Now).await?;
    let judged = memory.judged(&mut at, now).await?;
    let day = judged.facts.zone.date(now);
    if days::is_recorded(&mut at, &day).await? {
        return Ok(());
    }
    drop(at);
    let mut change = store.change(organization, store.author(Actor::job("daily posture"))).await?;
    if !days::is_recorded(change.reading().await?, &day).await? {
        days::record(&mut change, &day, &judged.standings.parts).await?;
        change.commit().await?;
    }
    Ok(())
}
