//! Background work with leases in the database, so two processes never run the same errand.
//!
//! Invariant: an errand is done once or fails with a problem that is kept. Only who holds the lease keeps it, says how far
//! the work is, and ends it; a lease that ran out may be taken by another.

use super::{Platform, platform_sql};
use crate::ids::{ErrandId, OrganizationId};
use crate::storage::Result;
use crate::vocabulary::Moment;

/// An errand somebody took.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct Errand {
    pub id: ErrandId,
    pub organization_id: OrganizationId,
    pub kind: String,
    pub subject: uuid::Uuid,
    /// How often it was taken, this time included.
    pub attempts: i64,
}

/// How an errand stands, for whoever watches it.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct Standing {
    pub id: ErrandId,
    pub attempts: i64,
    pub leased_by: String,
    pub leased_until: Moment,
    /// What is being worked at, and how many of how many steps of it are done.
    pub stage: String,
    pub steps_done: i64,
    pub steps: i64,
    pub done_at: Option<Moment>,
    pub problem: Option<String>,
}

/// A lease: who holds it, from when, for how many seconds.
#[derive(Clone, Copy, Debug)]
pub struct Lease<'l> {
    pub who: &'l str,
    pub now: Moment,
    pub seconds: i64,
}

/// How far the work is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    pub stage: String,
    pub done: i64,
    pub of: i64,
}

macro_rules! errand_columns {
    () => {
        "SELECT id, organization_id, kind, subject, attempts FROM errands"
    };
}

platform_sql! {
    INSERT = "INSERT INTO errands (id, organization_id, kind, subject, due_at, leased_until, attempts) VALUES ($1, $2, $3, $4, $5, 0, 0)";
    NEXT = concat!(errand_columns!(), " WHERE done_at IS NULL AND due_at <= $1 AND leased_until < $1 AND kind = $2 ORDER BY due_at, id LIMIT 1");
    NEXT_OF = concat!(errand_columns!(), " WHERE organization_id = $3 AND subject = $4 AND kind = $2 AND done_at IS NULL AND leased_until < $1 ORDER BY due_at, id LIMIT 1");
    WAITS = "SELECT COUNT(*) FROM errands WHERE done_at IS NULL AND due_at <= $1 AND leased_until < $1 AND kind = $2";
    LEASE = "UPDATE errands SET leased_until = $3, leased_by = $4, attempts = attempts + 1, stage = '', steps_done = 0, steps = 0 \
             WHERE id = $1 AND done_at IS NULL AND leased_until < $2";
    KEEP = "UPDATE errands SET leased_until = $3, stage = $4, steps_done = $5, steps = $6 WHERE id = $1 AND leased_by = $2 AND done_at IS NULL";
    DONE = "UPDATE errands SET done_at = $3, problem = $4 WHERE id = $1 AND leased_by = $2 AND done_at IS NULL";
    LATEST = "SELECT id, attempts, leased_by, leased_until, stage, steps_done, steps, done_at, problem FROM errands \
              WHERE organization_id = $1 AND subject = $2 ORDER BY due_at DESC, id DESC LIMIT 1";
}

impl Platform<'_> {
    pub async fn order_errand(
        &mut self,
        id: ErrandId,
        organization: OrganizationId,
        kind: &str,
        subject: uuid::Uuid,
        due: Moment,
    ) -> Result<()> {
        self.statement(&INSERT)
            .bind(id)
            .bind(organization)
            .bind(kind.to_owned())
            .bind(subject)
            .bind(due)
            .run()
            .await
            .map(drop)
    }

    /// True when an errand of a kind is due and nobody holds it: asked before anything is written.
    pub async fn errand_waits(&mut self, kind: &str, now: Moment) -> Result<bool> {
        let (count,): (i64,) = self.statement(&WAITS).bind(now).bind(kind.to_owned()).one().await?;
        Ok(count > 0)
    }

    /// Takes the next errand of a kind that is due.
    pub async fn lease_errand(&mut self, kind: &str, lease: &Lease<'_>) -> Result<Option<Errand>> {
        let found = self.statement(&NEXT).bind(lease.now).bind(kind.to_owned()).maybe::<Errand>().await?;
        self.take(found, lease).await
    }

    /// Takes the errand about a subject, unless it is done or another holds it.
    pub async fn lease_errand_of(
        &mut self,
        kind: &str,
        (organization, subject): (OrganizationId, uuid::Uuid),
        lease: &Lease<'_>,
    ) -> Result<Option<Errand>> {
        let asked = self.statement(&NEXT_OF).bind(lease.now).bind(kind.to_owned()).bind(organization).bind(subject);
        let found = asked.maybe::<Errand>().await?;
        self.take(found, lease).await
    }

    async fn take(&mut self, found: Option<Errand>, lease: &Lease<'_>) -> Result<Option<Errand>> {
        let Some(errand) = found else { return Ok(None) };
        let until = lease.now.plus_seconds(lease.seconds);
        let leased = self.statement(&LEASE).bind(errand.id).bind(lease.now).bind(until).bind(lease.who.to_owned());
        let taken = leased.run().await?;
        Ok(Some(Errand { attempts: errand.attempts + 1, ..errand }).filter(|_| taken == 1))
    }

    /// Keeps a lease and says how far the work is; false when another took it meanwhile.
    pub async fn keep_errand(&mut self, id: ErrandId, lease: &Lease<'_>, step: &Step) -> Result<bool> {
        let kept = self
            .statement(&KEEP)
            .bind(id)
            .bind(lease.who.to_owned())
            .bind(lease.now.plus_seconds(lease.seconds))
            .bind(step.stage.clone())
            .bind(step.done)
            .bind(step.of)
            .run()
            .await?;
        Ok(kept == 1)
    }

    /// Ends an errand; false when somebody else holds it or ended it before.
    pub async fn finish_errand(&mut self, id: ErrandId, who: &str, at: Moment, problem: Option<&str>) -> Result<bool> {
        let ended = self.statement(&DONE).bind(id).bind(who.to_owned()).bind(at).bind(problem.map(str::to_owned));
        Ok(ended.run().await? == 1)
    }

    /// How the newest errand about a subject stands.
    pub async fn errand_of(&mut self, organization: OrganizationId, subject: uuid::Uuid) -> Result<Option<Standing>> {
        self.statement(&LATEST).bind(organization).bind(subject).maybe().await
    }
}
