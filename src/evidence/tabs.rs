//! The tabs of the evidence request tool that the inventory can fill: BES Assets and CA.
//!
//! Invariant: a row names the record version it came from. Columns: domain document `audit-artifacts`, part 3; they are
//! the template's defaults from memory, and the region's workbook is mapped by name.

use std::collections::BTreeSet;

use super::assembly::Facts;
use crate::assets::{Asset, Lifecycle};
use crate::ids::SiteId;
use crate::sheets::{CsvOut, Unwritable};
use crate::sites::{Site, SiteKind};
use crate::storage::Kept;
use crate::vocabulary::Impact;

const BES_ASSETS: [&str; 14] = [
    "Index",
    "BES Asset ID",
    "Asset Type",
    "Description",
    "Commission Date",
    "Decommission Date",
    "Contains High BCS",
    "Contains Medium BCS",
    "Contains Low BCS",
    "Routable Low communication",
    "Dial-up",
    "Location",
    "record_id",
    "record_version",
];

const CA: [&str; 19] = [
    "Index",
    "Cyber Asset ID",
    "Classification",
    "Impact Rating",
    "BES Cyber System ID(s)",
    "BES Asset ID",
    "ESP ID",
    "Routable",
    "ERC",
    "Dial-up",
    "Function",
    "Manufacturer",
    "Model",
    "OS/Firmware",
    "In production date",
    "Retired date",
    "Virtual",
    "record_id",
    "record_version",
];

/// A flag as auditors read it: what is not recorded says so.
fn told(flag: Option<bool>) -> String {
    match flag {
        Some(true) => "Yes",
        Some(false) => "No",
        None => "not recorded",
    }
    .to_owned()
}

fn table(header: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>, String> {
    let said = |error: Unwritable| error.to_string();
    let mut out = CsvOut::new(Vec::new(), header).map_err(said)?;
    for (n, row) in rows.iter().enumerate() {
        let index = (n + 1).to_string();
        let cells: Vec<&str> = std::iter::once(index.as_str()).chain(row.iter().map(String::as_str)).collect();
        out.row(&cells).map_err(said)?;
    }
    out.finish().map_err(said)
}

/// Sites that hold BES Cyber Systems or meet a criterion, and those retired within the period.
pub fn sites<'f>(facts: &'f Facts) -> Vec<&'f Kept<Site>> {
    let in_scope = |site: &&'f Kept<Site>| {
        let rated = !site.criteria.is_empty() || facts.systems.iter().any(|system| system.site == Some(site.id));
        rated && site.retired_on.is_none_or(|on| on >= facts.period.from)
    };
    facts.sites.iter().filter(in_scope).collect()
}

/// Categorized devices, and those retired within the period.
pub fn assets<'f>(facts: &'f Facts) -> Vec<&'f Kept<Asset>> {
    let in_scope = |asset: &&'f Kept<Asset>| {
        let gone = matches!(asset.lifecycle, Some(Lifecycle::Retired | Lifecycle::Disposed | Lifecycle::Planned));
        let within = asset.retired_on.is_some_and(|on| on >= facts.period.from);
        !asset.categories.is_empty() && (!gone || within)
    };
    facts.assets.iter().filter(in_scope).collect()
}

/// `BES_Assets.csv`.
pub fn bes_assets(facts: &Facts) -> Result<Vec<u8>, String> {
    let row = |site: &&Kept<Site>| {
        let ratings = ratings(facts, site.id);
        let holds = |impact: Impact| told(Some(ratings.contains(&impact)));
        vec![
            site.reference.to_string(),
            site.kind.map_or("", SiteKind::label).to_owned(),
            site.name.clone(),
            site.in_service_on.map_or_else(String::new, |on| on.to_string()),
            site.retired_on.map_or_else(String::new, |on| on.to_string()),
            holds(Impact::High),
            holds(Impact::Medium),
            holds(Impact::Low),
            told(site.routable),
            told(site.dial_up),
            site.location.clone(),
            site.id.to_string(),
            site.version.to_string(),
        ]
    };
    table(&BES_ASSETS, &sites(facts).iter().map(row).collect::<Vec<_>>())
}

fn ratings(facts: &Facts, site: SiteId) -> BTreeSet<Impact> {
    let here = facts.systems.iter().filter(|system| system.site == Some(site) && system.retired_on.is_none());
    here.filter_map(|system| system.impact()).collect()
}

/// `CA.csv`.
pub fn cyber_assets(facts: &Facts) -> Result<Vec<u8>, String> {
    table(&CA, &assets(facts).into_iter().map(|asset| cyber_asset(facts, asset)).collect::<Vec<_>>())
}

fn cyber_asset(facts: &Facts, asset: &Kept<Asset>) -> Vec<String> {
    let systems = asset.systems.iter().filter_map(|id| facts.systems.iter().find(|system| system.id == *id));
    let zone = asset.zone.and_then(|id| facts.zones.iter().find(|zone| zone.id == id));
    let site = asset.site.and_then(|id| facts.sites.iter().find(|site| site.id == id));
    let date = |date: Option<crate::vocabulary::Date>| date.map_or_else(String::new, |on| on.to_string());
    let impact = facts.standings.get(&asset.id).copied().flatten();
    vec![
        asset.reference.to_string(),
        asset.categories.iter().map(|category| category.word()).collect::<Vec<_>>().join("; "),
        impact.map_or("not rated", Impact::label).to_owned(),
        systems.map(|system| system.reference.to_string()).collect::<Vec<_>>().join("; "),
        site.map_or_else(String::new, |site| site.reference.to_string()),
        zone.filter(|zone| zone.esp == Some(true)).map_or_else(String::new, |zone| zone.reference.to_string()),
        told(asset.routable),
        told(asset.external_routable),
        told(asset.dial_up),
        asset.kind.map_or("", crate::assets::AssetKind::label).to_owned(),
        asset.vendor.clone(),
        [asset.product.as_str(), &asset.model].join(" ").trim().to_owned(),
        [asset.operating_system.as_str(), &asset.firmware].join(" ").trim().to_owned(),
        date(asset.in_service_on),
        date(asset.retired_on),
        told(asset.r#virtual),
        asset.id.to_string(),
        asset.version.to_string(),
    ]
}
