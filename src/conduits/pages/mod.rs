//! Decisions about the boundary as pages: what stands above a record, each decision as a resource, many at once.
//!
//! Invariant: a decision is behind the step-up window, names the version it was read at and says why; nobody is offered what
//! they may not do.

mod deciding;
mod heads;
mod many;
mod permitted;

use axum::http::Method;

use super::actions::Step;
use super::{Conduit, PermittedFlow};
use crate::auth::Action;
use crate::web::{Policy, Routes};

pub use heads::{CONDUIT, PERMITTED_FLOW, ZONE};

/// Mounts the decisions.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let (decide, edit) = (Policy::Organization(Action::ApproveBoundary), Policy::Organization(Action::EditInventory));
    let post = &Method::POST;
    routes
        .on(post, "/o/{slug}/conduits/approval", decide, many::approve::<Conduit>)
        .on(post, "/o/{slug}/permitted_flows/approval", decide, many::approve::<PermittedFlow>)
        .on(post, "/o/{slug}/conduits/{id}/approval", decide, deciding::approve)
        .on(post, "/o/{slug}/conduits/{id}/refusal", decide, |app, caller, id, filled| {
            deciding::step(Step::Refuse, app, caller, id, filled)
        })
        .on(post, "/o/{slug}/conduits/{id}/suspension", edit, |app, caller, id, filled| {
            deciding::step(Step::Suspend, app, caller, id, filled)
        })
        .on(post, "/o/{slug}/conduits/{id}/resumption", decide, |app, caller, id, filled| {
            deciding::step(Step::Resume, app, caller, id, filled)
        })
        .on(post, "/o/{slug}/conduits/{id}/review", decide, |app, caller, id, filled| {
            deciding::step(Step::Review, app, caller, id, filled)
        })
        .on(post, "/o/{slug}/permitted_flows/{id}/approval", decide, |app, caller, id, filled| {
            deciding::decide(true, app, caller, id, filled)
        })
        .on(post, "/o/{slug}/permitted_flows/{id}/refusal", decide, |app, caller, id, filled| {
            deciding::decide(false, app, caller, id, filled)
        })
        .on(post, "/o/{slug}/zones/{id}/approval", decide, deciding::approve_zone)
}
