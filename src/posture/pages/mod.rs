//! Pages of frameworks and requirements: what is asked, of what, and what the organization says and does about it.
//!
//! Invariant: every page reads one snapshot; what a part applies to is computed once for a tree size.

mod attesting;
mod connectivity;
mod framework;
mod frameworks;
mod judged;
mod listing;
mod narrating;
mod reach;
mod requirement;
mod sections;
mod views;

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::Method;
use uuid::Uuid;

use crate::auth::Action;
use crate::conduits::judging::Call;
use crate::flows::called::Called;
use crate::frameworks::{Reach, Surroundings, catalogs};
use crate::posture::{Judged, Memory};
use crate::storage::Snapshot;
use crate::web::{Answer, App, Caller, Policy, Routes};

pub use connectivity::CONNECTIVITY;
pub use sections::{ANSWERED, APPLYING};

/// Mounts the pages.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let (read, edit) = (Policy::Organization(Action::ReadControls), Policy::Organization(Action::EditControls));
    let attest = Policy::Organization(Action::Attest);
    routes
        .on(&Method::GET, "/o/{slug}/frameworks", read, frameworks::list)
        .on(&Method::GET, "/o/{slug}/frameworks/{id}", read, framework::matrix)
        .on(&Method::GET, "/o/{slug}/requirements/{id}", read, requirement::show)
        .on(&Method::GET, "/o/{slug}/requirements/{id}/verdicts", read, listing::list)
        .on(&Method::GET, "/o/{slug}/requirements/{id}/narrative", edit, narrating::form)
        .on(&Method::POST, "/o/{slug}/requirements/{id}/narrative", edit, narrating::write)
        .on(&Method::GET, "/o/{slug}/requirements/{id}/attestation", attest, attesting::form)
        .on(&Method::POST, "/o/{slug}/requirements/{id}/attestation", attest, attesting::attest)
        .on(&Method::GET, "/o/{slug}/attestations/{id}/withdrawal", attest, attesting::withdrawal)
        .on(&Method::POST, "/o/{slug}/attestations/{id}/withdrawal", attest, attesting::withdraw)
}

/// What each requirement that names records reaches of what an organization has.
type Reaches = HashMap<&'static str, Reach>;

/// What was judged at the snapshot, and what each requirement reaches.
pub struct Known {
    pub judged: Arc<Judged>,
    pub reaches: Arc<Reaches>,
}

impl Known {
    #[must_use]
    pub fn surroundings(&self) -> &Surroundings {
        self.judged.scope.around()
    }
}

/// What was judged at a snapshot, asked about single flows.
struct Flows(Arc<Judged>);

impl Called for Flows {
    fn call(&self, flow: Uuid) -> Option<Call> {
        let traffic = &self.0.facts.boundary.traffic;
        traffic.place(flow).map(|place| traffic.calls[place].call)
    }
}

/// What the policy says of the flows at a snapshot.
pub async fn called(app: &App, caller: &Caller, at: &mut Snapshot) -> Answer<Arc<dyn Called>> {
    let judged = app.shared::<Memory>().judged(at, caller.instant_shown()).await?;
    Ok(Arc::new(Flows(judged)))
}

/// What is known at the snapshot, from memory while nothing changed.
pub async fn known(app: &App, at: &mut Snapshot) -> Answer<Arc<Known>> {
    let (organization, size, newest) = (at.organization(), at.tree_size(), at.is_newest());
    let moment = if newest { app.store.clock().now() } else { at.now() };
    let judged = app.shared::<Memory>().judged(at, moment).await?;
    if newest && let Some(reaches) = app.computed.at::<Reaches>(organization, size) {
        return Ok(Arc::new(Known { judged, reaches }));
    }
    let all = catalogs().frameworks.iter().flat_map(|framework| &framework.requirements);
    let reaches = judged.scope.around().reaches(all.filter(|part| !part.subjects.is_empty()));
    let reaches: Arc<Reaches> = Arc::new(reaches.into_iter().collect());
    if newest {
        app.computed.keep(organization, size, Arc::clone(&reaches));
    }
    Ok(Arc::new(Known { judged, reaches }))
}
