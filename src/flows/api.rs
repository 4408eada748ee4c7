//! Flows, batches and waiting hosts over the API.
//!
//! Invariant: read only here; a program never decides about a host.

use axum::extract::State;
use axum::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::folding::{initiator, states_text};
use super::listing::{Listed, Listing, SortOf, understand};
use super::model::Batch;
use super::operations::operations_text;
use super::pages::{FLOWS_IN_ZONE, HOSTS_IN_ZONE, rows_of};
use super::records::batches::LIST;
use super::records::flows::FlowTotal;
use super::records::hosts::HostRow;
use super::records::sensors::{self, Sensors};
use crate::auth::Action;
use crate::conduits::judging::Call;
use crate::register::Filter;
use crate::storage::Cell;
use crate::storage::list::{Fragment, ListSql, SortKey};
use crate::storage::versions::VersionRow;
use crate::web::extract::Asking;
use crate::web::{Answer, App, Caller, Routes, page};

/// Mounts the operations.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let read = Action::ReadInventory;
    routes
        .api(&Method::GET, "batches", read, "List imports of observations", batches)
        .api(&Method::GET, "flows", read, "List flows with their totals", flows)
        .api(&Method::GET, "discoveries", read, "List hosts that wait for a decision", discoveries)
}

fn listed<L>(listing: Listing<L>, item: impl Fn(L) -> Value) -> axum::response::Response {
    let (total, exact, next) = (listing.total.rows, listing.total.exact, listing.next);
    let items: Vec<Value> = listing.rows.into_iter().map(item).collect();
    page::json(&json!({"items": items, "next": next, "total": total, "total_exact": exact}))
}

impl Listed for VersionRow {
    const LIST: &'static ListSql = &LIST;
    const FILTERS: &'static [Filter] = &[Filter {
        name: "sensor",
        label: "Sensor",
        input: crate::register::FilterInput::Link("sensor"),
        condition: Fragment::plain("v.sensor = ?"),
        values: |text| Ok(vec![Cell::text(crate::vocabulary::fold::folded(text))]),
    }];
    const SORTS: &'static [SortOf<Self>] = &[SortOf {
        name: "recorded_from",
        label: "Imported",
        key: SortKey("v.recorded_from"),
        of: |row| Cell::moment(row.recorded_from),
    }];

    fn id(&self) -> Uuid {
        self.id
    }

    fn search(text: &str) -> Result<(&'static Fragment, Vec<Cell>), String> {
        const DIGEST: Fragment = Fragment::plain("v.digest = ?");
        Ok((&DIGEST, vec![Cell::text(text)]))
    }
}

async fn batches(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let listing = understand::<VersionRow>(&asking)?.page(&mut at).await?;
    Ok(listed(listing, |row| {
        let (id, recorded_from) = (row.id.hyphenated().to_string(), row.recorded_from.rfc3339());
        let content = row.kept::<Batch>().map(|kept| told(&kept.content)).unwrap_or_default();
        json!({"id": id, "recorded_from": recorded_from, "batch": content})
    }))
}

fn told(batch: &Batch) -> Value {
    json!({"sensor": batch.sensor, "sensor_id": batch.sensor_id, "source": batch.source, "digest": batch.digest,
        "rows": batch.rows, "flows": batch.flows, "hosts": batch.hosts, "from": batch.from.map(crate::vocabulary::Moment::rfc3339),
        "until": batch.until.map(crate::vocabulary::Moment::rfc3339), "root": batch.root,
        "artifacts": batch.artifacts})
}

async fn flows(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let listing = rows_of::<FlowTotal>(&mut at, &asking, (&FLOWS_IN_ZONE, 2)).await?;
    let sensors = sensors::references(&mut at).await?;
    let called = crate::CALLING(&app, &caller, &mut at).await?;
    Ok(listed(listing, |row| flow(&row, &sensors, called.call(row.id))))
}

fn flow(row: &FlowTotal, sensors: &Sensors, call: Option<Call>) -> Value {
    let parts = |text: &str| text.split(';').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    json!({"id": row.id, "sensor": sensors.reference(row.sensor_id), "source": row.source, "destination": row.destination,
        "protocol": row.protocol, "port": row.port, "service": row.service, "initiator": initiator(row.states).word(),
        "first_seen": row.first_seen.rfc3339(), "last_seen": row.last_seen.rfc3339(), "connections": row.connections,
        "answered": row.answered, "refused": row.refused, "sent_bytes": row.sent, "received_bytes": row.received,
        "states": parts(&states_text(row.states)), "operations": parts(&operations_text(row.operations)), "reached": row.reached,
        "verdict": call.map(Call::word)})
}

async fn discoveries(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let listing = rows_of::<HostRow>(&mut at, &asking, (&HOSTS_IN_ZONE, 1)).await?;
    let sensors = sensors::references(&mut at).await?;
    Ok(listed(listing, |row| host(row, &sensors)))
}

fn host(row: HostRow, sensors: &Sensors) -> Value {
    let parts = |text: &str| text.split(';').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let (host, text) = (row.waiting(), |text: &str| if text.is_empty() { Value::Null } else { json!(text) });
    let seen = &host.seen;
    json!({"id": host.id, "address": seen.address, "mac": text(&seen.mac), "first_seen": seen.first_seen.rfc3339(),
        "last_seen": seen.last_seen.rfc3339(), "conversations": seen.conversations, "peers": seen.peers,
        "protocols": parts(&seen.protocols), "ports": parts(&seen.ports), "vendor": text(&seen.vendor), "product": text(&seen.product),
        "model": text(&seen.model), "firmware": text(&seen.firmware), "serial": text(&seen.serial), "name": text(&seen.name),
        "software": parts(&seen.software), "probable_kind": host.kind, "sensor": sensors.reference(host.sensor)})
}
