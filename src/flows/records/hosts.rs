//! Hosts: what each batch saw of them, and what is known of them by now.
//!
//! Invariant: the queue at an instant is what batches recorded until then saw, without what the inventory held (by address
//! or card) and what people had decided at that instant.

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::flows::address_key;
use crate::as_of;
use crate::flows::model::Sighting;
use crate::flows::reading::cells::end;
use crate::flows::rules;
use crate::ids::{BatchId, Id, SensorId};
use crate::storage::list::{Fragment, ListSql};
use crate::storage::pending::Shape;
use crate::storage::{AsOfSql, Cell, Change, OrgSql, Result, Snapshot};
use crate::vocabulary::{Moment, fold};

const SEEN_COLUMNS: &[&str] = &[
    "mac",
    "first_seen",
    "last_seen",
    "conversations",
    "peers",
    "protocols",
    "ports",
    "vendor",
    "product",
    "model",
    "firmware",
    "serial",
    "name",
    "software",
];

macro_rules! shape {
    ($table:literal; $($before:literal),+; $($after:literal),+) => {
        Shape::new($table, &["organization_id", $($before),+, "mac", "first_seen", "last_seen", "conversations", "peers", "protocols",
            "ports", "vendor", "product", "model", "firmware", "serial", "name", "software", $($after),+])
    };
}
const SIGHTINGS: Shape = shape!("sightings"; "batch_id", "address", "address_key"; "recorded_from");
const HOSTS: Shape = shape!("observed_hosts"; "id", "address", "address_key"; "kind", "search", "sensor_id", "recorded_from", "recorded_until");

pub(super) const CLOSE: OrgSql = OrgSql::new(
    "UPDATE observed_hosts SET recorded_until = $3 WHERE organization_id = $1 AND recorded_until = 9000000000000000 \
     AND address IN (SELECT s.address FROM sightings s WHERE s.organization_id = $1 AND s.batch_id = $2)",
);

macro_rules! known {
    () => {
        "v.id, v.sensor_id, v.kind, v.address, v.mac, v.first_seen, v.last_seen, v.conversations, v.peers, v.protocols, v.ports, \
         v.vendor, v.product, v.model, v.firmware, v.serial, v.name, v.software"
    };
}

/// Hosts nobody has decided about, as a list.
pub const WAITING: ListSql = ListSql {
    columns: Fragment::plain(known!()),
    joins: Fragment::plain(""),
    from: "observed_hosts v",
    holds: as_of!(
        "v.organization_id = $1 AND " [v] " AND NOT EXISTS (SELECT 1 FROM interface_addresses a WHERE a.organization_id = $1 \
         AND a.address = v.address AND " [a] ") AND NOT EXISTS (SELECT 1 FROM discovery_versions d WHERE d.organization_id = $1 \
         AND d.address = v.address AND " [d] ") AND NOT EXISTS (SELECT 1 FROM terms t WHERE t.organization_id = $1 \
         AND t.kind = 'interface' AND t.term = v.mac AND " [t] ")"
    ),
};

pub(super) const WAITING_COUNT: AsOfSql = as_of!(
    "SELECT COUNT(*) AS counted FROM observed_hosts v WHERE v.organization_id = $1 AND " [v] " AND NOT EXISTS (SELECT 1 \
     FROM interface_addresses a WHERE a.organization_id = $1 AND a.address = v.address AND " [a] ") AND NOT EXISTS (SELECT 1 \
     FROM discovery_versions d WHERE d.organization_id = $1 AND d.address = v.address AND " [d] ") AND NOT EXISTS (SELECT 1 \
     FROM terms t WHERE t.organization_id = $1 AND t.kind = 'interface' AND t.term = v.mac AND " [t] ")"
);
pub(super) const SEEN: AsOfSql = as_of!(
    "SELECT v.id, v.sensor_id, v.kind, v.address, v.mac, v.first_seen, v.last_seen, v.conversations, v.peers, v.protocols, v.ports, \
     v.vendor, v.product, v.model, v.firmware, v.serial, v.name, v.software FROM observed_hosts v \
     WHERE v.organization_id = $1 AND " [v] " AND v.id = $3"
);
/// Every host at the instant, for batches that saw many.
pub(super) const KNOWN: AsOfSql = as_of!(
    "SELECT v.id, v.sensor_id, v.kind, v.address, v.mac, v.first_seen, v.last_seen, v.conversations, v.peers, v.protocols, v.ports, \
     v.vendor, v.product, v.model, v.firmware, v.serial, v.name, v.software FROM observed_hosts v \
     WHERE v.organization_id = $1 AND "[v]
);
/// What is known of a host, by which sensor last, and what it probably is.
#[derive(sqlx::FromRow, Clone, Debug, PartialEq, Eq)]
pub struct HostRow {
    pub id: Uuid,
    pub sensor_id: SensorId,
    pub kind: String,
    pub address: String,
    mac: String,
    first_seen: Moment,
    last_seen: Moment,
    conversations: i64,
    peers: i64,
    protocols: String,
    ports: String,
    vendor: String,
    product: String,
    model: String,
    firmware: String,
    serial: String,
    name: String,
    software: String,
}

/// A host as the queue shows it.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub id: Uuid,
    pub sensor: SensorId,
    /// The word of a kind of asset.
    pub kind: String,
    pub seen: Sighting,
}

impl HostRow {
    #[must_use]
    pub fn last_seen(&self) -> Moment {
        self.last_seen
    }

    #[must_use]
    pub fn first_seen(&self) -> Moment {
        self.first_seen
    }

    #[must_use]
    pub fn conversations(&self) -> i64 {
        self.conversations
    }

    #[must_use]
    pub fn waiting(self) -> Waiting {
        Waiting {
            id: self.id,
            sensor: self.sensor_id,
            kind: self.kind,
            seen: Sighting {
                address: self.address,
                mac: self.mac,
                first_seen: self.first_seen,
                last_seen: self.last_seen,
                conversations: self.conversations,
                peers: self.peers,
                protocols: self.protocols,
                ports: self.ports,
                vendor: self.vendor,
                product: self.product,
                model: self.model,
                firmware: self.firmware,
                serial: self.serial,
                name: self.name,
                software: self.software,
            },
        }
    }
}

/// The id of an address, the same in every batch.
#[must_use]
pub fn host_id(address: &str) -> Uuid {
    let digest = Sha256::new().chain_update(b"glance host ").chain_update(address.as_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

fn cells(seen: &Sighting) -> Vec<Cell> {
    let text = |text: &String| Cell::text(text.clone());
    let cells = vec![
        text(&seen.mac),
        Cell::moment(seen.first_seen),
        Cell::moment(seen.last_seen),
        Cell::number(seen.conversations),
        Cell::number(seen.peers),
        text(&seen.protocols),
        text(&seen.ports),
        text(&seen.vendor),
        text(&seen.product),
        text(&seen.model),
        text(&seen.firmware),
        text(&seen.serial),
        text(&seen.name),
        text(&seen.software),
    ];
    debug_assert_eq!(cells.len(), SEEN_COLUMNS.len(), "one cell a column");
    cells
}

/// The words a search of the queue looks through.
fn search(seen: &Sighting) -> String {
    let texts = [&seen.address, &seen.mac, &seen.name, &seen.vendor, &seen.product, &seen.model, &seen.firmware];
    let more = [&seen.serial, &seen.protocols, &seen.ports, &seen.software];
    fold::folded(&texts.into_iter().chain(more).map(String::as_str).collect::<Vec<_>>().join(" "))
}

/// The key of an address, or of a layer-2 end, in words.
#[must_use]
pub fn key(address: &str) -> String {
    end(address).map_or_else(|| address.to_owned(), address_key)
}

/// Keeps the hosts of a batch, and what is known of them by now.
pub async fn keep(change: &mut Change, batch: BatchId, sensor: SensorId, sightings: &[Sighting]) -> Result<()> {
    let (organization, moment) = (Cell::Id(Some(change.organization().uuid())), Cell::moment(change.moment()));
    for seen in sightings {
        let mut row = vec![organization.clone(), Cell::id(Some(batch)), Cell::text(seen.address.clone())];
        row.push(Cell::text(key(&seen.address)));
        row.extend(cells(seen));
        row.push(moment.clone());
        change.push(SIGHTINGS, row).await?;
    }
    let mut known = known(change.reading().await?, sightings).await?;
    let closing = change.moment();
    change.reading().await?.plain(&CLOSE).bind(batch).bind(closing).run().await?;
    for seen in sightings {
        let now = match known.remove(&host_id(&seen.address)) {
            Some(before) => rules::joined(before, seen.clone()),
            None => seen.clone(),
        };
        change.push(HOSTS, host(&organization, &now, sensor, closing)).await?;
    }
    Ok(())
}

fn host(organization: &Cell, now: &Sighting, sensor: SensorId, moment: Moment) -> Vec<Cell> {
    let mut row = vec![organization.clone(), Cell::Id(Some(host_id(&now.address))), Cell::text(now.address.clone())];
    row.push(Cell::text(key(&now.address)));
    row.extend(cells(now));
    row.extend([
        Cell::text(rules::likely_kind(&now.ports)),
        Cell::text(search(now)),
        Cell::id(Some(sensor)),
        Cell::moment(moment),
        Cell::moment(Moment::OPEN),
    ]);
    row
}

/// What was known before of these hosts: asked one by one when they are few, all at once when they are many.
async fn known(at: &mut Snapshot, sightings: &[Sighting]) -> Result<HashMap<Uuid, Sighting>> {
    let mut found = HashMap::new();
    if sightings.len() > 200 {
        for row in at.query(&KNOWN).all::<HostRow>().await? {
            found.insert(row.id, row.waiting().seen);
        }
        return Ok(found);
    }
    for seen in sightings {
        if let Some(row) = at.query(&SEEN).bind(host_id(&seen.address)).maybe::<HostRow>().await? {
            found.insert(row.id, row.waiting().seen);
        }
    }
    Ok(found)
}

/// How many hosts wait.
pub async fn count_waiting(at: &mut Snapshot) -> Result<i64> {
    let (count,): (i64,) = at.query(&WAITING_COUNT).one().await?;
    Ok(count)
}

/// What is known of a host, over all batches.
pub async fn seen(at: &mut Snapshot, address: &str) -> Result<Option<Waiting>> {
    seen_as(at, host_id(address)).await
}

/// What is known of the host of this id.
pub async fn seen_as(at: &mut Snapshot, id: Uuid) -> Result<Option<Waiting>> {
    Ok(at.query(&SEEN).bind(id).maybe::<HostRow>().await?.map(HostRow::waiting))
}
