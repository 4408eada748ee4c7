//! How auditors' accesses are kept and found.
//!
//! Invariant: what the gate asks is one query over open versions by person.

use super::auditors::AuditorAccess;
use crate::ids::{AuditorAccessId, EngagementId, Id, UserId};
use crate::storage::versions::VersionRow;
use crate::storage::{AsOfSql, Audited, Cell, Kept, Kind, Result, Snapshot, Table};

impl Audited for AuditorAccess {
    type Id = AuditorAccessId;
    const TABLE: Table = Table {
        kind: "auditor_access",
        identity: "auditor_accesses",
        versions: "auditor_access_versions",
        columns: &[("engagement_id", Kind::Id), ("user_id", Kind::Id), ("revoked", Kind::Flag)],
    };

    fn columns(&self) -> Vec<Cell> {
        vec![
            Cell::id(Some(self.engagement)),
            Cell::Id(Some(self.who.user.uuid())),
            Cell::Flag(Some(self.revoked.is_some())),
        ]
    }
}

const OF_USER: AsOfSql = crate::as_of!(
    "SELECT " columns " FROM auditor_access_versions v WHERE v.organization_id = $1 AND " [v] " AND v.user_id = $3 AND NOT v.revoked ORDER BY v.id DESC"
);
const OF_ENGAGEMENT: AsOfSql = crate::as_of!(
    "SELECT " columns " FROM auditor_access_versions v WHERE v.organization_id = $1 AND " [v] " AND v.engagement_id = $3 ORDER BY v.id DESC"
);

/// Texts of this file, for the test that prepares every statement.
pub const INSTANT_STATEMENTS: &[AsOfSql] = &[OF_USER, OF_ENGAGEMENT];

/// What a person was given and nobody took back, the newest first.
pub async fn of_user(at: &mut Snapshot, user: UserId) -> Result<Vec<Kept<AuditorAccess>>> {
    at.query(&OF_USER).bind(user).all::<VersionRow>().await?.into_iter().map(VersionRow::kept).collect()
}

/// Every access to an engagement, the newest first.
pub async fn of_engagement(at: &mut Snapshot, engagement: EngagementId) -> Result<Vec<Kept<AuditorAccess>>> {
    at.query(&OF_ENGAGEMENT)
        .bind(engagement.uuid())
        .all::<VersionRow>()
        .await?
        .into_iter()
        .map(VersionRow::kept)
        .collect()
}
