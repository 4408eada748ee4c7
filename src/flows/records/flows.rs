//! Flows: deltas per batch, and the totals they add up to.
//!
//! Invariant: deltas are appended once and never change; a flow's totals at an instant are the sum of its deltas recorded
//! until then. The totals are computed where the rows lie, in two statements per batch, whatever its size.

use futures_util::StreamExt;
use uuid::Uuid;

use crate::as_of;
use crate::flows::folding::{Flow, Flows};
use crate::flows::reading::cells::{Packed, told};
use crate::flows::traffic::{Told, Traffic};
use crate::ids::{BatchId, Id, SensorId};
use crate::storage::list::{Fragment, ListSql};
use crate::storage::pending::Shape;
use crate::storage::{AsOfSql, Cell, Change, OrgSql, Result, Snapshot};
use crate::vocabulary::Moment;

const DELTAS: Shape = Shape::new(
    "flow_deltas",
    &[
        "organization_id",
        "batch_id",
        "flow_id",
        "sensor_id",
        "source",
        "source_key",
        "destination",
        "destination_key",
        "protocol",
        "port",
        "service",
        "first_seen",
        "last_seen",
        "connections",
        "answered",
        "refused",
        "sent",
        "received",
        "states",
        "operations",
        "recorded_from",
    ],
);

/// Closes the totals of the flows in a batch.
pub(super) const CLOSE: OrgSql = OrgSql::new(
    "UPDATE flow_totals SET recorded_until = $3 WHERE organization_id = $1 AND recorded_until = 9000000000000000 \
     AND id IN (SELECT d.flow_id FROM flow_deltas d WHERE d.organization_id = $1 AND d.batch_id = $2)",
);

/// Writes the totals after a batch: what was closed at the same moment, and the batch's deltas.
pub(super) const ADD_UP: OrgSql = OrgSql::new(
    "INSERT INTO flow_totals (organization_id, id, sensor_id, source, source_key, destination, destination_key, protocol, port, service, \
     first_seen, last_seen, connections, answered, refused, sent, received, states, reached, operations, recorded_from, recorded_until) \
     SELECT d.organization_id, d.flow_id, d.sensor_id, d.source, d.source_key, d.destination, d.destination_key, d.protocol, d.port, d.service, \
     CASE WHEN t.first_seen < d.first_seen THEN t.first_seen ELSE d.first_seen END, \
     CASE WHEN t.last_seen > d.last_seen THEN t.last_seen ELSE d.last_seen END, \
     d.connections + COALESCE(t.connections, 0), d.answered + COALESCE(t.answered, 0), d.refused + COALESCE(t.refused, 0), \
     d.sent + COALESCE(t.sent, 0), d.received + COALESCE(t.received, 0), d.states | COALESCE(t.states, 0), \
     CASE WHEN d.answered + COALESCE(t.answered, 0) > 0 THEN 'answered' WHEN d.refused + COALESCE(t.refused, 0) > 0 THEN 'refused' \
     ELSE 'one_way' END, d.operations | COALESCE(t.operations, 0), d.recorded_from, 9000000000000000 \
     FROM flow_deltas d LEFT JOIN flow_totals t ON t.organization_id = $1 AND t.id = d.flow_id AND t.recorded_until = $3 \
     WHERE d.organization_id = $1 AND d.batch_id = $2",
);

/// Flows as a list.
pub const LIST: ListSql = ListSql {
    columns: Fragment::plain(
        "v.id, v.sensor_id, v.source, v.source_key, v.destination, v.destination_key, v.protocol, v.port, v.service, v.first_seen, \
         v.last_seen, v.connections, v.answered, v.refused, v.sent, v.received, v.states, v.reached, v.operations",
    ),
    joins: Fragment::plain(""),
    from: "flow_totals v",
    holds: as_of!("v.organization_id = $1 AND "[v]),
};

pub(super) const OF_HOST: AsOfSql = as_of!(
    "SELECT v.id, v.sensor_id, v.source, v.source_key, v.destination, v.destination_key, v.protocol, v.port, v.service, v.first_seen, \
     v.last_seen, v.connections, v.answered, v.refused, v.sent, v.received, v.states, v.reached, v.operations FROM flow_totals v \
     WHERE v.organization_id = $1 AND " [v] " AND (v.source_key = $3 OR v.destination_key = $4) \
     ORDER BY v.last_seen DESC, v.id DESC LIMIT 25"
);

/// What judging needs of every flow.
pub(super) const EVERY: AsOfSql = as_of!(
    "SELECT v.id, v.sensor_id, v.source_key, v.destination_key, v.protocol, v.port, v.service, v.first_seen, v.last_seen, v.connections, \
     v.answered, v.refused, v.states, v.operations FROM flow_totals v WHERE v.organization_id = $1 AND " [v] " ORDER BY v.id"
);
/// The same of the flows in one batch.
pub(super) const OF_BATCH: AsOfSql = as_of!(
    "SELECT v.id, v.sensor_id, v.source_key, v.destination_key, v.protocol, v.port, v.service, v.first_seen, v.last_seen, v.connections, \
     v.answered, v.refused, v.states, v.operations FROM flow_totals v WHERE v.organization_id = $1 AND " [v] " \
     AND v.id IN (SELECT d.flow_id FROM flow_deltas d WHERE d.organization_id = $1 AND d.batch_id = $3) ORDER BY v.id"
);

/// Ids of the flows in a batch.
pub(super) const IDS: OrgSql = OrgSql::new(
    "SELECT d.flow_id FROM flow_deltas d WHERE d.organization_id = $1 AND d.batch_id = $2 ORDER BY d.flow_id",
);

/// The flows in a batch.
pub async fn ids_of(at: &mut Snapshot, batch: BatchId) -> Result<Vec<Uuid>> {
    Ok(at.plain(&IDS).bind(batch).all::<(Uuid,)>().await?.into_iter().map(|(id,)| id).collect())
}

/// A flow as judging reads it.
#[derive(sqlx::FromRow)]
struct SeenRow {
    id: Uuid,
    sensor_id: SensorId,
    source_key: String,
    destination_key: String,
    protocol: String,
    port: i64,
    service: String,
    first_seen: Moment,
    last_seen: Moment,
    connections: i64,
    answered: i64,
    refused: i64,
    states: i64,
    operations: i64,
}

impl SeenRow {
    fn told(&self) -> Told<'_> {
        let end = |key: &str| Packed::from_str_radix(key, 16).unwrap_or(0);
        Told {
            id: self.id,
            sensor: self.sensor_id.uuid(),
            source: end(&self.source_key),
            destination: end(&self.destination_key),
            protocol: &self.protocol,
            port: self.port,
            service: &self.service,
            first: self.first_seen,
            last: self.last_seen,
            connections: self.connections,
            answered: self.answered,
            refused: self.refused,
            states: self.states,
            operations: self.operations,
        }
    }
}

/// Takes every flow at the instant, or those of one batch, into the traffic.
pub async fn take(at: &mut Snapshot, batch: Option<BatchId>, traffic: &mut Traffic) -> Result<()> {
    let query = match batch {
        None => at.query(&EVERY),
        Some(batch) => at.query(&OF_BATCH).bind(batch),
    };
    let mut rows = query.stream::<SeenRow>().await?;
    while let Some(row) = rows.next().await {
        traffic.take(&row?.told());
    }
    Ok(())
}

/// A flow with its totals at an instant.
#[derive(sqlx::FromRow, Clone, Debug, PartialEq, Eq)]
pub struct FlowTotal {
    pub id: Uuid,
    pub sensor_id: SensorId,
    pub source: String,
    pub source_key: String,
    pub destination: String,
    pub destination_key: String,
    pub protocol: String,
    pub port: i64,
    pub service: String,
    pub first_seen: Moment,
    pub last_seen: Moment,
    pub connections: i64,
    pub answered: i64,
    pub refused: i64,
    pub sent: i64,
    pub received: i64,
    pub states: i64,
    pub reached: String,
    /// Bits of what was done in it.
    pub operations: i64,
}

/// An address as a key whose byte order is the order of addresses; IPv4 stands as mapped into IPv6.
#[must_use]
pub fn address_key(address: Packed) -> String {
    format!("{address:032x}")
}

/// Keeps the flows of a batch, in order of their ids.
pub async fn keep(
    change: &mut Change,
    (batch, sensor): (BatchId, SensorId),
    flows: &Flows,
    order: &[(Uuid, u32)],
) -> Result<()> {
    for (id, place) in order {
        let Some(flow) = flows.at(*place as usize) else { continue };
        let row = delta(change, (batch, sensor), *id, flows, flow);
        change.push(DELTAS, row).await?;
    }
    if order.is_empty() {
        return Ok(());
    }
    let moment = change.moment();
    for sql in [&CLOSE, &ADD_UP] {
        change.reading().await?.plain(sql).bind(batch).bind(moment).run().await?;
    }
    Ok(())
}

fn delta(change: &Change, (batch, sensor): (BatchId, SensorId), id: Uuid, flows: &Flows, flow: &Flow) -> Vec<Cell> {
    let sum = |bytes: u64| Cell::number(i64::try_from(bytes).unwrap_or(i64::MAX / 4).min(i64::MAX / 4));
    vec![
        Cell::Id(Some(change.organization().uuid())),
        Cell::id(Some(batch)),
        Cell::Id(Some(id)),
        Cell::id(Some(sensor)),
        Cell::text(told(flow.key.source)),
        Cell::text(address_key(flow.key.source)),
        Cell::text(told(flow.key.destination)),
        Cell::text(address_key(flow.key.destination)),
        Cell::text(flows.words.text(flow.key.protocol)),
        Cell::number(i64::from(flow.key.port)),
        Cell::text(flows.words.text(flow.key.service)),
        Cell::moment(flow.first),
        Cell::moment(flow.last),
        Cell::number(i64::from(flow.connections)),
        Cell::number(i64::from(flow.answered)),
        Cell::number(i64::from(flow.refused)),
        sum(flow.sent),
        sum(flow.received),
        Cell::number(i64::from(flow.states())),
        Cell::number(i64::from(flows.operations(&flow.key))),
        Cell::moment(change.moment()),
    ]
}

/// The newest flows of a host, at most 25.
pub async fn of_host(at: &mut Snapshot, address: Packed) -> Result<Vec<FlowTotal>> {
    let key = address_key(address);
    at.query(&OF_HOST).bind(key.clone()).bind(key).all().await
}
