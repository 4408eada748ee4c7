//! Failed sign-ins: counted for each minute and source, and told in one leaf when the minute is over.
//!
//! Invariant: every failure is in the count of a leaf. Counts are rows, so none is lost with the process; a source is a
//! digest salted with its minute, so no address stands in the journal.

use crate::ids::OrganizationId;
use crate::storage::journal::Subject;
use crate::storage::{Actor, AsOf, Change, Result, Store, submissions, versions};
use crate::vocabulary::{Moment, TimeZone};

/// What the keys of these counts begin with.
const PREFIX: &str = "failed ";

fn key(minute: i64, source: &str) -> String {
    format!("{PREFIX}{minute:012} {source}")
}

fn minute(at: Moment) -> i64 {
    at.seconds() / 60
}

/// Counts a failed sign-in from an address.
pub async fn count(store: &Store, address: &str) -> Result<()> {
    let minute = minute(store.clock().now());
    let source = versions::hex(&versions::commitment(&minute.to_be_bytes(), address.as_bytes())[..8]);
    let mut change = open(store).await?;
    submissions::tally(&mut change, &key(minute, &source)).await?;
    tell(&mut change, minute).await?;
    change.commit().await.map(drop)
}

/// Tells the minutes that are over.
pub async fn settle(store: &Store) -> Result<()> {
    let minute = minute(store.clock().now());
    let mut at = store.snapshot(OrganizationId::PLATFORM, AsOf::Now).await?;
    let waiting = submissions::tallies(&mut at, PREFIX, &key(minute, "")).await?;
    drop(at);
    if waiting.is_empty() {
        return Ok(());
    }
    let mut change = open(store).await?;
    tell(&mut change, minute).await?;
    change.commit().await.map(drop)
}

async fn open(store: &Store) -> Result<Change> {
    store.change(OrganizationId::PLATFORM, store.author(Actor::job("sign-in"))).await
}

/// One leaf for each source and minute before this one.
async fn tell(change: &mut Change, before: i64) -> Result<()> {
    let until = key(before, "");
    for (key, count) in submissions::tallies(change.reading().await?, PREFIX, &until).await? {
        let mut parts = key.split(' ').skip(1);
        let minute: i64 = parts.next().and_then(|text| text.parse().ok()).unwrap_or(0);
        let source = parts.next().unwrap_or_default().to_owned();
        let began = TimeZone::UTC.told(Moment::from_micros(minute * 60_000_000));
        let why = format!("{count} failed in the minute from {began}");
        change.note("session.refused", Subject { kind: "source", id: source, rev: None }, Some(&why)).await?;
        submissions::forget(change, &key).await?;
    }
    Ok(())
}
