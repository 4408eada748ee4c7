//! What a conduit and a permitted flow must say before they can be asked for.
//!
//! Invariant: pure. A permission that could never match a flow, or that reaches outside its zones, is refused with what would
//! be right; nothing is guessed.

use std::collections::BTreeMap;

use crate::conduits::model::{Carried, Conduit, PermittedFlow, Way};
use crate::ids::{AssetId, ZoneId};
use crate::register::Draft;
use crate::vocabulary::{Endpoint, Subnet};
use crate::zones::{Zone, ZoneKind};

/// What an end may be, as far as an asset's record says.
#[derive(Clone, Debug)]
pub struct Placed {
    pub reference: String,
    pub zone: Option<ZoneId>,
    pub retired: bool,
}

/// What stands around a permitted flow.
#[derive(Clone, Copy, Debug)]
pub struct Around<'r> {
    pub conduit: &'r Conduit,
    pub zones: &'r BTreeMap<ZoneId, Zone>,
    pub assets: &'r BTreeMap<AssetId, Placed>,
}

/// What a conduit says by itself.
pub fn check_conduit(conduit: &Conduit, draft: &mut Draft) {
    if conduit.from_zone.is_some() && conduit.from_zone == conduit.to_zone {
        draft.refuse("to_zone", "", "the same zone at both ends; a conduit joins two zones");
    }
    if conduit.unidirectional == Some(true) && conduit.direction == Some(crate::conduits::model::Direction::Both) {
        draft.refuse("unidirectional", "yes", "hardware lets data pass one way only, and the direction says both");
    }
}

/// A conduit between zones that are there.
pub fn weigh_conduit(conduit: &Conduit, zones: &BTreeMap<ZoneId, Zone>, flows: &[&PermittedFlow], draft: &mut Draft) {
    if conduit.retired_on.is_some() {
        return;
    }
    for (field, end) in [("from_zone", conduit.from_zone), ("to_zone", conduit.to_zone)] {
        if let Some(zone) = end.and_then(|end| zones.get(&end)).filter(|zone| zone.retired_on.is_some()) {
            draft.refuse(field, zone.reference.as_str(), "retired; a conduit joins zones that are in service");
        }
    }
    let against = flows.iter().filter(|flow| flow.retired_on.is_none());
    let against = against.filter(|flow| flow.way(conduit).is_none_or(|way| !conduit.carries(way)));
    let named: Vec<&str> = against.map(|flow| flow.reference.as_str()).collect();
    if !named.is_empty() {
        let some = named.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        let word = conduit.direction.map_or("", |direction| direction.word());
        draft.refuse("direction", word, format!("permitted flows go the other way or say no way: {some}"));
    }
}

/// What a permitted flow says by itself.
pub fn check_flow(flow: &PermittedFlow, draft: &mut Draft) {
    let ports = crate::register::field::joined(flow.ports.iter());
    match flow.transport {
        Some(Carried::Tcp | Carried::Udp) if flow.ports.is_empty() => {
            draft.refuse("ports", "", "missing; name the ports of the destination, such as 502 or 5000-5010");
        }
        Some(Carried::Icmp) if !flow.ports.is_empty() => {
            draft.refuse("ports", &ports, "ICMP has no ports; leave it empty");
        }
        _ => {}
    }
    let sides = [
        ("sources", &flow.sources, flow.source_assets.is_empty()),
        ("destinations", &flow.destinations, flow.destination_assets.is_empty()),
    ];
    for (field, ends, no_assets) in sides {
        if ends.is_empty() && no_assets {
            draft.refuse(field, "", "missing; name assets, addresses or subnets, or write zone for the whole zone");
        }
        for end in ends {
            if let Some(problem) = unfit(flow.transport, end) {
                draft.refuse(field, &end.to_string(), problem);
            }
        }
    }
}

/// Layer 2 knows cards, the others know addresses: an end of the wrong sort would never match.
fn unfit(transport: Option<Carried>, end: &Endpoint) -> Option<&'static str> {
    match (transport?, end) {
        (Carried::Ethernet, Endpoint::Net(_)) => {
            Some("Ethernet has no IP addresses; name the MAC address, an asset or the zone")
        }
        (Carried::Tcp | Carried::Udp | Carried::Icmp, Endpoint::Card(_)) => {
            Some("a MAC address is an end of Ethernet only; name the IP address, an asset or the zone")
        }
        _ => None,
    }
}

/// A permitted flow between the zones of its conduit.
pub fn weigh_flow(flow: &PermittedFlow, around: Around<'_>, draft: &mut Draft) {
    if flow.retired_on.is_some() {
        return;
    }
    let conduit = around.conduit;
    if conduit.retired_on.is_some() {
        draft.refuse("conduit", conduit.reference.as_str(), "retired; it permits nothing any more");
        return;
    }
    let Some(way) = flow.way(conduit) else {
        draft.refuse("direction", "", "missing; the conduit carries both ways, so say which: a_to_b or b_to_a");
        return;
    };
    if !conduit.carries(way) {
        let carried = conduit.direction.map_or("none", |direction| direction.word());
        draft.refuse("direction", way.word(), format!("the conduit does not carry it; it carries {carried}"));
        return;
    }
    let Some((from, to)) = conduit.ends(way) else { return };
    let side = |fields: (&'static str, &'static str), ends: &[Endpoint], assets, zone, draft: &mut Draft| {
        if let Some(known) = around.zones.get(&zone) {
            addresses(fields.0, ends, known, draft);
            devices(fields.1, assets, (zone, known), around, draft);
        }
    };
    side(("sources", "source_assets"), &flow.sources, &flow.source_assets, from, draft);
    side(("destinations", "destination_assets"), &flow.destinations, &flow.destination_assets, to, draft);
}

/// Addresses lie in the zone's subnets, where it has any. A public address belongs to no subnet of ours, so an external
/// zone is not asked.
fn addresses(field: &str, ends: &[Endpoint], zone: &Zone, draft: &mut Draft) {
    if zone.subnets.is_empty() || zone.kind == Some(ZoneKind::External) {
        return;
    }
    for end in ends {
        let Endpoint::Net(net) = end else { continue };
        let holds = |subnet: &Subnet| subnet.net().contains(&net.net());
        if !zone.subnets.iter().any(holds) {
            let subnets = crate::register::field::joined(zone.subnets.iter()).replace(';', ", ");
            draft.refuse(
                field,
                &end.to_string(),
                format!("outside zone {}, whose subnets are {subnets}", zone.reference),
            );
        }
    }
}

/// Assets live in the zone on their side.
fn devices<'a>(
    field: &str,
    assets: impl IntoIterator<Item = &'a AssetId>,
    (id, zone): (ZoneId, &Zone),
    around: Around<'_>,
    draft: &mut Draft,
) {
    for asset in assets.into_iter().filter_map(|asset| around.assets.get(asset)) {
        let lives = asset.zone.and_then(|zone| around.zones.get(&zone)).map(|zone| zone.reference.as_str());
        let problem = match lives {
            _ if asset.retired => "retired or disposed of".to_owned(),
            _ if asset.zone == Some(id) => continue,
            Some(other) => format!("lives in zone {other}, not in {}", zone.reference),
            None => format!("is recorded in no zone, so not in {}; say where it lives first", zone.reference),
        };
        draft.refuse(field, &asset.reference, problem);
    }
}

/// The way of a permitted flow in words: the zone it begins in, and the one it ends in.
#[must_use]
pub fn told(way: Option<Way>, (a, b): (&str, &str)) -> String {
    match way {
        Some(Way::AToB) => format!("{a} → {b}"),
        Some(Way::BToA) => format!("{b} → {a}"),
        None => String::new(),
    }
}
