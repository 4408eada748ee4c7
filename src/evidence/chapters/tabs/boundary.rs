//! Conduits, what they permit, what crossed, and security levels: Glance's own sheets for CIP-005 R1 and IEC 62443-3-2.
//!
//! Invariant: written only where a part in scope is judged by the boundary, for they show all of it. What crossed is told as
//! the check judged it, with the permission that decided.

use super::inventory::in_sight;
use super::{Row, Rows, Tab};
use crate::conduits::model::{Carried, DefaultAction, Direction, Inspection, MayInitiate, Protection};
use crate::conduits::{Conduit, PermittedFlow};
use crate::evidence::dossier::Dossier;
use crate::evidence::words::{NOT_RECORDED, day, flag};
use crate::flows::crossings::Crossing;
use crate::ids::{AssetId, Id, ZoneId};
use crate::register::Act;
use crate::storage::Kept;
use crate::vocabulary::security_level::FOUNDATIONAL;
use crate::vocabulary::{Endpoint, fold};

pub const CONDUITS: Tab = Tab {
    name: "Conduits",
    counted: "",
    header: &[
        "Conduit ID",
        "Name",
        "From zone",
        "To zone",
        "Direction",
        "EAP",
        "Broker",
        "Default action",
        "Inspection",
        "Unidirectional",
        "Justification",
        "Owner",
        "Requested by",
        "Approved by",
        "Approved on",
        "Reviewed on",
        "Status",
        "Retired on",
    ],
    rows: |dossier| {
        let shown = dossier.conduits.iter().filter(|kept| in_sight(dossier, kept.retired_on));
        rows(dossier, Box::new(shown.map(|kept| Row::of(kept, conduit(dossier, kept)))))
    },
    always: false,
};

pub const PERMITTED: Tab = Tab {
    name: "Permitted flows",
    counted: "",
    header: &[
        "Flow ID",
        "Conduit ID",
        "EAP",
        "ESP",
        "From",
        "To",
        "Protocol",
        "Transport",
        "Ports",
        "Begun by",
        "Reason",
        "Protection",
        "Requested by",
        "Approved by",
        "Approved on",
        "Last day",
        "Status",
        "Last seen used",
    ],
    rows: |dossier| {
        let shown = dossier.permitted.iter().filter(|kept| in_sight(dossier, kept.retired_on));
        rows(dossier, Box::new(shown.map(|kept| Row::of(kept, permitted(dossier, kept)))))
    },
    always: false,
};

pub const CROSSINGS: Tab = Tab {
    name: "Crossings",
    counted: "",
    header: &[
        "From",
        "To",
        "Service",
        "Verdict",
        "Because",
        "Decided by",
        "ESP",
        "Reached",
        "Conversations",
        "Flows",
        "First seen",
        "Last seen",
    ],
    rows: |dossier| rows(dossier, crossings(dossier)),
    always: false,
};

pub const LEVELS: Tab = Tab {
    name: "Security levels",
    counted: "",
    header: &["Zone ID", "Name", "Foundational requirement", "SL-T", "SL-A", "Gap", "Assessed on"],
    rows: |dossier| rows(dossier, levels(dossier)),
    always: false,
};

/// The rows where the package answers for the boundary, else none.
fn rows<'d>(dossier: &'d Dossier, rows: Rows<'d>) -> Rows<'d> {
    if dossier.answers_for_the_boundary() { rows } else { Box::new(std::iter::empty()) }
}

fn zone(dossier: &Dossier, id: Option<ZoneId>) -> String {
    dossier.judged.facts.zone_at(id).map_or_else(String::new, |zone| zone.reference.to_string())
}

fn asset(dossier: &Dossier, id: Option<AssetId>) -> String {
    id.and_then(|id| dossier.asset(id)).map_or_else(String::new, |asset| asset.reference.to_string())
}

fn by(act: Option<&Act>) -> String {
    act.map_or_else(String::new, |act| act.name.clone())
}

fn on(dossier: &Dossier, act: Option<&Act>) -> String {
    act.map_or_else(String::new, |act| dossier.zone.date(act.at))
}

fn word(label: Option<&'static str>) -> String {
    label.unwrap_or(NOT_RECORDED).to_owned()
}

fn conduit(dossier: &Dossier, conduit: &Conduit) -> Vec<String> {
    vec![
        conduit.reference.to_string(),
        conduit.name.clone(),
        zone(dossier, conduit.from_zone),
        zone(dossier, conduit.to_zone),
        word(conduit.direction.map(Direction::label)),
        asset(dossier, conduit.eap),
        asset(dossier, conduit.broker),
        word(conduit.default_action.map(DefaultAction::label)),
        word(conduit.inspection.map(Inspection::label)),
        flag(conduit.unidirectional),
        conduit.justification.clone(),
        conduit.owner.clone(),
        by(conduit.requested.as_ref()),
        by(conduit.approved.as_ref()),
        on(dossier, conduit.approved.as_ref()),
        day(conduit.last_reviewed_on),
        conduit.status().label().to_owned(),
        day(conduit.retired_on),
    ]
}

/// The zone an end lies in and what of it is named.
fn end(
    dossier: &Dossier,
    of: Option<ZoneId>,
    ends: &[Endpoint],
    assets: &std::collections::BTreeSet<AssetId>,
) -> String {
    let named = assets.iter().map(|id| asset(dossier, Some(*id)));
    let ends = ends.iter().map(|end| match end {
        Endpoint::Zone => "whole zone".to_owned(),
        Endpoint::Net(_) | Endpoint::Card(_) => end.to_string(),
    });
    format!("{}: {}", zone(dossier, of), named.chain(ends).collect::<Vec<_>>().join("; "))
}

fn permitted(dossier: &Dossier, kept: &Kept<PermittedFlow>) -> Vec<String> {
    let facts = &dossier.judged.facts;
    let flow = &kept.content;
    let conduit = flow.conduit.and_then(|id| facts.conduits.get(id.uuid()));
    let ends = conduit.and_then(|conduit| conduit.ends(flow.way(conduit)?));
    let (from, to) = (ends.map(|ends| ends.0), ends.map(|ends| ends.1));
    let esps = [from, to].into_iter().filter(|id| facts.zone_at(*id).is_some_and(|zone| zone.esp == Some(true)));
    let esps: Vec<String> = esps.map(|id| zone(dossier, id)).collect();
    let used = facts.boundary.used.get(&kept.id.uuid());
    vec![
        flow.reference.to_string(),
        conduit.map_or_else(String::new, |conduit| conduit.reference.to_string()),
        asset(dossier, conduit.and_then(|conduit| conduit.eap)),
        esps.join("; "),
        end(dossier, from, &flow.sources, &flow.source_assets),
        end(dossier, to, &flow.destinations, &flow.destination_assets),
        flow.protocol.clone(),
        word(flow.transport.map(Carried::label)),
        flow.ports.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        word(flow.initiator.map(MayInitiate::label)),
        flow.access_reason.clone(),
        word(flow.protection.map(Protection::label)),
        by(flow.requested.as_ref()),
        by(flow.approved.as_ref()),
        on(dossier, flow.approved.as_ref()),
        day(flow.expires_on),
        flow.status(dossier.day()).label().to_owned(),
        used.map_or_else(String::new, |at| dossier.zone.told(*at)),
    ]
}

/// What crossed and was seen within the days judged, in the order of its words.
fn crossings(dossier: &Dossier) -> Rows<'_> {
    let from = dossier.zone.first_of(dossier.days.from);
    let all = dossier.judged.facts.crossings.iter().map(|held| &held.record);
    let mut seen: Vec<&Crossing> = all.filter(|crossing| crossing.flows > 0 && crossing.last >= from).collect();
    seen.sort_by_cached_key(|crossing| (fold::natural(&crossing.words()), crossing.id));
    Box::new(seen.into_iter().map(move |crossing| {
        let permit = crossing.permit.unwrap_or_default();
        Row::about(dossier, permit, crossed(dossier, crossing))
    }))
}

fn crossed(dossier: &Dossier, crossing: &Crossing) -> Vec<String> {
    let permit = crossing.permit.and_then(|id| dossier.judged.facts.permitted.get(id));
    vec![
        crossing.from_words.clone(),
        crossing.to_words.clone(),
        crossing.service.clone(),
        crossing.call.label().to_owned(),
        crossing.because.clone(),
        permit.map_or_else(String::new, |flow| flow.reference.to_string()),
        flag(Some(crossing.esp)),
        crossing.reached.label().to_owned(),
        crossing.count.to_string(),
        crossing.flows.to_string(),
        dossier.zone.told(crossing.first),
        dossier.zone.told(crossing.last),
    ]
}

/// Each level that is set on either side, by zone and foundational requirement.
fn levels(dossier: &Dossier) -> Rows<'_> {
    let zones = dossier.zones.iter().filter(|zone| in_sight(dossier, zone.retired_on));
    Box::new(zones.flat_map(|zone| {
        FOUNDATIONAL.iter().enumerate().filter_map(move |(number, requirement)| {
            let (target, achieved) = (zone.sl_t.of(number), zone.sl_a.of(number));
            let word = |level: Option<u8>| level.map_or_else(|| "not set".to_owned(), |level| level.to_string());
            let gap = target.zip(achieved).map(|(target, achieved)| target.saturating_sub(achieved));
            let cells = vec![
                zone.reference.to_string(),
                zone.name.clone(),
                (*requirement).to_owned(),
                word(target),
                word(achieved),
                gap.map_or_else(|| "not known".to_owned(), |gap| gap.to_string()),
                day(zone.sl_a_assessed_on),
            ];
            (target.is_some() || achieved.is_some()).then(|| Row::of(zone, cells))
        })
    }))
}
