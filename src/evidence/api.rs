//! Packages over the API: list, order, download.
//!
//! Invariant: the same building and the same checks as the pages.

use axum::extract::State;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::model::{Package, Period};
use super::ordering::{self, Wanted};
use super::{Scope, pages};
use crate::auth::Action;
use crate::storage::AsOf;
use crate::vocabulary::Moment;
use crate::web::extract::Sent;
use crate::web::{Answer, App, Caller, Failure, Routes, page};

/// Mounts the operations.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    routes
        .api(&Method::GET, "packages", Action::ReadEvidence, "List evidence packages", list)
        .api(&Method::POST, "packages", Action::OrderPackage, "Order an evidence package", order)
        .api(&Method::GET, "packages/{id}/file", Action::DownloadPackage, "Download a sealed package", pages::download)
}

async fn list(State(app): State<App>, caller: Caller) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let kept = at.every::<Package>().await?;
    let items: Vec<Value> =
        kept.iter().map(|kept| json!({"id": kept.id, "version": kept.version, "package": kept.content})).collect();
    Ok(page::json(&json!({"items": items, "next": null, "total": items.len(), "total_exact": true})))
}

async fn order(State(app): State<App>, caller: Caller, Sent(mut body, _): Sent) -> Answer {
    let mut text = |name: &str| -> Answer<String> {
        match body.remove(name) {
            None | Some(Value::Null) => Ok(String::new()),
            Some(Value::String(text)) => Ok(text),
            Some(other) => Err(Failure::field(name, &other.to_string(), "a string")),
        }
    };
    let (period, as_of, reason) = (text("period")?, text("as_of")?, text("reason")?);
    if let Some((name, value)) = body.iter().next() {
        return Err(Failure::field(name, &value.to_string(), "not a field"));
    }
    let parsed = Period::parse(&period).map_err(|problem| Failure::field("period", &period, problem))?;
    let as_of = match (as_of.as_str(), Moment::parse(&as_of)) {
        ("", _) => AsOf::Now,
        (_, Some(moment)) => AsOf::At(moment),
        (_, None) => return Err(Failure::field("as_of", &as_of, "not an instant; write 2026-03-31T17:00:00Z")),
    };
    let wanted = Wanted { organization: caller.serving()?.id, scope: Scope::everything(), period: parsed, as_of };
    let done = ordering::at_once(pages::means(&app), wanted, caller.author(), &reason).await.map_err(pages::failed)?;
    Ok(page::json_as(StatusCode::CREATED, &json!({"id": done.id, "package": done.package})))
}
