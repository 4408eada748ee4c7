//! Access as pages: the overview of the place, and what stands above a person and a vendor.
//!
//! Invariant: reads only; every line leads to the record it was read from.

mod cards;
mod gathered;
mod heads;
mod overview;
mod vendors;

use axum::http::Method;

use crate::auth::Action;
use crate::web::{Policy, Routes};

pub use heads::PERSON;
pub use vendors::VENDOR;

/// Mounts the overview.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    routes.on(&Method::GET, "/o/{slug}/access", Policy::Organization(Action::ReadAccess), overview::overview)
}
