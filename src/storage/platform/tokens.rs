//! API tokens: a service's way in, for one organization.
//!
//! Invariant: only the SHA-256 of a token is kept; a revoked or expired token opens nothing.

use super::{Platform, platform_sql};
use crate::ids::OrganizationId;
use crate::storage::Result;
use crate::vocabulary::Moment;

#[derive(sqlx::FromRow, Clone, Debug)]
pub struct Token {
    pub id: String,
    pub organization_id: OrganizationId,
    pub slug: String,
    pub organization: String,
    pub time_zone: String,
    pub name: String,
    pub roles: String,
    pub scopes: String,
    pub digest: Vec<u8>,
    pub address_salt: Vec<u8>,
    pub created_by: String,
    pub created_at: Moment,
    pub expires_at: Moment,
    pub used_at: Option<Moment>,
    pub revoked_at: Option<Moment>,
}

pub struct NewToken<'a> {
    pub id: &'a str,
    pub organization: OrganizationId,
    pub name: &'a str,
    pub roles: &'a str,
    pub scopes: &'a str,
    pub digest: [u8; 32],
    pub address_salt: &'a [u8],
    pub created_by: &'a str,
    pub at: Moment,
    pub expires_at: Moment,
}

macro_rules! token_columns {
    () => {
        "SELECT t.id, t.organization_id, o.slug, o.name AS organization, o.time_zone, t.name, t.roles, t.scopes, t.digest, \
         t.address_salt, t.created_by, t.created_at, t.expires_at, t.used_at, t.revoked_at FROM tokens t JOIN organizations o ON o.id = t.organization_id"
    };
}

platform_sql! {
    FIND = concat!(token_columns!(), " WHERE t.id = $1");
    LIST = concat!(token_columns!(), " WHERE t.organization_id = $1 ORDER BY t.created_at DESC, t.id");
    INSERT = "INSERT INTO tokens (id, organization_id, name, roles, scopes, digest, address_salt, created_by, created_at, expires_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    TOUCH = "UPDATE tokens SET used_at = $2 WHERE id = $1";
    REVOKE = "UPDATE tokens SET revoked_at = $3 WHERE id = $1 AND organization_id = $2 AND revoked_at IS NULL";
}

impl Platform<'_> {
    pub async fn token(&mut self, id: &str) -> Result<Option<Token>> {
        self.statement(&FIND).bind(id.to_owned()).maybe().await
    }

    pub async fn tokens(&mut self, organization: OrganizationId) -> Result<Vec<Token>> {
        self.statement(&LIST).bind(organization).all().await
    }

    pub async fn insert_token(&mut self, new: &NewToken<'_>) -> Result<()> {
        self.statement(&INSERT)
            .bind(new.id.to_owned())
            .bind(new.organization)
            .bind(new.name.to_owned())
            .bind(new.roles.to_owned())
            .bind(new.scopes.to_owned())
            .bind(new.digest.to_vec())
            .bind(new.address_salt.to_vec())
            .bind(new.created_by.to_owned())
            .bind(new.at)
            .bind(new.expires_at)
            .run()
            .await
            .map(drop)
    }

    pub async fn touch_token(&mut self, id: &str, now: Moment) -> Result<()> {
        self.statement(&TOUCH).bind(id.to_owned()).bind(now).run().await.map(drop)
    }

    /// Revokes a token of this organization; true when there was one.
    pub async fn revoke_token(&mut self, id: &str, organization: OrganizationId, now: Moment) -> Result<bool> {
        Ok(self.statement(&REVOKE).bind(id.to_owned()).bind(organization).bind(now).run().await? == 1)
    }
}
