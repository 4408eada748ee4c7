//! Live events of a gateway: pushed, taken in, answered with how each session stands.
//!
//! Invariant: one change a push; the same key with the same body is answered as it was, and writes nothing twice.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::api::told;
use crate::register::api::{key, repeated};
use crate::remote_access::lines::Line;
use crate::remote_access::live::{self, Pushed};
use crate::storage::submissions;
use crate::storage::versions::hash_text;
use crate::vocabulary::Moment;
use crate::web::extract::Sent;
use crate::web::{Answer, App, Caller, Failure, page};

pub async fn push(State(app): State<App>, caller: Caller, headers: HeaderMap, Sent(body, bytes): Sent) -> Answer {
    let key = key(&headers)?;
    let push = live::understood(body, caller.moment).map_err(Failure::Invalid)?;
    let mut change = caller.change(&app).await?;
    let content = [b"sessions/events", &bytes[..]].concat();
    if let Some(answer) = repeated(&mut change, key.as_deref(), &content).await? {
        let answer: Value = serde_json::from_str(&answer).map_err(|error| Failure::Bug(error.to_string()))?;
        return Ok(page::json_as(StatusCode::CREATED, &answer));
    }
    let digest = hash_text(&Sha256::digest(&bytes));
    let pushed = live::push(&mut change, &push, digest).await?.map_err(Failure::Invalid)?;
    let answer = answer(pushed, change.moment());
    if let Some(key) = &key {
        submissions::keep(&mut change, key, &content, &answer.to_string()).await?;
    }
    change.commit().await?;
    Ok(page::json_as(StatusCode::CREATED, &answer))
}

fn answer(pushed: Pushed, now: Moment) -> Value {
    let Pushed { gateway, taken, known } = pushed;
    let session = |touched: crate::remote_access::taking::Touched| {
        let mut value = told(&Line::of(touched.id, touched.session, &known, now));
        value["changed"] = json!(touched.changed);
        value
    };
    json!({"batch": taken.batch, "gateway": gateway.reference, "received_at": now.rfc3339(), "events": taken.events,
        "repeated": taken.repeated, "warnings": gateway.warnings,
        "sessions": taken.sessions.into_iter().map(session).collect::<Vec<_>>()})
}
