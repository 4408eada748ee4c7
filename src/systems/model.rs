//! A BES Cyber System.
//!
//! Invariant: pure; impact is read off the criterion.

use serde::{Deserialize, Serialize};

use crate::ids::SiteId;
use crate::sites::rules::Criterion;
use crate::vocabulary::{Date, Impact, Reference};

/// A BES Cyber System (in the catalogs: `bes_cyber_system`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct System {
    pub reference: Reference,
    pub name: String,
    /// The reliability task it performs, such as monitoring and control.
    pub reliability_task: String,
    pub site: Option<SiteId>,
    /// The criterion that rates it; none until somebody decided.
    pub criterion: Option<Criterion>,
    pub impact_reason: String,
    /// External Routable Connectivity, as declared; conduits compute it beside (`checks::erc`).
    pub erc: Option<bool>,
    pub erc_reason: String,
    pub dial_up: Option<bool>,
    pub in_service_on: Option<Date>,
    pub retired_on: Option<Date>,
    pub notes: String,
}

impl System {
    /// The rating of its criterion (CIP-002-5.1a Attachment 1); none while no criterion was decided.
    #[must_use]
    pub fn impact(&self) -> Option<Impact> {
        self.criterion.as_ref().map(Criterion::impact)
    }
}
