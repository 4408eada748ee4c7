//! Packages over the API: list, read, order, order once more, compare, download.
//!
//! Invariant: the same orders and the same checks as the pages.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

use super::model::{Package, Period};
use super::pages;
use crate::auth::Action;
use crate::ids::{Id as _, PackageId};
use crate::register::api;
use crate::storage::Kept;
use crate::web::extract::{Asking, Id, Sent};
use crate::web::{Answer, App, Caller, Failure, Routes, page};

/// Mounts the operations.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let (read, order) = (Action::ReadEvidence, Action::OrderPackage);
    routes
        .api(&Method::GET, "packages", read, "List evidence packages", list)
        .api(&Method::POST, "packages", order, "Order an evidence package", create)
        .api(&Method::GET, "packages/{id}", read, "Read a package with its progress", get)
        .api(&Method::POST, "packages/{id}/attempts", order, "Order a failed package once more", again)
        .api(&Method::GET, "packages/{id}/comparison", read, "Compare two sealed packages", compare)
        .api(&Method::GET, "engagements/{id}/readiness", read, "Read how ready an engagement is", pages::told)
        .api(&Method::GET, "packages/{id}/file", Action::DownloadPackage, "Download a sealed package", pages::download)
}

fn value(kept: &Kept<Package>) -> Value {
    json!({"id": kept.id, "version": kept.version, "package": kept.content})
}

async fn list(State(app): State<App>, caller: Caller) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let items: Vec<Value> = at.every::<Package>().await?.iter().map(value).collect();
    Ok(page::json(&json!({"items": items, "next": null, "total": items.len(), "total_exact": true})))
}

async fn get(State(app): State<App>, caller: Caller, Id(id): Id<PackageId>) -> Answer {
    shown(&app, &caller, id, StatusCode::OK).await
}

async fn shown(app: &App, caller: &Caller, id: PackageId, status: StatusCode) -> Answer {
    let mut at = caller.snapshot(app).await?;
    let kept = at.find::<Package>(id).await?.ok_or(Failure::NotFound)?;
    let organization = at.organization();
    let errand = at.platform().errand_of(organization, id.uuid()).await?;
    let mut told = value(&kept);
    told["progress"] = json!(errand.filter(|_| kept.state.is_under_way()).map(
        |errand| json!({"stage": errand.stage, "done": errand.steps_done, "of": errand.steps, "attempt": errand.attempts})
    ));
    Ok(page::json_as(status, &told))
}

/// The texts of a body: `period` as `FROM..TO` or `from` and `to`, `scope` as an array, the others as strings.
fn texts(mut body: serde_json::Map<String, Value>) -> Answer<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for name in ["engagement", "from", "to", "as_of", "reason", "period"] {
        let text = match body.remove(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text,
            Some(other) => return Err(Failure::field(name, &other.to_string(), "a string")),
        };
        found.insert(name.to_owned(), text);
    }
    let scope = match body.remove("scope") {
        None | Some(Value::Null) => String::new(),
        Some(Value::Array(parts)) if parts.iter().all(Value::is_string) => {
            crate::register::field::joined(parts.iter().filter_map(Value::as_str))
        }
        Some(other) => {
            return Err(Failure::field("scope", &other.to_string(), "an array of strings such as CIP-005-7 R1"));
        }
    };
    found.insert("scope".to_owned(), scope);
    if let Some((name, value)) = body.iter().next() {
        return Err(Failure::field(name, &value.to_string(), "not a field"));
    }
    let period = found.remove("period").unwrap_or_default();
    if !period.is_empty() {
        let Period { from, to } =
            Period::parse(&period).map_err(|problem| Failure::field("period", &period, problem))?;
        found.insert("from".to_owned(), from.to_string());
        found.insert("to".to_owned(), to.to_string());
    }
    Ok(found)
}

async fn create(State(app): State<App>, caller: Caller, headers: HeaderMap, Sent(body, _): Sent) -> Answer {
    let key = api::key(&headers)?;
    match pages::ordered(&app, &caller, &texts(body)?, key.as_deref()).await? {
        Ok(id) => shown(&app, &caller, id, StatusCode::CREATED).await,
        Err(draft) => Err(Failure::Invalid(draft.problems)),
    }
}

async fn again(State(app): State<App>, caller: Caller, Id(id): Id<PackageId>, Sent(mut body, _): Sent) -> Answer {
    let reason = match body.remove("reason") {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text,
        Some(other) => return Err(Failure::field("reason", &other.to_string(), "a string")),
    };
    if let Some((name, value)) = body.iter().next() {
        return Err(Failure::field(name, &value.to_string(), "not a field"));
    }
    let why =
        crate::register::field::line(&reason, 500).map_err(|problem| Failure::field("reason", &reason, problem))?;
    pages::retried(&app, &caller, id, &why).await?;
    shown(&app, &caller, id, StatusCode::OK).await
}

async fn compare(State(app): State<App>, caller: Caller, Id(id): Id<PackageId>, asking: Asking) -> Answer {
    let with = asking.text("with");
    let other = PackageId::parse(with).ok_or_else(|| Failure::field("with", with, "the id of a package"))?;
    let (same, found) = pages::compared(&app, &caller, (id, other)).await?;
    let part = |(id, before, after): &(String, String, String)| json!({"id": id, "before": before, "after": after});
    let paths = |files: &[(String, u64)]| files.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
    Ok(page::json(&json!({
        "same": same, "added": paths(&found.added), "removed": paths(&found.removed),
        "changed": found.changed.iter().map(|(path, _, _)| path).collect::<Vec<_>>(),
        "parts": found.parts.iter().map(part).collect::<Vec<_>>(),
    })))
}
