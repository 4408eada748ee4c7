//! Reviews over the API, for people who signed in: open, rows, decisions, signature. A token reads.
//!
//! Invariant: what changes the review itself names the version it is based on; a decision is an act of its own and names rows.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use serde_json::{Map, Value, json};

use super::actions::{self, Chosen};
use super::model::{Review, ReviewDecision, ReviewOutcome};
use super::pages::{read, refused};
use super::records::owed::{self, Owed};
use super::records::rows::{self, Told, Wanted};
use super::records::{self, discrepancies, standings};
use super::rules::Shown;
use crate::auth::Action;
use crate::ids::ReviewId;
use crate::register::{api, field};
use crate::storage::paging::Total;
use crate::storage::submissions;
use crate::storage::{Change, Kept, Snapshot};
use crate::web::extract::{Asking, Id, Sent};
use crate::web::{Answer, App, Caller, Failure, Routes, page};

/// Mounts the operations.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let (see, review) = (Action::ReadAccess, Action::ReviewAccess);
    let (get, post) = (&Method::GET, &Method::POST);
    api::mount_list::<Review>(routes)
        .api(post, "reviews", review, "Open, freezing the rows", create)
        .api(get, "reviews/owed", see, "List what should be opened", should_be_opened)
        .api(get, "reviews/{id}/rows", see, "List the rows with their decisions", list)
        .api(get, "reviews/{id}/discrepancies", see, "List what was to be changed or removed", open_or_closed)
        .api(get, "reviews/{id}/decisions", see, "List the acts of reviewers", acts)
        .api(post, "reviews/{id}/decisions", review, "Decide about rows", decide)
        .api(post, "reviews/{id}/completion", review, "Complete and sign", complete)
        .api(post, "reviews/{id}/abandonment", review, "Abandon", abandon)
}

async fn create(State(app): State<App>, caller: Caller, headers: HeaderMap, Sent(body, bytes): Sent) -> Answer {
    let key = api::key(&headers)?;
    let mut change = caller.change(&app).await?;
    let content = [b"reviews", &bytes[..]].concat();
    if let Some(id) = api::repeated(&mut change, key.as_deref(), &content).await? {
        return api::answered::<Review>(&app, &caller, &id).await;
    }
    let (texts, reason): (BTreeMap<String, String>, String) = api::texts::<Review>(body)?;
    let (review, drafted, _) = read(change.reading().await?, &texts, &reason).await?;
    if !drafted.is_good() {
        return Err(Failure::Invalid(drafted.problems));
    }
    let id = actions::open(&mut change, &review, &reason).await?.to_string();
    if let Some(key) = &key {
        submissions::keep(&mut change, key, &content, &id).await?;
    }
    change.commit().await?;
    api::answered::<Review>(&app, &caller, &id).await
}

/// What the clocks ask for and no open review looks at.
async fn should_be_opened(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    if let Some((name, value)) = asking.0.iter().find(|(name, _)| name.as_str() != "as_of") {
        return Err(Failure::field(name, value, "not a filter of this list"));
    }
    let mut at = caller.snapshot(&app).await?;
    let value = |one: &Owed| json!({"kind": one.kind, "state": one.state, "due_on": one.due, "systems": one.systems});
    let items: Vec<Value> = owed::owed(&mut at).await?.iter().map(value).collect();
    Ok(page::json(&json!({"items": items, "next": null, "total": items.len(), "total_exact": true})))
}

async fn found(at: &mut Snapshot, id: ReviewId) -> Answer<Kept<Review>> {
    at.find::<Review>(id).await?.ok_or(Failure::NotFound)
}

async fn list(State(app): State<App>, caller: Caller, Id(id): Id<ReviewId>, asking: Asking) -> Answer {
    let known = ["show", "q", "after", "limit", "as_of"];
    if let Some((name, value)) = asking.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        return Err(Failure::field(name, value, "not a filter of this list"));
    }
    let wanted = wanted(id, asking.text("show"), asking.text("q"))?;
    let after = asking.text("after");
    let wrong = || Failure::field("after", after, "not the number of a row");
    let after = if after.is_empty() { 0 } else { after.parse::<i64>().map_err(|_| wrong())? };
    let limit = asking.text("limit").parse().unwrap_or(100u32).clamp(1, 1_000);
    let mut at = caller.snapshot(&app).await?;
    found(&mut at, id).await?;
    let mut found = rows::page(&mut at, &wanted, after, limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let total = Total::counted(rows::count(&mut at, &wanted).await?);
    let acts = standings::acts(&mut at, found.iter().filter_map(|row| row.decided.map(|(_, id, _)| id))).await?;
    let note = |row: &Told| row.decided.and_then(|(_, id, _)| acts.get(&id)).map(|act| act.note.as_str());
    let items: Vec<Value> = found.iter().map(|row| row_value(row, note(row))).collect();
    let next = found.last().filter(|_| more).map(|row| row.n.to_string());
    Ok(page::json(&json!({"items": items, "next": next, "total": total.rows, "total_exact": total.exact})))
}

fn wanted(review: ReviewId, shown: &str, words: &str) -> Answer<Wanted> {
    let read = |text: &str| Shown::parse(text).map_err(|problem| Failure::field("show", text, problem));
    let shown = if shown.is_empty() { Shown::All } else { read(shown)? };
    if words.len() > 200 || words.contains('\0') {
        return Err(Failure::field("q", "", "too long, or it holds a NUL"));
    }
    Ok(Wanted { review, shown, words: words.trim().to_owned() })
}

fn row_value(row: &Told, note: Option<&str>) -> Value {
    let item = &row.item;
    json!({"row": row.n, "kind": item.kind, "id": item.of, "version": item.version, "reference": item.reference,
        "person": item.person, "holder": item.holder, "opens": item.reaches, "doubt": item.doubt,
        "decision": row.decided.map(|(outcome, ..)| outcome), "note": note,
        "decided_at": row.decided.map(|(_, _, at)| at.rfc3339()), "act": row.decided.map(|(_, id, _)| id)})
}

async fn open_or_closed(State(app): State<App>, caller: Caller, Id(id): Id<ReviewId>) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    found(&mut at, id).await?;
    let each = discrepancies::of_review(&mut at, id).await?;
    let value = |one: &super::model::Discrepancy| {
        json!({"row": one.n, "kind": one.kind, "id": one.of, "reference": one.reference, "person": one.person,
            "holder": one.holder, "opens": one.reaches, "decision": one.outcome, "note": one.note,
            "decided_at": one.decided_at.rfc3339(), "closed_at": one.closed_at.map(crate::vocabulary::Moment::rfc3339)})
    };
    let items: Vec<Value> = each.iter().map(value).collect();
    Ok(page::json(&json!({"items": items, "next": null, "total": items.len(), "total_exact": true})))
}

async fn acts(State(app): State<App>, caller: Caller, Id(id): Id<ReviewId>) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    found(&mut at, id).await?;
    let value = |kept: &Kept<ReviewDecision>| {
        json!({"id": kept.id, "recorded_from": kept.recorded_from.rfc3339(), "recorded_by": kept.recorded_by,
            "outcome": kept.outcome, "note": kept.note, "rows": kept.rows})
    };
    let items: Vec<Value> = records::decisions(&mut at, id).await?.iter().map(value).collect();
    Ok(page::json(&json!({"items": items, "next": null, "total": items.len(), "total_exact": true})))
}

/// A text of a body; what is not a text is refused.
fn text(body: &mut Map<String, Value>, name: &str) -> Answer<String> {
    match body.remove(name) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => field::line(&text, 500).map_err(|problem| Failure::field(name, &text, problem)),
        Some(other) => Err(Failure::field(name, &other.to_string(), "a string")),
    }
}

fn nothing_else(body: Map<String, Value>) -> Answer<()> {
    match body.into_iter().next() {
        Some((name, value)) => Err(Failure::field(&name, &value.to_string(), "not a field")),
        None => Ok(()),
    }
}

/// The rows a body names: an array of numbers, or which ones fit.
fn chosen(body: &mut Map<String, Value>, id: ReviewId) -> Answer<Chosen> {
    let numbers = body.remove("rows");
    let (shown, words) = (text(body, "show")?, text(body, "q")?);
    match numbers {
        Some(Value::Array(numbers)) if shown.is_empty() && words.is_empty() => {
            let rows: Option<Vec<i64>> = numbers.iter().map(Value::as_i64).collect();
            let wrong = || Failure::field("rows", &Value::from(numbers.clone()).to_string(), "an array of row numbers");
            Ok(Chosen::Rows(rows.ok_or_else(wrong)?))
        }
        None | Some(Value::Null) if !shown.is_empty() => {
            let wanted = wanted(id, &shown, &words)?;
            Ok(Chosen::Fitting { shown: wanted.shown, words: wanted.words })
        }
        _ => Err(Failure::field("rows", "", "an array of row numbers, or instead of it show, with q where wanted")),
    }
}

async fn decide(State(app): State<App>, caller: Caller, Id(id): Id<ReviewId>, Sent(mut body, _): Sent) -> Answer {
    let (chosen, note, word) = (chosen(&mut body, id)?, text(&mut body, "note")?, text(&mut body, "outcome")?);
    let outcome = ReviewOutcome::parse(&word).map_err(|problem| Failure::field("outcome", &word, problem))?;
    nothing_else(body)?;
    let mut change = caller.change(&app).await?;
    let kept = found(change.reading().await?, id).await?;
    let decided = actions::decide(&mut change, &kept, &chosen, outcome, &note).await?.map_err(refused)?;
    change.commit().await?;
    let counts = decided.counts;
    let answer = json!({"id": decided.id, "decided": decided.rows, "left_as_own": decided.left,
        "population": kept.population, "keep": counts.keep, "change": counts.change, "remove": counts.remove,
        "undecided": kept.population - counts.decided()});
    Ok(page::json_as(StatusCode::CREATED, &answer))
}

/// The change, the review as it stands, and the reason that was sent; nothing else may be.
async fn opened(
    (app, caller, headers): (&App, &Caller, &HeaderMap),
    id: ReviewId,
    mut body: Map<String, Value>,
) -> Answer<(Change, Kept<Review>, String)> {
    let mut change = caller.change(app).await?;
    let kept = found(change.reading().await?, id).await?;
    api::based_on(headers, &kept)?;
    let why = text(&mut body, "reason")?;
    nothing_else(body)?;
    Ok((change, kept, why))
}

async fn complete(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ReviewId>,
    headers: HeaderMap,
    Sent(body, _): Sent,
) -> Answer {
    let (mut change, kept, why) = opened((&app, &caller, &headers), id, body).await?;
    actions::complete(&mut change, &kept, &why).await?.map_err(refused)?;
    change.commit().await?;
    api::get::<Review>(State(app), caller, Id(id)).await
}

async fn abandon(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ReviewId>,
    headers: HeaderMap,
    Sent(body, _): Sent,
) -> Answer {
    let (mut change, kept, why) = opened((&app, &caller, &headers), id, body).await?;
    actions::abandon(&mut change, &kept, &why).await?.map_err(refused)?;
    change.commit().await?;
    api::get::<Review>(State(app), caller, Id(id)).await
}
