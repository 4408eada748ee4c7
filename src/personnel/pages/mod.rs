//! Decisions and acts about personnel records as pages: what stands above a record, each step as a resource, many approved at
//! once.
//!
//! Invariant: a decision is behind the step-up window, names the version it was read at and says why; nobody is offered what
//! they may not do.

mod heads;
mod many;

use axum::extract::State;
use axum::http::Method;

use super::actions::{Offer, Stepped};
use super::api::read;
use super::{Account, Authorization, Circumstance};
use crate::auth::Action;
use crate::web::extract::{Filled, Id};
use crate::web::{Answer, App, Caller, Failure, Policy, Routes, links, page};

pub use heads::{ACCOUNT, APPOINTMENT, AUTHORIZATION, CIRCUMSTANCE};

/// Mounts the steps.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let decide = Policy::Organization(Action::ApproveAccess);
    routes
        .on(&Method::POST, "/o/{slug}/authorizations/approval", decide, many::approve)
        .with(steps::<Authorization>)
        .with(steps::<Circumstance>)
        .with(steps::<Account>)
}

fn steps<K: Stepped>(routes: Routes) -> Routes {
    K::STEPS.iter().fold(routes, |routes, offer| {
        let path = format!("/o/{{slug}}/{}/{{id}}/{}", K::WORDS.collection, offer.resource);
        routes.on(&Method::POST, &path, Policy::Organization(offer.action), move |app, caller, id, filled| {
            step::<K>(offer, app, caller, id, filled)
        })
    })
}

async fn step<K: Stepped>(
    offer: &'static Offer<K::Step>,
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<K::Id>,
    mut filled: Filled,
) -> Answer {
    let mut text = |name: &str| filled.take(name);
    let (version, texts) = (text("version"), [text("reason"), text("at"), text("on"), text("proof")]);
    let mut change = caller.change(&app).await?;
    let kept = change.reading().await?.find::<K>(id).await?.ok_or(Failure::NotFound)?;
    let said = read(&caller, offer.asked, texts.each_ref().map(String::as_str))?;
    if version != kept.version.to_string() {
        return Err(Failure::Stale);
    }
    K::take(&mut change, &kept, offer.step, &said).await?.map_err(Failure::Conflict)?;
    change.commit().await?;
    let href = links::record(&caller.serving()?.slug, K::WORDS.collection, id);
    Ok(page::see(&format!("{href}?done={}", offer.done)))
}
