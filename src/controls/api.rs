//! Narratives and attestations over the API.
//!
//! Invariant: the same rules and actions as the pages; only a person who signed in attests or withdraws.

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, header};
use serde_json::{Map, Value, json};

use super::model::{Attestation, Narrative};
use super::rules::{Claim, attestation};
use super::{actions, records};
use crate::auth::Action;
use crate::frameworks::RequirementId;
use crate::ids::AttestationId;
use crate::register::{Draft, field};
use crate::storage::{Audited, Kept};
use crate::web::extract::{Asking, Id, Sent};
use crate::web::{Answer, App, Caller, Failure, Routes, page};

/// Mounts the operations.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let (read, edit, attest) = (Action::ReadControls, Action::EditControls, Action::Attest);
    routes
        .api(&Method::GET, "narratives", read, "List narratives", narratives)
        .api(&Method::POST, "narratives", edit, "Write the narrative of a requirement", narrate)
        .api(&Method::GET, "attestations", read, "List attestations", attestations)
        .api(&Method::POST, "attestations", attest, "Attest to a requirement over a period", attest_to)
        .api(&Method::POST, "attestations/{id}/withdrawal", attest, "Withdraw an attestation", withdraw)
}

fn told<T: Audited>(kept: &Kept<T>) -> Answer<Value> {
    let mut value = serde_json::to_value(&kept.content).map_err(|error| Failure::Bug(error.to_string()))?;
    value["id"] = json!(kept.id.to_string());
    value["version"] = json!(kept.version);
    value["recorded_from"] = json!(kept.recorded_from.rfc3339());
    value["recorded_by"] = json!(kept.recorded_by);
    Ok(value)
}

fn listed<T: Audited>(asking: &Asking, kept: &[Kept<T>], id_of: fn(&T) -> &RequirementId) -> Answer {
    if let Some((name, value)) = asking.0.iter().find(|(name, _)| !["requirement", "as_of"].contains(&name.as_str())) {
        return Err(Failure::field(name, value, "not a filter of this list"));
    }
    let wanted = asking.text("requirement");
    let shown = kept.iter().filter(|kept| wanted.is_empty() || id_of(&kept.content).as_str() == wanted);
    let items = shown.map(told).collect::<Answer<Vec<Value>>>()?;
    Ok(page::json(&json!({"items": items, "next": null, "total": items.len(), "total_exact": true})))
}

async fn narratives(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let found = caller.snapshot(&app).await?.every::<Narrative>().await?;
    listed(&asking, &found, |narrative| &narrative.requirement)
}

async fn attestations(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let found = caller.snapshot(&app).await?.every::<Attestation>().await?;
    listed(&asking, &found, |attestation| &attestation.requirement)
}

/// The texts of a body under these names; an array is joined with `;`.
fn texts<const N: usize>(mut body: Map<String, Value>, names: [&str; N]) -> Answer<[String; N]> {
    let mut draft = Draft::default();
    let texts = names.map(|name| match body.remove(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text,
        Some(Value::Array(parts)) if parts.iter().all(Value::is_string) => {
            parts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(";")
        }
        Some(other) => {
            draft.refuse(name, &other.to_string(), "a string");
            String::new()
        }
    });
    for (name, value) in body {
        draft.refuse(&name, &value.to_string(), "not a field");
    }
    if draft.is_good() { Ok(texts) } else { Err(Failure::Invalid(draft.problems)) }
}

fn requirement(text: &str) -> Answer<RequirementId> {
    RequirementId::parse(text).map_err(|problem| Failure::field("requirement", text, problem))
}

fn line(name: &str, text: &str) -> Answer<String> {
    field::line(text, 500).map_err(|problem| Failure::field(name, text, problem))
}

async fn narrate(State(app): State<App>, caller: Caller, headers: HeaderMap, Sent(body, _): Sent) -> Answer {
    let [id, text, reason] = texts(body, ["requirement", "text", "reason"])?;
    let (id, reason) = (requirement(&id)?, line("reason", &reason)?);
    let text = field::prose(&text).map_err(|problem| Failure::field("text", &text, problem))?;
    if text.is_empty() {
        return Err(Failure::field("text", "", "missing"));
    }
    let mut change = caller.change(&app).await?;
    let kept = actions::standing_narrative(&mut change, &id).await?;
    if let Some(kept) = &kept {
        let given = headers.get(header::IF_MATCH).ok_or(Failure::NoVersion)?;
        if given.as_bytes() != format!("\"{}\"", kept.version).as_bytes() {
            return Err(Failure::Stale);
        }
    }
    actions::narrate(&mut change, kept.as_ref(), &id, &text, &reason).await?;
    change.commit().await?;
    let found = records::narrative(&mut caller.snapshot(&app).await?, id.as_str()).await?.ok_or(Failure::NotFound)?;
    let status = if kept.is_none() { StatusCode::CREATED } else { StatusCode::OK };
    Ok(page::json_as(status, &told(&found)?))
}

async fn attest_to(State(app): State<App>, caller: Caller, Sent(body, _): Sent) -> Answer {
    caller.user()?;
    let names = ["requirement", "from", "to", "judgment", "artifacts", "statement"];
    let [id, from, to, judgment, artifacts, statement] = texts(body, names)?;
    let mut change = caller.change(&app).await?;
    let artifacts = crate::artifacts::records::named(change.reading().await?, &artifacts).await?;
    let claim = Claim { from, to, judgment, artifacts, statement };
    let made = attestation(&requirement(&id)?, &claim, &caller.name, caller.day());
    let made = made.map_err(|draft| Failure::Invalid(draft.problems))?;
    let id = actions::attest(&mut change, &made).await?;
    change.commit().await?;
    let found = caller.snapshot(&app).await?.find::<Attestation>(id).await?.ok_or(Failure::NotFound)?;
    Ok(page::json_as(StatusCode::CREATED, &told(&found)?))
}

async fn withdraw(State(app): State<App>, caller: Caller, Id(id): Id<AttestationId>, Sent(body, _): Sent) -> Answer {
    caller.user()?;
    let [reason] = texts(body, ["reason"])?;
    let mut change = caller.change(&app).await?;
    let kept = change.reading().await?.find::<Attestation>(id).await?.ok_or(Failure::NotFound)?;
    let reason = line("reason", &reason)?;
    if reason.is_empty() {
        return Err(Failure::field("reason", "", "missing; say why it is taken back"));
    }
    if kept.withdrawn.is_some() {
        return Err(Failure::Conflict("This attestation was withdrawn before.".to_owned()));
    }
    actions::withdraw(&mut change, &kept, &caller.name, &reason).await?;
    change.commit().await?;
    let found = caller.snapshot(&app).await?.find::<Attestation>(id).await?.ok_or(Failure::NotFound)?;
    Ok(page::json(&told(&found)?))
}
