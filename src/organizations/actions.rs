//! What can be done with an organization: begin it, change what it says of itself.
//!
//! Invariant: the organization's row, its journal and its profile begin in one transaction.

use super::OrganizationProfile;
use crate::ids::{Id, OrganizationId};
use crate::storage::change::Author;
use crate::storage::{Change, Kept, Result, Store};

/// Opens a change in which a new organization exists and has its profile. Whatever else begins with it (its first
/// administrator) goes into the same change.
pub async fn found(
    store: &Store,
    profile: &OrganizationProfile,
    author: Author,
    why: &str,
) -> Result<(OrganizationId, Change)> {
    let id = OrganizationId::new(store.clock().now(), &mut rand::rng());
    let mut change = store.found(id, &profile.slug, (&profile.name, &profile.time_zone), author).await?;
    change.insert_as(id, "organization.create", profile, why).await?;
    Ok((id, change))
}

/// Writes a new version of the profile.
pub async fn revise(
    change: &mut Change,
    read: &Kept<OrganizationProfile>,
    profile: &OrganizationProfile,
    why: &str,
) -> Result<()> {
    change.supersede("organization.update", read, profile, why).await?;
    if (&read.name, &read.time_zone) != (&profile.name, &profile.time_zone) {
        let id = change.organization();
        change.reading().await?.platform().settle_organization(id, &profile.name, &profile.time_zone).await?;
    }
    Ok(())
}
