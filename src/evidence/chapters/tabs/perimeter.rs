//! ESP and EAP: zones that say they are a perimeter, and interfaces that say they let traffic through one.
//!
//! Invariant: a perimeter's rating and connectivity are those of the systems with members inside (CIP-005-7 R1).

use std::collections::BTreeSet;

use super::inventory::in_sight;
use super::{Row, Rows, Tab};
use crate::assets::{Interface, Role};
use crate::conduits::Conduit;
use crate::conduits::model::{Inspection, Status};
use crate::conduits::protocols::{Nature, nature_of};
use crate::evidence::dossier::Dossier;
use crate::evidence::words::{NOT_RECORDED, flag};
use crate::ids::{AssetId, Id};
use crate::storage::Kept;
use crate::systems::System;
use crate::vocabulary::Impact;
use crate::zones::Zone;

pub const ESP: Tab = Tab {
    name: "ESP",
    counted: "Index",
    header: &["ESP ID", "Description", "Impact", "Network address range", "BES Asset ID", "ERC", "IRA allowed"],
    rows: |dossier| {
        let perimeters =
            dossier.zones.iter().filter(|zone| zone.esp == Some(true) && in_sight(dossier, zone.retired_on));
        Box::new(perimeters.map(|zone| Row::of(zone, esp(dossier, zone))))
    },
    always: false,
};

pub const EAP: Tab = Tab {
    name: "EAP",
    counted: "Index",
    header: &["EAP ID", "ESP ID", "Cyber Asset ID hosting it", "Interface/Address", "Malicious-traffic detection"],
    rows: access_points,
    always: false,
};

/// Systems with a member inside a zone.
fn systems_inside<'d>(dossier: &'d Dossier, zone: &Kept<Zone>) -> Vec<&'d System> {
    let facts = &dossier.judged.facts;
    let ids: BTreeSet<_> =
        facts.inside(zone.id.uuid()).flat_map(|asset| asset.systems.iter().map(|id| id.uuid())).collect();
    ids.into_iter()
        .filter_map(|id| facts.systems.get(id))
        .filter(|system| in_sight(dossier, system.retired_on))
        .collect()
}

fn esp(dossier: &Dossier, zone: &Kept<Zone>) -> Vec<String> {
    let inside = systems_inside(dossier, zone);
    let impact = inside.iter().filter_map(|system| system.impact()).max();
    let erc = if inside.iter().any(|system| system.erc == Some(true)) {
        Some(true)
    } else if !inside.is_empty() && inside.iter().all(|system| system.erc == Some(false)) {
        Some(false)
    } else {
        None
    };
    let site = zone.site.and_then(|id| dossier.site(id));
    vec![
        zone.reference.to_string(),
        zone.name.clone(),
        impact.map_or("not rated", Impact::label).to_owned(),
        zone.subnets.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        site.map_or_else(String::new, |site| site.reference.to_string()),
        flag(erc),
        flag(interactive(dossier, zone)),
    ]
}

/// Whether a conduit in force permits interactive access into a perimeter; unknown while no conduit leads there.
fn interactive(dossier: &Dossier, zone: &Kept<Zone>) -> Option<bool> {
    let (facts, id) = (&dossier.judged.facts, zone.id.uuid());
    let conduits: Vec<_> = facts.conduits_at(id).filter(|(_, conduit)| conduit.status() == Status::Active).collect();
    let permits = |(conduit_id, conduit): &(uuid::Uuid, &Conduit)| {
        facts.permitted_by(*conduit_id).any(|(_, flow)| {
            let inward = flow.way(conduit).and_then(|way| conduit.ends(way)).is_some_and(|(_, to)| to.uuid() == id);
            let standing = flow.status(dossier.day()) == Status::Active;
            inward && standing && nature_of(&flow.protocol.to_lowercase()) == Nature::Interactive
        })
    };
    (!conduits.is_empty()).then(|| conduits.iter().any(permits))
}

/// What looks for malicious communications where conduits in force lead through a device.
fn detection(dossier: &Dossier, device: Option<AssetId>) -> String {
    let Some(device) = device else { return NOT_RECORDED.to_owned() };
    let through = dossier.judged.facts.conduits_through(device.uuid());
    let enforced = through.filter(|(_, conduit)| conduit.status() == Status::Active && conduit.eap == Some(device));
    let said: Vec<String> = enforced
        .map(|(_, conduit)| {
            format!("{}: {}", conduit.reference, conduit.inspection.map_or(NOT_RECORDED, Inspection::label))
        })
        .collect();
    if said.is_empty() { NOT_RECORDED.to_owned() } else { said.join("; ") }
}

/// Interfaces that are access points, and devices that have the role without such an interface.
fn access_points(dossier: &Dossier) -> Rows<'_> {
    let mut points: Vec<(String, &Kept<Interface>)> = dossier
        .access_points
        .iter()
        .filter(|point| in_sight(dossier, point.retired_on))
        .map(|point| (host(dossier, point), point))
        .collect();
    points.sort_by_cached_key(|(host, point)| {
        (crate::vocabulary::fold::natural(&format!("{host} {}", point.name)), point.id)
    });
    let with: BTreeSet<_> = points.iter().filter_map(|(_, point)| point.asset).collect();
    let rows = points.into_iter().map(|(host, point)| Row::of(point, access_point(dossier, &host, point)));
    let bare = dossier.assets.iter().filter(move |line| !with.contains(&line.id)).filter_map(|line| {
        let asset = dossier.asset(line.id).filter(|asset| asset.roles.contains(&Role::Eap))?;
        let known = in_sight(dossier, asset.retired_on);
        let esp = dossier.judged.facts.esp_of(asset).map_or_else(String::new, |(_, zone)| zone.reference.to_string());
        let host = asset.reference.to_string();
        let cells = vec![host.clone(), esp, host, NOT_RECORDED.to_owned(), detection(dossier, Some(line.id))];
        known.then(|| Row::about(dossier, line.id.uuid(), cells))
    });
    Box::new(rows.chain(bare))
}

fn host(dossier: &Dossier, point: &Interface) -> String {
    let asset = point.asset.and_then(|id| dossier.asset(id));
    asset.map_or_else(String::new, |asset| asset.reference.to_string())
}

fn access_point(dossier: &Dossier, host: &str, point: &Interface) -> Vec<String> {
    let zone = point.eap_zone.and_then(|id| dossier.zones.iter().find(|zone| zone.id == id));
    let addresses = point.addresses.iter().map(ToString::to_string);
    vec![
        format!("{host} {}", point.name).trim().to_owned(),
        zone.map_or_else(String::new, |zone| zone.reference.to_string()),
        host.to_owned(),
        std::iter::once(point.name.clone())
            .chain(addresses)
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join("; "),
        detection(dossier, point.asset),
    ]
}
