//! Sign-in sessions: one row decides, whatever a cookie says.
//!
//! Invariant: a session that is ended, idle too long, past its end, or of a disabled person is no session.

use super::{Platform, platform_sql};
use crate::ids::{OrganizationId, UserId};
use crate::storage::Result;
use crate::vocabulary::Moment;

/// A session without use for this long ends.
pub const IDLE_SECONDS: i64 = 30 * 60;
/// A session ends this long after sign-in, however busy.
pub const ABSOLUTE_SECONDS: i64 = 12 * 3600;

#[derive(sqlx::FromRow, Clone, Debug)]
pub struct Session {
    pub id: String,
    pub user_id: UserId,
    pub created_at: Moment,
    pub seen_at: Moment,
    pub ends_at: Moment,
    pub step_up_until: Moment,
    pub methods: String,
    pub address: String,
    pub agent: String,
}

pub struct NewSession<'a> {
    pub id: &'a str,
    pub user: UserId,
    pub at: Moment,
    pub step_up_until: Moment,
    pub methods: &'a str,
    pub address: &'a str,
    pub address_salt: &'a [u8],
    pub agent: &'a str,
}

/// What one request learns about its session, its person, and their part in the organization of the address.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct Visit {
    pub session: String,
    pub user_id: UserId,
    pub login: String,
    pub person: String,
    pub seen_at: Moment,
    pub step_up_until: Moment,
    pub methods: String,
    pub address: String,
    pub address_salt: Vec<u8>,
    pub enrolled: bool,
    pub organization_id: Option<OrganizationId>,
    pub organization: Option<String>,
    pub time_zone: Option<String>,
    pub roles: Option<String>,
    pub served: i64,
}

platform_sql! {
    START = "INSERT INTO sessions (id, user_id, created_at, seen_at, ends_at, step_up_until, methods, address, address_salt, agent) \
             VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9)";
    VISIT = "SELECT s.id AS session, s.user_id, u.login, u.name AS person, s.seen_at, s.step_up_until, s.methods, s.address, \
             s.address_salt, u.totp IS NOT NULL AS enrolled, o.id AS organization_id, o.name AS organization, o.time_zone, m.roles, \
             (SELECT COUNT(*) FROM memberships a WHERE a.user_id = u.id) AS served \
             FROM sessions s JOIN users u ON u.id = s.user_id \
             LEFT JOIN organizations o ON o.slug = $2 AND o.closed_at IS NULL \
             LEFT JOIN memberships m ON m.user_id = s.user_id AND m.organization_id = o.id \
             WHERE s.id = $1 AND s.ended_at IS NULL AND u.disabled_at IS NULL AND s.ends_at > $3 AND s.seen_at > $4";
    TOUCH = "UPDATE sessions SET seen_at = $2 WHERE id = $1 AND seen_at < $2";
    STEP_UP = "UPDATE sessions SET step_up_until = $2, methods = $3 WHERE id = $1 AND ended_at IS NULL";
    END = "UPDATE sessions SET ended_at = $3 WHERE id = $1 AND user_id = $2 AND ended_at IS NULL";
    END_OTHERS = "UPDATE sessions SET ended_at = $3 WHERE user_id = $1 AND id <> $2 AND ended_at IS NULL";
    LIST = "SELECT id, user_id, created_at, seen_at, ends_at, step_up_until, methods, address, agent FROM sessions \
            WHERE user_id = $1 AND ended_at IS NULL AND ends_at > $2 AND seen_at > $3 ORDER BY seen_at DESC, id";
}

impl Platform<'_> {
    pub async fn start_session(&mut self, new: &NewSession<'_>) -> Result<()> {
        self.statement(&START)
            .bind(new.id.to_owned())
            .bind(new.user)
            .bind(new.at)
            .bind(new.at.plus_seconds(ABSOLUTE_SECONDS))
            .bind(new.step_up_until)
            .bind(new.methods.to_owned())
            .bind(new.address.to_owned())
            .bind(new.address_salt.to_vec())
            .bind(new.agent.to_owned())
            .run()
            .await
            .map(drop)
    }

    /// The living session of this id, with the person's part in the organization `slug` (empty for none).
    pub async fn visit(&mut self, session: &str, slug: &str, now: Moment) -> Result<Option<Visit>> {
        self.statement(&VISIT)
            .bind(session.to_owned())
            .bind(slug.to_owned())
            .bind(now)
            .bind(now.plus_seconds(-IDLE_SECONDS))
            .maybe()
            .await
    }

    pub async fn touch_session(&mut self, id: &str, now: Moment) -> Result<()> {
        self.statement(&TOUCH).bind(id.to_owned()).bind(now).run().await.map(drop)
    }

    pub async fn step_up_session(&mut self, id: &str, until: Moment, methods: &str) -> Result<()> {
        self.statement(&STEP_UP).bind(id.to_owned()).bind(until).bind(methods.to_owned()).run().await.map(drop)
    }

    /// Ends a session of this user; true when there was one.
    pub async fn end_session(&mut self, id: &str, user: UserId, now: Moment) -> Result<bool> {
        Ok(self.statement(&END).bind(id.to_owned()).bind(user).bind(now).run().await? == 1)
    }

    /// Ends all sessions of a user but `kept` (empty for none).
    pub async fn end_other_sessions(&mut self, user: UserId, kept: &str, now: Moment) -> Result<u64> {
        self.statement(&END_OTHERS).bind(user).bind(kept.to_owned()).bind(now).run().await
    }

    pub async fn sessions(&mut self, user: UserId, now: Moment) -> Result<Vec<Session>> {
        self.statement(&LIST).bind(user).bind(now).bind(now.plus_seconds(-IDLE_SECONDS)).all().await
    }
}
