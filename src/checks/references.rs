//! Do records that stand point to records that stand.
//!
//! Invariant: one check for each kind of record that points; what is not recorded as an end is judged elsewhere.

use uuid::Uuid;

use super::facts::{Facts, in_service};
use super::rule::{Judgement, rule};
use crate::assets::model::{Asset, Lifecycle};
use crate::conduits::model::Status;
use crate::ids::Id;
use crate::vocabulary::Date;

/// What is wrong with the things a record points to.
#[derive(Default)]
struct Pointing(Vec<String>);

impl Pointing {
    fn at<T>(&mut self, found: Option<&T>, what: &str, gone: impl FnOnce(&T) -> Option<String>) {
        match found {
            None => self.0.push(format!("{what} is missing")),
            Some(record) => self.0.extend(gone(record)),
        }
    }

    fn zone(&mut self, facts: &Facts, id: Uuid) {
        self.at(facts.zones.get(id), "a zone", |zone| {
            zone.retired_on.map(|on| format!("zone {} retired on {on}", zone.reference))
        });
    }

    fn asset(&mut self, facts: &Facts, id: Uuid) {
        self.at(facts.assets.get(id), "an asset", |asset| {
            has_left(asset).then(|| format!("{} left service", asset.reference))
        });
    }

    fn conduit(&mut self, facts: &Facts, id: Uuid) {
        self.at(facts.conduits.get(id), "a conduit", |conduit| {
            conduit.retired_on.map(|on| format!("conduit {} retired on {on}", conduit.reference))
        });
    }

    fn judged(self) -> Judgement {
        if self.0.is_empty() { Judgement::pass("all stand") } else { Judgement::fail(self.0.join("; ")) }
    }
}

fn has_left(asset: &Asset) -> bool {
    matches!(asset.lifecycle, Some(Lifecycle::Retired | Lifecycle::Disposed))
}

rule!(
    OF_CONDUITS,
    "GL-DAT-02",
    Mandatory,
    High,
    Conduit,
    false,
    "Each conduit joins zones that stand and is enforced by assets in service",
    "The record itself; IEC 62443-3-2 ZCR 6.4",
    ["ZCR 3.1", "ZCR 6.4", "CM-8"],
    |facts, place| {
        let conduit = &facts.conduits.at(place).record;
        if matches!(conduit.status(), Status::Retired | Status::Refused) {
            return Judgement::not_applicable("retired or refused");
        }
        let mut pointing = Pointing::default();
        for id in [conduit.from_zone, conduit.to_zone].into_iter().flatten() {
            pointing.zone(facts, id.uuid());
        }
        for id in [conduit.eap, conduit.broker].into_iter().flatten() {
            pointing.asset(facts, id.uuid());
        }
        if conduit.from_zone.is_some() && conduit.from_zone == conduit.to_zone {
            pointing.0.push("it joins a zone with itself".to_owned());
        }
        pointing.judged()
    }
);

rule!(
    OF_PERMISSIONS,
    "GL-DAT-03",
    Mandatory,
    High,
    Permitted,
    false,
    "Each permitted flow belongs to a conduit that stands and names assets in service",
    "The record itself; IEC 62443-3-2 ZCR 6.4",
    ["ZCR 6.4", "CM-8"],
    |facts, place| {
        let flow = &facts.permitted.at(place).record;
        if matches!(flow.status(Date::EPOCH), Status::Retired | Status::Refused) {
            return Judgement::not_applicable("retired or refused");
        }
        let mut pointing = Pointing::default();
        if let Some(id) = flow.conduit {
            pointing.conduit(facts, id.uuid());
        }
        for id in flow.source_assets.iter().chain(&flow.destination_assets) {
            pointing.asset(facts, id.uuid());
        }
        pointing.judged()
    }
);

rule!(
    OF_SENSORS,
    "GL-DAT-04",
    Mandatory,
    Medium,
    Sensor,
    false,
    "Each sensor watches zones and conduits that stand",
    "The record itself",
    ["CM-8", "SI-4"],
    |facts, place| {
        let sensor = &facts.sensors.at(place).record.sensor;
        if sensor.retired_on.is_some() {
            return Judgement::not_applicable("retired");
        }
        let mut pointing = Pointing::default();
        for id in &sensor.zones {
            pointing.zone(facts, id.uuid());
        }
        for id in &sensor.conduits {
            pointing.conduit(facts, id.uuid());
        }
        pointing.judged()
    }
);

rule!(
    OF_ASSETS,
    "GL-DAT-05",
    Mandatory,
    Medium,
    Asset,
    false,
    "Each device in service lives in a zone, at a site and in systems that stand",
    "The record itself; IEC 62443-3-3 SR 7.8",
    ["CM-8", "SR 7.8", "ZCR 3.1"],
    |facts, place| {
        let asset = &facts.assets.at(place).record;
        if !in_service(asset) {
            return Judgement::not_applicable("not in service");
        }
        let mut pointing = Pointing::default();
        if let Some(id) = asset.zone {
            pointing.zone(facts, id.uuid());
        }
        if let Some(id) = asset.site {
            pointing.at(facts.sites.get(id.uuid()), "a site", |site| {
                site.retired_on.map(|on| format!("site {} retired on {on}", site.reference))
            });
        }
        for id in &asset.systems {
            pointing.at(facts.systems.get(id.uuid()), "a system", |system| {
                system.retired_on.map(|on| format!("system {} retired on {on}", system.reference))
            });
        }
        pointing.judged()
    }
);
