//! One-time links: first set-up, invitation, reset, and the demonstration's way in.
//!
//! Invariant: only the SHA-256 of a link's secret is kept, and a link works once.

use super::{Platform, platform_sql};
use crate::ids::{OrganizationId, UserId};
use crate::storage::Result;
use crate::vocabulary::Moment;

#[derive(sqlx::FromRow, Clone, Debug)]
pub struct Link {
    pub purpose: String,
    pub user_id: Option<UserId>,
    pub organization_id: Option<OrganizationId>,
    pub expires_at: Moment,
    pub used_at: Option<Moment>,
}

pub struct NewLink<'a> {
    pub digest: [u8; 32],
    pub purpose: &'a str,
    pub user: Option<UserId>,
    pub organization: Option<OrganizationId>,
    pub at: Moment,
    pub expires_at: Moment,
}

platform_sql! {
    INSERT = "INSERT INTO links (digest, purpose, user_id, organization_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
    FIND = "SELECT purpose, user_id, organization_id, expires_at, used_at FROM links WHERE digest = $1";
    USE = "UPDATE links SET used_at = $2 WHERE digest = $1 AND used_at IS NULL AND expires_at > $2";
    VOID = "UPDATE links SET used_at = $3 WHERE user_id = $1 AND purpose = $2 AND used_at IS NULL";
}

impl Platform<'_> {
    /// Keeps a new link; unused links of the same person and purpose stop working.
    pub async fn insert_link(&mut self, new: &NewLink<'_>) -> Result<()> {
        if let Some(user) = new.user {
            self.statement(&VOID).bind(user).bind(new.purpose.to_owned()).bind(new.at).run().await?;
        }
        self.statement(&INSERT)
            .bind(new.digest.to_vec())
            .bind(new.purpose.to_owned())
            .bind(new.user)
            .bind(new.organization)
            .bind(new.at)
            .bind(new.expires_at)
            .run()
            .await
            .map(drop)
    }

    pub async fn link(&mut self, digest: [u8; 32]) -> Result<Option<Link>> {
        self.statement(&FIND).bind(digest.to_vec()).maybe().await
    }

    /// True for the one use a link has.
    pub async fn use_link(&mut self, digest: [u8; 32], now: Moment) -> Result<bool> {
        Ok(self.statement(&USE).bind(digest.to_vec()).bind(now).run().await? == 1)
    }
}
