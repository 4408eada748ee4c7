//! Grants over the API beside the register: decisions, and what the rules say.
//!
//! Invariant: a decision names the version it is based on and says why; the answer is the grant as it stands after it. A moment
//! is written with its offset.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use serde_json::{Map, Value, json};

use crate::ids::GrantId;
use crate::register::{Lookup, api, field, listing, pages, shape};
use crate::remote_access::actions;
use crate::remote_access::model::Grant;
use crate::remote_access::rules::{self, Finding, Placed, Target};
use crate::remote_access::steps::Deciding;
use crate::remote_access::surroundings;
use crate::web::extract::{Id, Sent};
use crate::web::{Answer, App, Caller, Failure, page};

/// The texts of a body, all of them strings.
fn texts(body: Map<String, Value>) -> Answer<BTreeMap<String, String>> {
    let text = |(name, value): (String, Value)| match value {
        Value::String(text) => Ok((name, text)),
        other => Err(Failure::field(&name, &other.to_string(), "a string")),
    };
    body.into_iter().map(text).collect()
}

pub async fn decide(
    which: Deciding,
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<GrantId>,
    headers: HeaderMap,
    Sent(body, _): Sent,
) -> Answer {
    let mut change = caller.change(&app).await?;
    let kept = change.reading().await?.find::<Grant>(id).await?.ok_or(Failure::NotFound)?;
    api::based_on(&headers, &kept)?;
    let mut sent = texts(body)?;
    let why = why(&mut sent)?;
    let step = which.read(&mut sent, None).map_err(|problem| Failure::Invalid(vec![problem]))?;
    if let Some((name, value)) = sent.into_iter().next() {
        return Err(Failure::field(&name, &value, "not a field"));
    }
    actions::take(&mut change, &kept, &step, &why).await?.map_err(super::deciding::failure)?;
    change.commit().await?;
    shown(&app, &caller, id).await
}

fn why(sent: &mut BTreeMap<String, String>) -> Answer<String> {
    let reason = sent.remove("reason").unwrap_or_default();
    let why = field::line(&reason, 500).map_err(|problem| Failure::field("reason", &reason, problem))?;
    if why.is_empty() { Err(Failure::field("reason", "", "missing; say why, for the history")) } else { Ok(why) }
}

/// The grant as it stands.
async fn shown(app: &App, caller: &Caller, id: GrantId) -> Answer {
    let mut at = caller.snapshot(app).await?;
    let row = listing::find::<Grant>(&mut at, id).await?.ok_or(Failure::NotFound)?;
    let lookup = pages::lookup_for::<Grant>(app, &mut at, &[&row.kept.content]).await?;
    let lookup = Lookup::clone(&lookup).on(caller.day()).at(caller.instant_shown());
    let mut answer = page::json(&shape::value(&row, &lookup));
    answer.headers_mut().insert(header::ETAG, api::etag(row.kept.version));
    Ok(answer)
}

/// What the rules say of a grant as it stands, and what it reaches.
pub async fn examination(State(app): State<App>, caller: Caller, Id(id): Id<GrantId>) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let kept = at.find::<Grant>(id).await?.ok_or(Failure::NotFound)?;
    let gathered = surroundings::gather(&mut at, &[&kept.content]).await?;
    let around = gathered.around(Some(id), &kept.content, false);
    let findings: Vec<Value> = rules::examine(&kept.content, &around).iter().map(found).collect();
    let targets: Vec<Value> = around.targets.iter().map(target).collect();
    Ok(page::json(&json!({"id": id.to_string(), "version": kept.version, "findings": findings, "targets": targets})))
}

fn found(one: &Finding) -> Value {
    json!({"field": one.field, "severity": one.severity.word(), "value": one.value, "says": one.says,
        "citation": one.citation})
}

fn target(target: &Target) -> Value {
    let zone = target.zone.as_ref();
    json!({"asset": target.reference, "impact": target.impact.map(crate::vocabulary::impact::Impact::word),
        "zone": zone.map(|zone| &zone.reference), "esp": zone.and_then(|zone: &Placed| zone.outside).map(|outside| !outside), "systems": target.systems})
}
