//! Exceptions over the API: list, read, request. Decisions are a person's and have no operation here.
//!
//! Invariant: a token may ask, never approve.

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, header};
use serde_json::{Value, json};

use super::actions::{self, Person};
use super::pages::{editing, person};
use super::{Exception, Standing, records};
use crate::auth::Action;
use crate::ids::ExceptionId;
use crate::register::{Field, Lookup, Register, api, field};
use crate::storage::Kept;
use crate::vocabulary::Date;
use crate::web::extract::{Asking, Id, Sent};
use crate::web::{Answer, App, Caller, Failure, Routes, page};

/// Mounts the operations.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let (read, request) = (Action::ReadFindings, Action::RequestException);
    routes
        .api(&Method::GET, "exceptions", read, "List", list)
        .api(&Method::POST, "exceptions", request, "Request", create)
        .api(&Method::GET, "exceptions/{id}", read, "Read", get)
        .api(&Method::PATCH, "exceptions/{id}", request, "Change a request nobody decided about", patch)
}

/// An exception as the API gives it, with where it stands on a day.
fn value(kept: &Kept<Exception>, on: Date) -> Value {
    let mut object = serde_json::Map::new();
    object.insert("id".to_owned(), json!(kept.id));
    object.insert("version".to_owned(), json!(kept.version));
    object.insert("state".to_owned(), json!(kept.standing(on).word()));
    let each = Exception::FIELDS.iter().filter(|field: &&Field<Exception>| field.editable);
    object.extend(each.map(|field| (field.name.to_owned(), field.json(kept, &Lookup::default()))));
    object.insert("subjects".to_owned(), json!(kept.subjects));
    for (name, act) in [
        ("requested", &kept.requested),
        ("approved", &kept.approved),
        ("refused", &kept.refused),
        ("revoked", &kept.revoked),
    ] {
        let told = act.as_ref().map(|act| json!({"by": act.name, "at": act.at.rfc3339(), "reason": act.reason}));
        object.insert(name.to_owned(), json!(told));
    }
    Value::Object(object)
}

async fn list(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let asked = asking.text("state");
    let wanted = Some(asked).filter(|text| !text.is_empty()).map(Standing::parse).transpose();
    let wanted = wanted.map_err(|problem| Failure::field("state", asked, problem))?;
    let mut at = caller.snapshot(&app).await?;
    let on = caller.day();
    let all = records::all(&mut at).await?;
    let found = all.iter().filter(|kept| wanted.is_none_or(|wanted| kept.standing(on) == wanted));
    let items: Vec<Value> = found.map(|kept| value(kept, on)).collect();
    Ok(page::json(&json!({"total": items.len(), "total_exact": true, "next": null, "items": items})))
}

async fn get(State(app): State<App>, caller: Caller, Id(id): Id<ExceptionId>) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let kept = at.find::<Exception>(id).await?.ok_or(Failure::NotFound)?;
    let mut answer = page::json(&value(&kept, caller.day()));
    answer.headers_mut().insert(header::ETAG, api::etag(kept.version));
    Ok(answer)
}

/// The text of the records a body names: an array of `asset:7-PR-01`.
fn covered(body: &mut serde_json::Map<String, Value>) -> Answer<String> {
    match body.remove("subjects") {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::Array(parts)) if parts.iter().all(Value::is_string) => {
            Ok(field::joined(parts.iter().filter_map(Value::as_str)))
        }
        Some(other) => Err(Failure::field("subjects", &other.to_string(), "an array of strings such as asset:7-PR-01")),
    }
}

async fn create(State(app): State<App>, caller: Caller, headers: HeaderMap, Sent(mut body, bytes): Sent) -> Answer {
    let key = api::key(&headers)?;
    let mut change = caller.change(&app).await?;
    let content = [b"exceptions", &bytes[..]].concat();
    if let Some(id) = api::repeated(&mut change, key.as_deref(), &content).await? {
        return answered(&app, &caller, &id).await;
    }
    let subjects = covered(&mut body)?;
    let (mut texts, reason) = api::texts::<Exception>(body)?;
    texts.insert("subjects".to_owned(), subjects);
    let (exception, drafted) = super::pages::read(change.reading().await?, &texts, &reason).await?;
    if !drafted.is_good() {
        return Err(Failure::Invalid(drafted.problems));
    }
    let who: Person = person(&caller);
    let id = actions::request(&mut change, exception, &who, &reason).await?.0.to_string();
    if let Some(key) = &key {
        crate::storage::submissions::keep(&mut change, key, &content, &id).await?;
    }
    change.commit().await?;
    answered(&app, &caller, &id).await
}

async fn patch(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ExceptionId>,
    headers: HeaderMap,
    Sent(mut body, _): Sent,
) -> Answer {
    let mut change = caller.change(&app).await?;
    let kept = change.reading().await?.find::<Exception>(id).await?.ok_or(Failure::NotFound)?;
    api::based_on(&headers, &kept)?;
    editing::still_asked(&kept)?;
    let named = body.contains_key("subjects");
    let subjects = if named { covered(&mut body)? } else { super::subjects::told(&kept.subjects) };
    let (given, reason) = api::texts::<Exception>(body)?;
    let mut texts = editing::as_typed(&kept);
    texts.extend(given);
    texts.insert("subjects".to_owned(), subjects);
    let (next, drafted) = editing::rewritten(change.reading().await?, &kept, &texts, &reason).await?;
    if !drafted.is_good() {
        return Err(Failure::Invalid(drafted.problems));
    }
    actions::revise(&mut change, &kept, next, &reason).await?;
    change.commit().await?;
    get(State(app), caller, Id(id)).await
}

async fn answered(app: &App, caller: &Caller, id: &str) -> Answer {
    let id = <ExceptionId as crate::ids::Id>::parse(id).ok_or(Failure::NotFound)?;
    let mut answer = get(State(app.clone()), caller.clone(), Id(id)).await?;
    *answer.status_mut() = StatusCode::CREATED;
    Ok(answer)
}
