//! The web side without slices: who calls, what a route allows, how pages and failures look.
//!
//! Invariant: no route without a policy; one failure type, rendered in one place; nothing inline, nothing foreign.

pub mod app;
pub mod caller;
pub mod computed;
pub mod extract;
pub mod eye;
pub mod failure;
pub mod files;
pub mod gate;
pub mod guard;
pub mod incoming;
pub mod links;
pub mod look;
pub mod page;
pub mod routes;
pub mod serving;

pub use app::App;
pub use caller::{Caller, Serving};
pub use failure::{Answer, Failure};
pub use look::Look;
pub use page::{Place, Shell};
pub use routes::{Policy, Routes};
