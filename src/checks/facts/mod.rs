//! Facts: what checks judge. The records of one organization at one instant, with the links between them.
//!
//! Invariant: pure, and the same whether put together at once or record by record. Putting a record tells which subjects
//! it can move, so a change is re-judged without judging everything.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::shelf::Shelf;
use crate::assets::model::{Asset, Category, Lifecycle, Role, Service};
use crate::conduits::model::{Conduit, PermittedFlow};
use crate::flows::crossings::Crossing;
use crate::flows::model::Sensor;
use crate::ids::Id;
use crate::sites::model::Site;
use crate::systems::model::System;
use crate::vocabulary::end::packed;
use crate::vocabulary::{Impact, Moment, Subnet, TimeZone};
use crate::zones::model::{Zone, holding};

mod access;
mod accessing;
mod agenda;
mod boundary;
mod limits;
mod links;
mod over;
mod putting;

pub use access::{Access, SESSION_DAYS, Seen, Word};
pub use boundary::Boundary;
pub use limits::Limits;
use links::{Links, of};
pub use over::Over;

/// Places of subjects that a record can move.
pub type Touched = BTreeSet<(Over, usize)>;

/// A host that sensors saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    pub address: String,
    pub last_seen: Moment,
    pub sensor: String,
    /// The asset that has the address; none when nothing in the inventory has it.
    pub asset: Option<Uuid>,
    /// Reference of the zone whose subnets hold it; empty for none.
    pub zone: String,
    /// A person set it aside.
    pub set_aside: bool,
}

/// A sensor and when it last brought data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    pub sensor: Sensor,
    pub last_data: Option<Moment>,
}

/// Hours after which a sensor without hours of its own counts as silent.
const SILENT_AFTER_HOURS: i64 = 24;

impl Watch {
    /// Hours after which it counts as silent.
    #[must_use]
    pub fn silent_after(&self) -> i64 {
        self.sensor.silent_after.unwrap_or(SILENT_AFTER_HOURS)
    }

    /// True while it brings data within its hours.
    #[must_use]
    pub fn speaks(&self, at: Moment) -> bool {
        let hours = self.silent_after();
        self.sensor.retired_on.is_none()
            && self.last_data.is_some_and(|last| at.micros_since(last) <= hours * 3_600_000_000)
    }
}

/// What one organization's record says at one instant.
#[derive(Clone, Debug)]
pub struct Facts {
    pub organization: Uuid,
    pub at: Moment,
    pub zone: TimeZone,
    pub limits: Limits,
    pub sites: Shelf<Site>,
    pub systems: Shelf<System>,
    pub zones: Shelf<Zone>,
    pub assets: Shelf<Asset>,
    pub services: Shelf<Service>,
    pub sensors: Shelf<Watch>,
    pub hosts: Shelf<Host>,
    pub conduits: Shelf<Conduit>,
    pub permitted: Shelf<PermittedFlow>,
    /// What flows between zones; one that is not seen any more keeps its place with no flow in it.
    pub crossings: Shelf<Crossing>,
    pub boundary: Boundary,
    pub access: Access,
    /// The organization's slug.
    pub called: String,
    /// Assets with an interface that is an Electronic Access Point.
    pub access_points: BTreeSet<Uuid>,
    /// Counts the changes to what decides which parts apply to what; the scope of facts of the same shape is the same.
    pub shape: u64,
    links: Links,
}

impl Facts {
    #[must_use]
    pub fn new(organization: Uuid, at: Moment, zone: TimeZone, limits: Limits) -> Self {
        Self {
            organization,
            at,
            zone,
            limits,
            sites: Shelf::default(),
            systems: Shelf::default(),
            zones: Shelf::default(),
            assets: Shelf::default(),
            services: Shelf::default(),
            sensors: Shelf::default(),
            hosts: Shelf::default(),
            conduits: Shelf::default(),
            permitted: Shelf::default(),
            crossings: Shelf::default(),
            boundary: Boundary::default(),
            access: Access::default(),
            called: String::new(),
            access_points: BTreeSet::new(),
            shape: 0,
            links: Links::default(),
        }
    }

    /// Assets that belong to a system or serve it.
    pub fn members(&self, system: Uuid) -> impl Iterator<Item = &Asset> {
        of(&self.links.assets_of_system, system).map(|place| &self.assets.at(place).record)
    }

    /// The same with their ids.
    pub fn members_with_ids(&self, system: Uuid) -> impl Iterator<Item = (Uuid, &Asset)> {
        let held = of(&self.links.assets_of_system, system).map(|place| self.assets.at(place));
        held.map(|held| (held.id, &held.record))
    }

    /// Systems in use that some device in service in a zone belongs to or serves.
    pub fn systems_within(&self, zone: Uuid) -> impl Iterator<Item = &System> {
        let counts = self.links.systems_in_zone.get(&zone).into_iter().flatten();
        let living = counts.filter(|(_, count)| **count > 0).filter_map(|(id, _)| self.systems.get(*id));
        living.filter(|system| system.retired_on.is_none())
    }

    /// Assets in a zone.
    pub fn inside(&self, zone: Uuid) -> impl Iterator<Item = &Asset> {
        of(&self.links.assets_in_zone, zone).map(|place| &self.assets.at(place).record)
    }

    /// Systems at a site that are in service.
    pub fn systems_at(&self, site: Uuid) -> impl Iterator<Item = &System> {
        of(&self.links.systems_at_site, site)
            .map(|place| &self.systems.at(place).record)
            .filter(|system| system.retired_on.is_none())
    }

    /// Places of the systems at a site.
    pub fn system_places_at(&self, site: Uuid) -> impl Iterator<Item = usize> + '_ {
        of(&self.links.systems_at_site, site)
    }

    /// Services an asset offers that were not taken out of use.
    pub fn services_of(&self, asset: Uuid) -> impl Iterator<Item = &Service> {
        of(&self.links.services_of_asset, asset)
            .map(|place| &self.services.at(place).record)
            .filter(|service| service.retired_on.is_none())
    }

    /// Hosts seen under an address of the asset.
    pub fn seen_as(&self, asset: Uuid) -> impl Iterator<Item = &Host> {
        of(&self.links.hosts_of_asset, asset).map(|place| &self.hosts.at(place).record)
    }

    /// Conduits that begin or end in a zone.
    pub fn conduits_at(&self, zone: Uuid) -> impl Iterator<Item = (Uuid, &Conduit)> {
        of(&self.links.conduits_at_zone, zone).map(|place| self.conduits.at(place)).map(|held| (held.id, &held.record))
    }

    /// Conduits that an asset enforces or brokers.
    pub fn conduits_through(&self, asset: Uuid) -> impl Iterator<Item = (Uuid, &Conduit)> {
        of(&self.links.conduits_of_asset, asset)
            .map(|place| self.conduits.at(place))
            .map(|held| (held.id, &held.record))
    }

    /// Flows that a conduit permits, or would permit.
    pub fn permitted_by(&self, conduit: Uuid) -> impl Iterator<Item = (Uuid, &PermittedFlow)> {
        let places = of(&self.links.permitted_of_conduit, conduit);
        places.map(|place| self.permitted.at(place)).map(|held| (held.id, &held.record))
    }

    /// Assets with an address within a network, by id.
    pub fn assets_within(&self, net: &Subnet) -> impl Iterator<Item = Uuid> {
        let (first, last) = net.span();
        let ends = &self.boundary.ends;
        let from = ends.partition_point(|(end, _)| *end < packed(first));
        let inside = ends[from..].iter().take_while(move |(end, _)| *end <= packed(last));
        inside.map(|(_, id)| *id)
    }

    /// Sensors in use that watch a zone.
    pub fn watching(&self, zone: Uuid) -> impl Iterator<Item = &Watch> {
        let in_use = self.sensors.iter().map(|held| &held.record).filter(|watch| watch.sensor.retired_on.is_none());
        in_use.filter(move |watch| watch.sensor.zones.iter().any(|id| id.uuid() == zone))
    }

    /// Sensors in use that watch a conduit.
    pub fn watching_conduit(&self, conduit: Uuid) -> impl Iterator<Item = &Watch> {
        let in_use = self.sensors.iter().map(|held| &held.record).filter(|watch| watch.sensor.retired_on.is_none());
        in_use.filter(move |watch| watch.sensor.conduits.iter().any(|id| id.uuid() == conduit))
    }

    /// True for a device with an interface that is an Electronic Access Point, or with the role of one.
    #[must_use]
    pub fn is_access_point(&self, id: Uuid, asset: &Asset) -> bool {
        asset.roles.contains(&Role::Eap) || self.access_points.contains(&id)
    }

    /// The zone an id names.
    #[must_use]
    pub fn zone_at(&self, id: Option<crate::ids::ZoneId>) -> Option<&Zone> {
        self.zones.get(id?.uuid())
    }

    /// Reference of the zone with the narrowest subnet that holds an address; empty for none.
    #[must_use]
    pub fn zone_of(&self, address: &str) -> String {
        let Ok(address) = address.parse() else { return String::new() };
        let holding = holding(self.zones.iter().map(|held| &held.record), address);
        holding.map_or_else(String::new, |zone| zone.reference.to_string())
    }

    /// The ESP an asset lives in, with its id.
    #[must_use]
    pub fn esp_of(&self, asset: &Asset) -> Option<(Uuid, &Zone)> {
        let id = asset.zone?.uuid();
        self.zones.get(id).filter(|zone| zone.esp == Some(true) && zone.retired_on.is_none()).map(|zone| (id, zone))
    }

    /// Whether an asset lies outside every Electronic Security Perimeter; none where that is not recorded.
    #[must_use]
    pub fn is_outside(&self, asset: &Asset) -> Option<bool> {
        self.zones.get(asset.zone?.uuid())?.is_outside()
    }

    /// The highest rating among an asset's own systems.
    #[must_use]
    pub fn own_rating(&self, asset: &Asset) -> Option<Impact> {
        asset.systems.iter().filter_map(|id| self.systems.get(id.uuid())?.impact()).max()
    }
}

/// True for a device that is in use.
#[must_use]
pub fn in_service(asset: &Asset) -> bool {
    asset.lifecycle == Some(Lifecycle::InService)
}

/// True for a device with a NERC CIP category.
#[must_use]
pub fn is_cyber_asset(asset: &Asset) -> bool {
    !asset.categories.is_empty()
}

/// True for a BES Cyber Asset.
#[must_use]
pub fn is_bca(asset: &Asset) -> bool {
    asset.categories.contains(&Category::Bca)
}
