//! The journal over the API: leaves as they were hashed.
//!
//! Invariant: a leaf's bytes are given unchanged, so a client can hash them itself.

use axum::extract::State;
use axum::http::Method;
use serde_json::{Value, json};

use super::records::{self, Which};
use crate::auth::Action;
use crate::web::extract::Asking;
use crate::web::{Answer, App, Caller, Failure, Routes, page};

/// Mounts the operations.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    routes.api(&Method::GET, "journal", Action::ReadTimeline, "List journal entries, newest first", list)
}

async fn list(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let after = asking.text("after");
    let before = if after.is_empty() {
        i64::MAX
    } else {
        after.parse().map_err(|_| Failure::field("after", after, "not a cursor"))?
    };
    let limit = asking.text("limit").parse().unwrap_or(50i64).clamp(1, 500);
    let mut at = caller.snapshot(&app).await?;
    let rows = records::entries(&mut at, &Which::All, before, limit).await?;
    let next = rows.last().filter(|_| i64::try_from(rows.len()) == Ok(limit)).map(|row| row.seq.to_string());
    let items: Vec<Value> =
        rows.iter().map(|row| json!({"seq": row.seq, "leaf": String::from_utf8_lossy(&row.leaf)})).collect();
    Ok(page::json(&json!({"total": at.tree_size(), "total_exact": true, "next": next, "items": items})))
}
