//! Drift of the policy: zones, conduits, permitted flows and sensors at two instants, compared by id.
//!
//! Invariant: nothing is deleted from the record, so a record of the earlier instant is in the later one, retired or not.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::How;
use super::fields::{Difference, differences};
use crate::checks::facts::Facts;
use crate::vocabulary::TimeZone;

/// References of records by their ids.
pub type Names = HashMap<String, String>;

/// A record as it is compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub kind: &'static str,
    pub collection: &'static str,
    pub id: Uuid,
    pub reference: String,
    pub title: String,
    pub content: Value,
}

/// A record that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    pub how: How,
    pub kind: &'static str,
    pub collection: &'static str,
    pub id: Uuid,
    pub reference: String,
    pub title: String,
    pub differences: Vec<Difference>,
}

/// References of everything the compared records point to.
#[must_use]
pub fn names(facts: &Facts) -> Names {
    let zones = facts.zones.iter().map(|held| (held.id, held.record.reference.to_string()));
    let conduits = facts.conduits.iter().map(|held| (held.id, held.record.reference.to_string()));
    let assets = facts.assets.iter().map(|held| (held.id, held.record.reference.to_string()));
    let sites = facts.sites.iter().map(|held| (held.id, held.record.reference.to_string()));
    zones.chain(conduits).chain(assets).chain(sites).map(|(id, reference)| (id.to_string(), reference)).collect()
}

fn item(
    (kind, collection): (&'static str, &'static str),
    id: Uuid,
    (reference, title): (String, &str),
    record: &impl Serialize,
) -> Item {
    let content = serde_json::to_value(record).unwrap_or(Value::Null);
    Item { kind, collection, id, reference, title: title.to_owned(), content }
}

/// The records of the policy.
#[must_use]
pub fn items(facts: &Facts) -> Vec<Item> {
    let zones = facts.zones.iter().map(|held| {
        let zone = &held.record;
        item(("zone", "zones"), held.id, (zone.reference.to_string(), &zone.name), zone)
    });
    let conduits = facts.conduits.iter().map(|held| {
        let conduit = &held.record;
        item(("conduit", "conduits"), held.id, (conduit.reference.to_string(), &conduit.name), conduit)
    });
    let permitted = facts.permitted.iter().map(|held| {
        let flow = &held.record;
        item(("permitted flow", "permitted_flows"), held.id, (flow.reference.to_string(), &flow.protocol), flow)
    });
    let sensors = facts.sensors.iter().map(|held| {
        let sensor = &held.record.sensor;
        item(("sensor", "sensors"), held.id, (sensor.reference.to_string(), &sensor.name), sensor)
    });
    zones.chain(conduits).chain(permitted).chain(sensors).collect()
}

/// What differs, kind by kind in the order given, by reference.
#[must_use]
pub fn compare(before: &[Item], after: &[Item], names: &Names, zone: TimeZone) -> Vec<Changed> {
    let known: HashMap<Uuid, &Item> = before.iter().map(|item| (item.id, item)).collect();
    let changed = |item: &Item| {
        let before = known.get(&item.id);
        let nothing = Value::Null;
        let old = before.map_or(&nothing, |known| &known.content);
        let differences = differences(old, &item.content, names, zone);
        let how = how(before.map(|known| &known.content), &item.content, !differences.is_empty())?;
        // A new record is told by what it is, not as a change of everything.
        let differences = if before.is_some() { differences } else { Vec::new() };
        Some(Changed {
            how,
            kind: item.kind,
            collection: item.collection,
            id: item.id,
            reference: item.reference.clone(),
            title: item.title.clone(),
            differences,
        })
    };
    after.iter().filter_map(changed).collect()
}

/// The word for what happened; none when nothing did.
fn how(before: Option<&Value>, after: &Value, differs: bool) -> Option<How> {
    let came = |name: &str| {
        let set = |value: &Value| value.get(name).is_some_and(|value| !value.is_null());
        set(after) && !before.is_some_and(set)
    };
    match before {
        // Entered and gone again within the interval.
        None if came("retired_on") => None,
        None => Some(How::Appeared),
        Some(_) if !differs => None,
        Some(_) if came("retired_on") => Some(How::Retired),
        Some(_) if came("suspended") => Some(How::Suspended),
        Some(_) if came("approved") => Some(How::Approved),
        Some(_) => Some(How::Changed),
    }
}
