//! Reviews as pages: the list with what should be opened, the opening, the rows with their decisions, the signature.
//!
//! Invariant: everything works without scripts; what was typed is never lost to a refusal; a signed review is read only.

mod deciding;
mod export;
mod list;
mod opening;
mod show;
mod table;

use axum::http::Method;

use super::actions::Refusal;
use super::model::Review;
use crate::auth::Action;
use crate::register::pages::mount_edit;
use crate::web::{Failure, Policy, Routes};

pub use opening::read;

/// Mounts the pages.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let (read, review) = (Policy::Organization(Action::ReadAccess), Policy::Organization(Action::ReviewAccess));
    let take = Action::ExportInventory;
    let (get, post) = (&Method::GET, &Method::POST);
    mount_edit::<Review>(routes)
        .on(get, "/o/{slug}/reviews", read, list::list)
        .on(get, "/o/{slug}/reviews/new", review, opening::new)
        .on(post, "/o/{slug}/reviews", review, opening::create)
        .on(get, "/o/{slug}/reviews/{id}", read, show::show)
        .on(get, "/o/{slug}/reviews/{id}/rows.csv", Policy::Organization(take), export::csv)
        .on(post, "/o/{slug}/reviews/{id}/decisions", review, deciding::decide)
        .on(post, "/o/{slug}/reviews/{id}/completion", review, deciding::complete)
        .on(post, "/o/{slug}/reviews/{id}/abandonment", review, deciding::abandon)
        .api(get, "reviews/{id}/rows.csv", take, "Export the rows with their decisions as CSV", export::csv)
}

/// A refusal as a failure, for where no form is shown again.
#[must_use]
pub fn refused(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Sent(problem) => Failure::Invalid(vec![problem]),
        Refusal::Stands(said) => Failure::Conflict(said),
    }
}
