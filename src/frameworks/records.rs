//! What applicability needs of the records: sites, systems and zones whole, assets as a few narrow columns.
//!
//! Invariant: an asset's record is not parsed here; what decides is read from its columns, links and tags, so 50,000 assets
//! cost a few scans of narrow rows.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::surroundings::{AssetRow, Surroundings, put_together};
use crate::assets::Category;
use crate::assets::records::tag;
use crate::ids::{AssetId, SiteId, SystemId};
use crate::sites::Site;
use crate::storage::{AsOfSql, Audited, Kept, Result, Snapshot};
use crate::systems::System;
use crate::zones::Zone;
use crate::{as_of, ids::Id};

const ASSETS: AsOfSql = as_of!(
    "SELECT v.id, v.reference, v.zone_id FROM asset_versions v WHERE v.organization_id = $1 AND " [v] " AND v.listed = TRUE ORDER BY v.reference_key, v.id"
);
const TAGS: AsOfSql = as_of!(
    "SELECT t.id, t.term FROM terms t WHERE t.organization_id = $1 AND " [t] " AND t.kind = 'asset' AND t.term >= $3 AND t.term < $4"
);
const LINKS: AsOfSql =
    as_of!("SELECT l.asset_id, l.system_id FROM asset_systems l WHERE l.organization_id = $1 AND "[l]);
// A canonical record writes its fields without spaces, and escapes quotes within texts, so this finds the field alone.
const NOT_REACHABLE: AsOfSql = as_of!(
    "SELECT v.id FROM asset_versions v WHERE v.organization_id = $1 AND " [v] " AND v.listed = TRUE AND v.record LIKE '%\"external_routable\":false%'"
);
const ACCESS_POINTS: AsOfSql = as_of!(
    "SELECT v.asset_id FROM interface_versions v WHERE v.organization_id = $1 AND " [v] " AND NOT v.retired AND v.record LIKE '%\"eap\":true%'"
);

/// Texts of this file that know an instant.
pub const INSTANT_STATEMENTS: &[AsOfSql] = &[ASSETS, TAGS, LINKS, NOT_REACHABLE, ACCESS_POINTS];

/// Everything an organization has that a part may apply to, at the snapshot's instant. Retired records are left out.
pub async fn surroundings(at: &mut Snapshot) -> Result<Surroundings> {
    let sites = at.every::<Site>().await?;
    let systems = at.every::<System>().await?;
    let zones = at.every::<Zone>().await?;
    let perimeters = zones.into_iter().filter(|kept| kept.esp == Some(true)).map(|kept| kept.id.uuid()).collect();
    let assets = assets(at).await?;
    let sites: Vec<(SiteId, &Site)> = in_use(&sites, |site| site.retired_on.is_none());
    let systems: Vec<(SystemId, &System)> = in_use(&systems, |system| system.retired_on.is_none());
    Ok(put_together(&sites, &systems, &perimeters, assets))
}

fn in_use<T: Audited>(kept: &[Kept<T>], keep: fn(&T) -> bool) -> Vec<(T::Id, &T)> {
    kept.iter().filter(|kept| keep(kept)).map(|kept| (kept.id, &kept.content)).collect()
}

/// Assets with an interface that is an Electronic Access Point.
pub async fn access_points(at: &mut Snapshot) -> Result<BTreeSet<Uuid>> {
    Ok(at.rows::<(Uuid,)>(&ACCESS_POINTS).await?.into_iter().map(|(id,)| id).collect())
}

async fn assets(at: &mut Snapshot) -> Result<Vec<AssetRow>> {
    let rows: Vec<(AssetId, String, Option<Uuid>)> = at.rows(&ASSETS).await?;
    let mut categories = tagged(at, "category").await?;
    let roles = tagged(at, "role").await?;
    let unreachable: BTreeSet<Uuid> = at.rows::<(Uuid,)>(&NOT_REACHABLE).await?.into_iter().map(|(id,)| id).collect();
    let points = access_points(at).await?;
    let mut links: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (asset, system) in at.rows::<(Uuid, Uuid)>(&LINKS).await? {
        links.entry(asset).or_default().push(system);
    }
    let row = |(id, reference, zone): (AssetId, String, Option<Uuid>)| {
        let key = id.uuid();
        let is_eap = points.contains(&key) || roles.get(&key).is_some_and(|roles| roles.iter().any(|one| one == "eap"));
        let words = categories.remove(&key).unwrap_or_default();
        AssetRow {
            id,
            reference,
            zone,
            categories: words.iter().filter_map(|word| Category::parse(word).ok()).collect(),
            systems: links.remove(&key).unwrap_or_default(),
            is_eap,
            unreachable: unreachable.contains(&key),
        }
    };
    Ok(rows.into_iter().map(row).collect())
}

/// The tags of a set, by asset.
async fn tagged(at: &mut Snapshot, set: &str) -> Result<HashMap<Uuid, Vec<String>>> {
    let (from, until) = (tag(set, ""), format!("={set};"));
    let skip = from.len();
    let rows: Vec<(Uuid, String)> = at.query(&TAGS).bind(from).bind(until).all().await?;
    let mut found: HashMap<Uuid, Vec<String>> = HashMap::new();
    for (id, term) in rows {
        found.entry(id).or_default().push(term[skip..].to_owned());
    }
    Ok(found)
}
