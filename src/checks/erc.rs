//! External Routable Connectivity computed: who outside its ESP can reach a system, over which conduit.
//!
//! Invariant: pure; from what is permitted, not from what was declared. A unidirectional conduit gives none, for the
//! connection has to be bi-directional. Source: NERC Glossary, External Routable Connectivity.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::facts::{Facts, in_service, is_bca};
use super::model::Severity;
use super::rule::{Judgement, rule};
use super::sides::Joined;
use crate::assets::model::Asset;
use crate::conduits::model::{Carried, Conduit, MayInitiate, PermittedFlow, Status, Way};
use crate::ids::{AssetId, Id};
use crate::vocabulary::{Endpoint, Impact};
use crate::zones::model::Zone;

/// One way in: from outside, over a conduit and its access point, to a device of the system.
#[derive(Clone, Copy, Debug)]
pub struct Path<'f> {
    pub outside: (Uuid, &'f Zone),
    pub conduit: (Uuid, &'f Conduit),
    pub permitted: (Uuid, &'f PermittedFlow),
    pub eap: Option<(Uuid, &'f Asset)>,
    pub zone: (Uuid, &'f Zone),
    /// The device that is reached, one of them where a whole zone is.
    pub asset: (Uuid, &'f Asset),
}

impl Path<'_> {
    /// The path in words.
    #[must_use]
    pub fn words(&self) -> String {
        let eap = self.eap.map_or_else(String::new, |(_, asset)| format!(" through {}", asset.reference));
        format!(
            "from {} over {} of conduit {}{eap} into {} to {}",
            self.outside.1.reference,
            self.permitted.1.reference,
            self.conduit.1.reference,
            self.zone.1.reference,
            self.asset.1.reference
        )
    }
}

/// What conduits say of a system's connectivity.
#[derive(Clone, Debug)]
pub enum Connectivity<'f> {
    /// It cannot be said, and why.
    Open(&'static str),
    /// No conduit lets anything in.
    None,
    /// At most [`MOST`] ways in.
    Reached(Vec<Path<'f>>),
}

/// The most ways in that are told.
const MOST: usize = 25;

/// Computes what conduits say of a system.
#[must_use]
pub fn connectivity(facts: &Facts, system: Uuid) -> Connectivity<'_> {
    let members = || facts.members_with_ids(system).filter(|(_, asset)| in_service(asset) && is_bca(asset));
    if facts.conduits.is_empty() {
        return Connectivity::Open("no conduit is recorded");
    }
    if members().next().is_none() {
        return Connectivity::Open("no BES Cyber Asset in service belongs to it");
    }
    if members().all(|(_, asset)| asset.routable == Some(false)) {
        return Connectivity::None;
    }
    let mut zones: Vec<(Uuid, &Zone)> = Vec::new();
    let mut outside = false;
    for (_, asset) in members().filter(|(_, asset)| asset.routable != Some(false)) {
        match facts.esp_of(asset) {
            Some(esp) if !zones.iter().any(|known| known.0 == esp.0) => zones.push(esp),
            Some(_) => {}
            None => outside = true,
        }
    }
    let mut paths = Vec::new();
    for zone in zones {
        into(facts, system, zone, &mut paths);
    }
    if !paths.is_empty() {
        Connectivity::Reached(paths)
    } else if outside {
        Connectivity::Open("a BES Cyber Asset of it lives in no ESP")
    } else {
        Connectivity::None
    }
}

/// Ways into one perimeter to devices of the system.
fn into<'f>(facts: &'f Facts, system: Uuid, zone: (Uuid, &'f Zone), paths: &mut Vec<Path<'f>>) {
    let today = facts.zone.day(facts.at);
    for (id, conduit) in facts.conduits_at(zone.0) {
        let Some(joined) = Joined::of(facts, id, conduit) else { continue };
        if conduit.status() != Status::Active || conduit.unidirectional == Some(true) || joined.a.0 == joined.b.0 {
            continue;
        }
        let (outside, inward) = if joined.a.0 == zone.0 { (joined.b, Way::BToA) } else { (joined.a, Way::AToB) };
        for (flow_id, flow) in facts.permitted_by(id) {
            if paths.len() >= MOST {
                return;
            }
            let carried = matches!(flow.transport, Some(Carried::Tcp | Carried::Udp));
            if flow.status(today) != Status::Active || !carried {
                continue;
            }
            let Some(asset) = reached(facts, system, zone.0, flow, flow.way(conduit), inward) else { continue };
            let eap = conduit.eap.and_then(|id| Some((id.uuid(), facts.assets.get(id.uuid())?)));
            let (conduit, permitted) = ((id, conduit), (flow_id, flow));
            paths.push(Path { outside, conduit, permitted, eap, zone, asset });
        }
    }
}

/// A device of the system that a flow lets somebody outside reach: as its destination, or as its source where the other side
/// may begin.
fn reached<'f>(
    facts: &'f Facts,
    system: Uuid,
    zone: Uuid,
    flow: &'f PermittedFlow,
    way: Option<Way>,
    inward: Way,
) -> Option<(Uuid, &'f Asset)> {
    let other_begins = matches!(flow.initiator, Some(MayInitiate::Destination | MayInitiate::Either));
    if way? == inward {
        among(facts, system, zone, &flow.destinations, &flow.destination_assets)
    } else if other_begins {
        among(facts, system, zone, &flow.sources, &flow.source_assets)
    } else {
        None
    }
}

/// The first device of the system in a zone that these ends name.
fn among<'f>(
    facts: &'f Facts,
    system: Uuid,
    zone: Uuid,
    ends: &[Endpoint],
    named: &BTreeSet<AssetId>,
) -> Option<(Uuid, &'f Asset)> {
    let fits = |asset: &Asset| {
        in_service(asset)
            && is_bca(asset)
            && asset.zone.is_some_and(|id| id.uuid() == zone)
            && asset.systems.iter().any(|id| id.uuid() == system)
    };
    let known = |id: Uuid| facts.assets.get(id).filter(|asset| fits(asset)).map(|asset| (id, asset));
    if let Some(found) = named.iter().find_map(|id| known(id.uuid())) {
        return Some(found);
    }
    ends.iter().find_map(|end| match end {
        Endpoint::Zone => facts.members_with_ids(system).find(|(_, asset)| fits(asset)),
        Endpoint::Net(net) => facts.assets_within(net).find_map(known),
        Endpoint::Card(_) => None,
    })
}

rule!(
    DECLARED,
    "GL-ERC-01",
    Advisory,
    High,
    System,
    true,
    "What is declared of a system's External Routable Connectivity is what conduits give it",
    "NERC Glossary: External Routable Connectivity; CIP-002-5.1a R1",
    ["CIP-002-5.1a R1.1", "CIP-002-5.1a R1.2", "CIP-005-7 R1.2"],
    |facts, place| {
        let held = facts.systems.at(place);
        if held.record.retired_on.is_some() || held.record.impact().is_none_or(|impact| impact == Impact::Low) {
            return Judgement::not_applicable("not rated high or medium");
        }
        let words = |paths: &[Path<'_>]| match paths {
            [] => String::new(),
            [one] => one.words(),
            [first, ..] => format!("{}, and {} more", first.words(), paths.len() - 1),
        };
        match (connectivity(facts, held.id), held.record.erc) {
            (Connectivity::Open(why), _) => Judgement::indeterminate(why),
            (Connectivity::Reached(paths), Some(true)) => {
                Judgement::pass(format!("declared, and reached {}", words(&paths)))
            }
            (Connectivity::Reached(paths), Some(false)) => {
                Judgement::fail(format!("declared without, and reached {}", words(&paths)))
            }
            (Connectivity::Reached(paths), None) => {
                Judgement::indeterminate(format!("not declared; it is reached {}", words(&paths)))
            }
            (Connectivity::None, Some(false)) => Judgement::pass("declared without, and no conduit lets anything in"),
            (Connectivity::None, Some(true)) => {
                Judgement::fail("declared, and no conduit lets anything in").weighing(Severity::Low)
            }
            (Connectivity::None, None) => Judgement::indeterminate("not declared; no conduit lets anything in"),
        }
    }
);
