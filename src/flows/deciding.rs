//! Deciding about a host that was seen: it becomes an asset, is one already, or is set aside.
//!
//! Invariant: a person decides. An accepted host becomes an asset with its interface, its services and its decision in one
//! change; what the inventory says already is never overwritten by what was seen.

use std::collections::BTreeSet;

use super::model::{Decision, Discovery, Sighting};
use super::records;
use super::rules::usual_name;
use crate::assets::model::Transport;
use crate::assets::records::of_assets;
use crate::assets::{Asset, Interface, Service};
use crate::ids::AssetId;
use crate::register::actions as register;
use crate::storage::{Change, Kept, Result};
use crate::vocabulary::{AddressPrefix, fold};

/// Writes what was learned of a host where the record says nothing.
pub fn fill_in(asset: &mut Asset, seen: &Sighting) {
    for (place, said) in [
        (&mut asset.vendor, &seen.vendor),
        (&mut asset.product, &seen.product),
        (&mut asset.model, &seen.model),
        (&mut asset.firmware, &seen.firmware),
        (&mut asset.serial, &seen.serial),
        (&mut asset.hostname, &seen.name),
    ] {
        if place.is_empty() {
            fold::truncated(said, 120).clone_into(place);
        }
    }
}

/// Accepts a host as a new asset; gives the asset.
pub async fn accept(change: &mut Change, seen: &Sighting, asset: &Asset, why: &str) -> Result<AssetId> {
    let id = register::enter(change, asset, why).await?;
    attach(change, seen, id, "observed", why).await?;
    for service in services(seen) {
        register::enter(change, &Service { asset: Some(id), ..service }, why).await?;
    }
    decide(change, &seen.address, Decision::Accepted, Some(id), why).await?;
    Ok(id)
}

/// Says that a host is an asset the inventory already has.
pub async fn merge(change: &mut Change, seen: &Sighting, asset: &Kept<Asset>, why: &str) -> Result<()> {
    let mut filled = asset.content.clone();
    fill_in(&mut filled, seen);
    if asset.recorded_from != change.moment() {
        register::revise(change, asset, &filled, why).await?;
    }
    attach(change, seen, asset.id, &format!("observed {}", seen.address), why).await?;
    let kept = of_assets::<Service>(change.reading().await?, std::iter::once(asset.id)).await?;
    let known: BTreeSet<_> = kept.iter().map(|service| (service.transport, service.port)).collect();
    for service in services(seen).into_iter().filter(|service| !known.contains(&(service.transport, service.port))) {
        register::enter(change, &Service { asset: Some(asset.id), ..service }, why).await?;
    }
    decide(change, &seen.address, Decision::Merged, Some(asset.id), why).await
}

/// Sets a host aside.
pub async fn reject(change: &mut Change, seen: &Sighting, why: &str) -> Result<()> {
    decide(change, &seen.address, Decision::Rejected, None, why).await
}

/// The services a host was seen to offer. Whether they are needed (CIP-007-6 R1.1) is for a person to say.
#[must_use]
pub fn services(seen: &Sighting) -> Vec<Service> {
    let ports = seen.ports.split(';').filter_map(|port| port.split_once('/'));
    let known = ports.filter_map(|(protocol, port)| {
        let number: i64 = port.parse().ok().filter(|number| (0..=65_535).contains(number))?;
        let transport = Transport::parse(protocol).unwrap_or(Transport::Other);
        let usual = usual_name(protocol, number);
        let name = if usual.is_empty() { protocol } else { usual };
        Some(Service {
            protocol: name.to_owned(),
            transport: Some(transport),
            port: Some(number),
            ..Service::default()
        })
    });
    known.collect()
}

async fn attach(change: &mut Change, seen: &Sighting, asset: AssetId, name: &str, why: &str) -> Result<()> {
    let interface = Interface {
        asset: Some(asset),
        name: fold::truncated(name, 60).to_owned(),
        mac: seen.mac.clone(),
        addresses: AddressPrefix::parse(&seen.address).into_iter().collect(),
        ..Interface::default()
    };
    let taken = of_assets::<Interface>(change.reading().await?, std::iter::once(asset)).await?;
    if taken.iter().any(|kept| kept.name == interface.name) {
        return Ok(());
    }
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
