//! Who belongs to whom in the facts.
//!
//! Invariant: a link is kept from both records it joins, so either can be put first.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::in_service;

use crate::assets::model::Asset;
use crate::conduits::model::PermittedFlow;
use crate::ids::Id;

/// Who belongs to whom, by place.
#[derive(Clone, Debug, Default)]
pub(super) struct Links {
    pub assets_of_system: HashMap<Uuid, BTreeSet<usize>>,
    pub assets_in_zone: HashMap<Uuid, BTreeSet<usize>>,
    pub assets_at_site: HashMap<Uuid, BTreeSet<usize>>,
    pub systems_at_site: HashMap<Uuid, BTreeSet<usize>>,
    pub services_of_asset: HashMap<Uuid, BTreeSet<usize>>,
    pub hosts_of_asset: HashMap<Uuid, BTreeSet<usize>>,
    pub conduits_at_zone: HashMap<Uuid, BTreeSet<usize>>,
    pub conduits_of_asset: HashMap<Uuid, BTreeSet<usize>>,
    pub permitted_of_conduit: HashMap<Uuid, BTreeSet<usize>>,
    pub permitted_naming: HashMap<Uuid, BTreeSet<usize>>,
    /// By zone, how many devices in service belong to or serve each system.
    pub systems_in_zone: HashMap<Uuid, BTreeMap<Uuid, usize>>,
}

impl Links {
    /// Counts a device where it lives now and no longer where it lived.
    pub fn recount(&mut self, before: Option<&Asset>, after: &Asset) {
        for (asset, lives) in before.map(|asset| (asset, false)).into_iter().chain([(after, true)]) {
            let Some(zone) = asset.zone.filter(|_| in_service(asset)) else { continue };
            let counts = self.systems_in_zone.entry(zone.uuid()).or_default();
            for system in &asset.systems {
                let count = counts.entry(system.uuid()).or_insert(0);
                *count = if lives { *count + 1 } else { count.saturating_sub(1) };
            }
        }
    }
}

pub(super) fn of(links: &HashMap<Uuid, BTreeSet<usize>>, id: Uuid) -> impl Iterator<Item = usize> + '_ {
    links.get(&id).into_iter().flatten().copied()
}

pub(super) fn relink(links: &mut HashMap<Uuid, BTreeSet<usize>>, place: usize, old: &[Uuid], new: &[Uuid]) {
    for gone in old.iter().filter(|id| !new.contains(id)) {
        if let Some(known) = links.get_mut(gone) {
            known.remove(&place);
        }
    }
    for come in new.iter().filter(|id| !old.contains(id)) {
        links.entry(*come).or_default().insert(place);
    }
}

pub(super) fn systems_of(asset: &Asset) -> Vec<Uuid> {
    asset.systems.iter().map(|id| id.uuid()).collect()
}

/// Assets that a permitted flow names at either end.
pub(super) fn named_by(flow: &PermittedFlow) -> Vec<Uuid> {
    flow.source_assets.iter().chain(&flow.destination_assets).map(|id| id.uuid()).collect()
}

pub(super) fn one<I: Id>(id: Option<I>) -> Vec<Uuid> {
    id.map(Id::uuid).into_iter().collect()
}

/// True when the same parts apply to both.
pub(super) fn decides_alike(one: &Asset, other: &Asset) -> bool {
    one.lifecycle == other.lifecycle
        && one.categories == other.categories
        && one.roles == other.roles
        && one.systems == other.systems
        && one.zone == other.zone
        && one.site == other.site
        && one.external_routable == other.external_routable
        && one.in_service_on == other.in_service_on
        && one.retired_on == other.retired_on
        && one.reference == other.reference
}
