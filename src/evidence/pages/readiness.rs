//! How ready an engagement is: every part in scope, what it lacks, whose that is, and where to mend it.
//!
//! Invariant: the numbers are those of a package's own limits; a filter hides rows, never numbers.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use serde_json::{Value, json};

use crate::checks::Status;
use crate::engagements::Engagement;
use crate::evidence::readiness::{Lack, Numbers, State as How};
use crate::evidence::readying::{Measured, PartReady, Ready};
use crate::ids::EngagementId;
use crate::storage::Kept;
use crate::vocabulary::Date;
use crate::vocabulary::fold::fits;
use crate::web::extract::{Asking, Id};
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

const NAMES: [&str; 6] = ["state", "owner", "standard", "q", "as_of", "done"];

/// Something a part lacks, with where it is mended.
struct LackView {
    what: String,
    whose: String,
    told: &'static str,
    /// None while looking at the past.
    href: Option<String>,
}

struct Row {
    href: String,
    id: &'static str,
    title: &'static str,
    span: String,
    state: How,
    mark: &'static str,
    status: Status,
    because: String,
    files: usize,
    lacks: Vec<LackView>,
}

/// A number that leads to its rows: words, count, class, address, chosen.
struct Figure {
    label: &'static str,
    count: usize,
    class: &'static str,
    href: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "evidence/readiness.html")]
struct ReadinessPage {
    shell: Shell,
    href: String,
    engagement_href: String,
    order_href: Option<String>,
    engagement: Engagement,
    numbers: Numbers,
    problem: String,
    days: String,
    due: Option<(&'static str, Date, i64)>,
    figures: Vec<Figure>,
    standards: Vec<(String, bool)>,
    owners: Vec<(String, bool)>,
    q: String,
    rows: Vec<Row>,
    active: usize,
}

/// The class of a state: shape and color beside its word.
fn mark(state: How) -> &'static str {
    match state {
        How::Ready => "no_failing_record",
        How::Indeterminate => "indeterminate",
        How::Stale => "due_soon",
        How::Missing => "failing",
    }
}

async fn measured(app: &App, caller: &Caller, id: EngagementId) -> Answer<(Kept<Engagement>, Arc<Ready>)> {
    let mut at = caller.snapshot(app).await?;
    let kept = at.find::<Engagement>(id).await?.ok_or(Failure::NotFound)?;
    let ready = app.shared::<Measured>().ready(&app.store, &mut at, &kept).await?;
    Ok((kept, ready))
}

pub async fn readiness(State(app): State<App>, caller: Caller, Id(id): Id<EngagementId>, asking: Asking) -> Answer {
    if let Some((name, value)) = asking.0.iter().find(|(name, _)| !NAMES.contains(&name.as_str())) {
        return Err(Failure::field(name, value, "not a filter of this page"));
    }
    let (kept, ready) = measured(&app, &caller, id).await?;
    page::show(&page_of(&caller, &kept, &ready, &asking)?)
}

fn whose(lack: &Lack) -> &str {
    if lack.whose.is_empty() { "nobody" } else { &lack.whose }
}

fn shows(asking: &Asking, part: &PartReady) -> bool {
    let is = |name: &str, text: &str| asking.text(name).is_empty() || asking.text(name) == text;
    let owner = asking.text("owner");
    let owned = owner.is_empty() || part.readiness.lacks.iter().any(|lack| whose(lack) == owner);
    let lacks: Vec<&str> = part.readiness.lacks.iter().map(|lack| lack.what.as_str()).collect();
    is("state", part.readiness.state.word())
        && is("standard", &part.part.standard)
        && owned
        && fits(asking.text("q"), &[&part.part.id, &part.part.title, &lacks.join(" ")])
}

fn page_of(caller: &Caller, kept: &Kept<Engagement>, ready: &Ready, asking: &Asking) -> Answer<ReadinessPage> {
    let mut shell = Shell::of(caller, Place::Evidence, format!("Readiness of {}", kept.reference));
    let (slug, query) = (caller.serving()?.slug.clone(), shell.query());
    let engagement_href = links::record(&slug, "engagements", kept.id);
    let href = format!("{engagement_href}/readiness");
    shell.now_href.clone_from(&href);
    let today = caller.day();
    let chosen = |name: &str, all: BTreeSet<String>| -> Vec<(String, bool)> {
        all.into_iter().map(|one| (one.clone(), one == asking.text(name))).collect()
    };
    let lacks = || ready.parts.iter().flat_map(|part| &part.readiness.lacks);
    let order =
        format!("{}/new{}", links::place(&slug, "packages"), links::query([("engagement", kept.reference.as_str())]));
    Ok(ReadinessPage {
        order_href: caller.may_now(crate::auth::Action::OrderPackage).then_some(order),
        engagement_href: format!("{engagement_href}{query}"),
        due: kept.next_due(today).map(|(what, on)| (what, on, on.days_since(today))),
        figures: figures(ready.numbers, &href, asking),
        standards: chosen("standard", ready.parts.iter().map(|part| part.part.standard.clone()).collect()),
        owners: chosen("owner", lacks().map(|lack| whose(lack).to_owned()).collect()),
        rows: rows(&slug, &query, ready, asking),
        active: ["state", "owner", "standard", "q"].iter().filter(|name| !asking.text(name).is_empty()).count(),
        q: asking.text("q").to_owned(),
        days: ready.days.to_string(),
        numbers: ready.numbers,
        problem: ready.problem.clone(),
        engagement: kept.content.clone(),
        href,
        shell,
    })
}

fn figures(numbers: Numbers, href: &str, asking: &Asking) -> Vec<Figure> {
    let figure = |state: How, count: usize, class: &'static str| {
        let chosen = asking.text("state") == state.word();
        let wanted = if chosen { "" } else { state.word() };
        let kept = ["owner", "standard", "q", "as_of"].map(|name| (name, asking.text(name)));
        let asked = links::query(kept.into_iter().chain([("state", wanted)]));
        Figure { label: state.label(), count, class, href: format!("{href}{asked}#parts"), chosen }
    };
    vec![
        figure(How::Missing, numbers.missing, "fail"),
        figure(How::Indeterminate, numbers.indeterminate, ""),
        figure(How::Stale, numbers.stale, "soon"),
        figure(How::Ready, numbers.ready, ""),
    ]
}

fn rows(slug: &str, query: &str, ready: &Ready, asking: &Asking) -> Vec<Row> {
    let now = query.is_empty();
    let row = |part: &PartReady| {
        let id = part.part.id.as_str();
        let lack = |lack: &Lack| LackView {
            what: lack.what.clone(),
            whose: lack.whose.clone(),
            told: lack.mend.told(),
            href: now.then(|| lack.mend.link(slug, id)),
        };
        Row {
            href: format!("{}{query}", links::requirement(slug, id)),
            id,
            title: &part.part.title,
            span: if part.span == ready.days { String::new() } else { part.span.to_string() },
            state: part.readiness.state,
            mark: mark(part.readiness.state),
            status: part.status,
            because: part.because.clone(),
            files: part.files,
            lacks: part.readiness.lacks.iter().map(lack).collect(),
        }
    };
    ready.parts.iter().filter(|part| shows(asking, part)).map(row).collect()
}

/// The same over the API.
pub async fn told(State(app): State<App>, caller: Caller, Id(id): Id<EngagementId>) -> Answer {
    let (_, ready) = measured(&app, &caller, id).await?;
    let slug = &caller.serving()?.slug;
    let lack = |part: &PartReady, lack: &Lack| json!({"state": lack.state.word(), "what": lack.what, "whose": lack.whose, "mend": lack.mend.told(), "address": lack.mend.link(slug, &part.part.id)});
    let part = |one: &PartReady| -> Value {
        let lacks: Vec<Value> = one.readiness.lacks.iter().map(|known| lack(one, known)).collect();
        json!({"id": one.part.id, "standard": one.part.standard, "state": one.readiness.state.word(), "status": one.status.word(), "because": one.because, "files": one.files, "lacks": lacks})
    };
    let Numbers { ready: whole, indeterminate, missing, stale } = ready.numbers;
    Ok(page::json(&json!({
        "days": ready.days, "problem": ready.problem,
        "numbers": {"ready": whole, "indeterminate": indeterminate, "missing": missing, "stale": stale},
        "parts": ready.parts.iter().map(part).collect::<Vec<_>>(),
    })))
}
