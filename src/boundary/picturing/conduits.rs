//! Conduits of the picture, with what they permit and whether it was ever seen.
//!
//! Invariant: a conduit whose zone is no more stands nowhere on the map, and is named instead.

use std::collections::HashMap;

use uuid::Uuid;

use super::Frame;
use crate::boundary::model::{Conduit, Picture, Standing, Way};
use crate::checks::facts::Facts;
use crate::conduits::model::{self, Direction, Status};
use crate::ids::{AssetId, Id};
use crate::vocabulary::fold::natural;

pub fn lay(picture: &mut Picture, facts: &Facts, frame: &Frame<'_>, places: &HashMap<Uuid, usize>) {
    let mut kept: Vec<_> = facts.conduits.iter().filter(|held| held.record.status() != Status::Refused).collect();
    kept.sort_by_cached_key(|held| (natural(&held.record.reference.folded()), held.id));
    for held in kept {
        let conduit = &held.record;
        let ends = (conduit.from_zone.map(Id::uuid), conduit.to_zone.map(Id::uuid));
        let place = |zone: Option<Uuid>| places.get(&zone?).copied();
        match (place(ends.0), place(ends.1)) {
            (Some(from), Some(to)) => {
                picture.conduits.push(one(picture.heard, facts, frame, (held.id, conduit, (from, to))));
            }
            _ if conduit.retired_on.is_none() => picture.loose.push(conduit.reference.to_string()),
            _ => {}
        }
    }
}

fn one(
    heard: bool,
    facts: &Facts,
    frame: &Frame<'_>,
    (id, conduit, ends): (Uuid, &model::Conduit, (usize, usize)),
) -> Conduit {
    let day = facts.zone.day(facts.at);
    let in_force = facts.permitted_by(id).filter(|(_, flow)| flow.status(day) == Status::Active);
    let counts: Vec<Uuid> = in_force.map(|(id, _)| id).collect();
    let unused = |id: &&Uuid| heard && !facts.boundary.used.contains_key(id);
    let named = |asset: Option<AssetId>| {
        let found = asset.and_then(|asset| facts.assets.get(asset.uuid()));
        found.map_or_else(String::new, |asset| asset.reference.to_string())
    };
    Conduit {
        href: frame.record("conduits", id),
        reference: conduit.reference.to_string(),
        name: conduit.name.clone(),
        ends,
        way: match conduit.direction {
            Some(Direction::AToB) => Way::Onward,
            Some(Direction::BToA) => Way::Back,
            Some(Direction::Both) | None => Way::Both,
        },
        standing: standing(conduit.status()),
        never_seen: counts.iter().filter(unused).count(),
        permitted: counts.len(),
        unidirectional: conduit.unidirectional == Some(true),
        access_point: named(conduit.eap),
        broker: named(conduit.broker),
        reason: conduit.justification.clone(),
    }
}

fn standing(status: Status) -> Standing {
    match status {
        Status::Active => Standing::Active,
        Status::Suspended | Status::Expired => Standing::Suspended,
        Status::Retired => Standing::Retired,
        Status::Proposed | Status::Refused => Standing::Proposed,
    }
}
