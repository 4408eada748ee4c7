//! Every host that was observed beside the asset it is: what the checks of the inventory compare.
//!
//! Invariant: an asset is known by its interfaces' addresses, else by their cards, retired or not.

use std::collections::BTreeMap;

use crate::as_of;
use crate::ids::{AssetId, SensorId};
use crate::storage::{AsOfSql, Result, Snapshot};
use crate::vocabulary::end::{Packed, packed, packed_mac};
use crate::vocabulary::{Endpoint, Moment};

pub(super) const OBSERVED: AsOfSql = as_of!(
    "SELECT v.address, v.mac, v.first_seen, v.last_seen, v.sensor_id, a.asset_id FROM observed_hosts v \
     LEFT JOIN interface_addresses a ON a.organization_id = $1 AND a.address = v.address AND " [a] " \
     WHERE v.organization_id = $1 AND " [v] " ORDER BY v.address_key, v.id"
);
pub(super) const CARDS: AsOfSql = as_of!(
    "SELECT t.term, i.asset_id FROM terms t JOIN interface_versions i ON i.organization_id = $1 AND i.id = t.id AND " [i] " \
     WHERE t.organization_id = $1 AND t.kind = 'interface' AND LENGTH(t.term) = 17 AND " [t]
);

pub(super) const ADDRESSES: AsOfSql = as_of!(
    "SELECT a.address, a.asset_id FROM interface_addresses a WHERE a.organization_id = $1 AND " [a] " ORDER BY a.address, a.asset_id"
);

/// Every address and card of the inventory in packed form, with the asset that has it.
pub async fn ends(at: &mut Snapshot) -> Result<Vec<(Packed, AssetId)>> {
    let addresses: Vec<(String, AssetId)> = at.query(&ADDRESSES).all().await?;
    let cards: Vec<(String, AssetId)> = at.query(&CARDS).all().await?;
    let address = |(text, id): (String, AssetId)| Some((packed(text.parse().ok()?), id));
    let card = |(text, id): (String, AssetId)| match Endpoint::parse(&text) {
        Ok(Endpoint::Card(card)) => Some((packed_mac(card), id)),
        _ => None,
    };
    Ok(addresses.into_iter().filter_map(address).chain(cards.into_iter().filter_map(card)).collect())
}

/// A host that was observed, and the asset of the inventory it is, by address or card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObservedHost {
    pub address: String,
    pub mac: String,
    pub first: Moment,
    pub last: Moment,
    /// The sensor that saw it last.
    pub sensor: SensorId,
    /// None when the inventory does not know it. The asset may be retired.
    pub asset: Option<AssetId>,
}

#[derive(sqlx::FromRow)]
struct ObservedRow {
    address: String,
    mac: String,
    first_seen: Moment,
    last_seen: Moment,
    sensor_id: SensorId,
    asset_id: Option<AssetId>,
}

/// Every host observed until the instant, in order of address.
pub async fn observed(at: &mut Snapshot) -> Result<Vec<ObservedHost>> {
    let cards: BTreeMap<String, AssetId> = at.query(&CARDS).all::<(String, AssetId)>().await?.into_iter().collect();
    let rows: Vec<ObservedRow> = at.query(&OBSERVED).all().await?;
    let mut hosts: Vec<ObservedHost> = Vec::with_capacity(rows.len());
    for row in rows {
        if hosts.last().is_some_and(|last| last.address == row.address) {
            continue;
        }
        let asset = row.asset_id.or_else(|| cards.get(&row.mac).copied());
        let (first, last, sensor) = (row.first_seen, row.last_seen, row.sensor_id);
        hosts.push(ObservedHost { address: row.address, mac: row.mac, first, last, sensor, asset });
    }
    Ok(hosts)
}
