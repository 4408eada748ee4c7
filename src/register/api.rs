//! Every register over the API: list, read, write, retire, history, many at once.
//!
//! Invariant: unknown fields are refused; a write names the version it is based on; the same key twice writes once.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde_json::{Map, Value, json};

use super::pages::export;
use super::shape::value;
use super::{Begins, Draft, Lookup, Register, actions, draft, listing, pages, records};
use crate::storage::submissions::{self, Known};
use crate::storage::{Audited, Change, Kept};
use crate::vocabulary::{Date, Origin};
use crate::web::extract::{Asking, Id, Sent};
use crate::web::{Answer, App, Caller, Failure, Routes, page};

/// Mounts the operations of a kind, and the files of its list.
#[must_use]
pub fn mount<K: Register>(routes: Routes) -> Routes {
    let (name, edit) = (K::WORDS.collection, K::ACCESS.edit);
    let routes = match K::BEGINS {
        Begins::Entered => routes.api(&Method::POST, name, edit, "Enter", create::<K>),
        Begins::Uploaded => routes,
    };
    mount_list::<K>(routes).api(&Method::DELETE, &format!("{name}/{{id}}"), edit, "Retire", retire::<K>)
}

/// Mounts what every kind has, however its records begin and end.
#[must_use]
pub fn mount_list<K: Register>(routes: Routes) -> Routes {
    let name = K::WORDS.collection;
    let (read, edit, export) = (K::ACCESS.read, K::ACCESS.edit, K::EXPORT);
    let one = format!("{name}/{{id}}");
    let page = |extension: &str| format!("/o/{{slug}}/{name}.{extension}");
    let files = crate::web::Policy::Organization(export);
    routes
        .api(&Method::GET, name, read, "List", list::<K>)
        .api(&Method::POST, &format!("{name}/bulk"), edit, "Change many, with a verdict each", bulk::<K>)
        .api(&Method::GET, &one, read, "Read", get::<K>)
        .api(&Method::PATCH, &one, edit, "Change some fields", patch::<K>)
        .api(&Method::GET, &format!("{one}/history"), read, "Read all versions", history::<K>)
        .api(&Method::GET, &format!("{name}.csv"), export, "Export as CSV", export::csv::<K>)
        .api(&Method::GET, &format!("{name}.xlsx"), export, "Export as XLSX", export::xlsx::<K>)
        .on(&Method::GET, &page("csv"), files, export::csv::<K>)
        .on(&Method::GET, &page("xlsx"), files, export::xlsx::<K>)
        .on(&Method::GET, &page("json"), files, export::json::<K>)
}

async fn list<K: Register>(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    pages::check_names::<K>(&asking)?;
    let understood = pages::asked::<K>(&asking).understand::<K>().map_err(|draft| Failure::Invalid(draft.problems))?;
    let mut at = caller.snapshot(&app).await?;
    let listing = understood.page(&mut at).await?;
    let found: Vec<&K> = listing.rows.iter().map(|row| &row.kept.content).collect();
    let lookup = Lookup::clone(&*pages::lookup_for::<K>(&app, &mut at, &found).await?)
        .on(caller.day())
        .at(caller.instant_shown());
    let items: Vec<Value> = listing.rows.iter().map(|row| value(row, &lookup)).collect();
    let (total, exact) = (listing.total.rows, listing.total.exact);
    Ok(page::json(&json!({"items": items, "next": listing.next, "total": total, "total_exact": exact})))
}

pub fn etag(version: i64) -> HeaderValue {
    HeaderValue::try_from(format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"0\""))
}

pub async fn get<K: Register>(State(app): State<App>, caller: Caller, Id(id): Id<K::Id>) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let row = listing::find::<K>(&mut at, id).await?.ok_or(Failure::NotFound)?;
    let lookup = Lookup::clone(&*pages::lookup_for::<K>(&app, &mut at, &[&row.kept.content]).await?)
        .on(caller.day())
        .at(caller.instant_shown());
    let mut answer = page::json(&value(&row, &lookup));
    answer.headers_mut().insert(header::ETAG, etag(row.kept.version));
    Ok(answer)
}

async fn history<K: Register>(State(app): State<App>, caller: Caller, Id(id): Id<K::Id>) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let versions = at.history::<K>(id).await?;
    if versions.is_empty() {
        return Err(Failure::NotFound);
    }
    let found: Vec<&K> = versions.iter().map(|kept| &kept.content).collect();
    let lookup = pages::lookup_for::<K>(&app, &mut at, &found).await?;
    let blank = K::default();
    let before = versions.iter().skip(1).map(|kept| &kept.content).chain([&blank]);
    let items: Vec<Value> = versions
        .iter()
        .zip(before)
        .map(|(kept, before)| {
            let changes = draft::differences(before, &kept.content, &lookup);
            json!({"version": kept.version, "recorded_from": kept.recorded_from.rfc3339(),
                "recorded_by": kept.recorded_by, "reason": kept.reason, "changes": changes})
        })
        .collect();
    Ok(page::json(&json!({"items": items, "next": null, "total": items.len(), "total_exact": true})))
}

/// The texts of a body's fields, its reason taken out.
pub fn texts<K: Register>(mut body: Map<String, Value>) -> Answer<(BTreeMap<String, String>, String)> {
    let reason = match body.remove("reason") {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(reason)) => {
            super::field::line(&reason, 500).map_err(|problem| Failure::field("reason", &reason, problem))?
        }
        Some(other) => return Err(Failure::field("reason", &other.to_string(), "a string")),
    };
    let (mut texts, mut draft) = (BTreeMap::new(), Draft::default());
    for (name, value) in body {
        match K::FIELDS.iter().find(|field| field.name == name).map(|field| field.text_of(&value)) {
            None => draft.refuse(&name, &value.to_string(), "not a field"),
            Some(Err(problem)) => draft.refuse(&name, &value.to_string(), problem),
            Some(Ok(text)) => drop(texts.insert(name, text)),
        }
    }
    if draft.is_good() { Ok((texts, reason)) } else { Err(Failure::Invalid(draft.problems)) }
}

async fn drafted<K: Register>(
    change: &mut Change,
    (id, mut record): (Option<K::Id>, K),
    texts: &BTreeMap<String, String>,
) -> Answer<(K, Lookup)> {
    let at = change.reading().await?;
    let lookup = records::lookup_for::<K>(at, [&record.clone()], [texts]).await?;
    let draft = actions::drafted(at, id, &mut record, texts, &lookup).await?;
    if draft.is_good() { Ok((record, lookup)) } else { Err(Failure::Invalid(draft.problems)) }
}

/// The version `If-Match` names.
pub fn based_on<K: Audited>(headers: &HeaderMap, kept: &Kept<K>) -> Answer<()> {
    let given = headers.get(header::IF_MATCH).ok_or(Failure::NoVersion)?;
    if given == etag(kept.version) { Ok(()) } else { Err(Failure::Stale) }
}

/// The key under which a request is answered once.
pub fn key(headers: &HeaderMap) -> Answer<Option<String>> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let key = key.to_str().ok().filter(|key| !key.is_empty() && key.len() <= 200);
    key.map(|key| Some(format!("api {key}")))
        .ok_or_else(|| Failure::Malformed("Idempotency-Key: 1 to 200 characters.".to_owned()))
}

async fn create<K: Register>(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Sent(body, bytes): Sent,
) -> Answer {
    let key = key(&headers)?;
    let mut change = caller.change(&app).await?;
    let content = [K::WORDS.collection.as_bytes(), &bytes[..]].concat();
    if let Some(id) = repeated(&mut change, key.as_deref(), &content).await? {
        return answered::<K>(&app, &caller, &id).await;
    }
    let (texts, reason) = texts::<K>(body)?;
    let mut blank = K::default();
    blank.begin(Origin::Manual);
    let (record, _) = drafted::<K>(&mut change, (None, blank), &texts).await?;
    let id = actions::enter(&mut change, &record, &reason).await?.to_string();
    if let Some(key) = &key {
        submissions::keep(&mut change, key, &content, &id).await?;
    }
    change.commit().await?;
    answered::<K>(&app, &caller, &id).await
}

/// What was answered before under the key.
pub async fn repeated(change: &mut Change, key: Option<&str>, content: &[u8]) -> Answer<Option<String>> {
    let Some(key) = key else { return Ok(None) };
    match submissions::known(change, key, content).await? {
        Known::Answered(id) => Ok(Some(id)),
        Known::Otherwise => Err(Failure::field("Idempotency-Key", key, "used before for another request")),
        Known::No => Ok(None),
    }
}

/// The record that was written, as it stands now.
pub async fn answered<K: Register>(app: &App, caller: &Caller, id: &str) -> Answer {
    let id = pages::parse_id::<K>(id).ok_or(Failure::NotFound)?;
    let mut answer = get::<K>(State(app.clone()), caller.clone(), Id(id)).await?;
    *answer.status_mut() = StatusCode::CREATED;
    let location = format!("/api/v1/{}/{id}", K::WORDS.collection);
    let location = HeaderValue::try_from(location).map_err(|error| Failure::Bug(error.to_string()))?;
    answer.headers_mut().insert(header::LOCATION, location);
    Ok(answer)
}

async fn patch<K: Register>(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<K::Id>,
    headers: HeaderMap,
    Sent(body, _): Sent,
) -> Answer {
    let mut change = caller.change(&app).await?;
    let kept = change.reading().await?.find::<K>(id).await?.ok_or(Failure::NotFound)?;
    based_on(&headers, &kept)?;
    let (texts, reason) = texts::<K>(body)?;
    let (record, _) = drafted::<K>(&mut change, (Some(id), kept.content.clone()), &texts).await?;
    actions::revise(&mut change, &kept, &record, &reason).await?;
    change.commit().await?;
    get::<K>(State(app), caller, Id(id)).await
}

async fn retire<K: Register>(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<K::Id>,
    headers: HeaderMap,
    asking: Asking,
) -> Answer {
    let mut change = caller.change(&app).await?;
    let kept = change.reading().await?.find::<K>(id).await?.ok_or(Failure::NotFound)?;
    based_on(&headers, &kept)?;
    let today = change.moment().utc().format("%Y-%m-%d").to_string();
    let on = Some(asking.text("on")).filter(|on| !on.is_empty()).unwrap_or(&today);
    let on = Date::parse(on).map_err(|problem| Failure::field("on", on, problem))?;
    let reason = super::field::line(asking.text("reason"), 500)
        .map_err(|problem| Failure::field("reason", asking.text("reason"), problem))?;
    if K::LEAVING.explained && reason.is_empty() {
        return Err(Failure::field("reason", "", "missing; say why, for the history"));
    }
    pages::may_leave(&mut change, &kept, on, &reason).await?;
    actions::retire(&mut change, &kept, on, &reason).await?;
    change.commit().await?;
    get::<K>(State(app), caller, Id(id)).await
}

/// Most rows of one bulk request.
const MOST: usize = 2_000;

async fn bulk<K: Register>(State(app): State<App>, caller: Caller, Sent(mut body, _): Sent) -> Answer {
    let rows = match body.remove("items") {
        Some(Value::Array(rows)) if rows.len() <= MOST => rows,
        _ => {
            return Err(Failure::field(
                "items",
                "",
                format!("an array of at most {MOST} objects with id, version and fields"),
            ));
        }
    };
    let mut change = caller.change(&app).await?;
    let mut verdicts = Vec::new();
    for row in rows {
        verdicts.push(one_of_many::<K>(&mut change, row).await?);
    }
    change.commit().await?;
    let done = verdicts.iter().filter(|verdict| verdict["status"] == json!("updated")).count();
    Ok(page::json(&json!({"updated": done, "items": verdicts})))
}

/// One row's verdict; a refusal of one row leaves the others alone.
async fn one_of_many<K: Register>(change: &mut Change, row: Value) -> Answer<Value> {
    let refused = |id: &str, problems: Value| json!({"id": id, "status": "refused", "problems": problems});
    let Value::Object(mut row) = row else { return Ok(refused("", json!("not an object"))) };
    let id = row.remove("id").and_then(|id| id.as_str().map(str::to_owned)).unwrap_or_default();
    let version = row.remove("version").and_then(|version| version.as_i64());
    let found = match pages::parse_id::<K>(&id) {
        Some(known) => change.reading().await?.find::<K>(known).await?,
        None => None,
    };
    let Some(kept) = found else { return Ok(refused(&id, json!("does not exist"))) };
    if version != Some(kept.version) {
        return Ok(refused(&id, json!("another version; read it again")));
    }
    let (record, reason) = match rewritten::<K>(change, &kept, row).await {
        Ok(found) => found,
        Err(Failure::Invalid(problems)) => return Ok(refused(&id, json!(problems))),
        Err(failure) => return Err(failure),
    };
    match actions::revise(change, &kept, &record, &reason).await {
        Ok(now) if now == kept.version => Ok(json!({"id": id, "status": "unchanged", "version": now})),
        Ok(now) => Ok(json!({"id": id, "status": "updated", "version": now})),
        Err(crate::storage::Failure::Misbound(_)) => Ok(refused(&id, json!("stands twice in the request"))),
        Err(failure) => Err(failure.into()),
    }
}

/// The record a row of a bulk request asks for, and why.
async fn rewritten<K: Register>(change: &mut Change, kept: &Kept<K>, row: Map<String, Value>) -> Answer<(K, String)> {
    let (texts, reason) = texts::<K>(row)?;
    let (record, _) = drafted::<K>(change, (Some(kept.id), kept.content.clone()), &texts).await?;
    Ok((record, reason))
}
