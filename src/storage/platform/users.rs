//! People who sign in, their credentials, and which organizations they serve.
//!
//! Invariant: credentials are kept hashed or sealed; a one-time code's step only ever moves forward.

use super::{Platform, platform_sql};
use crate::ids::{OrganizationId, UserId};
use crate::storage::Result;
use crate::vocabulary::Moment;

#[derive(sqlx::FromRow, Clone)]
pub struct User {
    pub id: UserId,
    pub login: String,
    pub name: String,
    /// PHC string; none until the person has chosen a password.
    pub password: Option<String>,
    /// Sealed seed of the one-time codes; none until enrolled.
    pub totp: Option<Vec<u8>>,
    pub totp_step: i64,
    pub failures: i64,
    pub failed_at: Moment,
    pub disabled_at: Option<Moment>,
}

/// Who is to be kept as a user.
pub struct NewUser<'a> {
    pub id: UserId,
    pub login: &'a str,
    pub name: &'a str,
    pub at: Moment,
}

/// A user's part in an organization.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct Member {
    pub user_id: UserId,
    pub login: String,
    pub name: String,
    pub roles: String,
    pub organization_id: OrganizationId,
    pub slug: String,
    pub organization: String,
    pub enrolled: bool,
    pub active: bool,
    pub disabled: bool,
}

macro_rules! user_columns {
    () => {
        "SELECT id, login, name, password, totp, totp_step, failures, failed_at, disabled_at FROM users"
    };
}

macro_rules! member_columns {
    () => {
        "SELECT m.user_id, u.login, u.name, m.roles, m.organization_id, o.slug, o.name AS organization, \
         u.totp IS NOT NULL AS enrolled, u.password IS NOT NULL AS active, u.disabled_at IS NOT NULL AS disabled \
         FROM memberships m JOIN users u ON u.id = m.user_id JOIN organizations o ON o.id = m.organization_id"
    };
}

platform_sql! {
    BY_LOGIN = concat!(user_columns!(), " WHERE login = $1");
    BY_ID = concat!(user_columns!(), " WHERE id = $1");
    COUNT = "SELECT COUNT(*) FROM users";
    INSERT = "INSERT INTO users (id, login, name, totp_step, failures, failed_at, created_at) VALUES ($1, $2, $3, 0, 0, 0, $4)";
    SET_PASSWORD = "UPDATE users SET password = $2, failures = 0 WHERE id = $1";
    SET_TOTP = "UPDATE users SET totp = $2, totp_step = $3 WHERE id = $1";
    TAKE_STEP = "UPDATE users SET totp_step = $2, failures = 0 WHERE id = $1 AND totp_step < $2";
    FAIL = "UPDATE users SET failures = failures + 1, failed_at = $2 WHERE id = $1";
    SUCCEED = "UPDATE users SET failures = 0 WHERE id = $1 AND failures > 0";
    DISABLE = "UPDATE users SET disabled_at = $2 WHERE id = $1";
    DROP_CODES = "DELETE FROM recovery_codes WHERE user_id = $1";
    ADD_CODE = "INSERT INTO recovery_codes (user_id, digest) VALUES ($1, $2)";
    USE_CODE = "UPDATE recovery_codes SET used_at = $3 WHERE user_id = $1 AND digest = $2 AND used_at IS NULL";
    CODES_LEFT = "SELECT COUNT(*) FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL";
    SET_ROLES = "INSERT INTO memberships (user_id, organization_id, roles) VALUES ($1, $2, $3) \
                 ON CONFLICT (user_id, organization_id) DO UPDATE SET roles = excluded.roles";
    LEAVE = "DELETE FROM memberships WHERE user_id = $1 AND organization_id = $2";
    MEMBERS = concat!(member_columns!(), " WHERE m.organization_id = $1 ORDER BY u.name, u.id");
    MEMBERSHIPS = concat!(member_columns!(), " WHERE m.user_id = $1 AND o.closed_at IS NULL ORDER BY o.name, o.id");
}

impl Platform<'_> {
    pub async fn user_by_login(&mut self, login: &str) -> Result<Option<User>> {
        self.statement(&BY_LOGIN).bind(login.to_owned()).maybe().await
    }

    pub async fn user(&mut self, id: UserId) -> Result<Option<User>> {
        self.statement(&BY_ID).bind(id).maybe().await
    }

    pub async fn user_count(&mut self) -> Result<i64> {
        let (count,): (i64,) = self.statement(&COUNT).one().await?;
        Ok(count)
    }

    pub async fn insert_user(&mut self, user: &NewUser<'_>) -> Result<()> {
        self.statement(&INSERT)
            .bind(user.id)
            .bind(user.login.to_owned())
            .bind(user.name.to_owned())
            .bind(user.at)
            .run()
            .await
            .map(drop)
    }

    pub async fn set_password(&mut self, id: UserId, phc: &str) -> Result<()> {
        self.statement(&SET_PASSWORD).bind(id).bind(phc.to_owned()).run().await.map(drop)
    }

    /// Sets or removes the sealed seed. `step` is the step the enrolling code was of, so it cannot be used again.
    pub async fn set_totp(&mut self, id: UserId, sealed: Option<Vec<u8>>, step: i64) -> Result<()> {
        self.statement(&SET_TOTP).bind(id).bind(sealed).bind(step).run().await.map(drop)
    }

    /// True for the first use of a step: of two equal codes at once exactly one passes.
    pub async fn take_totp_step(&mut self, id: UserId, step: i64) -> Result<bool> {
        Ok(self.statement(&TAKE_STEP).bind(id).bind(step).run().await? == 1)
    }

    pub async fn count_failure(&mut self, id: UserId, at: Moment) -> Result<()> {
        self.statement(&FAIL).bind(id).bind(at).run().await.map(drop)
    }

    pub async fn forget_failures(&mut self, id: UserId) -> Result<()> {
        self.statement(&SUCCEED).bind(id).run().await.map(drop)
    }

    /// Disables a person everywhere, or enables again with none.
    pub async fn set_disabled(&mut self, id: UserId, at: Option<Moment>) -> Result<()> {
        self.statement(&DISABLE).bind(id).bind(at).run().await.map(drop)
    }

    /// Puts new recovery codes in the place of all old ones.
    pub async fn replace_recovery_codes(&mut self, id: UserId, digests: &[[u8; 32]]) -> Result<()> {
        self.statement(&DROP_CODES).bind(id).run().await?;
        for digest in digests {
            self.statement(&ADD_CODE).bind(id).bind(digest.to_vec()).run().await?;
        }
        Ok(())
    }

    /// True for the first use of a recovery code.
    pub async fn use_recovery_code(&mut self, id: UserId, digest: [u8; 32], at: Moment) -> Result<bool> {
        Ok(self.statement(&USE_CODE).bind(id).bind(digest.to_vec()).bind(at).run().await? == 1)
    }

    pub async fn recovery_codes_left(&mut self, id: UserId) -> Result<i64> {
        let (count,): (i64,) = self.statement(&CODES_LEFT).bind(id).one().await?;
        Ok(count)
    }

    pub async fn set_roles(&mut self, user: UserId, organization: OrganizationId, roles: &str) -> Result<()> {
        self.statement(&SET_ROLES).bind(user).bind(organization).bind(roles.to_owned()).run().await.map(drop)
    }

    pub async fn leave(&mut self, user: UserId, organization: OrganizationId) -> Result<()> {
        self.statement(&LEAVE).bind(user).bind(organization).run().await.map(drop)
    }

    pub async fn members(&mut self, organization: OrganizationId) -> Result<Vec<Member>> {
        self.statement(&MEMBERS).bind(organization).all().await
    }

    pub async fn memberships(&mut self, user: UserId) -> Result<Vec<Member>> {
        self.statement(&MEMBERSHIPS).bind(user).all().await
    }
}
