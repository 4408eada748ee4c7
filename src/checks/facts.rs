//! Facts: what checks judge. The records of one organization at one instant, with the links between them.
//!
//! Invariant: pure, and the same whether put together at once or record by record. Putting a record tells which subjects
//! it can move, so a change is re-judged without judging everything.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::shelf::Shelf;
use crate::assets::model::{Asset, Category, Lifecycle, Service};
use crate::ids::Id;
use crate::sites::model::Site;
use crate::systems::model::System;
use crate::vocabulary::{Impact, Moment, TimeZone};
use crate::zones::model::Zone;

/// Kinds of subjects a rule is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Over {
    Site,
    System,
    Zone,
    Asset,
    Sensor,
    Host,
}

impl Over {
    pub const ALL: [Over; 6] = [Over::Site, Over::System, Over::Zone, Over::Asset, Over::Sensor, Over::Host];
}

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
    pub name: String,
    pub last_data: Option<Moment>,
    /// Hours after which it counts as silent.
    pub silent_after: i64,
    pub retired: bool,
}

/// What one organization's record says at one instant.
#[derive(Clone, Debug)]
pub struct Facts {
    pub organization: Uuid,
    pub at: Moment,
    pub zone: TimeZone,
    /// Days after which a verification no longer counts.
    pub verify_within_days: u16,
    pub sites: Shelf<Site>,
    pub systems: Shelf<System>,
    pub zones: Shelf<Zone>,
    pub assets: Shelf<Asset>,
    pub services: Shelf<Service>,
    pub sensors: Shelf<Watch>,
    pub hosts: Shelf<Host>,
    /// Assets with an interface that is an Electronic Access Point.
    pub access_points: BTreeSet<Uuid>,
    /// Counts the changes to what decides which parts apply to what; the scope of facts of the same shape is the same.
    pub shape: u64,
    links: Links,
}

/// Who belongs to whom, by place.
#[derive(Clone, Debug, Default)]
struct Links {
    assets_of_system: HashMap<Uuid, BTreeSet<usize>>,
    assets_in_zone: HashMap<Uuid, BTreeSet<usize>>,
    assets_at_site: HashMap<Uuid, BTreeSet<usize>>,
    systems_at_site: HashMap<Uuid, BTreeSet<usize>>,
    services_of_asset: HashMap<Uuid, BTreeSet<usize>>,
    hosts_of_asset: HashMap<Uuid, BTreeSet<usize>>,
}

fn of(links: &HashMap<Uuid, BTreeSet<usize>>, id: Uuid) -> impl Iterator<Item = usize> + '_ {
    links.get(&id).into_iter().flatten().copied()
}

fn relink(links: &mut HashMap<Uuid, BTreeSet<usize>>, place: usize, old: &[Uuid], new: &[Uuid]) {
    for gone in old.iter().filter(|id| !new.contains(id)) {
        if let Some(known) = links.get_mut(gone) {
            known.remove(&place);
        }
    }
    for come in new.iter().filter(|id| !old.contains(id)) {
        links.entry(*come).or_default().insert(place);
    }
}

fn systems_of(asset: &Asset) -> Vec<Uuid> {
    asset.systems.iter().map(|id| id.uuid()).collect()
}

fn one<I: Id>(id: Option<I>) -> Vec<Uuid> {
    id.map(Id::uuid).into_iter().collect()
}

impl Facts {
    #[must_use]
    pub fn new(organization: Uuid, at: Moment, zone: TimeZone, verify_within_days: u16) -> Self {
        Self {
            organization,
            at,
            zone,
            verify_within_days,
            sites: Shelf::default(),
            systems: Shelf::default(),
            zones: Shelf::default(),
            assets: Shelf::default(),
            services: Shelf::default(),
            sensors: Shelf::default(),
            hosts: Shelf::default(),
            access_points: BTreeSet::new(),
            shape: 0,
            links: Links::default(),
        }
    }

    pub fn put_site(&mut self, id: Uuid, site: Site) -> Touched {
        self.shape += 1;
        let (place, _) = self.sites.put(id, site);
        let systems = of(&self.links.systems_at_site, id).map(|at| (Over::System, at));
        let assets = of(&self.links.assets_at_site, id).map(|at| (Over::Asset, at));
        std::iter::once((Over::Site, place)).chain(systems).chain(assets).collect()
    }

    pub fn put_system(&mut self, id: Uuid, system: System) -> Touched {
        self.shape += 1;
        let new = one(system.site);
        let (place, before) = self.systems.put(id, system);
        let old = before.map(|before| one(before.site)).unwrap_or_default();
        relink(&mut self.links.systems_at_site, place, &old, &new);
        let mut touched = Touched::from([(Over::System, place)]);
        touched.extend(old.iter().chain(&new).filter_map(|site| Some((Over::Site, self.sites.place(*site)?))));
        let members: Vec<usize> = of(&self.links.assets_of_system, id).collect();
        for member in members {
            self.touch_asset(member, &mut touched);
        }
        touched
    }

    pub fn put_zone(&mut self, id: Uuid, zone: Zone) -> Touched {
        self.shape += 1;
        let (place, _) = self.zones.put(id, zone);
        let assets = of(&self.links.assets_in_zone, id).map(|at| (Over::Asset, at));
        std::iter::once((Over::Zone, place)).chain(assets).collect()
    }

    /// Puts an asset in its place and gives that and what stood there, without asking what it can move: for putting
    /// everything together at once.
    pub fn lay_asset(&mut self, id: Uuid, asset: Asset) -> (usize, Option<Asset>) {
        let (systems, zone, site) = (systems_of(&asset), one(asset.zone), one(asset.site));
        let (place, before) = self.assets.put(id, asset);
        let alike = before.as_ref().is_some_and(|before| decides_alike(before, &self.assets.at(place).record));
        self.shape += u64::from(!alike);
        let of = |before: &Asset| (systems_of(before), one(before.zone), one(before.site));
        let old = before.as_ref().map(of).unwrap_or_default();
        relink(&mut self.links.assets_of_system, place, &old.0, &systems);
        relink(&mut self.links.assets_in_zone, place, &old.1, &zone);
        relink(&mut self.links.assets_at_site, place, &old.2, &site);
        (place, before)
    }

    pub fn put_asset(&mut self, id: Uuid, asset: Asset) -> Touched {
        let (place, before) = self.lay_asset(id, asset);
        let mut touched = Touched::new();
        match before {
            // Nobody else is judged by what did not change.
            Some(before) if decides_alike(&before, &self.assets.at(place).record) => {
                self.touch_own(place, &mut touched);
            }
            Some(before) => {
                touched.extend(
                    before.systems.iter().filter_map(|id| Some((Over::System, self.systems.place(id.uuid())?))),
                );
                touched.extend(before.zone.iter().flat_map(|zone| self.those_inside(zone.uuid())));
                self.touch_asset(place, &mut touched);
            }
            None => self.touch_asset(place, &mut touched),
        }
        touched
    }

    pub fn put_service(&mut self, id: Uuid, service: Service) -> Touched {
        let new = one(service.asset);
        let (place, before) = self.services.put(id, service);
        let old = before.map(|before| one(before.asset)).unwrap_or_default();
        relink(&mut self.links.services_of_asset, place, &old, &new);
        old.iter().chain(&new).filter_map(|asset| Some((Over::Asset, self.assets.place(*asset)?))).collect()
    }

    pub fn put_sensor(&mut self, id: Uuid, watch: Watch) -> Touched {
        Touched::from([(Over::Sensor, self.sensors.put(id, watch).0)])
    }

    pub fn put_host(&mut self, id: Uuid, host: Host) -> Touched {
        if self.hosts.get(id) == Some(&host) {
            return Touched::new();
        }
        let new: Vec<Uuid> = host.asset.into_iter().collect();
        let (place, before) = self.hosts.put(id, host);
        let old: Vec<Uuid> = before.and_then(|before| before.asset).into_iter().collect();
        relink(&mut self.links.hosts_of_asset, place, &old, &new);
        let assets = old.iter().chain(&new).filter_map(|asset| Some((Over::Asset, self.assets.place(*asset)?)));
        std::iter::once((Over::Host, place)).chain(assets).collect()
    }

    /// An asset, its systems and its zone.
    fn touch_own(&self, place: usize, touched: &mut Touched) {
        touched.insert((Over::Asset, place));
        let asset = &self.assets.at(place).record;
        touched.extend(asset.systems.iter().filter_map(|id| Some((Over::System, self.systems.place(id.uuid())?))));
        touched.extend(asset.zone.iter().filter_map(|id| Some((Over::Zone, self.zones.place(id.uuid())?))));
    }

    /// An asset, its systems, and whoever shares its zone: what its rating can move.
    fn touch_asset(&self, place: usize, touched: &mut Touched) {
        self.touch_own(place, touched);
        let zone = self.assets.at(place).record.zone;
        touched.extend(zone.iter().flat_map(|zone| self.those_inside(zone.uuid())));
    }

    fn those_inside(&self, zone: Uuid) -> impl Iterator<Item = (Over, usize)> + '_ {
        of(&self.links.assets_in_zone, zone).map(|place| (Over::Asset, place))
    }

    /// Assets that belong to a system or serve it.
    pub fn members(&self, system: Uuid) -> impl Iterator<Item = &Asset> {
        of(&self.links.assets_of_system, system).map(|place| &self.assets.at(place).record)
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

    /// Reference of the zone with the narrowest subnet that holds an address; empty for none.
    #[must_use]
    pub fn zone_of(&self, address: &str) -> String {
        let Ok(address) = address.parse() else { return String::new() };
        let in_use = self.zones.iter().map(|held| &held.record).filter(|zone| zone.retired_on.is_none());
        let holding = in_use.flat_map(|zone| zone.subnets.iter().map(move |subnet| (subnet, zone)));
        let narrowest =
            holding.filter(|(subnet, _)| subnet.contains(address)).max_by_key(|(subnet, _)| subnet.prefix());
        narrowest.map_or_else(String::new, |(_, zone)| zone.reference.to_string())
    }

    /// The ESP an asset lives in, with its id.
    #[must_use]
    pub fn esp_of(&self, asset: &Asset) -> Option<(Uuid, &Zone)> {
        let id = asset.zone?.uuid();
        self.zones.get(id).filter(|zone| zone.esp == Some(true) && zone.retired_on.is_none()).map(|zone| (id, zone))
    }

    /// The highest rating among an asset's own systems.
    #[must_use]
    pub fn own_rating(&self, asset: &Asset) -> Option<Impact> {
        asset.systems.iter().filter_map(|id| self.systems.get(id.uuid())?.impact()).max()
    }

    /// How many subjects of a kind there are.
    #[must_use]
    pub fn count(&self, over: Over) -> usize {
        match over {
            Over::Site => self.sites.len(),
            Over::System => self.systems.len(),
            Over::Zone => self.zones.len(),
            Over::Asset => self.assets.len(),
            Over::Sensor => self.sensors.len(),
            Over::Host => self.hosts.len(),
        }
    }
}

/// True when the same parts apply to both.
fn decides_alike(one: &Asset, other: &Asset) -> bool {
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
