//! What a NERC CIP part applies to, computed from the records by the catalog's rows of applicable systems.
//!
//! Invariant: pure. Any row that matches applies; what cannot be decided names the answers that are missing, and is never
//! taken for a no. A PACS of medium impact systems counts only with ERC where the standard says so (`pacs_needs_erc`).

use std::collections::{BTreeMap, BTreeSet};

use super::model::{About, AppliesRow, Requirement, Standard};
use crate::assets::Category;
use crate::sites::{Site, SiteKind};
use crate::systems::System;
use crate::systems::rules::{Answers, classes};
use crate::vocabulary::Impact;

/// Whether a part applies to a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applicability {
    Applies,
    NotApplicable,
    /// Cannot be decided: the names of the answers that are missing, as fields of records.
    Unknown(BTreeSet<&'static str>),
}

impl Applicability {
    fn missing(answer: &'static str) -> Self {
        Applicability::Unknown(BTreeSet::from([answer]))
    }

    /// Either: one that applies is enough, and only when all say no it is no.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Applicability::Applies, _) | (_, Applicability::Applies) => Applicability::Applies,
            (Applicability::Unknown(mut some), Applicability::Unknown(more)) => {
                some.extend(more);
                Applicability::Unknown(some)
            }
            (Applicability::Unknown(some), _) | (_, Applicability::Unknown(some)) => Applicability::Unknown(some),
            _ => Applicability::NotApplicable,
        }
    }
}

/// The classes a system holds, and those it might hold with the answer that would decide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Classes {
    pub held: BTreeSet<&'static str>,
    pub open: BTreeMap<&'static str, &'static str>,
}

/// Every class of BES Cyber System the catalogs name, with the impact it needs.
const ALL: [(&str, Impact); 8] = [
    ("high", Impact::High),
    ("high_erc", Impact::High),
    ("high_dialup", Impact::High),
    ("medium", Impact::Medium),
    ("medium_erc", Impact::Medium),
    ("medium_no_erc", Impact::Medium),
    ("medium_dialup", Impact::Medium),
    ("medium_cc", Impact::Medium),
];

/// The classes of a system at a site; none where the site is not recorded.
#[must_use]
pub fn classes_of(system: &System, site: Option<&Site>) -> Classes {
    let kind = site.and_then(|site| site.kind);
    let at_control_center = kind.is_some_and(SiteKind::is_control_center);
    let impact = system.impact();
    let (held, missing) = classes(Answers { impact, erc: system.erc, dial_up: system.dial_up, at_control_center });
    let mut open = BTreeMap::new();
    if impact.is_none() {
        open.extend(ALL.iter().map(|(class, _)| (*class, "criterion")));
        open.insert("low", "criterion");
    }
    for (class, _) in ALL.iter().filter(|(_, needed)| impact == Some(*needed)) {
        let answer = match *class {
            "high_erc" | "medium_erc" | "medium_no_erc" => "erc",
            "high_dialup" | "medium_dialup" => "dial_up",
            _ => continue,
        };
        if missing.contains(&answer) {
            open.insert(class, answer);
        }
    }
    if impact == Some(Impact::Medium) && kind.is_none() {
        open.insert("medium_cc", "site");
    }
    Classes { held: held.into_iter().collect(), open }
}

impl Classes {
    fn holds(&self, class: &str) -> Applicability {
        if self.held.contains(class) {
            Applicability::Applies
        } else {
            self.open.get(class).map_or(Applicability::NotApplicable, |answer| Applicability::missing(answer))
        }
    }
}

fn any(all: impl Iterator<Item = Applicability>) -> Applicability {
    all.fold(Applicability::NotApplicable, Applicability::or)
}

/// Whether a part applies to a BES Cyber System.
#[must_use]
pub fn applies_to_system(part: &Requirement, system: &Classes) -> Applicability {
    if !part.concerns(About::System) {
        return Applicability::NotApplicable;
    }
    any(part.any_of.iter().filter(|row| row.include_bcs).map(|row| system.holds(&row.bcs)))
}

/// What decides for an asset.
#[derive(Clone, Debug, Default)]
pub struct AssetFacts<'f> {
    pub categories: BTreeSet<Category>,
    /// Its interface or its role says that it is an Electronic Access Point.
    pub is_eap: bool,
    /// Whether the asset itself is reachable through ERC; a no takes it out of its system's ERC classes.
    pub external_routable: Option<bool>,
    /// The systems it belongs to or serves.
    pub systems: Vec<&'f Classes>,
    /// Systems with members in the same ESP; none where the asset is in no ESP.
    pub perimeter: Vec<&'f Classes>,
    /// Its zone is recorded.
    pub placed: bool,
    /// Its zone is an ESP.
    pub in_esp: bool,
}

/// Whether a part applies to an asset.
#[must_use]
pub fn applies_to_asset(part: &Requirement, standard: &Standard, asset: &AssetFacts<'_>) -> Applicability {
    if !part.concerns(About::Asset) {
        return Applicability::NotApplicable;
    }
    if asset.categories.is_empty() && !asset.is_eap {
        return uncategorized(asset);
    }
    any(part.any_of.iter().map(|row| row_of_asset(row, standard, asset)))
}

/// An asset of no category is out of scope only where nothing ties it to a system or an ESP.
fn uncategorized(asset: &AssetFacts<'_>) -> Applicability {
    match (asset.systems.is_empty() && !asset.in_esp, asset.placed) {
        (true, true) => Applicability::NotApplicable,
        (true, false) => Applicability::Unknown(BTreeSet::from(["categories", "zone"])),
        (false, _) => Applicability::missing("categories"),
    }
}

fn row_of_asset(row: &AppliesRow, standard: &Standard, asset: &AssetFacts<'_>) -> Applicability {
    let has = |category| asset.categories.contains(&category);
    let in_row = |code: &str| row.with.iter().any(|known| known == code);
    let mut found = Applicability::NotApplicable;
    if row.include_bcs && has(Category::Bca) {
        found = found.or(member(row, asset));
    }
    if in_row("eacms") && has(Category::Eacms) {
        found = found.or(associated(&row.bcs, asset, "systems"));
    }
    if in_row("pacs") && has(Category::Pacs) {
        let class = if standard.pacs_needs_erc && row.bcs == "medium" { "medium_erc" } else { row.bcs.as_str() };
        found = found.or(associated(class, asset, "systems"));
    }
    if in_row("pca") && has(Category::Pca) {
        found = found.or(associated(&row.bcs, asset, "zone"));
    }
    if in_row("eap") && asset.is_eap {
        found = found.or(associated(&row.bcs, asset, "systems"));
    }
    found
}

/// As a member of its systems: what is not itself reachable is out of their ERC classes.
fn member(row: &AppliesRow, asset: &AssetFacts<'_>) -> Applicability {
    if asset.systems.is_empty() {
        return Applicability::missing("systems");
    }
    if asset.external_routable == Some(false) && row.bcs.ends_with("_erc") && row.bcs != "medium_no_erc" {
        return Applicability::NotApplicable;
    }
    any(asset.systems.iter().map(|system| system.holds(&row.bcs)))
}

/// As associated with systems: those it serves, and those whose ESP it shares.
fn associated(class: &str, asset: &AssetFacts<'_>, answer: &'static str) -> Applicability {
    if asset.systems.is_empty() && asset.perimeter.is_empty() {
        return Applicability::missing(answer);
    }
    any(asset.systems.iter().chain(&asset.perimeter).map(|system| system.holds(class)))
}

/// What decides for a site.
#[derive(Clone, Debug, Default)]
pub struct SiteFacts<'f> {
    pub kind: Option<SiteKind>,
    pub criteria: Vec<String>,
    pub rated_low: bool,
    pub vendor_remote_access: Option<bool>,
    pub systems: Vec<&'f Classes>,
}

impl<'f> SiteFacts<'f> {
    /// The facts of a site with the systems located there.
    #[must_use]
    pub fn of(site: &Site, systems: Vec<&'f Classes>) -> Self {
        Self {
            kind: site.kind,
            criteria: site.criteria.iter().map(ToString::to_string).collect(),
            rated_low: site.criteria.iter().any(|criterion| criterion.impact() == Impact::Low),
            vendor_remote_access: site.vendor_remote_access,
            systems,
        }
    }

    /// Whether it contains low impact BES Cyber Systems (CIP-002-5.1a R1.3).
    fn contains_low(&self) -> Applicability {
        let undecided = self.systems.is_empty() && self.criteria.is_empty();
        if self.rated_low {
            Applicability::Applies
        } else if undecided {
            Applicability::missing("criteria")
        } else {
            any(self.systems.iter().map(|system| system.holds("low")))
        }
    }
}

/// Whether a part applies to a site: one of the six classes of assets, with low impact systems, a Control Center, or a
/// station of CIP-014. `stations` are the criteria under which a station falls under CIP-014.
#[must_use]
pub fn applies_to_site(part: &Requirement, stations: &[String], site: &SiteFacts<'_>) -> Applicability {
    if !part.concerns(About::Site) {
        return Applicability::NotApplicable;
    }
    let Some(kind) = site.kind else { return Applicability::missing("kind") };
    let asks = |code: &str| part.applies_to.iter().any(|known| known == code);
    let yes = |holds: bool| if holds { Applicability::Applies } else { Applicability::NotApplicable };
    if asks("bes_asset") {
        return yes(kind != SiteKind::Office);
    }
    if asks("control_centers") {
        return yes(kind.is_control_center());
    }
    if asks("transmission_stations") {
        return match (kind, site.criteria.is_empty()) {
            (SiteKind::TransmissionSubstation, true) => Applicability::missing("criteria"),
            (SiteKind::TransmissionSubstation, false) => yes(site.criteria.iter().any(|one| stations.contains(one))),
            _ => Applicability::NotApplicable,
        };
    }
    match (kind, part.vendor_access_only, site.vendor_remote_access) {
        (SiteKind::Office, ..) | (_, true, Some(false)) => Applicability::NotApplicable,
        (_, true, None) => match site.contains_low() {
            Applicability::NotApplicable => Applicability::NotApplicable,
            low => Applicability::missing("vendor_remote_access").or(match low {
                Applicability::Unknown(missing) => Applicability::Unknown(missing),
                _ => Applicability::NotApplicable,
            }),
        },
        _ => site.contains_low(),
    }
}

/// Whether a part applies to the entity itself: always, or where it has systems of the classes named.
#[must_use]
pub fn applies_to_entity(part: &Requirement, systems: &[&Classes], sites: &[SiteFacts<'_>]) -> Applicability {
    if !part.concerns(About::Entity) {
        return Applicability::NotApplicable;
    }
    if part.any_of.is_empty() {
        return Applicability::Applies;
    }
    let of_row = |row: &AppliesRow| {
        let low = row.bcs == "low";
        let sites: Vec<_> = sites.iter().filter(|site| low && site.kind != Some(SiteKind::Office)).collect();
        if systems.is_empty() && sites.is_empty() {
            return Applicability::missing("systems");
        }
        let by_system = any(systems.iter().map(|system| system.holds(&row.bcs)));
        by_system.or(any(sites.into_iter().map(SiteFacts::contains_low)))
    };
    any(part.any_of.iter().map(of_row))
}

#[cfg(test)]
mod tests;
