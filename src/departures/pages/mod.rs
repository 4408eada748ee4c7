//! Departures as pages: what stands above one, the clocks of all, what is decided about abilities.
//!
//! Invariant: a state is a word with its shape and color; where the removal is recorded is one link away.

mod clocks;
mod deciding;
mod heads;

use axum::http::Method;

use crate::auth::Action;
use crate::web::{Policy, Routes};

pub use heads::DEPARTURE;

/// Mounts the pages beside the register.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let (read, edit) = (Policy::Organization(Action::ReadAccess), Policy::Organization(Action::EditAccess));
    routes
        .on(&Method::GET, "/o/{slug}/departures/clocks", read, clocks::page_of_all)
        .on(&Method::POST, "/o/{slug}/departures/{id}/abilities", edit, deciding::look_again)
        .on(&Method::GET, "/o/{slug}/departures/{id}/determination", edit, deciding::form)
        .on(&Method::POST, "/o/{slug}/departures/{id}/determination", edit, deciding::determine)
}
