//! What is ordered: for whom, what it answers, over which days, as of when, and why.
//!
//! Invariant: pure. The same order over the same record gives the same bytes, so nothing here names a wall clock.

use serde::{Deserialize, Serialize};

use super::model::Period;
use super::scope::Scope;
use crate::ids::{OrganizationId, PackageId};
use crate::storage::AsOf;

/// An order of a package.
#[derive(Clone, Debug)]
pub struct Order {
    pub organization: OrganizationId,
    /// The package's own id: where its file lies. It stands nowhere inside.
    pub package: PackageId,
    /// What is printed of the audit engagement it is for.
    pub engagement: Option<Engaged>,
    pub scope: Scope,
    pub period: Period,
    pub as_of: AsOf,
    pub reason: String,
}

/// What a package prints of its engagement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Engaged {
    pub id: String,
    /// The region's number of the audit; it stands in the folder's name.
    pub audit_id: String,
    pub title: String,
    pub region: String,
    pub notice_on: Option<crate::vocabulary::Date>,
    /// Names of the auditors, as they are printed.
    pub team: Vec<String>,
}

impl Order {
    /// An order of everything for a period.
    #[must_use]
    pub fn of(organization: OrganizationId, package: PackageId, period: Period, as_of: AsOf) -> Self {
        let (scope, reason) = (Scope::everything(), String::new());
        Self { organization, package, engagement: None, scope, period, as_of, reason }
    }

    /// The audit's number; the period where there is none.
    #[must_use]
    pub fn audit_id(&self) -> String {
        let id = self.engagement.as_ref().map_or("", |engagement| engagement.audit_id.as_str());
        if id.is_empty() { self.period.compact() } else { id.to_owned() }
    }
}
