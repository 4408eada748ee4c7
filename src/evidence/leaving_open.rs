//! What the record leaves open, in numbers: of the inventory, of the boundary, and of access.
//!
//! Invariant: pure; the same for every scope, and asked by the package's limits and its readme alike.

mod access;

use crate::assets::Lifecycle;
use crate::checks::facts::Facts;
use crate::checks::shelf::Held;
use crate::conduits::Conduit;
use crate::conduits::model::Status;
use crate::vocabulary::{Date, Impact};
use crate::zones::model::Side;

/// What the inventory leaves open, each with its number; the same for every scope.
#[must_use]
pub fn inventory(facts: &Facts, today: Date) -> Vec<(usize, &'static str)> {
    let since = today.plus_days(-i64::from(facts.limits.verify_within_days));
    let assets = || {
        let held = facts.assets.iter().map(|held| &held.record);
        held.filter(|asset| asset.lifecycle == Some(Lifecycle::InService))
    };
    let systems = || facts.systems.iter().map(|held| &held.record).filter(|system| system.retired_on.is_none());
    let old = |at| facts.zone.day(at) < since;
    vec![
        (
            assets().filter(|asset| asset.categories.is_empty()).count(),
            "devices in service carry no category, so they are in no tab",
        ),
        (
            assets().filter(|asset| asset.verified_at.is_none()).count(),
            "devices in service were never verified by a person",
        ),
        (
            assets().filter(|asset| asset.verified_at.is_some_and(old)).count(),
            "devices in service were verified longer ago than the organization's limit",
        ),
        (assets().filter(|asset| asset.zone.is_none()).count(), "devices in service are in no zone"),
        (assets().filter(|asset| asset.firmware.is_empty()).count(), "devices in service have no firmware recorded"),
        (
            systems().filter(|system| system.criterion.is_none()).count(),
            "BES Cyber Systems have no criterion decided: their impact is indeterminate",
        ),
        (
            systems().filter(|system| system.impact() > Some(Impact::Low) && system.erc.is_none()).count(),
            "medium and high impact systems have no ERC answer: it is indeterminate",
        ),
    ]
    .into_iter()
    .chain(boundary(facts))
    .chain(access::access(facts))
    .collect()
}

/// What the boundary leaves open.
fn boundary(facts: &Facts) -> [(usize, &'static str); 5] {
    let zones = facts.zones.iter().filter(|held| held.record.retired_on.is_none());
    let watched = zones.filter(|held| matches!(held.record.side(), Some(Side::Ot | Side::Dmz)));
    let unwatched = watched.filter(|held| !facts.watching(held.id).any(|watch| watch.speaks(facts.at)));
    let sensors = facts.sensors.iter().filter(|held| held.record.sensor.retired_on.is_none());
    let active = |held: &&Held<Conduit>| held.record.status() == Status::Active;
    let conduits = || facts.conduits.iter().filter(active);
    let points = facts.assets.iter().filter(|held| {
        held.record.lifecycle == Some(Lifecycle::InService) && facts.is_access_point(held.id, &held.record)
    });
    [
        (
            unwatched.count(),
            "zones of OT and the DMZ are watched by no sensor that speaks: nothing seen there proves nothing",
        ),
        (sensors.filter(|held| !held.record.speaks(facts.at)).count(), "sensors are silent"),
        (
            conduits().filter(|held| held.record.justification.trim().is_empty()).count(),
            "active conduits have no justification recorded",
        ),
        (
            conduits().filter(|held| facts.permitted_by(held.id).next().is_none()).count(),
            "active conduits name no flow that they permit",
        ),
        (
            points.count(),
            "access points whose deployed rules cannot be compared with what is permitted: no rules are imported",
        ),
    ]
}
