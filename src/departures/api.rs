//! Departures over the API beside the register: their clocks, and what is done about them.
//!
//! Invariant: a clock comes with its part, its due moment and the record where the removal stands; a write names the version it
//! is based on.

use axum::extract::State as Held;
use axum::http::{HeaderMap, Method, header};
use serde_json::{Map, Value, json};

use super::actions::{self, Refusal};
use super::records::clocks::{self, Clock};
use super::rules::{Determination, Missing, State, wording};
use super::{Ability, Departure, listing};
use crate::auth::Action;
use crate::ids::DepartureId;
use crate::register::{api, field};
use crate::storage::{Change, Kept};
use crate::vocabulary::{Date, Moment};
use crate::web::extract::{Asking, Id, Sent};
use crate::web::{Answer, App, Caller, Failure, Routes, page};

/// Mounts the operations.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let (edit, post) = (Action::EditAccess, &Method::POST);
    routes
        .api(&Method::GET, "departures/clocks", Action::ReadAccess, "List the revocation clocks of all", every)
        .api(&Method::GET, "departures/{id}/clocks", Action::ReadAccess, "Read the revocation clocks", told)
        .api(post, "departures/{id}/abilities", edit, "Look again for abilities", look_again)
        .api(post, "departures/{id}/determination", edit, "Decide which abilities are needed", determine)
}

/// A clock as the API gives it.
fn value(clock: &Clock, now: Moment) -> Value {
    let Ability { kind, of, reference, reaches, needed, .. } = &clock.ability;
    let one = &clock.deadline;
    let moment = |at: Option<Moment>| at.map(Moment::rfc3339);
    let gap = one.gap.map(|gap| json!({"from": gap.from.rfc3339(), "until": moment(gap.until)}));
    json!({
        "ability": kind.word(), "record": clock.record, "id": of, "reference": reference, "reaches": reaches, "needed": needed,
        "part": one.part.word(), "applies_to": one.part.applies_to(), "state": one.state.word(), "from": moment(one.from),
        "due": moment(one.due), "removed": moment(one.removed), "proof": clock.proof, "gap": gap,
        "missing": one.missing.map(Missing::word), "told": wording::standing(one, now),
    })
}

/// Most clocks of an answer.
const MOST: usize = 1_000;

/// The clocks of every departure, those that are open where no state is asked for.
async fn every(Held(app): Held<App>, caller: Caller, asking: Asking) -> Answer {
    let known = ["state", "after", "limit", "as_of"];
    if let Some((name, value)) = asking.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        return Err(Failure::field(name, value, "not a filter of this list"));
    }
    let (word, after) = (asking.text("state"), asking.text("after"));
    let state = field::optional(word, State::parse).map_err(|problem| Failure::field("state", word, problem))?;
    let wrong = || Failure::field("after", after, "not a cursor of this list");
    let after = if after.is_empty() { 0 } else { after.parse::<usize>().map_err(|_| wrong())? };
    let limit = asking.text("limit").parse().unwrap_or(200_usize).clamp(1, MOST);
    let mut at = caller.snapshot(&app).await?;
    let (known, now) = (listing::remembered(&app, &mut at).await?, at.now());
    let mut all = listing::every(&known, caller.time_zone(), now);
    all.retain(|(_, clock)| {
        state.map_or_else(|| clock.deadline.state.is_open(), |state| clock.deadline.state == state)
    });
    let (total, shown) = (all.len(), all.iter().skip(after).take(limit));
    let items: Vec<Value> = shown.map(|(kept, clock)| among(&known, kept, clock, now)).collect();
    let next = (after + items.len() < total).then(|| (after + items.len()).to_string());
    Ok(page::json(&json!({"items": items, "next": next, "total": total, "total_exact": true})))
}

/// A clock with whose it is.
fn among(known: &listing::Remembered, kept: &Kept<Departure>, clock: &Clock, now: Moment) -> Value {
    let mut value = value(clock, now);
    let person = kept.person.and_then(|id| known.person(id).map(|(reference, name)| (id, reference, name)));
    value["departure"] = json!({"id": kept.id, "reference": kept.reference, "kind": kept.kind});
    value["person"] =
        json!(person.map(|(id, reference, name)| json!({"id": id, "reference": reference, "name": name})));
    value
}

async fn answer(app: &App, caller: &Caller, id: DepartureId) -> Answer {
    let mut at = caller.snapshot(app).await?;
    let now = at.now();
    let kept = at.find::<Departure>(id).await?.ok_or(Failure::NotFound)?;
    let clocks = clocks::of(&mut at, &kept, caller.time_zone(), now).await?;
    let items: Vec<Value> = clocks.iter().map(|clock| value(clock, now)).collect();
    let count = items.len();
    let mut answer = page::json(&json!({"items": items, "next": null, "total": count, "total_exact": true}));
    answer.headers_mut().insert(header::ETAG, api::etag(kept.version));
    Ok(answer)
}

async fn told(Held(app): Held<App>, caller: Caller, Id(id): Id<DepartureId>) -> Answer {
    answer(&app, &caller, id).await
}

/// The change, the departure as it stands, and the reason that was sent.
async fn opened(
    (app, caller, headers): (&App, &Caller, &HeaderMap),
    id: DepartureId,
    body: &mut Map<String, Value>,
) -> Answer<(Change, Kept<Departure>, String)> {
    let mut change = caller.change(app).await?;
    let kept = change.reading().await?.find::<Departure>(id).await?.ok_or(Failure::NotFound)?;
    api::based_on(headers, &kept)?;
    let reason = body.remove("reason").unwrap_or_default();
    let why = field::line(reason.as_str().unwrap_or_default(), 500);
    let why = why.map_err(|problem| Failure::field("reason", &reason.to_string(), problem))?;
    if why.is_empty() {
        return Err(Failure::field("reason", "", "missing; say why, for the history"));
    }
    Ok((change, kept, why))
}

fn nothing_else(body: Map<String, Value>) -> Answer<()> {
    match body.into_iter().next() {
        Some((name, value)) => Err(Failure::field(&name, &value.to_string(), "not a field")),
        None => Ok(()),
    }
}

/// A refusal as an answer: a conflict with what is there, or a field that says the wrong thing.
pub(super) fn refused((field, problem): Refusal) -> Failure {
    match field {
        "kind" | "retired_on" | "abilities" => Failure::Conflict(problem),
        _ => Failure::field(field, "", problem),
    }
}

async fn look_again(
    Held(app): Held<App>,
    caller: Caller,
    Id(id): Id<DepartureId>,
    headers: HeaderMap,
    Sent(mut body, _): Sent,
) -> Answer {
    let (mut change, kept, why) = opened((&app, &caller, &headers), id, &mut body).await?;
    nothing_else(body)?;
    actions::look_again(&mut change, &kept, &why).await?.map_err(refused)?;
    change.commit().await?;
    answer(&app, &caller, id).await
}

/// Ids a body names under a name.
fn ids(body: &mut Map<String, Value>, name: &str) -> Answer<Vec<uuid::Uuid>> {
    let given = body.remove(name).unwrap_or_default();
    let wrong = || Failure::field(name, &given.to_string(), "an array of ids of abilities");
    match &given {
        Value::Null => Ok(Vec::new()),
        Value::Array(parts) => {
            let parsed = parts.iter().map(|part| part.as_str().and_then(|text| text.parse().ok()));
            parsed.collect::<Option<Vec<_>>>().ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

async fn determine(
    Held(app): Held<App>,
    caller: Caller,
    Id(id): Id<DepartureId>,
    headers: HeaderMap,
    Sent(mut body, _): Sent,
) -> Answer {
    let (mut change, kept, why) = opened((&app, &caller, &headers), id, &mut body).await?;
    let (needed, not_needed) = (ids(&mut body, "needed")?, ids(&mut body, "not_needed")?);
    let on = body.remove("determined_on").unwrap_or_default();
    let on = field::optional(on.as_str().unwrap_or_default(), Date::parse)
        .map_err(|problem| Failure::field("determined_on", &on.to_string(), problem))?;
    nothing_else(body)?;
    let decision = Determination { needed, not_needed, on };
    actions::determine(&mut change, &kept, &decision, caller.time_zone(), &why).await?.map_err(refused)?;
    change.commit().await?;
    answer(&app, &caller, id).await
}
