//! Background work with leases in the database, so two nodes never run the same errand.
//!
//! Invariant: an errand is done once or fails with a problem that is kept; a lease that ran out may be taken again.

use super::{Platform, platform_sql};
use crate::ids::{ErrandId, OrganizationId};
use crate::storage::Result;
use crate::vocabulary::Moment;

#[derive(sqlx::FromRow, Clone, Debug)]
pub struct Errand {
    pub id: ErrandId,
    pub organization_id: OrganizationId,
    pub kind: String,
    pub subject: uuid::Uuid,
    pub attempts: i64,
}

platform_sql! {
    INSERT = "INSERT INTO errands (id, organization_id, kind, subject, due_at, leased_until, attempts) VALUES ($1, $2, $3, $4, $5, 0, 0)";
    NEXT = "SELECT id, organization_id, kind, subject, attempts FROM errands \
            WHERE done_at IS NULL AND due_at <= $1 AND leased_until < $1 ORDER BY due_at, id LIMIT 1";
    LEASE = "UPDATE errands SET leased_until = $3, attempts = attempts + 1 WHERE id = $1 AND done_at IS NULL AND leased_until < $2";
    DONE = "UPDATE errands SET done_at = $2, problem = $3 WHERE id = $1";
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

    /// Takes the next errand that is due, for `seconds`.
    pub async fn lease_errand(&mut self, now: Moment, seconds: i64) -> Result<Option<Errand>> {
        let Some(errand) = self.statement(&NEXT).bind(now).maybe::<Errand>().await? else { return Ok(None) };
        let taken = self.statement(&LEASE).bind(errand.id).bind(now).bind(now.plus_seconds(seconds)).run().await?;
        Ok(Some(errand).filter(|_| taken == 1))
    }

    pub async fn finish_errand(&mut self, id: ErrandId, at: Moment, problem: Option<&str>) -> Result<()> {
        self.statement(&DONE).bind(id).bind(at).bind(problem.map(str::to_owned)).run().await.map(drop)
    }
}
