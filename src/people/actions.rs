//! What can be done with the people of an organization.
//!
//! Invariant: the platform's row that opens doors and the organization's record of who had which role change together.

use super::Membership;
use super::records::membership_of;
use crate::storage::{Change, Result};

/// Gives a user roles in the organization, or takes them all with an empty list.
pub async fn set_roles(change: &mut Change, wanted: &Membership, why: &str) -> Result<()> {
    let organization = change.organization();
    let known = membership_of(change.reading().await?, wanted.user).await?;
    match known {
        Some(kept) if kept.content == *wanted => return Ok(()),
        Some(kept) => drop(change.supersede("membership.update", &kept, wanted, why).await?),
        None => drop(change.insert("membership.create", wanted, why).await?),
    }
    let mut tables = change.reading().await?.platform();
    if wanted.roles.is_empty() {
        tables.leave(wanted.user, organization).await
    } else {
        tables.set_roles(wanted.user, organization, &wanted.roles).await
    }
}
