//! Which organizations live in this installation.
//!
//! Invariant: an organization and the head of its journal begin together.

use super::{Platform, platform_sql};
use crate::ids::OrganizationId;
use crate::storage::merkle::Frontier;
use crate::storage::statement::{Side, Text};
use crate::storage::{OrgSql, Result};
use crate::vocabulary::Moment;

/// An organization as sign-in and commands see it.
#[derive(sqlx::FromRow, Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    pub id: OrganizationId,
    pub slug: String,
    pub name: String,
    pub time_zone: String,
}

platform_sql! {
    FIND = "SELECT id, slug, name, time_zone FROM organizations WHERE id = $1";
    FIND_SLUG = "SELECT id, slug, name, time_zone FROM organizations WHERE slug = $1 AND slug <> '-' AND closed_at IS NULL";
    EVERY = "SELECT id, slug, name, time_zone FROM organizations WHERE slug <> '-' AND closed_at IS NULL ORDER BY slug, id";
    INSERT = "INSERT INTO organizations (id, slug, name, time_zone, created_at) VALUES ($1, $2, $3, $4, $5)";
    SETTLE = "UPDATE organizations SET name = $2, time_zone = $3 WHERE id = $1";
}

const PLATFORM_ORIGIN: OrgSql = OrgSql::new("SELECT origin FROM journal_heads WHERE organization_id = $1");
const BEGIN_JOURNAL: OrgSql = OrgSql::new(
    "INSERT INTO journal_heads (organization_id, size, frontier, root, last_at, last_leaf, origin) VALUES ($1, 0, $2, $3, 0, $4, $5)",
);

/// Texts of this file about an organization's rows.
pub const STATEMENTS: &[OrgSql] = &[PLATFORM_ORIGIN, BEGIN_JOURNAL];

impl Platform<'_> {
    pub async fn organization(&mut self, id: OrganizationId) -> Result<Option<Organization>> {
        self.statement(&FIND).bind(id).maybe().await
    }

    pub async fn organization_by_slug(&mut self, slug: &str) -> Result<Option<Organization>> {
        self.statement(&FIND_SLUG).bind(slug.to_owned()).maybe().await
    }

    /// Every organization, for host commands and nightly work; never for a page.
    pub async fn every_organization(&mut self) -> Result<Vec<Organization>> {
        self.statement(&EVERY).all().await
    }

    /// A new organization with an empty journal. `origin` names the log in checkpoints.
    pub async fn found_organization(
        &mut self,
        id: OrganizationId,
        slug: &str,
        (name, time_zone): (&str, &str),
        origin: &str,
        at: Moment,
    ) -> Result<()> {
        self.statement(&INSERT)
            .bind(id)
            .bind(slug.to_owned())
            .bind(name.to_owned())
            .bind(time_zone.to_owned())
            .bind(at)
            .run()
            .await?;
        self.open
            .statement(Side::Organization(id), Text::Fixed(BEGIN_JOURNAL.text()))
            .bind(id)
            .bind(Vec::<u8>::new())
            .bind(Frontier::empty().root().to_vec())
            .bind(vec![0u8; 32])
            .bind(origin.to_owned())
            .run()
            .await?;
        Ok(())
    }

    /// The name of a new organization's log: the installation's name from the platform log, and the organization's id.
    pub async fn origin_for(&mut self, id: OrganizationId) -> Result<String> {
        let side = Side::Organization(OrganizationId::PLATFORM);
        let (origin,): (String,) =
            self.open.statement(side, Text::Fixed(PLATFORM_ORIGIN.text())).bind(OrganizationId::PLATFORM).one().await?;
        Ok(origin.replace("/platform", &format!("/{id}")))
    }

    /// Keeps beside the organization's row what its profile says.
    pub async fn settle_organization(&mut self, id: OrganizationId, name: &str, time_zone: &str) -> Result<()> {
        self.statement(&SETTLE).bind(id).bind(name.to_owned()).bind(time_zone.to_owned()).run().await.map(drop)
    }
}
