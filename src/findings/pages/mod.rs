//! Findings as pages: the list, one finding with why and what was done, its steps, the entry made in the field, my queue.
//!
//! Invariant: what was typed is never lost, to a refusal, to another person or to a dead connection; nobody is offered a
//! step they may not take.

mod opening;
mod queue;
mod remedy;
mod show;
mod stepping;
mod taking;
mod triage;

use axum::http::Method;

use super::model::Finding;
use super::rules::Who;
use crate::auth::Action;
use crate::checks::Subject;
use crate::register::{Member, pages};
use crate::web::caller::Who as Caught;
use crate::web::{Caller, Policy, Routes, links};

pub use opening::read;
pub use remedy::entry;
pub use stepping::Kind;

/// Mounts the pages.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let read = Policy::Organization(Action::ReadFindings);
    let work = Policy::Organization(Action::WorkFindings);
    let (get, post) = (&Method::GET, &Method::POST);
    let routes = routes
        .on(get, "/queue", Policy::SignedIn, queue::queue)
        .on(get, "/o/{slug}/findings/new", work, opening::new)
        .on(post, "/o/{slug}/findings", work, opening::create)
        .on(post, "/o/{slug}/findings/triage", work, triage::triage)
        .on(get, "/o/{slug}/findings/{id}", read, show::show)
        .on(get, "/o/{slug}/findings/{id}/remediation", work, remedy::form)
        .unhurried(|routes| routes.on(post, "/o/{slug}/findings/{id}/remediation", work, remedy::log));
    let routes = Kind::ALL.iter().fold(routes, |routes, kind| {
        let pattern = format!("/o/{{slug}}/findings/{{id}}/{}", kind.word());
        let policy = Policy::Organization(kind.action());
        routes.on(get, &pattern, policy, move |app, caller, id| stepping::form(*kind, app, caller, id)).on(
            post,
            &pattern,
            policy,
            move |app, caller, id, filled| stepping::submit(*kind, app, caller, id, filled),
        )
    });
    pages::mount_list::<Finding>(routes)
}

/// The caller as a finding's steps know them.
#[must_use]
pub fn who(caller: &Caller) -> Who {
    match &caller.who {
        Caught::User { id, login, .. } => Who(Some(Member { user: *id, login: login.clone() })),
        Caught::Token { .. } => Who(None),
    }
}

/// Kinds of records with a page of their own.
const PAGED: [&str; 20] = [
    "asset",
    "system",
    "zone",
    "site",
    "interface",
    "service",
    "conduit",
    "permitted_flow",
    "crossing",
    "sensor",
    "person",
    "vendor",
    "appointment",
    "circumstance",
    "authorization",
    "account",
    "grant",
    "session",
    "departure",
    "review",
];

/// Where a record's page is; none for kinds without one.
#[must_use]
pub fn record_href(slug: &str, subject: &Subject, as_of: &str) -> Option<String> {
    PAGED
        .contains(&subject.kind.as_str())
        .then(|| format!("{}{as_of}", links::record(slug, &links::collection(&subject.kind), subject.id)))
}
