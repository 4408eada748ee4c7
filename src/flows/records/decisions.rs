//! What people decided about hosts that were seen.
//!
//! Invariant: one decision an address; a later one is its next version.

use crate::as_of;
use crate::flows::model::{Decision, Discovery};
use crate::ids::DiscoveryId;
use crate::storage::versions::VersionRow;
use crate::storage::{AsOfSql, Audited, Cell, Kept, Kind, Result, Snapshot, Table};

impl Audited for Discovery {
    type Id = DiscoveryId;
    const TABLE: Table = Table {
        kind: "discovery",
        identity: "discoveries",
        versions: "discovery_versions",
        columns: &[("address", Kind::Text), ("decision", Kind::Text), ("asset_id", Kind::Id)],
    };

    fn columns(&self) -> Vec<Cell> {
        vec![Cell::text(self.address.clone()), Cell::text(Decision::word(self.decision)), Cell::id(self.asset)]
    }
}

pub(super) const DECIDED: AsOfSql = as_of!(
    "SELECT " columns " FROM discovery_versions v WHERE v.organization_id = $1 AND " [v] " AND v.address = $3"
);
/// The decision about a host.
pub async fn decided(at: &mut Snapshot, address: &str) -> Result<Option<Kept<Discovery>>> {
    at.query(&DECIDED).bind(address.to_owned()).maybe::<VersionRow>().await?.map(VersionRow::kept).transpose()
}
