//! Coverage: what each sensor watches, and what nobody does.
//!
//! Invariant: pure. A conduit is seen when a sensor that speaks watches it or an end of it; a sensor that is silent watches nothing.

use super::model::{Conduit, Picture, Stand, Standing, Watched};
use crate::checks::facts::Facts;
use crate::ids::Id;
use crate::vocabulary::Moment;
use uuid::Uuid;

/// A sensor and what it watches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watching {
    pub id: Uuid,
    pub reference: String,
    pub name: String,
    pub kind: &'static str,
    pub zones: Vec<String>,
    /// References of drawn conduits it watches, by themselves or by an end in those zones.
    pub conduits: Vec<String>,
    pub last: Option<Moment>,
    pub speaks: bool,
    pub silent_after: i64,
}

/// How much of the boundary is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    pub zones: (usize, usize),
    pub conduits: (usize, usize),
    pub sensors: (usize, usize),
}

/// The sensors in use, by reference.
#[must_use]
pub fn sensors(facts: &Facts, picture: &Picture) -> Vec<Watching> {
    let in_use = facts.sensors.iter().filter(|held| held.record.sensor.retired_on.is_none());
    let mut found: Vec<Watching> = in_use
        .map(|held| {
            let watch = &held.record;
            let zones = watch.sensor.zones.iter().filter_map(|zone| facts.zones.get(zone.uuid()));
            let mut zones: Vec<String> = zones.map(|zone| zone.reference.to_string()).collect();
            zones.sort_unstable();
            let own = watch.sensor.conduits.iter().filter_map(|id| facts.conduits.get(id.uuid()));
            let own: Vec<String> = own.map(|conduit| conduit.reference.to_string()).collect();
            let watched = |place: usize| zones.contains(&picture.zones[place].reference);
            let seen = |conduit: &&Conduit| {
                own.contains(&conduit.reference) || watched(conduit.ends.0) || watched(conduit.ends.1)
            };
            let conduits = picture.drawn().filter(seen);
            Watching {
                id: held.id,
                reference: watch.sensor.reference.to_string(),
                name: watch.sensor.name.clone(),
                kind: watch.sensor.kind.map_or("", |kind| kind.label()),
                conduits: conduits.map(|conduit| conduit.reference.clone()).collect(),
                zones,
                last: watch.last_data,
                speaks: watch.speaks(facts.at),
                silent_after: watch.silent_after(),
            }
        })
        .collect();
    found.sort_by(|one, other| one.reference.cmp(&other.reference));
    found
}

/// Zones and conduits that a speaking sensor watches, of those where one is expected; sensors that speak, of all.
#[must_use]
pub fn share(picture: &Picture, sensors: &[Watching]) -> Share {
    let expected =
        picture.zones.iter().filter(|zone| zone.stand == Stand::Recorded && zone.watched != Watched::Elsewhere);
    let speaking = |place: usize| matches!(picture.zones[place].watched, Watched::Speaking { .. });
    let active: Vec<_> = picture.conduits.iter().filter(|conduit| conduit.standing == Standing::Active).collect();
    let named = |conduit: &Conduit| sensors.iter().any(|one| one.speaks && one.conduits.contains(&conduit.reference));
    let seen = |conduit: &&&Conduit| speaking(conduit.ends.0) || speaking(conduit.ends.1) || named(conduit);
    let seen = active.iter().filter(seen).count();
    let (all, watched) = expected.fold((0, 0), |(all, watched), zone| {
        (all + 1, watched + usize::from(matches!(zone.watched, Watched::Speaking { .. })))
    });
    Share {
        zones: (watched, all),
        conduits: (seen, active.len()),
        sensors: (sensors.iter().filter(|sensor| sensor.speaks).count(), sensors.len()),
    }
}
