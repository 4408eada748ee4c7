//! People over the API: who serves the organization, in which roles.
//!
//! Invariant: no credential is ever part of an answer.

use axum::extract::State;
use axum::http::Method;
use serde_json::json;

use crate::auth::Action;
use crate::web::{Answer, App, Caller, Routes, page};

/// Mounts the operations.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    routes.api(&Method::GET, "members", Action::ReadPeople, "List the people who serve the organization", list)
}

async fn list(State(app): State<App>, caller: Caller) -> Answer {
    let mut work = app.store.read_platform().await?;
    let members = work.tables().members(caller.serving()?.id).await?;
    let items: Vec<_> = members
        .iter()
        .map(|member| {
            json!({"id": member.user_id, "login": member.login, "name": member.name,
                "roles": member.roles.split(' ').collect::<Vec<_>>(), "second_factor": member.enrolled,
                "active": member.active, "disabled": member.disabled})
        })
        .collect();
    Ok(page::json(&json!({"total": items.len(), "total_exact": true, "next": null, "items": items})))
}
