//! Exceptions as pages: the list by standing, the request, the record with what it justifies, the decisions.
//!
//! Invariant: a decision is a resource of its own behind the step-up window; a page says what an exception may not justify
//! as plainly as what it may.

mod deciding;
pub mod editing;
mod export;
mod list;
mod requesting;
mod show;

use axum::http::Method;

use super::actions::Person;
use crate::auth::Action;
use crate::register::Member;
use crate::web::caller::Who;
use crate::web::{Caller, Policy, Routes};

pub use requesting::read;

/// Mounts the pages.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let read = Policy::Organization(Action::ReadFindings);
    let request = Policy::Organization(Action::RequestException);
    let decide = Policy::Organization(Action::ApproveException);
    let take = Action::ExportInventory;
    let (get, post) = (&Method::GET, &Method::POST);
    routes
        .on(get, "/o/{slug}/exceptions", read, list::list)
        .api(get, "exceptions.csv", take, "Export as CSV", export::csv)
        .api(get, "exceptions.xlsx", take, "Export as XLSX", export::xlsx)
        .on(get, "/o/{slug}/exceptions.csv", Policy::Organization(take), export::csv)
        .on(get, "/o/{slug}/exceptions.xlsx", Policy::Organization(take), export::xlsx)
        .on(get, "/o/{slug}/exceptions/new", request, requesting::new)
        .on(post, "/o/{slug}/exceptions", request, requesting::create)
        .on(get, "/o/{slug}/exceptions/{id}", read, show::show)
        .on(get, "/o/{slug}/exceptions/{id}/edit", request, editing::edit)
        .on(post, "/o/{slug}/exceptions/{id}", request, editing::update)
        .on(post, "/o/{slug}/exceptions/{id}/approval", decide, deciding::approve)
        .on(post, "/o/{slug}/exceptions/{id}/refusal", decide, deciding::refuse)
        .on(post, "/o/{slug}/exceptions/{id}/revocation", decide, deciding::revoke)
        .on(post, "/o/{slug}/exceptions/{id}/end", request, deciding::end)
}

/// The caller as an exception names them.
#[must_use]
pub fn person(caller: &Caller) -> Person {
    let member = match &caller.who {
        Who::User { id, login, .. } => Some(Member { user: *id, login: login.clone() }),
        Who::Token { .. } => None,
    };
    Person { member, name: caller.name.clone() }
}

/// The class of a standing: shape and color beside its word.
#[must_use]
pub fn mark(standing: super::Standing) -> &'static str {
    use super::Standing as S;
    match standing {
        S::Requested => "indeterminate",
        S::Approved => "justified",
        S::Expiring => "due_soon",
        S::Expired | S::Refused | S::Revoked => "not_applicable",
    }
}
