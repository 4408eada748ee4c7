//! Putting a record into the facts, and which subjects that can move.
//!
//! Invariant: whatever a rule looks at, putting it touches every subject whose answer it can change.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::links::{decides_alike, named_by, of, one, relink, systems_of};
use super::{Facts, Host, Over, Touched, Watch};
use crate::assets::model::{Asset, Service};
use crate::conduits::model::{Conduit, PermittedFlow};
use crate::ids::Id;
use crate::sites::model::Site;
use crate::systems::model::System;
use crate::zones::model::Zone;

impl Facts {
    pub fn put_site(&mut self, id: Uuid, site: Site) -> Touched {
        self.shape += 1;
        let (place, _) = self.sites.put(id, site);
        let systems = of(&self.links.systems_at_site, id).map(|at| (Over::System, at));
        let assets = of(&self.links.assets_at_site, id).map(|at| (Over::Asset, at));
        let mut touched: Touched = std::iter::once((Over::Site, place)).chain(systems).chain(assets).collect();
        self.touch_boundary(&mut touched);
        touched
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
        // A system decides what its zones and conduits protect.
        self.touch_boundary(&mut touched);
        touched
    }

    pub fn put_zone(&mut self, id: Uuid, zone: Zone) -> Touched {
        self.shape += 1;
        let reference = zone.reference.to_string();
        let (_, before) = self.zones.put(id, zone);
        self.boundary.moved();
        self.access.pending.everything();
        let mut touched: Touched = of(&self.links.assets_in_zone, id).map(|at| (Over::Asset, at)).collect();
        self.touch_boundary(&mut touched);
        touched.extend((0..self.systems.len()).map(|place| (Over::System, place)));
        let names = [Some(reference), before.map(|before| before.reference.to_string())];
        let seen = self
            .hosts
            .iter()
            .enumerate()
            .filter(|(_, host)| names.iter().flatten().any(|name| *name == host.record.zone));
        touched.extend(seen.map(|(place, _)| (Over::Host, place)));
        touched
    }

    /// Puts an asset in its place and gives that and what stood there, without asking what it can move: for putting
    /// everything together at once.
    pub fn lay_asset(&mut self, id: Uuid, asset: Asset) -> (usize, Option<Asset>) {
        let (systems, zone, site) = (systems_of(&asset), one(asset.zone), one(asset.site));
        let (place, before) = self.assets.put(id, asset);
        self.links.recount(before.as_ref(), &self.assets.at(place).record);
        let alike = before.as_ref().is_some_and(|before| decides_alike(before, &self.assets.at(place).record));
        self.shape += u64::from(!alike);
        let placed = |asset: &Asset| (asset.zone, asset.roles.clone());
        let named = |asset: &Asset| (placed(asset), asset.systems.clone(), asset.name.clone(), asset.hostname.clone());
        if before.as_ref().is_none_or(|before| placed(before) != placed(&self.assets.at(place).record)) {
            self.boundary.moved();
        }
        if before.as_ref().is_none_or(|before| named(before) != named(&self.assets.at(place).record)) {
            self.access.pending.everything();
        }
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
                self.touch_zone(before.zone.map(Id::uuid), &mut touched);
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
        if self.sensors.get(id) == Some(&watch) {
            return Touched::new();
        }
        let mut touched = Touched::from([(Over::Sensor, self.sensors.put(id, watch).0)]);
        self.touch_boundary(&mut touched);
        touched
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

    /// Puts the assets that are Electronic Access Points.
    pub fn put_access_points(&mut self, points: BTreeSet<Uuid>) -> Touched {
        let moved: Vec<Uuid> = self.access_points.symmetric_difference(&points).copied().collect();
        self.access_points = points;
        let mut touched = Touched::new();
        for place in moved.iter().filter_map(|id| self.assets.place(*id)) {
            self.touch_own(place, &mut touched);
        }
        touched
    }

    /// An asset, its systems and its zone.
    fn touch_own(&self, place: usize, touched: &mut Touched) {
        touched.insert((Over::Asset, place));
        let asset = &self.assets.at(place).record;
        touched.extend(asset.systems.iter().filter_map(|id| Some((Over::System, self.systems.place(id.uuid())?))));
        touched.extend(asset.zone.iter().filter_map(|id| Some((Over::Zone, self.zones.place(id.uuid())?))));
        let id = self.assets.at(place).id;
        touched.extend(of(&self.links.conduits_of_asset, id).map(|place| (Over::Conduit, place)));
        touched.extend(of(&self.links.permitted_naming, id).map(|place| (Over::Permitted, place)));
        self.touch_access(id, touched);
    }

    /// A zone whose inside may protect something else now, what leads there and what watches it.
    fn touch_zone(&self, zone: Option<Uuid>, touched: &mut Touched) {
        let Some(zone) = zone else { return };
        touched.extend(self.zones.place(zone).map(|place| (Over::Zone, place)));
        touched.extend(of(&self.links.conduits_at_zone, zone).map(|place| (Over::Conduit, place)));
        self.touch_sensors(touched);
    }

    fn touch_sensors(&self, touched: &mut Touched) {
        touched.extend((0..self.sensors.len()).map(|place| (Over::Sensor, place)));
    }

    /// An asset, its systems, and whoever shares its zone: what its rating can move.
    fn touch_asset(&self, place: usize, touched: &mut Touched) {
        self.touch_own(place, touched);
        let zone = self.assets.at(place).record.zone;
        touched.extend(zone.iter().flat_map(|zone| self.those_inside(zone.uuid())));
        self.touch_zone(zone.map(Id::uuid), touched);
    }

    fn those_inside(&self, zone: Uuid) -> impl Iterator<Item = (Over, usize)> + '_ {
        of(&self.links.assets_in_zone, zone).map(|place| (Over::Asset, place))
    }

    /// Every zone and conduit a zone can move: overlaps and neighbors are judged by it. With them what serves conduits and
    /// what watches.
    fn touch_boundary(&self, touched: &mut Touched) {
        let serving = self.links.conduits_of_asset.keys().filter_map(|asset| self.assets.place(*asset));
        touched.extend(serving.map(|place| (Over::Asset, place)));
        self.touch_sensors(touched);
        touched.extend((0..self.zones.len()).map(|place| (Over::Zone, place)));
        touched.extend((0..self.conduits.len()).map(|place| (Over::Conduit, place)));
        touched.extend((0..self.permitted.len()).map(|place| (Over::Permitted, place)));
        self.touch_grants(touched);
    }

    pub fn put_conduit(&mut self, id: Uuid, conduit: Conduit) -> Touched {
        let ends = |conduit: &Conduit| [one(conduit.from_zone), one(conduit.to_zone)].concat();
        let serving = |conduit: &Conduit| [one(conduit.eap), one(conduit.broker)].concat();
        let (new, new_serving) = (ends(&conduit), serving(&conduit));
        let (place, before) = self.conduits.put(id, conduit);
        let (old, old_serving) = before.as_ref().map(|before| (ends(before), serving(before))).unwrap_or_default();
        relink(&mut self.links.conduits_at_zone, place, &old, &new);
        relink(&mut self.links.conduits_of_asset, place, &old_serving, &new_serving);
        let mut touched = Touched::from([(Over::Conduit, place)]);
        touched.extend(of(&self.links.permitted_of_conduit, id).map(|place| (Over::Permitted, place)));
        touched.extend(old.iter().chain(&new).filter_map(|zone| Some((Over::Zone, self.zones.place(*zone)?))));
        let serving = old_serving.iter().chain(&new_serving);
        touched.extend(serving.filter_map(|asset| Some((Over::Asset, self.assets.place(*asset)?))));
        touched.extend((0..self.systems.len()).map(|place| (Over::System, place)));
        self.touch_sensors(&mut touched);
        self.touch_grants(&mut touched);
        self.boundary.moved_between(&new);
        self.boundary.moved_between(&old);
        touched
    }

    pub fn put_permitted(&mut self, id: Uuid, flow: PermittedFlow) -> Touched {
        let (new, named) = (one(flow.conduit), named_by(&flow));
        let (place, before) = self.permitted.put(id, flow);
        let (old, named_before) =
            before.as_ref().map(|before| (one(before.conduit), named_by(before))).unwrap_or_default();
        relink(&mut self.links.permitted_naming, place, &named_before, &named);
        relink(&mut self.links.permitted_of_conduit, place, &old, &new);
        let mut touched = Touched::from([(Over::Permitted, place)]);
        for conduit in old.iter().chain(&new).filter_map(|id| self.conduits.place(*id)) {
            touched.insert((Over::Conduit, conduit));
            let conduit = &self.conduits.at(conduit).record;
            let ends = [one(conduit.from_zone), one(conduit.to_zone)].concat();
            touched.extend(ends.iter().filter_map(|zone| Some((Over::Zone, self.zones.place(*zone)?))));
            self.boundary.moved_between(&ends);
        }
        touched.extend((0..self.systems.len()).map(|place| (Over::System, place)));
        touched
    }
}
