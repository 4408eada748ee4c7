//! Decisions about the boundary over the API, for people who signed in: no token approves.
//!
//! Invariant: a decision names the version it is based on and says why; the answer is the record as it stands after it.

use axum::extract::State;
use axum::http::{HeaderMap, Method, header};
use serde_json::{Map, Value, json};

use super::actions::{self, Beside, Refusal, Step};
use super::{Conduit, PermittedFlow};
use crate::auth::Action;
use crate::ids::{ConduitId, PermittedFlowId, ZoneId};
use crate::register::{Lookup, Register, api, field, listing, pages, shape};
use crate::storage::{Change, Kept};
use crate::web::extract::{Id, Sent};
use crate::web::{Answer, App, Caller, Failure, Routes, page};
use crate::zones::Zone;

/// Mounts the operations.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let (decide, post) = (Action::ApproveBoundary, &Method::POST);
    routes
        .api(post, "conduits/{id}/approval", decide, "Approve", approve)
        .api(post, "conduits/{id}/refusal", decide, "Refuse", |app, caller, id, headers, sent| {
            step(Step::Refuse, app, caller, id, headers, sent)
        })
        .api(post, "conduits/{id}/suspension", Action::EditInventory, "Suspend", |app, caller, id, headers, sent| {
            step(Step::Suspend, app, caller, id, headers, sent)
        })
        .api(post, "conduits/{id}/resumption", decide, "Resume", |app, caller, id, headers, sent| {
            step(Step::Resume, app, caller, id, headers, sent)
        })
        .api(post, "conduits/{id}/review", decide, "Review", |app, caller, id, headers, sent| {
            step(Step::Review, app, caller, id, headers, sent)
        })
        .api(post, "permitted_flows/{id}/approval", decide, "Approve", |app, caller, id, headers, sent| {
            decide_flow(true, app, caller, id, headers, sent)
        })
        .api(post, "permitted_flows/{id}/refusal", decide, "Refuse", |app, caller, id, headers, sent| {
            decide_flow(false, app, caller, id, headers, sent)
        })
        .api(post, "zones/{id}/approval", decide, "Approve", approve_zone)
}

/// The change, the record as it stands, and the reason that was sent; nothing else may be.
async fn opened<K: Register>(
    (app, caller, headers): (&App, &Caller, &HeaderMap),
    id: K::Id,
    mut body: Map<String, Value>,
) -> Answer<(Change, Kept<K>, String)> {
    let mut change = caller.change(app).await?;
    let kept = change.reading().await?.find::<K>(id).await?.ok_or(Failure::NotFound)?;
    api::based_on(headers, &kept)?;
    let reason = body.remove("reason").unwrap_or_default();
    let why = field::line(reason.as_str().unwrap_or_default(), 500);
    let why = why.map_err(|problem| Failure::field("reason", &reason.to_string(), problem))?;
    if why.is_empty() {
        return Err(Failure::field("reason", "", "missing; say why, for the history"));
    }
    match body.into_iter().next() {
        Some((name, value)) => Err(Failure::field(&name, &value.to_string(), "not a field")),
        None => Ok((change, kept, why)),
    }
}

/// The record after the decision, with what became of what was decided beside it.
async fn settled<K: Register>(
    (app, caller): (&App, &Caller),
    change: Change,
    id: K::Id,
    outcome: Result<Option<Vec<Beside>>, Refusal>,
) -> Answer {
    let beside = outcome.map_err(Failure::Conflict)?;
    change.commit().await?;
    let mut at = caller.snapshot(app).await?;
    let row = listing::find::<K>(&mut at, id).await?.ok_or(Failure::NotFound)?;
    let lookup = pages::lookup_for::<K>(app, &mut at, &[&row.kept.content]).await?;
    let mut value = shape::value(&row, &Lookup::clone(&lookup).on(caller.day()));
    if let Some(beside) = beside {
        let told =
            |one: &Beside| json!({"reference": one.reference, "approved": one.left.is_none(), "problem": one.left});
        value["permitted_flows"] = beside.iter().map(told).collect();
    }
    let mut answer = page::json(&value);
    answer.headers_mut().insert(header::ETAG, api::etag(row.kept.version));
    Ok(answer)
}

/// The permitted flows a body names to be approved beside the conduit, by reference or id.
fn named(body: &mut Map<String, Value>) -> Answer<Vec<String>> {
    match body.remove("permitted_flows") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(parts)) if parts.iter().all(Value::is_string) => {
            Ok(parts.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        }
        Some(other) => Err(Failure::field("permitted_flows", &other.to_string(), "an array of references")),
    }
}

async fn approve(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ConduitId>,
    headers: HeaderMap,
    Sent(mut body, _): Sent,
) -> Answer {
    let flows = named(&mut body)?;
    let (mut change, kept, why) = opened::<Conduit>((&app, &caller, &headers), id, body).await?;
    let outcome = actions::approve(&mut change, &kept, &flows, &why).await?;
    settled::<Conduit>((&app, &caller), change, id, outcome.map(Some)).await
}

async fn step(
    step: Step,
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ConduitId>,
    headers: HeaderMap,
    Sent(body, _): Sent,
) -> Answer {
    let (mut change, kept, why) = opened::<Conduit>((&app, &caller, &headers), id, body).await?;
    let outcome = actions::step(&mut change, &kept, step, &why).await?;
    settled::<Conduit>((&app, &caller), change, id, outcome.map(|()| None)).await
}

async fn decide_flow(
    granted: bool,
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<PermittedFlowId>,
    headers: HeaderMap,
    Sent(body, _): Sent,
) -> Answer {
    let (mut change, kept, why) = opened::<PermittedFlow>((&app, &caller, &headers), id, body).await?;
    let outcome = actions::decide(&mut change, &kept, granted, &why).await?;
    settled::<PermittedFlow>((&app, &caller), change, id, outcome.map(|()| None)).await
}

async fn approve_zone(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ZoneId>,
    headers: HeaderMap,
    Sent(body, _): Sent,
) -> Answer {
    let (mut change, kept, why) = opened::<Zone>((&app, &caller, &headers), id, body).await?;
    let outcome = actions::approve_zone(&mut change, &kept, &why).await?;
    settled::<Zone>((&app, &caller), change, id, outcome.map(|()| None)).await
}
