//! Everything an organization has that a part may apply to, and what each part reaches of it.
//!
//! Invariant: pure. Assets that decide alike are judged once, as a group; the same rules judge a single record.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::catalogs::catalogs;
use super::model::Requirement;
use super::rules::{
    Applicability, AssetFacts, Classes, SiteFacts, applies_to_asset, applies_to_entity, applies_to_site,
    applies_to_system, classes_of,
};
use crate::assets::Category;
use crate::ids::{AssetId, Id, SiteId, SystemId};
use crate::sites::Site;
use crate::systems::System;

/// What decides for one asset, as columns have it.
#[derive(Clone, Debug)]
pub struct AssetRow {
    pub id: AssetId,
    pub reference: String,
    pub zone: Option<Uuid>,
    pub categories: BTreeSet<Category>,
    pub systems: Vec<Uuid>,
    pub is_eap: bool,
    pub unreachable: bool,
}

/// A system with the classes it holds.
#[derive(Debug)]
pub struct SystemThere {
    pub id: SystemId,
    pub reference: String,
    pub name: String,
    pub classes: Classes,
}

/// A site with the systems located there.
#[derive(Debug)]
pub struct SiteThere {
    pub id: SiteId,
    pub reference: String,
    pub site: Site,
    /// One system of each set of classes located there.
    systems: Vec<usize>,
}

/// Assets that decide alike.
#[derive(Debug)]
pub struct Group {
    key: Key,
    pub assets: Vec<(AssetId, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    categories: BTreeSet<Category>,
    /// One system of each set of classes it belongs to or serves.
    systems: Vec<usize>,
    /// The ESP it is in.
    perimeter: Option<Uuid>,
    placed: bool,
    is_eap: bool,
    unreachable: bool,
}

/// What an organization has.
#[derive(Debug, Default)]
pub struct Surroundings {
    pub sites: Vec<SiteThere>,
    pub systems: Vec<SystemThere>,
    pub groups: Vec<Group>,
    /// Systems with members in each ESP.
    perimeters: HashMap<Uuid, Vec<usize>>,
}

/// How many records of a kind a part reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub applies: usize,
    pub unknown: usize,
    /// The answers that are missing, and at how many records.
    pub missing: BTreeMap<&'static str, usize>,
}

impl Tally {
    fn add(&mut self, found: &Applicability, count: usize) {
        match found {
            Applicability::Applies => self.applies += count,
            Applicability::NotApplicable => {}
            Applicability::Unknown(missing) => {
                self.unknown += count;
                for answer in missing {
                    *self.missing.entry(answer).or_default() += count;
                }
            }
        }
    }
}

/// What a part reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    pub entity: Applicability,
    pub sites: Tally,
    pub systems: Tally,
    pub assets: Tally,
}

impl Reach {
    /// Of what applies to the entity and names no records.
    fn everywhere() -> Self {
        let none = Tally::default;
        Self { entity: Applicability::Applies, sites: none(), systems: none(), assets: none() }
    }

    /// Whether the part applies to anything at all.
    #[must_use]
    pub fn anything(&self) -> Applicability {
        let tallies = [&self.sites, &self.systems, &self.assets];
        if self.entity == Applicability::Applies || tallies.iter().any(|tally| tally.applies > 0) {
            return Applicability::Applies;
        }
        let missing: BTreeSet<&'static str> = tallies.iter().flat_map(|tally| tally.missing.keys().copied()).collect();
        let open = if missing.is_empty() { Applicability::NotApplicable } else { Applicability::Unknown(missing) };
        self.entity.clone().or(open)
    }
}

/// Puts together what was read; systems and zones that are gone are left out of links.
#[must_use]
pub fn put_together(
    sites: &[(SiteId, &Site)],
    systems: &[(SystemId, &System)],
    perimeters: &BTreeSet<Uuid>,
    assets: impl IntoIterator<Item = AssetRow>,
) -> Surroundings {
    let at_site: HashMap<SiteId, &Site> = sites.iter().copied().collect();
    let there = |(id, system): &(SystemId, &System)| SystemThere {
        id: *id,
        reference: system.reference.to_string(),
        name: system.name.clone(),
        classes: classes_of(system, system.site.and_then(|site| at_site.get(&site).copied())),
    };
    let there: Vec<SystemThere> = systems.iter().map(there).collect();
    let alike = alike(&there);
    let by_id: HashMap<Uuid, usize> = systems.iter().zip(&alike).map(|((id, _), n)| (id.uuid(), *n)).collect();
    let mut located: HashMap<SiteId, Vec<usize>> = HashMap::new();
    for ((_, system), n) in systems.iter().zip(&alike) {
        let known = system.site.map(|site| located.entry(site).or_default());
        if let Some(known) = known.filter(|known| !known.contains(n)) {
            known.push(*n);
        }
    }
    let site = |(id, site): &(SiteId, &Site)| SiteThere {
        id: *id,
        reference: site.reference.to_string(),
        systems: located.get(id).cloned().unwrap_or_default(),
        site: (*site).clone(),
    };
    let (groups, within) = grouped(assets, &by_id, perimeters);
    Surroundings { sites: sites.iter().map(site).collect(), systems: there, groups, perimeters: within }
}

/// For each system the first one of the same classes, which stands for all of them.
fn alike(systems: &[SystemThere]) -> Vec<usize> {
    let mut first: Vec<usize> = Vec::new();
    let standing = |first: &mut Vec<usize>, n: usize| {
        let known = first.iter().copied().find(|known| systems[*known].classes == systems[n].classes);
        known.unwrap_or_else(|| {
            first.push(n);
            n
        })
    };
    (0..systems.len()).map(|n| standing(&mut first, n)).collect()
}

/// Assets that decide alike, and the systems with members in each ESP.
fn grouped(
    assets: impl IntoIterator<Item = AssetRow>,
    by_id: &HashMap<Uuid, usize>,
    perimeters: &BTreeSet<Uuid>,
) -> (Vec<Group>, HashMap<Uuid, Vec<usize>>) {
    let mut within: HashMap<Uuid, BTreeSet<usize>> = HashMap::new();
    let mut groups: HashMap<Key, Vec<(AssetId, String)>> = HashMap::new();
    for row in assets {
        let mut own: Vec<usize> = row.systems.iter().filter_map(|id| by_id.get(id).copied()).collect();
        own.sort_unstable();
        own.dedup();
        let perimeter = row.zone.filter(|zone| perimeters.contains(zone));
        if let Some(zone) = perimeter {
            within.entry(zone).or_default().extend(&own);
        }
        let (placed, is_eap, unreachable) = (row.zone.is_some(), row.is_eap, row.unreachable);
        let key = Key { categories: row.categories, systems: own, perimeter, placed, is_eap, unreachable };
        groups.entry(key).or_default().push((row.id, row.reference));
    }
    let mut groups: Vec<Group> = groups.into_iter().map(|(key, assets)| Group { key, assets }).collect();
    groups.sort_by_key(|group| group.assets[0].0);
    (groups, within.into_iter().map(|(zone, systems)| (zone, systems.into_iter().collect())).collect())
}

fn stations(part: &Requirement) -> &'static [String] {
    let framework = catalogs().framework(&part.framework);
    framework.map(|known| known.transmission_station_criteria.as_slice()).unwrap_or_default()
}

impl Surroundings {
    fn of(&self, systems: &[usize]) -> Vec<&Classes> {
        systems.iter().map(|n| &self.systems[*n].classes).collect()
    }

    fn facts(&self, group: &Group) -> AssetFacts<'_> {
        let key = &group.key;
        let perimeter = key.perimeter.and_then(|zone| self.perimeters.get(&zone));
        AssetFacts {
            categories: key.categories.clone(),
            is_eap: key.is_eap,
            external_routable: key.unreachable.then_some(false),
            systems: self.of(&key.systems),
            perimeter: perimeter.map(|systems| self.of(systems)).unwrap_or_default(),
            placed: key.placed,
            in_esp: key.perimeter.is_some(),
        }
    }

    fn site_facts<'s>(&'s self, there: &'s SiteThere) -> SiteFacts<'s> {
        SiteFacts::of(&there.site, self.of(&there.systems))
    }

    /// Whether a part applies to a site.
    #[must_use]
    pub fn at_site(&self, part: &Requirement, there: &SiteThere) -> Applicability {
        let stations =
            catalogs().framework(&part.framework).map(|known| known.transmission_station_criteria.as_slice());
        applies_to_site(part, stations.unwrap_or_default(), &self.site_facts(there))
    }

    /// Whether a part applies to the assets of a group.
    #[must_use]
    pub fn at_group(&self, part: &Requirement, group: &Group) -> Applicability {
        let Some(standard) = catalogs().standard_of(part) else { return Applicability::NotApplicable };
        applies_to_asset(part, standard, &self.facts(group))
    }

    /// Whether a part applies to the entity itself.
    #[must_use]
    pub fn at_entity(&self, part: &Requirement) -> Applicability {
        let systems: Vec<&Classes> = self.systems.iter().map(|there| &there.classes).collect();
        let sites: Vec<SiteFacts<'_>> = self.sites.iter().map(|there| self.site_facts(there)).collect();
        applies_to_entity(part, &systems, &sites)
    }

    /// What a part reaches of everything.
    #[must_use]
    pub fn reach(&self, part: &Requirement) -> Reach {
        self.reaches([part]).pop().map_or_else(Reach::everywhere, |(_, reach)| reach)
    }

    /// What each of these parts reaches; what decides alike is judged once.
    #[must_use]
    pub fn reaches<'p>(&self, parts: impl IntoIterator<Item = &'p Requirement>) -> Vec<(&'p str, Reach)> {
        let assets: Vec<(AssetFacts<'_>, usize)> =
            self.groups.iter().map(|group| (self.facts(group), group.assets.len())).collect();
        let mut alike: Vec<(&Classes, usize)> = Vec::new();
        for there in &self.systems {
            match alike.iter_mut().find(|(classes, _)| **classes == there.classes) {
                Some((_, count)) => *count += 1,
                None => alike.push((&there.classes, 1)),
            }
        }
        let classes: Vec<&Classes> = alike.iter().map(|(classes, _)| *classes).collect();
        let sites: Vec<SiteFacts<'_>> = self.sites.iter().map(|there| self.site_facts(there)).collect();
        let one = |part: &'p Requirement| {
            let mut reach = Reach::everywhere();
            let Some(standard) = catalogs().standard_of(part).filter(|_| !part.subjects.is_empty()) else {
                return (part.id.as_str(), reach);
            };
            reach.entity = applies_to_entity(part, &classes, &sites);
            sites.iter().for_each(|site| reach.sites.add(&applies_to_site(part, stations(part), site), 1));
            alike.iter().for_each(|(classes, count)| reach.systems.add(&applies_to_system(part, classes), *count));
            assets.iter().for_each(|(asset, count)| reach.assets.add(&applies_to_asset(part, standard, asset), *count));
            (part.id.as_str(), reach)
        };
        parts.into_iter().map(one).collect()
    }

    /// The group an asset is in.
    #[must_use]
    pub fn group_of(&self, asset: AssetId) -> Option<&Group> {
        self.groups.iter().find(|group| group.assets.iter().any(|(id, _)| *id == asset))
    }
}
