//! Grants as pages and over the API: what stands above a grant, and each decision as a resource.
//!
//! Invariant: an approval and an extension are behind the step-up window; every decision names the version it was read at and
//! says why.

mod api;
mod deciding;
mod heads;
mod shown;

use axum::http::Method;

use crate::auth::Action;
use crate::remote_access::steps::Deciding;
use crate::web::{Policy, Routes};

pub use heads::GRANT;

/// What each decision takes, and what the API says of it.
const DECISIONS: [(Deciding, Action, &str); 6] = [
    (Deciding::Approve, Action::ApproveAccess, "Approve"),
    (Deciding::Refuse, Action::ApproveAccess, "Refuse"),
    (Deciding::Extend, Action::ApproveAccess, "Extend once"),
    (Deciding::Revoke, Action::EditAccess, "Revoke"),
    (Deciding::Remove, Action::EditAccess, "Record when the ability ceased"),
    (Deciding::Test, Action::EditAccess, "Record a test of switching it off"),
];

/// Mounts the decisions and what is read beside the register.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let read = Action::ReadAccess;
    let routes = routes.api(&Method::GET, "grants/{id}/examination", read, "Read what the rules say", api::examination);
    DECISIONS.into_iter().fold(routes, |routes, (which, action, says)| {
        let (page, path) =
            (format!("/o/{{slug}}/grants/{{id}}/{}", which.resource()), format!("grants/{{id}}/{}", which.resource()));
        routes
            .on(&Method::POST, &page, Policy::Organization(action), move |app, caller, id, filled| {
                deciding::decide(which, app, caller, id, filled)
            })
            .api(&Method::POST, &path, action, says, move |app, caller, id, headers, sent| {
                api::decide(which, app, caller, id, headers, sent)
            })
    })
}
