//! The journal as a page, with the picker that turns the application into an earlier instant.
//!
//! Invariant: entries are shown as recorded; nothing here can be changed.

use askama::Template;
use axum::extract::State;

use super::EntryView;
use crate::timeline::records::{self, Which};
use crate::web::extract::Asking;
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

const ROWS: i64 = 50;

#[derive(Template)]
#[template(path = "timeline/journal.html")]
struct JournalPage {
    shell: Shell,
    entries: Vec<EntryView>,
    size: i64,
    root: String,
    next: Option<String>,
    base: String,
    kind: String,
    kinds: &'static [&'static str],
}

const KINDS: &[&str] = &[
    "artifact",
    "attachment",
    "asset",
    "interface",
    "service",
    "site",
    "system",
    "zone",
    "conduit",
    "permitted_flow",
    "membership",
    "organization",
    "sensor",
    "batch",
    "discovery",
    "package",
    "exception",
    "finding",
    "remediation_entry",
    "token",
];

pub async fn timeline(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let before = before(&asking)?;
    let kind = asking.text("kind").to_owned();
    if kind.contains('\0') {
        return Err(Failure::field("kind", "", "holds a NUL"));
    }
    let mut at = caller.snapshot(&app).await?;
    let which = if kind.is_empty() { Which::All } else { Which::Kind(kind.clone()) };
    let rows = records::entries(&mut at, &which, before, ROWS).await?;
    let slug = caller.serving()?.slug.clone();
    let last = rows.last().filter(|_| i64::try_from(rows.len()) == Ok(ROWS)).map(|row| row.seq.to_string());
    let shell = Shell::of(&caller, Place::Timeline, "Timeline");
    let as_of = asking.text("as_of");
    let base = links::place(&slug, "timeline");
    let query = |last: &str| links::query([("before", last), ("kind", &kind), ("as_of", as_of)]);
    let next = last.map(|last| format!("{base}{}", query(&last)));
    let root = if at.is_newest() { crate::storage::versions::hex(&at.root().await?) } else { String::new() };
    let entries = super::views(&mut at, rows, &caller, &slug).await?;
    page::show(&JournalPage { shell, entries, size: at.tree_size(), root, next, base, kind, kinds: KINDS })
}

fn before(asking: &Asking) -> Answer<i64> {
    let text = asking.text("before");
    if text.is_empty() {
        Ok(i64::MAX)
    } else {
        text.parse().map_err(|_| Failure::field("before", text, "not a number"))
    }
}
