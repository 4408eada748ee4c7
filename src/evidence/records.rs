//! How packages are kept, and how the journal is read for sealing.
//!
//! Invariant: leaves are read up to the snapshot's tree size and no further.

use futures_util::StreamExt;

use super::model::{Package, PackageState};
use crate::auth::keys::Keys;
use crate::ids::PackageId;
use crate::seal::history::Earlier;
use crate::seal::signature;
use crate::storage::merkle::{Hash, Tree};
use crate::storage::{Audited, Cell, Failure, Kind, OrgSql, Result, Snapshot, Table};

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

/// Texts of this file, for the test that prepares every statement.
pub const STATEMENTS: &[OrgSql] = &[LEAVES, HASHES, ORIGIN];

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

/// Most earlier packages whose checkpoints a package goes on from: the latest ones.
const MOST_EARLIER: usize = 50;

/// The packages sealed at or before the snapshot's instant, oldest first, one per size of the log.
pub async fn earlier(at: &mut Snapshot, keys: &Keys) -> Result<Vec<Earlier>> {
    let mut sealed: Vec<Package> =
        at.every::<Package>().await?.into_iter().map(|kept| kept.content).filter(Package::is_sealed).collect();
    sealed.sort_by(|one, other| (one.tree_size, &one.name).cmp(&(other.tree_size, &other.name)));
    sealed.dedup_by_key(|package| package.tree_size);
    let known = keys.every_signing();
    let pem = |fingerprint: &str| {
        let public = known.iter().map(|named| named.key.verifying_key());
        public.into_iter().find(|key| signature::fingerprint(key) == fingerprint).map(|key| signature::pem(&key))
    };
    let first = sealed.len().saturating_sub(MOST_EARLIER);
    let earlier = |package: Package| {
        let size = u64::try_from(package.tree_size).ok().filter(|size| *size > 0)?;
        Some(Earlier { size, key: pem(&package.key).unwrap_or_default(), package: package.name })
    };
    Ok(sealed.drain(first..).filter_map(earlier).collect())
}
