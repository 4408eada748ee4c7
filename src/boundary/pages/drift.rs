//! What drifted between two days: the policy record by record, the traffic service by service.
//!
//! Invariant: the state at the beginning of the first day against the end of the last, or now; a day that is none, or after
//! today, is refused with words.

use askama::Template;
use axum::body::Body;
use axum::extract::State;

use super::{Tab, tabs};
use crate::auth::Action;
use crate::boundary::drawing::{counted, grouped};
use crate::boundary::drift::{Changed, Drifted, compare, items, names, seen, sift};
use crate::checks::facts::Facts;
use crate::posture::{Memory, gathering};
use crate::register::pages::export::{Format, attached, note, small};
use crate::storage::AsOf;
use crate::vocabulary::{Date, Moment, TimeZone};
use crate::web::extract::Asking;
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

/// Days looked back over unless the address says otherwise.
const DAYS: i64 = 30;

/// The days compared, and what the record said before the first.
struct Span {
    from: Date,
    to: Date,
    begin: Moment,
    /// What was last seen before this was gone already when the first day began.
    since: Moment,
}

/// What drifted.
struct Drift {
    span: Span,
    /// The record began later than the first day.
    nothing_before: bool,
    policy: Vec<Changed>,
    traffic: Vec<Drifted>,
    zone: TimeZone,
}

fn day(asking: &Asking, name: &str, otherwise: Date) -> Answer<Date> {
    match asking.text(name) {
        "" => Ok(otherwise),
        text => Date::parse(text).map_err(|problem| Failure::field(name, text, problem)),
    }
}

fn span(caller: &Caller, asking: &Asking) -> Answer<Span> {
    let zone = caller.time_zone();
    let today = zone.day(caller.instant_shown());
    let to = day(asking, "to", today)?;
    let from = day(asking, "from", to.plus_days(-DAYS))?;
    if to > today {
        return Err(Failure::field("to", asking.text("to"), format!("{today} is the last day there is a record of")));
    }
    if from > to {
        return Err(Failure::field("from", asking.text("from"), format!("not after {to}, the last day")));
    }
    let begin = zone.first_of(from).plus_micros(-1);
    Ok(Span { from, to, begin, since: begin.plus_seconds(-86_400 * DAYS.max(to.days_since(from))) })
}

async fn facts(app: &App, caller: &Caller, moment: Moment) -> Answer<(Facts, bool)> {
    let mut at = app.store.snapshot(caller.serving()?.id, AsOf::At(moment)).await?;
    let empty = at.tree_size() == 0;
    Ok((gathering::whole(&mut at, moment).await?, empty))
}

async fn drifted(app: &App, caller: &Caller, asking: &Asking) -> Answer<Drift> {
    let span = span(caller, asking)?;
    let zone = caller.time_zone();
    let (before, nothing_before) = facts(app, caller, span.begin).await?;
    let end = zone.last_of(span.to);
    let compared = |after: &Facts| {
        let policy = compare(&items(&before), &items(after), &names(after), zone);
        (policy, sift(&seen(&before), &seen(after), (span.since, span.begin)))
    };
    let (policy, traffic) = if end >= caller.instant_shown() {
        let mut at = caller.snapshot(app).await?;
        compared(&app.shared::<Memory>().judged(&mut at, caller.instant_shown()).await?.facts)
    } else {
        compared(&facts(app, caller, end).await?.0)
    };
    Ok(Drift { span, nothing_before, policy, traffic, zone })
}

/// Traffic as a row.
struct TrafficRow {
    mark: &'static str,
    how: &'static str,
    words: String,
    verdict: String,
    before: String,
    permitted: bool,
    count: String,
    first: String,
    last: String,
}

#[derive(Template)]
#[template(path = "boundary/drift.html")]
struct DriftPage {
    shell: Shell,
    tabs: Vec<Tab>,
    base: String,
    from: String,
    to: String,
    as_of: String,
    query: String,
    nothing_before: bool,
    said: String,
    policy: Vec<Changed>,
    traffic: Vec<TrafficRow>,
    may_export: bool,
}

pub async fn drift(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let found = Box::pin(drifted(&app, &caller, &asking)).await?;
    let slug = &caller.serving()?.slug;
    let mut shell = Shell::of(&caller, Place::Boundary, "Drift of the boundary");
    let (from, to) = (found.span.from.to_string(), found.span.to.to_string());
    shell.now_href = format!("{}{}", links::place(slug, "boundary/drift"), links::query([("from", from.as_str())]));
    let as_of = asking.text("as_of").to_owned();
    page::show(&DriftPage {
        tabs: tabs(slug, &shell.query(), "boundary/drift"),
        base: links::place(slug, ""),
        query: links::query([("from", &*from), ("to", &*to), ("as_of", &*as_of)]),
        said: said(&found),
        nothing_before: found.nothing_before,
        traffic: found.traffic.iter().map(|one| row(one, found.zone)).collect(),
        policy: found.policy,
        may_export: caller.may(Action::ExportInventory),
        shell,
        from,
        to,
        as_of,
    })
}

fn said(found: &Drift) -> String {
    let records = counted(found.policy.len(), "record of the policy differs", "records of the policy differ");
    let unexpected = found.traffic.iter().filter(|one| !one.seen.permitted).count();
    let traffic = counted(found.traffic.len(), "change in the traffic", "changes in the traffic");
    format!("{records}; {traffic}, not permitted: {}.", grouped(unexpected as u64))
}

fn row(one: &Drifted, zone: TimeZone) -> TrafficRow {
    TrafficRow {
        mark: one.how.mark(),
        how: one.how.label(),
        words: one.seen.words.clone(),
        verdict: one.seen.verdict.clone(),
        before: one.before.clone(),
        permitted: one.seen.permitted,
        count: grouped(one.seen.count),
        first: zone.told(one.seen.first),
        last: zone.told(one.seen.last),
    }
}

const HEADER: &[&str] = &[
    "part",
    "change",
    "kind",
    "reference",
    "name",
    "field",
    "before",
    "after",
    "connections",
    "first_seen",
    "last_seen",
];

pub async fn csv(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let found = Box::pin(drifted(&app, &caller, &asking)).await?;
    note(&app, &caller, ("drift", "drift"), &asking).await?;
    let rows: Vec<Vec<String>> =
        found.policy.iter().flat_map(policy_rows).chain(found.traffic.iter().map(traffic_row)).collect();
    let instant = caller.instant_shown();
    let bytes = small(&app.data, ("Drift", HEADER), &rows, instant, Format::Csv).await?;
    Ok(attached("drift", instant, Format::Csv, Body::from(bytes)))
}

fn policy_rows(one: &Changed) -> Vec<Vec<String>> {
    let begun = ["policy", one.how.word(), one.kind, &one.reference, &one.title];
    let line = |field: &str, before: &str, after: &str| {
        begun.iter().copied().chain([field, before, after, "", "", ""]).map(str::to_owned).collect()
    };
    if one.differences.is_empty() {
        return vec![line("", "", "")];
    }
    one.differences.iter().map(|known| line(&known.label, &known.before, &known.after)).collect()
}

fn traffic_row(one: &Drifted) -> Vec<String> {
    let seen = &one.seen;
    let begun = ["traffic", one.how.word(), "crossing", "", &seen.words, "verdict", &one.before, &seen.verdict];
    let counted = [seen.count.to_string(), seen.first.rfc3339(), seen.last.rfc3339()];
    begun.into_iter().map(str::to_owned).chain(counted).collect()
}
