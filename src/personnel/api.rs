//! Decisions and acts about personnel records over the API. No token approves or reviews.
//!
//! Invariant: a step names the version it is based on and says why; the answer is the record as it stands after it.

use axum::extract::State;
use axum::http::{HeaderMap, Method, header};
use serde_json::{Map, Value};

use super::actions::{Asked, Offer, Said, Stepped};
use super::{Account, Authorization, Circumstance};
use crate::register::{Lookup, Register, api, field, listing, pages, shape};
use crate::vocabulary::Date;
use crate::web::extract::{Id, Sent};
use crate::web::{Answer, App, Caller, Failure, Routes, page};

/// Mounts the steps.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    routes.with(steps::<Authorization>).with(steps::<Circumstance>).with(steps::<Account>)
}

fn steps<K: Stepped>(routes: Routes) -> Routes {
    K::STEPS.iter().fold(routes, |routes, offer| {
        let path = format!("{}/{{id}}/{}", K::WORDS.collection, offer.resource);
        routes.api(&Method::POST, &path, offer.action, offer.title, move |app, caller, id, headers, sent| {
            step::<K>(offer, app, caller, id, headers, sent)
        })
    })
}

async fn step<K: Stepped>(
    offer: &'static Offer<K::Step>,
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<K::Id>,
    headers: HeaderMap,
    Sent(body, _): Sent,
) -> Answer {
    let said = said(&caller, offer.asked, body)?;
    let mut change = caller.change(&app).await?;
    let kept = change.reading().await?.find::<K>(id).await?.ok_or(Failure::NotFound)?;
    api::based_on(&headers, &kept)?;
    K::take(&mut change, &kept, offer.step, &said).await?.map_err(Failure::Conflict)?;
    change.commit().await?;
    shown::<K>(&app, &caller, id).await
}

/// The record as it stands.
async fn shown<K: Register>(app: &App, caller: &Caller, id: K::Id) -> Answer {
    let mut at = caller.snapshot(app).await?;
    let row = listing::find::<K>(&mut at, id).await?.ok_or(Failure::NotFound)?;
    let lookup = pages::lookup_for::<K>(app, &mut at, &[&row.kept.content]).await?;
    let mut answer = page::json(&shape::value(&row, &Lookup::clone(&lookup).on(caller.day())));
    answer.headers_mut().insert(header::ETAG, api::etag(row.kept.version));
    Ok(answer)
}

/// What the body says; nothing else may be in it.
fn said(caller: &Caller, asked: Asked, mut body: Map<String, Value>) -> Answer<Said> {
    let mut text = |name: &str| match body.remove(name) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(Failure::field(name, &other.to_string(), "a string or null")),
    };
    let why = text("reason")?;
    let (mut at, mut on, mut proof) = (String::new(), String::new(), String::new());
    match asked {
        Asked::Nothing => {}
        Asked::Moment => at = text("at")?,
        Asked::Day => on = text("on")?,
        Asked::MomentAndProof => (at, proof) = (text("at")?, text("proof")?),
    }
    match body.into_iter().next() {
        Some((name, value)) => Err(Failure::field(&name, &value.to_string(), "not a field")),
        None => read(caller, asked, [&why, &at, &on, &proof]),
    }
}

/// What was said with a step, from its texts: why, when, which day, what shows it.
pub(super) fn read(caller: &Caller, asked: Asked, [why, at, on, proof]: [&str; 4]) -> Answer<Said> {
    let line = |name: &str, text: &str, missing: &str| match field::line(text, 500) {
        Err(problem) => Err(Failure::field(name, text, problem)),
        Ok(text) if text.is_empty() => Err(Failure::field(name, "", missing)),
        Ok(text) => Ok(text),
    };
    let mut said = Said { why: line("reason", why, "missing; say why, for the history")?, ..Said::default() };
    if matches!(asked, Asked::Moment | Asked::MomentAndProof) && !at.trim().is_empty() {
        said.at = Some(caller.done_at("at", at)?);
    }
    if asked == Asked::MomentAndProof {
        said.proof = line("proof", proof, "missing; say what shows it")?;
    }
    if asked == Asked::Day {
        let day = field::optional(on, Date::parse).map_err(|problem| Failure::field("on", on, problem))?;
        if let Some(day) = day.filter(|day| *day > caller.day()) {
            return Err(Failure::field("on", &day.to_string(), "in the future; record it when it was done"));
        }
        said.on = day;
    }
    Ok(said)
}
