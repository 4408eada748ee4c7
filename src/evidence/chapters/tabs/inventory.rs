//! BES Assets, CA and Low CA: what the inventory holds at the instant, and what retired within the period.
//!
//! Invariant: identifiers are the entity's own; what is not recorded says so and is never a no.

use std::collections::BTreeSet;

use super::{Row, Rows, Tab};
use crate::assets::{Asset, AssetKind, Category, Lifecycle};
use crate::evidence::dossier::{AssetLine, Dossier};
use crate::evidence::words::{NOT_RECORDED, day, flag};
use crate::exceptions::ExceptionKind;
use crate::ids::{Id, SiteId};
use crate::sites::{Site, SiteKind};
use crate::storage::{Audited, Kept};
use crate::vocabulary::{Date, Impact};

pub const BES_ASSETS: Tab = Tab {
    name: "BES Assets",
    counted: "Index",
    header: &[
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
    ],
    rows: |dossier| Box::new(sites(dossier).map(|site| Row::of(site, bes_asset(dossier, site)))),
    always: true,
};

pub const LOW_CA: Tab = Tab {
    name: "Low CA",
    counted: "Index",
    header: &["BES Asset ID", "Description", "Routable communication", "Dial-up", "Vendor remote access"],
    rows: |dossier| {
        let low = sites(dossier).filter(|site| ratings(dossier, site).contains(&Impact::Low));
        Box::new(low.map(|site| Row::of(site, low_ca(site))))
    },
    always: true,
};

pub const CA: Tab = Tab {
    name: "CA",
    counted: "Index",
    header: &[
        "Cyber Asset ID",
        "Classification",
        "Impact Rating",
        "BES Cyber System ID(s)",
        "BES Asset ID",
        "ESP ID",
        "PSP ID",
        "Routable",
        "ERC",
        "Dial-up",
        "IRA",
        "Function",
        "Manufacturer",
        "Model",
        "OS/Firmware",
        "In production date",
        "Retired date",
        "Virtual",
        "Logging at CA or BCS",
        "TFE ID",
        "Shared responsibility/CFR",
    ],
    rows: cyber_assets,
    always: true,
};

/// True for what is in use, or left within the days judged.
pub(super) fn in_sight(dossier: &Dossier, retired_on: Option<Date>) -> bool {
    retired_on.is_none_or(|on| on >= dossier.days.from)
}

/// Sites that hold BES Cyber Systems or meet a criterion, and those retired within the period.
fn sites(dossier: &Dossier) -> impl Iterator<Item = &Kept<Site>> {
    let with_systems: BTreeSet<SiteId> = dossier.systems.iter().filter_map(|system| system.site).collect();
    let rated = move |site: &Kept<Site>| !site.criteria.is_empty() || with_systems.contains(&site.id);
    dossier.sites.iter().filter(move |site| rated(site) && in_sight(dossier, site.retired_on))
}

/// The ratings of the systems at a site that were in use on a day judged, and of its own criteria where it has no systems.
fn ratings(dossier: &Dossier, site: &Kept<Site>) -> BTreeSet<Impact> {
    let here = dossier.systems.iter().filter(|system| system.site == Some(site.id));
    let found: BTreeSet<Impact> =
        here.filter(|system| in_sight(dossier, system.retired_on)).filter_map(|system| system.impact()).collect();
    let by_criterion = || site.criteria.iter().map(crate::sites::rules::Criterion::impact).collect();
    if found.is_empty() { by_criterion() } else { found }
}

fn bes_asset(dossier: &Dossier, site: &Kept<Site>) -> Vec<String> {
    let ratings = ratings(dossier, site);
    let holds = |impact: Impact| flag(Some(ratings.contains(&impact)));
    vec![
        site.reference.to_string(),
        site.kind.map_or(NOT_RECORDED, SiteKind::label).to_owned(),
        site.name.clone(),
        day(site.in_service_on),
        day(site.retired_on),
        holds(Impact::High),
        holds(Impact::Medium),
        holds(Impact::Low),
        flag(site.routable),
        flag(site.dial_up),
        site.location.clone(),
    ]
}

fn low_ca(site: &Site) -> Vec<String> {
    vec![
        site.reference.to_string(),
        site.name.clone(),
        flag(site.routable),
        flag(site.dial_up),
        flag(site.vendor_remote_access),
    ]
}

/// Categorized devices in service, and those that left within the period.
fn cyber_assets(dossier: &Dossier) -> Rows<'_> {
    let tfe: Vec<_> = dossier.exceptions.iter().filter(|one| one.kind == Some(ExceptionKind::Tfe)).collect();
    let row = move |line: &AssetLine| {
        let asset = dossier.asset(line.id).filter(|asset| is_cyber_asset(dossier, asset))?;
        let covered = |one: &&&Kept<crate::exceptions::Exception>| {
            one.everything == Some(true) || one.subjects.iter().any(|subject| subject.id == line.id.uuid())
        };
        let tfe: Vec<String> = tfe.iter().filter(covered).map(|one| one.reference.to_string()).collect();
        let cells = cyber_asset(dossier, asset, line.impact, &tfe.join("; "));
        Some(Row { cells, kind: Asset::TABLE.kind, record: line.id.uuid(), version: line.version })
    };
    Box::new(dossier.assets.iter().filter_map(row))
}

fn is_cyber_asset(dossier: &Dossier, asset: &Asset) -> bool {
    let in_service = matches!(asset.lifecycle, Some(Lifecycle::InService) | None);
    let left_within = asset.retired_on.is_some_and(|on| on >= dossier.days.from);
    !asset.categories.is_empty() && (in_service || left_within)
}

fn cyber_asset(dossier: &Dossier, asset: &Asset, impact: Option<Impact>, tfe: &str) -> Vec<String> {
    let facts = &dossier.judged.facts;
    let mut systems: Vec<String> = asset
        .systems
        .iter()
        .filter_map(|id| facts.systems.get(id.uuid()))
        .map(|system| system.reference.to_string())
        .collect();
    systems.sort_by_cached_key(|reference| crate::vocabulary::fold::natural(reference));
    let site = asset.site.and_then(|id| facts.sites.get(id.uuid()));
    let esp = facts.esp_of(asset).map_or_else(String::new, |(_, zone)| zone.reference.to_string());
    // Many write the model into the product, too.
    let both = |one: &str, other: &str| {
        if one.ends_with(other) { one.to_owned() } else { [one, other].join(" ").trim().to_owned() }
    };
    vec![
        asset.reference.to_string(),
        asset.categories.iter().map(|category: &Category| category.word()).collect::<Vec<_>>().join("; "),
        impact.map_or("not rated", Impact::label).to_owned(),
        systems.join("; "),
        site.map_or_else(String::new, |site| site.reference.to_string()),
        esp,
        NOT_RECORDED.to_owned(),
        flag(asset.routable),
        flag(asset.external_routable),
        flag(asset.dial_up),
        NOT_RECORDED.to_owned(),
        asset.kind.map_or(NOT_RECORDED, AssetKind::label).to_owned(),
        asset.vendor.clone(),
        both(&asset.product, &asset.model),
        both(&asset.operating_system, &asset.firmware),
        day(asset.in_service_on),
        day(asset.retired_on),
        flag(asset.r#virtual),
        NOT_RECORDED.to_owned(),
        tfe.to_owned(),
        NOT_RECORDED.to_owned(),
    ]
}
