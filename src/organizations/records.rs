//! How the profile of an organization is kept.
//!
//! Invariant: its id is the organization's own.

use super::OrganizationProfile;
use crate::ids::OrganizationId;
use crate::storage::{Audited, Cell, Table};
use crate::vocabulary::fold;

impl Audited for OrganizationProfile {
    type Id = OrganizationId;
    const TABLE: Table = Table {
        kind: "organization",
        identity: "organization_profiles",
        versions: "organization_profile_versions",
        columns: &[],
    };

    fn columns(&self) -> Vec<Cell> {
        Vec::new()
    }

    fn terms(&self) -> Vec<String> {
        fold::words(&self.name).collect()
    }
}
