//! Standings: the rating each asset has, kept beside it as a projection that can be rebuilt.
//!
//! Invariant: a standing is what `rules::rating` says of the asset's systems and its ESP at every instant. It is settled
//! once per change, after the last record that could move it.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::model::Asset;
use super::rules::rating;
use crate::as_of;
use crate::ids::{AssetId, Id, ZoneId};
use crate::storage::pending::Shape;
use crate::storage::versions::VersionRow;
use crate::storage::{AsOfSql, Cell, Change, Kept, OrgSql, Result, Snapshot};
use crate::systems::records::Rerated;
use crate::vocabulary::{Impact, Moment};
use crate::zones::records::Redrawn;

const LINKS: Shape =
    Shape::new("asset_systems", &["organization_id", "asset_id", "system_id", "recorded_from", "recorded_until"]);
const STANDINGS: Shape =
    Shape::new("asset_standings", &["organization_id", "id", "impact", "recorded_from", "recorded_until"]);

const CLOSE_LINK: OrgSql = OrgSql::new(
    "UPDATE asset_systems SET recorded_until = $4 WHERE organization_id = $1 AND asset_id = $2 AND system_id = $3 \
     AND recorded_until = 9000000000000000",
);
const CLOSE_STANDING: OrgSql = OrgSql::new(
    "UPDATE asset_standings SET recorded_until = $3 WHERE organization_id = $1 AND id = $2 AND recorded_until = 9000000000000000",
);
const RATINGS: AsOfSql = as_of!("SELECT v.id, v.impact FROM system_versions v WHERE v.organization_id = $1 AND " [v] " AND v.impact IS NOT NULL");
const PERIMETERS: AsOfSql =
    as_of!("SELECT v.id FROM zone_versions v WHERE v.organization_id = $1 AND " [v] " AND v.esp");
const IN_ZONE: AsOfSql =
    as_of!("SELECT " columns " FROM asset_versions v WHERE v.organization_id = $1 AND " [v] " AND v.zone_id = $3");
const OF_SYSTEM: AsOfSql = as_of!(
    "SELECT l.asset_id FROM asset_systems l WHERE l.organization_id = $1 AND " [l] " AND l.system_id = $3"
);
const STANDING: AsOfSql =
    as_of!("SELECT r.impact FROM asset_standings r WHERE r.organization_id = $1 AND " [r] " AND r.id = $3");

/// Texts of this file, for the test that prepares every statement.
pub const STATEMENTS: &[OrgSql] = &[CLOSE_LINK, CLOSE_STANDING];
/// Texts of this file that know an instant.
pub const INSTANT_STATEMENTS: &[AsOfSql] = &[RATINGS, PERIMETERS, IN_ZONE, OF_SYSTEM, STANDING];

/// What a change has to settle before it commits.
#[derive(Default)]
struct Unsettled {
    assets: BTreeMap<AssetId, Asset>,
    new: BTreeSet<AssetId>,
    zones: BTreeSet<ZoneId>,
}

/// Writes the links of an asset to its systems and remembers what its rating depends on.
pub(super) async fn settle(change: &mut Change, id: AssetId, before: Option<&Asset>, after: &Asset) -> Result<()> {
    let none = BTreeSet::new();
    let old = before.map_or(&none, |before| &before.systems);
    let moment = change.moment();
    for gone in old.difference(&after.systems) {
        change.reading().await?.plain(&CLOSE_LINK).bind(id).bind(*gone).bind(moment).run().await?;
    }
    for come in after.systems.difference(old) {
        let row = vec![
            Cell::Id(Some(change.organization().uuid())),
            Cell::id(Some(id)),
            Cell::id(Some(*come)),
            Cell::moment(moment),
            Cell::moment(Moment::OPEN),
        ];
        change.push(LINKS, row).await?;
    }
    let same = |before: &Asset| {
        before.systems == after.systems && before.zone == after.zone && before.categories == after.categories
    };
    if before.is_some_and(same) {
        return Ok(());
    }
    let unsettled = change.in_mind::<Unsettled>();
    unsettled.assets.insert(id, after.clone());
    if before.is_none() {
        unsettled.new.insert(id);
    }
    unsettled.zones.extend(before.and_then(|before| before.zone));
    unsettled.zones.extend(after.zone);
    Ok(())
}

/// Settles every rating that the change moved.
pub async fn follow(change: &mut Change) -> Result<()> {
    for system in std::mem::take(change.in_mind::<Rerated>()).0 {
        let at = change.reading().await?;
        let ids: Vec<(AssetId,)> = at.query(&OF_SYSTEM).bind(system).all().await?;
        let mut found = Vec::new();
        for (id,) in ids {
            found.extend(at.find::<Asset>(id).await?);
        }
        unsettle(change, found);
    }
    for zone in std::mem::take(change.in_mind::<Redrawn>()).0 {
        let found = in_zone(change.reading().await?, zone).await?;
        unsettle(change, found);
    }
    let unsettled = std::mem::take(change.in_mind::<Unsettled>());
    if unsettled.assets.is_empty() { Ok(()) } else { resettle(change, unsettled).await }
}

fn unsettle(change: &mut Change, assets: Vec<Kept<Asset>>) {
    let unsettled = change.in_mind::<Unsettled>();
    for kept in assets {
        unsettled.zones.extend(kept.content.zone);
        unsettled.assets.insert(kept.id, kept.content);
    }
}

/// Writes the standings that changed.
async fn resettle(change: &mut Change, unsettled: Unsettled) -> Result<()> {
    let Unsettled { mut assets, new, zones } = unsettled;
    let at = change.reading().await?;
    let ratings = ratings(at).await?;
    let mut within = BTreeMap::new();
    let perimeters: BTreeSet<ZoneId> = at.rows::<(ZoneId,)>(&PERIMETERS).await?.into_iter().map(|(id,)| id).collect();
    for zone in zones.intersection(&perimeters) {
        let members = in_zone(at, *zone).await?;
        within.insert(*zone, members.iter().filter_map(|kept| own(&kept.content, &ratings)).max());
        assets.extend(members.into_iter().map(|kept| (kept.id, kept.content)));
    }
    for (id, asset) in assets {
        let esp = asset.zone.and_then(|zone| within.get(&zone).copied().flatten());
        let impact = rating(own(&asset, &ratings), &asset.categories, esp);
        store(change, id, impact, new.contains(&id)).await?;
    }
    Ok(())
}

async fn store(change: &mut Change, id: AssetId, impact: Option<Impact>, new: bool) -> Result<()> {
    let impact = impact.map(|impact| impact.word().to_owned());
    let moment = change.moment();
    if !new {
        let at = change.reading().await?;
        let found: Option<(Option<String>,)> = at.query(&STANDING).bind(id).maybe().await?;
        if found.is_some_and(|(known,)| known == impact) {
            return Ok(());
        }
        at.plain(&CLOSE_STANDING).bind(id).bind(moment).run().await?;
    }
    let row = vec![
        Cell::Id(Some(change.organization().uuid())),
        Cell::id(Some(id)),
        Cell::Text(impact),
        Cell::moment(moment),
        Cell::moment(Moment::OPEN),
    ];
    change.push(STANDINGS, row).await
}

fn own(asset: &Asset, ratings: &BTreeMap<Uuid, Impact>) -> Option<Impact> {
    asset.systems.iter().filter_map(|system| ratings.get(&system.uuid()).copied()).max()
}

async fn ratings(at: &mut Snapshot) -> Result<BTreeMap<Uuid, Impact>> {
    let rows: Vec<(Uuid, String)> = at.query(&RATINGS).all().await?;
    Ok(rows.into_iter().filter_map(|(id, impact)| Impact::parse(&impact).ok().map(|impact| (id, impact))).collect())
}

async fn in_zone(at: &mut Snapshot, zone: ZoneId) -> Result<Vec<Kept<Asset>>> {
    at.query(&IN_ZONE).bind(zone).all::<VersionRow>().await?.into_iter().map(VersionRow::kept).collect()
}
