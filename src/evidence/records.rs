//! How packages are kept, and what sealing reads of the journal and of version rows.
//!
//! Invariant: leaves are read up to the snapshot's tree size and no further.

use std::collections::{BTreeMap, HashMap};

use futures_util::StreamExt;
use uuid::Uuid;

use super::model::{Package, PackageState};
use crate::as_of;
use crate::assets::{Asset, Interface};
use crate::auth::keys::Keys;
use crate::ids::{ArtifactId, AssetId, Id, PackageId};
use crate::seal::history::Earlier;
use crate::seal::signature;
use crate::storage::merkle::{Hash, Tree};
use crate::storage::versions::VersionRow;
use crate::storage::{AsOfSql, Audited, Cell, Failure, Kept, Kind, OrgSql, Result, Snapshot, Table};
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
    "SELECT seq, kind, subject, leaf FROM journal_entries WHERE organization_id = $1 AND seq >= $2 AND seq < $3 ORDER BY seq",
);
const HASHES: OrgSql = OrgSql::new("SELECT hash FROM journal_entries WHERE organization_id = $1 ORDER BY seq");
const ORIGIN: OrgSql = OrgSql::new("SELECT origin FROM journal_heads WHERE organization_id = $1");
const RECEIVED: OrgSql = OrgSql::new(
    "SELECT v.id, v.recorded_by FROM artifact_versions v WHERE v.organization_id = $1 AND v.version = 1 ORDER BY v.id",
);
// A canonical record writes its fields without spaces, so this finds the field alone.
const ACCESS_POINTS: AsOfSql = as_of!(
    "SELECT " columns " FROM interface_versions v WHERE v.organization_id = $1 AND " [v]
    " AND v.record LIKE '%\"eap\":true%' ORDER BY v.id"
);

const ORDERS: OrgSql = OrgSql::new(
    "SELECT id, recorded_by, recorded_from, reason FROM package_versions WHERE organization_id = $1 AND version = 1 ORDER BY id",
);
const DOWNLOADS: OrgSql = OrgSql::new(
    "SELECT at, actor FROM journal_entries WHERE organization_id = $1 AND kind = 'package' AND subject = $2 AND act = 'package.download' \
     AND seq < $3 ORDER BY seq DESC LIMIT 200",
);

/// Texts of this file, for the test that prepares every statement.
pub const STATEMENTS: &[OrgSql] = &[LEAVES, HASHES, ORIGIN, RECEIVED, ORDERS, DOWNLOADS];
/// Texts of this file that know an instant.
pub const INSTANT_STATEMENTS: &[AsOfSql] = &[ACCESS_POINTS];

/// Who ordered a package, when and why.
#[derive(Clone, Debug)]
pub struct Ordered {
    pub by: String,
    pub at: Moment,
    pub why: String,
}

/// The order of every package.
pub async fn orders(at: &mut Snapshot) -> Result<HashMap<PackageId, Ordered>> {
    let rows: Vec<(Uuid, String, Moment, String)> = at.plain(&ORDERS).all().await?;
    Ok(rows.into_iter().map(|(id, by, at, why)| (PackageId::from_uuid(id), Ordered { by, at, why })).collect())
}

/// When a package was fetched and by whom, the newest first; two hundred at most.
pub async fn downloads(at: &mut Snapshot, id: PackageId) -> Result<Vec<(Moment, String)>> {
    let size = at.tree_size();
    at.plain(&DOWNLOADS).bind(id.to_string()).bind(size).all().await
}

/// Kinds of record that a package may disclose.
const DISCLOSED: [Table; 28] = [
    crate::organizations::OrganizationProfile::TABLE,
    crate::artifacts::Artifact::TABLE,
    crate::artifacts::Attachment::TABLE,
    crate::sites::Site::TABLE,
    crate::systems::System::TABLE,
    crate::zones::Zone::TABLE,
    crate::conduits::Conduit::TABLE,
    crate::conduits::PermittedFlow::TABLE,
    Asset::TABLE,
    Interface::TABLE,
    crate::flows::Sensor::TABLE,
    crate::personnel::Vendor::TABLE,
    crate::personnel::Person::TABLE,
    crate::personnel::Appointment::TABLE,
    crate::personnel::Circumstance::TABLE,
    crate::personnel::Authorization::TABLE,
    crate::personnel::Account::TABLE,
    crate::remote_access::Grant::TABLE,
    crate::departures::Departure::TABLE,
    crate::reviews::Review::TABLE,
    crate::controls::Control::TABLE,
    crate::controls::Narrative::TABLE,
    crate::controls::Attestation::TABLE,
    crate::obligations::Performance::TABLE,
    crate::exceptions::Exception::TABLE,
    crate::findings::Finding::TABLE,
    crate::findings::RemediationEntry::TABLE,
    Package::TABLE,
];

/// A leaf of the journal.
#[derive(sqlx::FromRow)]
pub struct LeafRow {
    pub seq: i64,
    pub kind: String,
    pub subject: String,
    pub leaf: Vec<u8>,
}

/// So many leaves from one on, none beyond the snapshot's instant.
pub async fn leaves(at: &mut Snapshot, from: i64, count: i64) -> Result<Vec<LeafRow>> {
    let until = (from + count).min(at.tree_size());
    at.plain(&LEAVES).bind(from).bind(until).all().await
}

/// The versions of these records of a kind at the instant, in no order.
pub async fn versions(at: &mut Snapshot, kind: &str, ids: &[Uuid]) -> Result<Vec<VersionRow>> {
    let table = DISCLOSED.iter().find(|table| table.kind == kind);
    let table = table.ok_or_else(|| Failure::Misbound(format!("{kind} is no kind a package discloses")))?;
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(500) {
        let numbers: Vec<String> = (3..some.len() + 3).map(|number| format!("${number}")).collect();
        let among = format!(" AND v.id IN ({})", numbers.join(", "));
        let mut statement = at.projected(table, crate::version_columns!(), &among);
        for id in some {
            statement = statement.bind(*id);
        }
        found.extend(statement.all::<VersionRow>().await?);
    }
    Ok(found)
}

/// Interfaces that are Electronic Access Points, the retired ones too.
pub async fn access_points(at: &mut Snapshot) -> Result<Vec<Kept<Interface>>> {
    at.query(&ACCESS_POINTS).all::<VersionRow>().await?.into_iter().map(VersionRow::kept).collect()
}

/// Every asset's id and version, in the order of their references.
pub async fn asset_versions(at: &mut Snapshot) -> Result<Vec<(AssetId, i64)>> {
    at.projected(&Asset::TABLE, "v.id, v.version", " ORDER BY v.reference_key, v.id").all().await
}

/// Who received these artifacts: the author of their first version.
pub async fn received_by(at: &mut Snapshot, wanted: &[ArtifactId]) -> Result<BTreeMap<ArtifactId, String>> {
    let mut found = BTreeMap::new();
    let mut rows = at.plain(&RECEIVED).stream::<(ArtifactId, String)>().await?;
    while let Some(row) = rows.next().await {
        let (id, by) = row?;
        if wanted.binary_search(&id).is_ok() {
            found.insert(id, by);
        }
    }
    Ok(found)
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
