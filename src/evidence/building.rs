//! Building a package that was ordered.
//!
//! Invariant: one snapshot behind everything; the same order over the same record gives the same bytes.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::assembly::{self, Facts};
use super::model::{Package, Period};
use super::{records, signer, tabs};
use crate::assets::Asset;
use crate::auth::keys::Keys;
use crate::ids::{AssetId, Id, OrganizationId};
use crate::organizations::OrganizationProfile;
use crate::register::{Asked, Register};
use crate::seal::bag::{self, Order};
use crate::seal::history::{self, Disclosed};
use crate::sites::Site;
use crate::storage::versions::{VersionRow, hash_text};
use crate::storage::{AsOf, Audited, Failure, Result, Snapshot, Store};
use crate::vocabulary::Impact;

/// The bytes of a package that was ordered.
pub async fn build(store: &Store, keys: &Keys, organization: OrganizationId, package: &Package) -> Result<Vec<u8>> {
    let mut at = store.snapshot(organization, AsOf::At(package.instant)).await?;
    let facts = facts(&mut at, package.period).await?;
    seal(store, keys, &mut at, &facts, package).await
}

/// The package's bytes.
async fn seal(store: &Store, keys: &Keys, at: &mut Snapshot, facts: &Facts, package: &Package) -> Result<Vec<u8>> {
    let disclosed = disclose(at, facts).await?;
    let mut now = store.snapshot(at.organization(), AsOf::Now).await?;
    let (origin, tree) = records::whole_log(&mut now).await?;
    drop(now);
    let size = u64::try_from(facts.tree_size).unwrap_or(0);
    let (checkpoint, note) = signer::sign(keys, &origin, &tree, size).map_err(Failure::Unfit)?;
    let mut payload = assembly::files(facts).map_err(Failure::Unfit)?;
    payload.extend(history::files(disclosed, &tree, &checkpoint, &note));
    assembly::finish(facts, &checkpoint, &package.key, &mut payload).map_err(Failure::Unfit)?;
    let info = vec![
        ("Source-Organization", facts.profile.name.clone()),
        ("Bagging-Date", facts.instant.utc().format("%Y-%m-%d").to_string()),
        ("External-Identifier", package.name.clone()),
        ("Glance-Checkpoint", format!("{} {} {}", checkpoint.origin, checkpoint.size, hash_text(&checkpoint.root))),
    ];
    let key = &keys.signing().key;
    bag::seal(Order { folder: &package.name, info, payload, key }).map_err(Failure::Unfit)
}

async fn facts(at: &mut Snapshot, period: Period) -> Result<Facts> {
    let profile = at.find::<OrganizationProfile>(at.organization()).await?.ok_or(Failure::Dangling)?.content;
    let mut assets = at.every::<Asset>().await?;
    let mut sites = at.every::<Site>().await?;
    assets.sort_by_key(|kept| (crate::vocabulary::fold::natural(kept.reference.as_str()), kept.id));
    sites.sort_by_key(|kept| (crate::vocabulary::fold::natural(kept.reference.as_str()), kept.id));
    Ok(Facts {
        profile,
        period,
        instant: at.instant(),
        tree_size: at.tree_size(),
        sites,
        systems: at.every().await?,
        zones: at.every().await?,
        assets,
        standings: standings(at).await?,
    })
}

/// The rating of every asset, as its list shows it.
async fn standings(at: &mut Snapshot) -> Result<BTreeMap<AssetId, Option<Impact>>> {
    use futures_util::StreamExt;
    let everything =
        [("lifecycle", "planned"), ("lifecycle", "in_service"), ("lifecycle", "retired"), ("lifecycle", "disposed")];
    let mut found = BTreeMap::new();
    for (name, value) in everything {
        let asked = Asked { filters: [(name.to_owned(), value.to_owned())].into(), ..Asked::default() };
        let understood =
            asked.understand::<Asset>().map_err(|_| Failure::Misbound("the lifecycle filter".to_owned()))?;
        let mut rows = std::pin::pin!(understood.every(at).await?);
        while let Some(row) = rows.next().await {
            let row = row?;
            found.insert(row.kept.id, row.derived[0].as_deref().and_then(|word| Impact::parse(word).ok()));
        }
    }
    Ok(found)
}

/// A leaf and its number, by the record version it commits to.
type Leaves = HashMap<(String, String, String), (u64, Vec<u8>)>;

/// The records the tabs use, each with the leaf that commits to it.
async fn disclose(at: &mut Snapshot, facts: &Facts) -> Result<Vec<Disclosed>> {
    let mut wanted: HashMap<(String, String), String> = HashMap::new();
    let mut want = |kind: &str, id: Uuid, version: i64| {
        wanted.insert((kind.to_owned(), id.hyphenated().to_string()), version.to_string());
    };
    tabs::sites(facts).iter().for_each(|kept| want("site", kept.id.uuid(), kept.version));
    tabs::assets(facts).iter().for_each(|kept| want("asset", kept.id.uuid(), kept.version));
    let mut leaves = Leaves::new();
    records::each_leaf(at, |row| {
        let key = (row.kind, row.subject);
        if let Some(version) = wanted.get(&key)
            && revision(&row.leaf).as_deref() == Some(version)
        {
            leaves.insert((key.0, key.1, version.clone()), (u64::try_from(row.seq).unwrap_or(0), row.leaf));
        }
    })
    .await?;
    let mut disclosed = Vec::new();
    disclose_kind::<Site>(at, &leaves, &mut disclosed).await?;
    disclose_kind::<Asset>(at, &leaves, &mut disclosed).await?;
    if disclosed.len() == wanted.len() {
        Ok(disclosed)
    } else {
        Err(Failure::Damaged("a record without its leaf".to_owned()))
    }
}

fn revision(leaf: &[u8]) -> Option<String> {
    let leaf: serde_json::Value = serde_json::from_slice(leaf).ok()?;
    leaf["obj"]["rev"].as_str().map(str::to_owned)
}

async fn disclose_kind<K: Register>(at: &mut Snapshot, leaves: &Leaves, disclosed: &mut Vec<Disclosed>) -> Result<()> {
    use futures_util::StreamExt;
    let mut rows = at.each::<K>().await?;
    while let Some(row) = rows.next().await {
        let VersionRow { id, version, record, salt, .. } = row?;
        let id = id.hyphenated().to_string();
        let kind = <K as Audited>::TABLE.kind.to_owned();
        if let Some((seq, leaf)) = leaves.get(&(kind.clone(), id.clone(), version.to_string())) {
            disclosed.push(Disclosed { seq: *seq, leaf: leaf.clone(), kind, id, version, salt, record });
        }
    }
    Ok(())
}
