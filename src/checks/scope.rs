//! Scope: which requirement parts apply to which of the facts' records.
//!
//! Invariant: the frameworks' own rules decide, asked once for all records that decide alike, so fifty thousand devices cost
//! as much as the few hundred ways in which devices differ.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use super::facts::{Facts, Over};
use super::reaching::{Reached, reached};
use crate::assets::model::{Asset, Role};
use crate::frameworks::model::{About, Requirement};
use crate::frameworks::rules::{Applicability, applies_to_system};
use crate::frameworks::surroundings::{AssetRow, Reach, Surroundings, put_together};
use crate::ids::{AssetId, Id, SiteId, SystemId};

/// What parts can apply to, and where each record of the facts stands in it.
#[derive(Debug, Default)]
pub struct Scope {
    around: Surroundings,
    /// By place: the group of an asset, the entry of a system, the entry of a site; none for what is retired.
    assets: Vec<Option<usize>>,
    systems: Vec<Option<usize>>,
    sites: Vec<Option<usize>>,
    /// Answers by part, for a scope outlives many changes that do not move it.
    answered: Mutex<HashMap<&'static str, Arc<Answers>>>,
}

/// Whether one part applies, by place.
pub struct Applies<'s> {
    scope: &'s Scope,
    answers: Arc<Answers>,
}

/// What the catalog's rows of one part say.
#[derive(Debug)]
struct Answers {
    /// The framework says nothing of single records: the part concerns the entity and whatever informs it.
    of_entity: bool,
    assets: Vec<Applicability>,
    systems: Vec<Applicability>,
    sites: Vec<Applicability>,
    /// Kinds of records that the part's rows decide about.
    concerns: [bool; 3],
    /// For a record of another kind that informs the part: whether it applies to anything at all.
    anything: Applicability,
    reach: Reach,
}

fn row(facts: &Facts, id: Uuid, asset: &Asset) -> AssetRow {
    AssetRow {
        id: AssetId::from_uuid(id),
        reference: asset.reference.to_string(),
        zone: asset.zone.map(Id::uuid),
        categories: asset.categories.clone(),
        systems: asset.systems.iter().map(|system| system.uuid()).collect(),
        is_eap: asset.roles.contains(&Role::Eap) || facts.access_points.contains(&id),
        unreachable: asset.external_routable == Some(false),
    }
}

/// By place of a shelf, the entry of its record in a list of ids.
fn entries<T>(shelf: &super::shelf::Shelf<T>, ids: impl Iterator<Item = (Uuid, usize)>) -> Vec<Option<usize>> {
    let known: HashMap<Uuid, usize> = ids.collect();
    shelf.iter().map(|held| known.get(&held.id).copied()).collect()
}

impl Scope {
    #[must_use]
    pub fn of(facts: &Facts) -> Self {
        let in_use = |site: &&super::shelf::Held<crate::sites::Site>| site.record.retired_on.is_none();
        let sites: Vec<(SiteId, &crate::sites::Site)> =
            facts.sites.iter().filter(in_use).map(|held| (SiteId::from_uuid(held.id), &held.record)).collect();
        let systems: Vec<(SystemId, &crate::systems::System)> = facts
            .systems
            .iter()
            .filter(|held| held.record.retired_on.is_none())
            .map(|held| (SystemId::from_uuid(held.id), &held.record))
            .collect();
        let esps = facts.zones.iter().filter(|held| held.record.esp == Some(true));
        let perimeters: BTreeSet<Uuid> = esps.map(|held| held.id).collect();
        let listed = facts.assets.iter().filter(|held| !crate::register::Register::is_retired(&held.record));
        let around = put_together(&sites, &systems, &perimeters, listed.map(|held| row(facts, held.id, &held.record)));
        let grouped = around.groups.iter().enumerate();
        let assets = grouped.flat_map(|(n, group)| group.assets.iter().map(move |(id, _)| (id.uuid(), n)));
        Self {
            assets: entries(&facts.assets, assets),
            systems: entries(&facts.systems, systems.iter().enumerate().map(|(n, (id, _))| (id.uuid(), n))),
            sites: entries(&facts.sites, sites.iter().enumerate().map(|(n, (id, _))| (id.uuid(), n))),
            around,
            answered: Mutex::default(),
        }
    }

    /// Asks the catalog's rows of a part about everything; asked once.
    #[must_use]
    pub fn applies(&self, part: &'static Requirement) -> Applies<'_> {
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = answered.entry(part.id.as_str()).or_insert_with(|| Arc::new(self.answers(part)));
        Applies { scope: self, answers: Arc::clone(answers) }
    }

    fn answers(&self, part: &Requirement) -> Answers {
        let of_entity = part.subjects.is_empty();
        let reach = self.around.reach(part);
        let concerns = [About::Asset, About::System, About::Site].map(|about| part.concerns(about));
        let anything = reach.anything();
        if of_entity {
            let (assets, systems, sites) = (Vec::new(), Vec::new(), Vec::new());
            return Answers { of_entity, assets, systems, sites, concerns, anything, reach };
        }
        Answers {
            of_entity,
            concerns,
            anything,
            assets: self.around.groups.iter().map(|group| self.around.at_group(part, group)).collect(),
            systems: self.around.systems.iter().map(|there| applies_to_system(part, &there.classes)).collect(),
            sites: self.around.sites.iter().map(|there| self.around.at_site(part, there)).collect(),
            reach,
        }
    }

    #[must_use]
    pub fn around(&self) -> &Surroundings {
        &self.around
    }
}

/// The answer for a place; what is retired is in scope of nothing.
fn answer<'a>(entries: &[Option<usize>], answers: &'a [Applicability], place: usize) -> &'a Applicability {
    let entry = entries.get(place).copied().flatten();
    entry.and_then(|entry| answers.get(entry)).unwrap_or(&Applicability::NotApplicable)
}

impl Applies<'_> {
    /// Whether the part applies to the subject at a place. What the catalog's rows do not decide about, such as a BES
    /// Cyber Asset for a part about systems, informs the part wherever it applies to anything.
    #[must_use]
    pub fn to(&self, facts: &Facts, over: Over, place: usize) -> Cow<'_, Applicability> {
        if self.answers.of_entity {
            return Cow::Borrowed(&Applicability::Applies);
        }
        match reached(facts, over, place) {
            Some(reached) if !reached.is_empty() => Cow::Owned(self.to_any(&reached)),
            _ => Cow::Borrowed(self.to_record(over, place)),
        }
    }

    /// Access is in scope by any of what it reaches: a device, or the systems that the device belongs to or serves.
    fn to_any(&self, reached: &Reached) -> Applicability {
        let of_assets = reached.iter().filter(|(over, _)| *over == Over::Asset);
        let groups = of_assets.filter_map(|(_, place)| self.scope.assets.get(*place).copied().flatten());
        let [assets, systems, _] = self.answers.concerns;
        let mut found = Applicability::NotApplicable;
        for answer in groups.filter_map(|group| self.answers.assets.get(group)).filter(|_| assets) {
            found = found.or(answer.clone());
        }
        for (over, place) in reached.iter().filter(|(over, _)| *over == Over::System && systems) {
            found = found.or(self.to_record(*over, *place).clone());
        }
        if assets || systems { found } else { self.answers.anything.clone() }
    }

    fn to_record(&self, over: Over, place: usize) -> &Applicability {
        let [assets, systems, sites] = self.answers.concerns;
        match over {
            Over::System if systems => answer(&self.scope.systems, &self.answers.systems, place),
            Over::Asset if assets => answer(&self.scope.assets, &self.answers.assets, place),
            Over::Site if sites => answer(&self.scope.sites, &self.answers.sites, place),
            _ => &self.answers.anything,
        }
    }

    /// How many systems, assets and sites it applies to, the entity included, and for how many that cannot be decided.
    #[must_use]
    pub fn counted(&self) -> (usize, usize) {
        let Reach { entity, sites, systems, assets } = &self.answers.reach;
        let applies = sites.applies + systems.applies + assets.applies;
        let unknown = sites.unknown + systems.unknown + assets.unknown;
        match entity {
            Applicability::Applies => (applies + 1, unknown),
            Applicability::Unknown(_) => (applies, unknown + 1),
            Applicability::NotApplicable => (applies, unknown),
        }
    }
}
