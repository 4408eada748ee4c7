//! Findings and their log over the API.
//!
//! Invariant: a program may open, edit and log; it never verifies, attests or accepts.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use serde_json::{Map, Value, json};

use super::model::RemediationEntry;
use super::pages::{read, who};
use super::remediating::{self, Unlogged};
use super::{Finding, actions, records};
use crate::auth::Action;
use crate::ids::{FindingId, Id as _, RemediationEntryId};
use crate::register::{Draft, api, field};
use crate::storage::Kept;
use crate::storage::paging::position;
use crate::storage::submissions;
use crate::web::extract::{Asking, Id, Sent};
use crate::web::{Answer, App, Caller, Failure, Routes, page};

/// Mounts the operations.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let (see, work) = (Action::ReadFindings, Action::WorkFindings);
    let routes = routes
        .api(&Method::POST, "findings", work, "Open", create)
        .api(&Method::GET, "remediation_entries", see, "List, the newest first or of one finding", list)
        .api(&Method::POST, "remediation_entries", work, "Log what was done about a finding", log)
        .api(&Method::GET, "remediation_entries/{id}", see, "Read", get);
    api::mount_list::<Finding>(routes)
}

async fn create(State(app): State<App>, caller: Caller, headers: HeaderMap, Sent(mut body, bytes): Sent) -> Answer {
    let key = api::key(&headers)?;
    let mut change = caller.change(&app).await?;
    let content = [b"findings", &bytes[..]].concat();
    if let Some(id) = api::repeated(&mut change, key.as_deref(), &content).await? {
        return api::answered::<Finding>(&app, &caller, &id).await;
    }
    let touched = texts_of(&mut body, "touched")?;
    let (mut texts, reason) = api::texts::<Finding>(body)?;
    texts.insert("touched".to_owned(), touched);
    let (finding, touched, drafted, _) = read(change.reading().await?, &texts, &reason).await?;
    if !drafted.is_good() {
        return Err(Failure::Invalid(drafted.problems));
    }
    let id = actions::open(&mut change, finding, touched, caller.day(), &reason).await?.to_string();
    if let Some(key) = &key {
        submissions::keep(&mut change, key, &content, &id).await?;
    }
    change.commit().await?;
    api::answered::<Finding>(&app, &caller, &id).await
}

/// An array of strings as one text.
fn texts_of(body: &mut Map<String, Value>, name: &str) -> Answer<String> {
    match body.remove(name) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::Array(parts)) if parts.iter().all(Value::is_string) => {
            Ok(field::joined(parts.iter().filter_map(Value::as_str)))
        }
        Some(other) => Err(Failure::field(name, &other.to_string(), "an array of strings such as asset:7-PR-01")),
    }
}

fn value(kept: &Kept<RemediationEntry>) -> Value {
    json!({"id": kept.id, "version": kept.version, "recorded_from": kept.recorded_from.rfc3339(),
        "recorded_by": kept.recorded_by, "finding": kept.finding, "done": kept.done, "place": kept.place,
        "at": kept.at.rfc3339(), "by": kept.name, "minutes": kept.minutes, "finished": kept.finished,
        "evidence": kept.evidence, "records": kept.records})
}

async fn list(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let known = ["finding", "limit", "after", "as_of"];
    if let Some((name, value)) = asking.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        return Err(Failure::field(name, value, "not a filter of this list"));
    }
    let (asked, after) = (asking.text("finding"), asking.text("after"));
    let not_one = || Failure::field("finding", asked, "not the id of a finding");
    let finding = if asked.is_empty() { None } else { Some(FindingId::parse(asked).ok_or_else(not_one)?) };
    let way = records::entries_way(finding);
    let read = |after| position(after, records::ENTRIES_SORT, way).map_err(|said| Failure::field("after", after, said));
    let after = Some(after).filter(|after| !after.is_empty()).map(read).transpose()?;
    let limit = asking.text("limit").parse().unwrap_or(50u32).clamp(1, 200);
    let mut at = caller.snapshot(&app).await?;
    let found = records::entries(&mut at, finding, after, limit).await?;
    let items: Vec<Value> = found.rows.iter().map(value).collect();
    let (total, exact) = (found.total.rows, found.total.exact);
    Ok(page::json(&json!({"items": items, "next": found.next, "total": total, "total_exact": exact})))
}

async fn get(State(app): State<App>, caller: Caller, Id(id): Id<RemediationEntryId>) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let kept = at.find::<RemediationEntry>(id).await?.ok_or(Failure::NotFound)?;
    Ok(page::json(&value(&kept)))
}

/// The texts of an entry's body, as its form would say them.
fn texts(mut body: Map<String, Value>) -> Answer<(String, BTreeMap<String, String>)> {
    let mut drafted = Draft::default();
    let finding = body.remove("finding").and_then(|id| id.as_str().map(str::to_owned)).unwrap_or_default();
    let mut texts = BTreeMap::new();
    for (name, value) in body {
        let text = match (name.as_str(), &value) {
            (_, Value::Null) => continue,
            ("done" | "place" | "on" | "clock", Value::String(text)) => text.clone(),
            ("minutes", Value::Number(number)) => number.to_string(),
            ("finished", Value::Bool(flag)) => if *flag { "yes" } else { "no" }.to_owned(),
            _ => {
                drafted.refuse(&name, &value.to_string(), "not a field, or not of its type");
                continue;
            }
        };
        texts.insert(name, text);
    }
    if drafted.is_good() { Ok((finding, texts)) } else { Err(Failure::Invalid(drafted.problems)) }
}

async fn log(State(app): State<App>, caller: Caller, headers: HeaderMap, Sent(body, bytes): Sent) -> Answer {
    let key = api::key(&headers)?;
    let mut change = caller.change(&app).await?;
    let content = [b"remediation_entries", &bytes[..]].concat();
    if let Some(id) = api::repeated(&mut change, key.as_deref(), &content).await? {
        return answered(&app, &caller, &id).await;
    }
    let (finding, texts) = texts(body)?;
    let known = FindingId::parse(&finding);
    let id = known.ok_or_else(|| Failure::field("finding", &finding, "missing, or not the id of a finding"))?;
    let kept = change.reading().await?.find::<Finding>(id).await?.ok_or(Failure::NotFound)?;
    let id = entered(&mut change, &caller, &kept, &texts).await?.to_string();
    if let Some(key) = &key {
        submissions::keep(&mut change, key, &content, &id).await?;
    }
    change.commit().await?;
    answered(&app, &caller, &id).await
}

async fn entered(
    change: &mut crate::storage::Change,
    caller: &Caller,
    kept: &Kept<Finding>,
    texts: &BTreeMap<String, String>,
) -> Answer<RemediationEntryId> {
    let mut drafted = Draft::default();
    let entry = super::pages::entry(caller, kept.id, texts, &mut drafted);
    let Some(entry) = entry.filter(|_| drafted.is_good()) else { return Err(Failure::Invalid(drafted.problems)) };
    match remediating::log(change, kept, entry, &BTreeMap::new(), &who(caller)).await? {
        Ok(id) => Ok(id),
        Err(Unlogged::Refused(refusal)) => Err(Failure::Conflict(refusal.problem)),
        Err(Unlogged::Invalid(_, problems)) => Err(Failure::Invalid(problems)),
        Err(Unlogged::Missing(_)) => Err(Failure::NotFound),
    }
}

async fn answered(app: &App, caller: &Caller, id: &str) -> Answer {
    let id = RemediationEntryId::parse(id).ok_or(Failure::NotFound)?;
    let mut answer = get(State(app.clone()), caller.clone(), Id(id)).await?;
    *answer.status_mut() = StatusCode::CREATED;
    Ok(answer)
}
