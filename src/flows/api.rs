//! Batches and waiting hosts over the API.
//!
//! Invariant: read only here; a program never decides about a host.

use axum::extract::State;
use axum::http::Method;
use serde_json::{Value, json};

use super::model::Batch;
use super::records;
use crate::auth::Action;
use crate::web::{Answer, App, Caller, Routes, page};

/// Mounts the operations.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    routes.api(&Method::GET, "batches", Action::ReadInventory, "List imports of observations", batches).api(
        &Method::GET,
        "discoveries",
        Action::ReadInventory,
        "List hosts that wait for a decision",
        discoveries,
    )
}

fn listed(items: &[Value], total: i64) -> axum::response::Response {
    page::json(&json!({"items": items, "next": null, "total": total, "total_exact": true}))
}

async fn batches(State(app): State<App>, caller: Caller) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let kept = at.every::<Batch>().await?;
    let items: Vec<Value> = kept
        .iter()
        .map(|kept| json!({"id": kept.id, "recorded_from": kept.recorded_from.rfc3339(), "batch": kept.content}))
        .collect();
    Ok(listed(&items, i64::try_from(items.len()).unwrap_or(0)))
}

async fn discoveries(State(app): State<App>, caller: Caller) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let items: Vec<Value> = records::waiting(&mut at)
        .await?
        .into_iter()
        .map(|seen| {
            json!({"address": seen.address, "mac": seen.mac, "first_seen": seen.first_seen.rfc3339(),
                "last_seen": seen.last_seen.rfc3339(), "conversations": seen.conversations, "peers": seen.peers,
                "protocols": seen.protocols.split(';').collect::<Vec<_>>(), "ports": seen.ports.split(';').collect::<Vec<_>>()})
        })
        .collect();
    let total = records::count_waiting(&mut at).await?;
    Ok(listed(&items, total))
}
