//! How batches, sightings and decisions are kept and read.
//!
//! Invariant: the queue at an instant is what batches recorded until then saw, without what the inventory held and what
//! people had decided at that instant.

use std::collections::BTreeMap;

use super::model::{Batch, Decision, Discovery, Sighting};
use crate::as_of;
use crate::ids::{BatchId, DiscoveryId, Id};
use crate::storage::pending::Shape;
use crate::storage::versions::VersionRow;
use crate::storage::{AsOfSql, Audited, Cell, Change, Kept, Kind, Result, Snapshot, Table};
use crate::vocabulary::{Moment, fold};

impl Audited for Batch {
    type Id = BatchId;
    const TABLE: Table = Table {
        kind: "batch",
        identity: "batches",
        versions: "batch_versions",
        columns: &[("sensor", Kind::Text), ("digest", Kind::Text)],
    };

    fn columns(&self) -> Vec<Cell> {
        vec![Cell::text(fold::folded(&self.sensor)), Cell::text(self.digest.clone())]
    }
}

impl Audited for Discovery {
    type Id = DiscoveryId;
    const TABLE: Table = Table {
        kind: "discovery",
        identity: "discoveries",
        versions: "discovery_versions",
        columns: &[("address", Kind::Text), ("decision", Kind::Text), ("asset_id", Kind::Id)],
    };

    fn columns(&self) -> Vec<Cell> {
        vec![Cell::text(self.address.clone()), Cell::text(Decision::word(self.decision)), Cell::id(self.asset)]
    }
}

const SIGHTINGS: Shape = Shape::new(
    "sightings",
    &[
        "organization_id",
        "batch_id",
        "address",
        "address_key",
        "mac",
        "first_seen",
        "last_seen",
        "conversations",
        "peers",
        "protocols",
        "ports",
        "recorded_from",
    ],
);

const SAME: AsOfSql = as_of!(
    "SELECT " columns " FROM batch_versions v WHERE v.organization_id = $1 AND " [v] " AND v.sensor = $3 AND v.digest = $4"
);

macro_rules! waiting {
    ($head:literal, $tail:literal) => {
        as_of!(
            $head " FROM sightings s WHERE s.organization_id = $1 AND s.recorded_from <= $2 \
             AND NOT EXISTS (SELECT 1 FROM interface_addresses a WHERE a.organization_id = $1 AND a.address = s.address AND "
            [a] ") AND NOT EXISTS (SELECT 1 FROM discovery_versions d WHERE d.organization_id = $1 AND d.address = s.address AND "
            [d] ")" $tail
        )
    };
}

const WAITING: AsOfSql = waiting!(
    "SELECT s.address, s.mac, s.first_seen, s.last_seen, s.conversations, s.peers, s.protocols, s.ports",
    " ORDER BY s.address_key, s.address, s.batch_id LIMIT 5000"
);
const COUNT_WAITING: AsOfSql = waiting!("SELECT COUNT(DISTINCT s.address) AS counted", "");
const SEEN: AsOfSql = as_of!(
    "SELECT s.address, s.mac, s.first_seen, s.last_seen, s.conversations, s.peers, s.protocols, s.ports FROM sightings s \
     WHERE s.organization_id = $1 AND s.recorded_from <= $2 AND s.address = $3 AND EXISTS (SELECT 1 FROM batch_versions v \
     WHERE v.organization_id = $1 AND v.id = s.batch_id AND " [v] ") ORDER BY s.batch_id"
);
const DECIDED: AsOfSql = as_of!(
    "SELECT " columns " FROM discovery_versions v WHERE v.organization_id = $1 AND " [v] " AND v.address = $3"
);

/// Texts of this file that know an instant.
pub const INSTANT_STATEMENTS: &[AsOfSql] = &[SAME, WAITING, COUNT_WAITING, SEEN, DECIDED];

#[derive(sqlx::FromRow)]
struct SightingRow {
    address: String,
    mac: String,
    first_seen: Moment,
    last_seen: Moment,
    conversations: i64,
    peers: i64,
    protocols: String,
    ports: String,
}

/// The batch of the same bytes from the same sensor, if there is one.
pub async fn same_batch(at: &mut Snapshot, sensor: &str, digest: &str) -> Result<Option<Kept<Batch>>> {
    let found = at.query(&SAME).bind(fold::folded(sensor)).bind(digest.to_owned()).maybe::<VersionRow>().await?;
    found.map(VersionRow::kept).transpose()
}

/// Keeps the rows of a batch.
pub async fn keep(change: &mut Change, batch: BatchId, sightings: &[Sighting]) -> Result<()> {
    let (organization, moment) = (change.organization(), change.moment());
    for seen in sightings {
        let row = vec![
            Cell::Id(Some(organization.uuid())),
            Cell::id(Some(batch)),
            Cell::text(seen.address.clone()),
            Cell::text(fold::natural(&seen.address)),
            Cell::text(seen.mac.clone()),
            Cell::moment(seen.first_seen),
            Cell::moment(seen.last_seen),
            Cell::number(seen.conversations),
            Cell::number(seen.peers),
            Cell::text(seen.protocols.clone()),
            Cell::text(seen.ports.clone()),
            Cell::moment(moment),
        ];
        change.push(SIGHTINGS, row).await?;
    }
    Ok(())
}

/// Hosts that wait for a decision, in order of address, each folded over its batches; at most the first 5,000 rows.
pub async fn waiting(at: &mut Snapshot) -> Result<Vec<Sighting>> {
    let rows: Vec<SightingRow> = at.query(&WAITING).all().await?;
    Ok(folded(rows))
}

/// How many hosts wait.
pub async fn count_waiting(at: &mut Snapshot) -> Result<i64> {
    let (count,): (i64,) = at.query(&COUNT_WAITING).one().await?;
    Ok(count)
}

/// What is known of a host, over all batches.
pub async fn seen(at: &mut Snapshot, address: &str) -> Result<Option<Sighting>> {
    let rows: Vec<SightingRow> = at.query(&SEEN).bind(address.to_owned()).all().await?;
    Ok(folded(rows).pop())
}

/// The decision about a host.
pub async fn decided(at: &mut Snapshot, address: &str) -> Result<Option<Kept<Discovery>>> {
    at.query(&DECIDED).bind(address.to_owned()).maybe::<VersionRow>().await?.map(VersionRow::kept).transpose()
}

fn folded(rows: Vec<SightingRow>) -> Vec<Sighting> {
    let mut order: Vec<Sighting> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let union = |one: &str, two: &str| -> String {
        let parts: std::collections::BTreeSet<&str> =
            one.split(';').chain(two.split(';')).filter(|part| !part.is_empty()).collect();
        parts.into_iter().collect::<Vec<_>>().join(";")
    };
    for row in rows {
        if let Some(known) = places.get(&row.address).and_then(|place| order.get_mut(*place)) {
            known.first_seen = known.first_seen.min(row.first_seen);
            known.last_seen = known.last_seen.max(row.last_seen);
            known.conversations += row.conversations;
            known.peers = known.peers.max(row.peers);
            known.protocols = union(&known.protocols, &row.protocols);
            known.ports = union(&known.ports, &row.ports);
            if known.mac.is_empty() {
                known.mac = row.mac;
            } else if !row.mac.is_empty() && row.mac != known.mac {
                known.mac = String::new();
            }
        } else {
            places.insert(row.address.clone(), order.len());
            order.push(Sighting {
                address: row.address,
                mac: row.mac,
                first_seen: row.first_seen,
                last_seen: row.last_seen,
                conversations: row.conversations,
                peers: row.peers,
                protocols: row.protocols,
                ports: row.ports,
            });
        }
    }
    order
}
