//! How memberships are kept.
//!
//! Invariant: a user has one membership record in an organization, however often the roles change.

use super::Membership;
use crate::as_of;
use crate::ids::{Id, MembershipId, UserId};
use crate::storage::versions::VersionRow;
use crate::storage::{AsOfSql, Audited, Cell, Kept, Kind, Result, Snapshot, Table};

impl Audited for Membership {
    type Id = MembershipId;
    const TABLE: Table = Table {
        kind: "membership",
        identity: "membership_records",
        versions: "membership_versions",
        columns: &[("user_id", Kind::Id), ("roles", Kind::Text), ("login", Kind::Text)],
    };

    fn columns(&self) -> Vec<Cell> {
        vec![Cell::Id(Some(self.user.uuid())), Cell::text(self.roles.clone()), Cell::text(self.login.clone())]
    }
}

const OF_USER: AsOfSql =
    as_of!("SELECT " columns " FROM membership_versions v WHERE v.organization_id = $1 AND " [v] " AND v.user_id = $3");

/// Texts of this file, for the test that prepares every statement.
pub const STATEMENTS: &[AsOfSql] = &[OF_USER];

/// The membership of a user at the snapshot's instant.
pub async fn membership_of(at: &mut Snapshot, user: UserId) -> Result<Option<Kept<Membership>>> {
    at.query(&OF_USER).bind(user).maybe::<VersionRow>().await?.map(VersionRow::kept).transpose()
}
