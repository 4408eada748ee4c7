//! How packages are kept, and how the journal is read for sealing.
//!
//! Invariant: leaves are read up to the snapshot's tree size and no further.

use std::collections::HashMap;

use futures_util::StreamExt;
use uuid::Uuid;

use super::model::{Package, PackageState};
use crate::ids::{Id, PackageId};
use crate::storage::merkle::{Hash, Tree};
use crate::storage::{Audited, Cell, Failure, Kind, OrgSql, Result, Snapshot, Table};
use crate::vocabulary::Moment;

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

const ORDERS: OrgSql = OrgSql::new(
    "SELECT id, recorded_by, recorded_from, reason FROM package_versions WHERE organization_id = $1 AND version = 1 ORDER BY id",
);
const DOWNLOADS: OrgSql = OrgSql::new(
    "SELECT at, actor FROM journal_entries WHERE organization_id = $1 AND kind = 'package' AND subject = $2 AND act = 'package.download' \
     AND seq < $3 ORDER BY seq DESC LIMIT 200",
);

/// Texts of this file, for the test that prepares every statement.
pub const STATEMENTS: &[OrgSql] = &[LEAVES, HASHES, ORIGIN, ORDERS, DOWNLOADS];

/// Who ordered a package, when and why.
#[derive(Clone, Debug)]
pub struct Order {
    pub by: String,
    pub at: Moment,
    pub why: String,
}

/// The order of every package.
pub async fn orders(at: &mut Snapshot) -> Result<HashMap<PackageId, Order>> {
    let rows: Vec<(Uuid, String, Moment, String)> = at.plain(&ORDERS).all().await?;
    Ok(rows.into_iter().map(|(id, by, at, why)| (PackageId::from_uuid(id), Order { by, at, why })).collect())
}

/// When a package was fetched and by whom, the newest first; two hundred at most.
pub async fn downloads(at: &mut Snapshot, id: PackageId) -> Result<Vec<(Moment, String)>> {
    let size = at.tree_size();
    at.plain(&DOWNLOADS).bind(id.to_string()).bind(size).all().await
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
