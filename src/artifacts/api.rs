//! Evidence files over the API: send, download, attach; list, read, edit, history and exports are those of every register.
//!
//! Invariant: the same receiving, the same checks and the same leaves as the pages.

use axum::extract::State;
use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::actions::Recorded;
use super::model::Attachment;
use super::{Artifact, pages, records};
use crate::auth::Action;
use crate::ids::{ArtifactId, AttachmentId};
use crate::storage::Kept;
use crate::web::extract::{Asking, Id, Sent};
use crate::web::incoming::FormParts;
use crate::web::{Answer, App, Caller, Failure, Routes, links, page};

/// Mounts the operations.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let (read, add) = (Action::ReadArtifacts, Action::AddArtifact);
    let one = "artifacts/{id}/attachments";
    routes
        .unhurried(|routes| routes.api(&Method::POST, "artifacts", add, "Send files: multipart/form-data", receive))
        .api(&Method::GET, "artifacts/{id}/file", Action::DownloadArtifact, "Download the bytes", pages::download)
        .api(&Method::GET, one, read, "Read what a file is attached to", attachments)
        .api(&Method::POST, one, add, "Attach to a record or requirement part", attach)
        .api(&Method::DELETE, "attachments/{id}", add, "Take an attachment back", withdraw)
}

async fn receive(State(app): State<App>, caller: Caller, parts: FormParts) -> Answer {
    let gathered = pages::gather(&app, &caller, parts).await?;
    let recorded = pages::record_all(&app, &caller, gathered).await?;
    let status = if recorded.iter().any(|one| one.is_new) { StatusCode::CREATED } else { StatusCode::OK };
    let slug = &caller.serving()?.slug;
    let told = |one: &Recorded| {
        json!({"id": one.id, "reference": one.reference, "name": one.name, "new": one.is_new,
            "href": links::record(slug, "artifacts", one.id)})
    };
    let items: Vec<Value> = recorded.iter().map(told).collect();
    Ok(page::json_as(status, &json!({"items": items})))
}

fn told(kept: &Kept<Attachment>) -> Value {
    json!({"id": kept.id, "version": kept.version, "artifact": kept.artifact, "kind": kept.kind, "target": kept.target,
        "note": kept.note, "recorded_from": kept.recorded_from.rfc3339(), "recorded_by": kept.recorded_by})
}

async fn attachments(State(app): State<App>, caller: Caller, Id(id): Id<ArtifactId>) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    at.find::<Artifact>(id).await?.ok_or(Failure::NotFound)?;
    let items: Vec<Value> = records::attachments_of(&mut at, id).await?.iter().map(told).collect();
    Ok(page::json(&json!({"items": items, "next": null, "total": items.len(), "total_exact": true})))
}

/// Takes a text out of a body; empty where it says nothing.
fn text(body: &mut Map<String, Value>, name: &str) -> Answer<String> {
    match body.remove(name) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(Failure::field(name, &other.to_string(), "a string")),
    }
}

async fn attach(State(app): State<App>, caller: Caller, Id(id): Id<ArtifactId>, Sent(mut body, _): Sent) -> Answer {
    let (kind, target) = (text(&mut body, "kind")?, text(&mut body, "target")?);
    let (note, why) = (text(&mut body, "note")?, text(&mut body, "reason")?);
    if let Some((name, value)) = body.iter().next() {
        return Err(Failure::field(name, &value.to_string(), "not a field"));
    }
    let made = pages::attached(&app, &caller, id, (&kind, &target), (&note, &why)).await?;
    Ok(page::json_as(StatusCode::CREATED, &json!({"id": made, "artifact": id, "kind": kind, "target": target})))
}

async fn withdraw(State(app): State<App>, caller: Caller, Id(id): Id<AttachmentId>, asking: Asking) -> Answer {
    pages::withdrawn(&app, &caller, id, asking.text("reason")).await?;
    Ok(page::json(&json!({"withdrawn": id})))
}
