//! How packages are kept, and how the journal is read for sealing.
//!
//! Invariant: leaves are read up to the snapshot's tree size and no further.

use futures_util::StreamExt;

use super::model::{Package, PackageState};
use crate::as_of;
use crate::assets::{Asset, Interface};
use crate::ids::{AssetId, PackageId};
use crate::storage::merkle::{Hash, Tree};
use crate::storage::versions::VersionRow;
use crate::storage::{AsOfSql, Audited, Cell, Failure, Kept, Kind, OrgSql, Result, Snapshot, Table};

impl Audited for Package {
    type Id = PackageId;
    const TABLE: Table = Table {
        kind: "package",
        identity: "packages",
        versions: "package_versions",
        columns: &[("state", Kind::Text), ("name", Kind::Text)],
    };

    fn columns(&self) -> Vec<Cell> {
        vec![Cell::text(PackageState::word(self.state)), Cell::text(self.name.clone())]
    }
}

const LEAVES: OrgSql = OrgSql::new(
    "SELECT seq, kind, subject, leaf, hash FROM journal_entries WHERE organization_id = $1 AND seq < $2 ORDER BY seq",
);
const HASHES: OrgSql = OrgSql::new("SELECT hash FROM journal_entries WHERE organization_id = $1 ORDER BY seq");
const ORIGIN: OrgSql = OrgSql::new("SELECT origin FROM journal_heads WHERE organization_id = $1");

const ACCESS_POINTS: AsOfSql = as_of!(
    "SELECT " columns " FROM interface_versions v WHERE v.organization_id = $1 AND " [v]
    " AND v.record LIKE '%\"eap\":true%' ORDER BY v.id"
);

/// Texts of this file, for the test that prepares every statement.
pub const STATEMENTS: &[OrgSql] = &[LEAVES, HASHES, ORIGIN];
/// Texts of this file that know an instant.
pub const INSTANT_STATEMENTS: &[AsOfSql] = &[ACCESS_POINTS];

/// Interfaces that are Electronic Access Points, the retired ones too.
pub async fn access_points(at: &mut Snapshot) -> Result<Vec<Kept<Interface>>> {
    at.query(&ACCESS_POINTS).all::<VersionRow>().await?.into_iter().map(VersionRow::kept).collect()
}

/// Every asset's id and version, in the order of their references.
pub async fn asset_versions(at: &mut Snapshot) -> Result<Vec<(AssetId, i64)>> {
    at.projected(&Asset::TABLE, "v.id, v.version", " ORDER BY v.reference_key, v.id").all().await
}

/// A leaf of the journal.
#[derive(sqlx::FromRow)]
pub struct LeafRow {
    pub seq: i64,
    pub kind: String,
    pub subject: String,
    pub leaf: Vec<u8>,
    pub hash: Vec<u8>,
}

/// The leaves up to the snapshot's instant, one by one.
pub async fn each_leaf(at: &mut Snapshot, mut each: impl FnMut(LeafRow)) -> Result<()> {
    let size = at.tree_size();
    let mut rows = at.plain(&LEAVES).bind(size).stream::<LeafRow>().await?;
    while let Some(row) = rows.next().await {
        each(row?);
    }
    Ok(())
}

/// The log's name.
pub async fn origin(at: &mut Snapshot) -> Result<String> {
    let (origin,): (String,) = at.plain(&ORIGIN).one().await?;
    Ok(origin)
}

/// The whole log as it stands now, and its name.
pub async fn whole_log(at: &mut Snapshot) -> Result<(String, Tree)> {
    let origin = origin(at).await?;
    let mut hashes: Vec<Hash> = Vec::new();
    let mut rows = at.plain(&HASHES).stream::<(Vec<u8>,)>().await?;
    while let Some(row) = rows.next().await {
        hashes.push(Hash::try_from(row?.0).map_err(|_| Failure::Damaged("a leaf's hash".to_owned()))?);
    }
    drop(rows);
    Ok((origin, Tree::new(hashes)))
}
