//! Today and the journal as pages.
//!
//! Invariant: each number is a link to the rows behind it.

mod find;
mod journal;
mod outlook;
mod today;

use axum::http::Method;

use crate::auth::Action;
use crate::web::{Policy, Routes};

/// Mounts the pages.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let read = Policy::Organization(Action::ReadInventory);
    routes.on(&Method::GET, "/o/{slug}/", read, today::today).on(&Method::GET, "/o/{slug}/find", read, find::find).on(
        &Method::GET,
        "/o/{slug}/timeline",
        Policy::Organization(Action::ReadTimeline),
        journal::timeline,
    )
}

/// An entry as people read it.
pub struct EntryView {
    pub at: String,
    pub as_of: String,
    pub who: String,
    pub act: String,
    pub kind: String,
    pub href: Option<String>,
    pub why: String,
    pub seq: i64,
}

/// Puts entries into words.
pub async fn views(
    at: &mut crate::storage::Snapshot,
    rows: Vec<super::records::EntryRow>,
    caller: &crate::web::Caller,
    slug: &str,
) -> crate::storage::Result<Vec<EntryView>> {
    let names = crate::register::people::names(at, rows.iter().map(|row| row.actor.as_str())).await?;
    Ok(rows.iter().map(|row| view(row, &names, caller, slug)).collect())
}

/// Kinds of record with a page under their plural.
const PAGED: [&str; 11] = [
    "site",
    "system",
    "zone",
    "conduit",
    "permitted_flow",
    "asset",
    "interface",
    "service",
    "performance",
    "finding",
    "exception",
];

fn view(
    row: &super::records::EntryRow,
    names: &crate::register::people::Names,
    caller: &crate::web::Caller,
    slug: &str,
) -> EntryView {
    let leaf: serde_json::Value = serde_json::from_slice(&row.leaf).unwrap_or_default();
    let act = row.act.rsplit_once('.').map_or(row.act.as_str(), |(_, act)| act).replace('_', " ");
    let listed = PAGED.contains(&row.kind.as_str());
    EntryView {
        at: caller.told(row.at),
        as_of: row.at.rfc3339(),
        who: names.of(&row.actor),
        act,
        href: listed.then(|| format!("/o/{slug}/{}s/{}", row.kind, row.subject)),
        why: leaf.get("why").and_then(|why| why.as_str()).unwrap_or("").to_owned(),
        kind: row.kind.replace('_', " "),
        seq: row.seq,
    }
}
