//! Pages of frameworks and requirements: what is asked, of what, and what the organization says and does about it.
//!
//! Invariant: every page reads one snapshot; what a part applies to is computed once for a tree size.

mod attesting;
mod framework;
mod frameworks;
mod narrating;
mod reach;
mod requirement;
mod sections;
mod views;

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::Method;

use crate::auth::Action;
use crate::frameworks::{Reach, Surroundings, catalogs, records};
use crate::storage::Snapshot;
use crate::web::{Answer, App, Policy, Routes};

pub use sections::{parts_of_asset, parts_of_site, parts_of_system, requirements_of_control};

/// Mounts the pages.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let (read, edit) = (Policy::Organization(Action::ReadControls), Policy::Organization(Action::EditControls));
    let attest = Policy::Organization(Action::Attest);
    routes
        .on(&Method::GET, "/o/{slug}/frameworks", read, frameworks::list)
        .on(&Method::GET, "/o/{slug}/frameworks/{id}", read, framework::matrix)
        .on(&Method::GET, "/o/{slug}/requirements/{id}", read, requirement::show)
        .on(&Method::GET, "/o/{slug}/requirements/{id}/narrative", edit, narrating::form)
        .on(&Method::POST, "/o/{slug}/requirements/{id}/narrative", edit, narrating::write)
        .on(&Method::GET, "/o/{slug}/requirements/{id}/attestation", attest, attesting::form)
        .on(&Method::POST, "/o/{slug}/requirements/{id}/attestation", attest, attesting::attest)
        .on(&Method::GET, "/o/{slug}/attestations/{id}/withdrawal", attest, attesting::withdrawal)
        .on(&Method::POST, "/o/{slug}/attestations/{id}/withdrawal", attest, attesting::withdraw)
}

/// What an organization has, and what each requirement that names records reaches of it.
pub struct Known {
    pub surroundings: Surroundings,
    pub reaches: HashMap<String, Reach>,
}

/// What is known at the snapshot, from the cache while nothing changed.
pub async fn known(app: &App, at: &mut Snapshot) -> Answer<Arc<Known>> {
    let (organization, size, newest) = (at.organization(), at.tree_size(), at.is_newest());
    if newest && let Some(kept) = app.computed.at::<Known>(organization, size) {
        return Ok(kept);
    }
    let surroundings = records::surroundings(at).await?;
    let all = catalogs().frameworks.iter().flat_map(|framework| &framework.requirements);
    let reaches = surroundings.reaches(all.filter(|part| !part.subjects.is_empty()));
    let reaches = reaches.into_iter().map(|(id, reach)| (id.to_owned(), reach)).collect();
    let known = Arc::new(Known { surroundings, reaches });
    if newest {
        app.computed.keep(organization, size, Arc::clone(&known));
    }
    Ok(known)
}
