//! Taking in a batch, and deciding about a host.
//!
//! Invariant: the same bytes for the same sensor change nothing; an accepted host becomes an asset, its interface and
//! its decision in one change.

use super::model::{Batch, Decision, Discovery, Sighting};
use super::records;
use super::rules::Hosts;
use crate::assets::{Asset, Interface};
use crate::ids::{AssetId, BatchId};
use crate::register::actions as register;
use crate::storage::merkle::{Frontier, leaf_hash};
use crate::storage::versions::{canonical, hash_text};
use crate::storage::{Change, Result};
use crate::vocabulary::AddressPrefix;

/// Where a batch comes from.
pub struct Source<'s> {
    pub sensor: &'s str,
    pub names: &'s str,
    /// `sha256:` of the bytes.
    pub digest: &'s str,
}

/// What a batch brought.
#[derive(Clone, Debug)]
pub struct Taken {
    pub batch: BatchId,
    pub rows: i64,
    pub hosts: i64,
    /// False when the same bytes were taken in before.
    pub new: bool,
}

/// Takes in the hosts of a log.
pub async fn take_in(change: &mut Change, source: &Source<'_>, hosts: Hosts) -> Result<Taken> {
    if let Some(known) = records::same_batch(change.reading().await?, source.sensor, source.digest).await? {
        return Ok(Taken { batch: known.id, rows: known.rows, hosts: known.hosts, new: false });
    }
    let (rows, span) = (hosts.rows, hosts.span());
    let sightings = hosts.sightings();
    let mut tree = Frontier::empty();
    for seen in &sightings {
        tree.push(leaf_hash(canonical(seen)?.as_bytes()));
    }
    let batch = Batch {
        sensor: source.sensor.to_owned(),
        source: source.names.to_owned(),
        digest: source.digest.to_owned(),
        rows,
        hosts: i64::try_from(sightings.len()).unwrap_or(i64::MAX),
        from: span.map(|(from, _)| from),
        until: span.map(|(_, until)| until),
        root: hash_text(&tree.root()),
    };
    let id = change.insert("batch.import", &batch, "").await?;
    records::keep(change, id, &sightings).await?;
    Ok(Taken { batch: id, rows, hosts: batch.hosts, new: true })
}

/// Accepts a host as a new asset; gives the asset.
pub async fn accept(change: &mut Change, seen: &Sighting, asset: &Asset, why: &str) -> Result<AssetId> {
    let id = register::enter(change, asset, why).await?;
    attach(change, seen, id, "observed", why).await?;
    decide(change, &seen.address, Decision::Accepted, Some(id), why).await?;
    Ok(id)
}

/// Says that a host is an asset the inventory already has.
pub async fn merge(change: &mut Change, seen: &Sighting, asset: AssetId, why: &str) -> Result<()> {
    attach(change, seen, asset, &format!("observed {}", seen.address), why).await?;
    decide(change, &seen.address, Decision::Merged, Some(asset), why).await
}

/// Sets a host aside.
pub async fn reject(change: &mut Change, seen: &Sighting, why: &str) -> Result<()> {
    decide(change, &seen.address, Decision::Rejected, None, why).await
}

async fn attach(change: &mut Change, seen: &Sighting, asset: AssetId, name: &str, why: &str) -> Result<()> {
    let interface = Interface {
        asset: Some(asset),
        name: name.to_owned(),
        mac: seen.mac.clone(),
        addresses: AddressPrefix::parse(&seen.address).into_iter().collect(),
        ..Interface::default()
    };
    register::enter(change, &interface, why).await.map(drop)
}

async fn decide(
    change: &mut Change,
    address: &str,
    decision: Decision,
    asset: Option<AssetId>,
    why: &str,
) -> Result<()> {
    let discovery = Discovery { address: address.to_owned(), decision, asset };
    let act = format!("discovery.{}", decision.word());
    match records::decided(change.reading().await?, address).await? {
        Some(known) => change.supersede(&act, &known, &discovery, why).await.map(drop),
        None => change.insert(&act, &discovery, why).await.map(drop),
    }
}
