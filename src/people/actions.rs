//! What can be done with the people of an organization.
//!
//! Invariant: the platform's row that opens doors and the organization's record of who had which role change together.

use super::Membership;
use super::records::membership_of;
use crate::ids::UserId;
use crate::storage::journal::Subject;
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

/// Disables a person, ending every session at once, or enables again.
pub async fn set_disabled(change: &mut Change, user: UserId, disabled: bool) -> Result<()> {
    let now = change.moment();
    let mut tables = change.reading().await?.platform();
    tables.set_disabled(user, disabled.then_some(now)).await?;
    if disabled {
        tables.end_other_sessions(user, "", now).await?;
    }
    let act = if disabled { "user.disable" } else { "user.enable" };
    change.note(act, Subject { kind: "user", id: user.to_string(), rev: None }, None).await
}

/// Revokes an API token of the organization; false when there is none to revoke.
pub async fn revoke_token(change: &mut Change, id: &str) -> Result<bool> {
    let (now, organization) = (change.moment(), change.organization());
    if !change.reading().await?.platform().revoke_token(id, organization, now).await? {
        return Ok(false);
    }
    change.note("token.revoke", Subject { kind: "token", id: id.to_owned(), rev: None }, None).await?;
    Ok(true)
}
