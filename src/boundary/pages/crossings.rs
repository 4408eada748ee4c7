//! Crossings as a list: what flows between zones, folded, the unexpected first and the gravest of it on top.
//!
//! Invariant: the address says everything about what is shown; a filter that makes no sense is refused.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use serde_json::{Value, json};

use super::{Tab, tabs};
use crate::auth::Action;
use crate::boundary::looked::{Looked, gravity_word};
use crate::conduits::judging::Call;
use crate::flows::crossings::Crossing;
use crate::posture::{Judged, Memory};
use crate::register::pages::export::{Format, attached, note, small};
use crate::vocabulary::TimeZone;
use crate::web::extract::Asking;
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

/// Crossings on one page.
const PAGE: usize = 100;

/// A crossing as a row.
pub struct CrossingRow {
    pub href: String,
    pub words: String,
    pub call: &'static str,
    /// Class of its status.
    pub mark: &'static str,
    pub gravity: &'static str,
    pub unexpected: bool,
    pub count: i64,
    pub flows: usize,
    pub reached: &'static str,
    pub first: String,
    pub last: String,
    pub because: String,
}

#[derive(Template)]
#[template(path = "boundary/crossings.html")]
struct CrossingsPage {
    shell: Shell,
    tabs: Vec<Tab>,
    base: String,
    looked: Looked,
    rows: Vec<CrossingRow>,
    found: usize,
    unexpected: usize,
    reset: Option<String>,
    next: Option<String>,
    query: String,
    as_of: String,
    may_export: bool,
}

/// The class of the status a verdict is shown with.
pub fn mark(call: Call) -> &'static str {
    match call {
        Call::Permitted | Call::WithinZone => "no_failing_record",
        Call::NotEvaluable => "indeterminate",
        _ => "failing",
    }
}

pub fn row(one: &Crossing, zone: TimeZone, (slug, query): (&str, &str)) -> CrossingRow {
    CrossingRow {
        href: format!("{}{query}", links::record(slug, "crossings", one.id)),
        words: one.words(),
        call: one.call.label(),
        mark: mark(one.call),
        gravity: gravity_word(one.gravity),
        unexpected: one.call.is_unexpected(),
        count: one.count,
        flows: one.flows,
        reached: one.reached.label(),
        first: zone.date(one.first),
        last: zone.date(one.last),
        because: one.because.clone(),
    }
}

async fn judged(app: &App, caller: &Caller) -> Answer<std::sync::Arc<Judged>> {
    let mut at = caller.snapshot(app).await?;
    Ok(app.shared::<Memory>().judged(&mut at, caller.instant_shown()).await?)
}

/// The place in the list an address asks for.
fn after(asking: &Asking) -> Answer<usize> {
    let text = asking.text("after");
    if text.is_empty() {
        Ok(0)
    } else {
        text.parse().map_err(|_| Failure::field("after", text, "not a place in this list"))
    }
}

pub async fn list(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let judged = judged(&app, &caller).await?;
    let looked = Looked::at(&asking)?;
    page::show(&list_of(&caller, &asking, looked, &judged)?)
}

fn list_of(caller: &Caller, asking: &Asking, looked: Looked, judged: &Judged) -> Answer<CrossingsPage> {
    let found = looked.found(&judged.facts);
    let (slug, from) = (&caller.serving()?.slug, after(asking)?);
    let mut shell = Shell::of(caller, Place::Boundary, "Crossings");
    let base = links::place(slug, "crossings");
    shell.now_href = format!("{base}{}", looked.query(&[]));
    let (as_of, instant) = (shell.query(), asking.text("as_of"));
    let more = (found.len() > from + PAGE).then(|| (from + PAGE).to_string());
    Ok(CrossingsPage {
        tabs: tabs(slug, &as_of, "crossings"),
        rows: found.iter().skip(from).take(PAGE).map(|one| row(one, caller.time_zone(), (slug, &as_of))).collect(),
        found: found.len(),
        unexpected: found.iter().filter(|one| one.call.is_unexpected()).count(),
        reset: looked.narrowed().then(|| format!("{base}{as_of}")),
        next: more.map(|after| format!("{base}{}", looked.query(&[("after", &after), ("as_of", instant)]))),
        query: looked.query(&[("as_of", instant)]),
        base,
        looked,
        as_of: instant.to_owned(),
        may_export: caller.may(Action::ExportInventory),
        shell,
    })
}

const HEADER: &[&str] = &[
    "from",
    "to",
    "service",
    "verdict",
    "severity",
    "reached",
    "connections",
    "flows",
    "first_seen",
    "last_seen",
    "because",
];

pub async fn csv(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let looked = Looked::at(&asking)?;
    note(&app, &caller, ("crossing", "crossings"), &asking).await?;
    let judged = judged(&app, &caller).await?;
    let rows: Vec<Vec<String>> = looked.found(&judged.facts).into_iter().map(cells).collect();
    let instant = caller.instant_shown();
    let bytes = small(&app.data, ("Crossings", HEADER), &rows, instant, Format::Csv).await?;
    Ok(attached("crossings", instant, Format::Csv, Body::from(bytes)))
}

fn cells(one: &Crossing) -> Vec<String> {
    vec![
        one.from_words.clone(),
        one.to_words.clone(),
        one.service.clone(),
        one.call.word().to_owned(),
        gravity_word(one.gravity).to_owned(),
        one.reached.word().to_owned(),
        one.count.to_string(),
        one.flows.to_string(),
        one.first.rfc3339(),
        one.last.rfc3339(),
        one.because.clone(),
    ]
}

/// Crossings over the API.
pub async fn api(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let judged = judged(&app, &caller).await?;
    let found = Looked::at(&asking)?.found(&judged.facts);
    let from = after(&asking)?;
    let limit = asking.text("limit").parse().unwrap_or(PAGE).clamp(1, 200);
    let items: Vec<Value> = found.iter().skip(from).take(limit).map(|one| told(one)).collect();
    let next = (found.len() > from + limit).then(|| (from + limit).to_string());
    Ok(page::json(&json!({"items": items, "next": next, "total": found.len(), "total_exact": true})))
}

/// A crossing as programs read it.
pub fn told(one: &Crossing) -> Value {
    json!({"id": one.id, "from": one.from_words, "to": one.to_words, "service": one.service, "verdict": one.call.word(),
        "severity": gravity_word(one.gravity), "reached": one.reached.word(), "connections": one.count, "flows": one.flows,
        "first_seen": one.first.rfc3339(), "last_seen": one.last.rfc3339(), "because": one.because,
        "permitted_flow": one.permit, "assets": one.assets})
}
