//! Does a session explain each interactive conversation that sensors saw go into OT.
//!
//! Invariant: asked where [`super::crossings`] has nothing against it: over a conduit that permits it, or from an Intermediate
//! System. Where the gateway it comes from did not tell of its sessions up to then, nobody can say.

use super::facts::{Facts, Seen, Word};
use super::rule::{Judgement, Sighted, rule};
use crate::assets::model::Asset;
use crate::conduits::judging::Call;
use crate::conduits::protocols::{Nature, nature_of};
use crate::flows::crossings::Crossing;
use crate::flows::traffic;
use crate::ids::{AssetId, Id};
use crate::remote_access::explaining::{Ends, Seen as Flow, explains};
use crate::vocabulary::end::Packed;
use crate::zones::model::Side;

/// Days of silence, while its sensor looks on, after which what was seen is no fact any more.
const SEEN_DAYS: i64 = 30;

/// True for an interactive conversation into OT that no other check fails.
#[must_use]
pub fn asks_about(crossing: &Crossing) -> bool {
    let other =
        matches!(crossing.call, Call::NotIntermediate | Call::DmzBypass | Call::UnknownEnd | Call::NotEvaluable);
    crossing.flows > 0
        && !other
        && crossing.sides.1 == Some(Side::Ot)
        && nature_of(&crossing.service.to_lowercase()) == Nature::Interactive
}

fn asset_at(facts: &Facts, end: Packed) -> Option<uuid::Uuid> {
    let ends = &facts.boundary.ends;
    ends.binary_search_by_key(&end, |(known, _)| *known).ok().map(|at| ends[at].1)
}

/// True when some session accounts for a flow.
fn is_explained(facts: &Facts, seen: &traffic::Seen) -> bool {
    let flow = Flow { source: seen.source, destination: seen.destination, first: seen.first, last: seen.last };
    let (source, target) = (asset_at(facts, seen.source), asset_at(facts, seen.destination).map(AssetId::from_uuid));
    let accounts = |held: &Seen| {
        let reached = target.is_some_and(|target| held.judged.targets.contains(&target));
        let through = source == Some(held.session.gateway.uuid());
        let ends = Ends {
            targets: if reached { std::slice::from_ref(&flow.destination) } else { &[] },
            gateway: if through { std::slice::from_ref(&flow.source) } else { &[] },
        };
        explains(&held.session, ends, &flow)
    };
    facts.access.sessions_to(target).any(accounts)
}

/// True when who would know told of its sessions up to when a flow was seen: the gateway it comes from, or else any.
fn is_told(facts: &Facts, seen: &traffic::Seen) -> bool {
    let words = &facts.access.gateways;
    let tells = |word: &Word| word.goes_to() >= seen.last;
    let carries = |id: &uuid::Uuid| words.contains_key(id) || facts.assets.get(*id).is_some_and(Asset::is_intermediate);
    match asset_at(facts, seen.source).filter(carries) {
        Some(gateway) => words.get(&gateway).is_some_and(tells),
        None => words.values().any(tells),
    }
}

fn judge(facts: &Facts, place: usize, mandatory: bool) -> Judgement {
    let crossing = &facts.crossings.at(place).record;
    if !asks_about(crossing) {
        return Judgement::not_applicable("no interactive conversation into OT, or another check judges it");
    }
    if crossing.esp != mandatory {
        return Judgement::not_applicable("another check judges it");
    }
    if crossing.watched_until.micros_since(crossing.last) > SEEN_DAYS * 86_400_000_000 {
        return Judgement::pass("not seen for some weeks by the sensor that saw it");
    }
    let boundary = &facts.boundary;
    let flows = boundary.traffic.of_crossing(&boundary.policy, crossing.id);
    let flows = flows.iter().map(|at| &boundary.traffic.seen[*at as usize]);
    let bare: Vec<&traffic::Seen> = flows.filter(|seen| !is_explained(facts, seen)).collect();
    if bare.is_empty() {
        return Judgement::pass("a session explains each conversation");
    }
    let bare: Vec<&traffic::Seen> = bare.into_iter().filter(|seen| is_told(facts, seen)).collect();
    let (first, last) = (bare.iter().map(|seen| seen.first).min(), bare.iter().map(|seen| seen.last).max());
    let Some((first, last)) = first.zip(last) else {
        return Judgement::indeterminate("its gateway did not tell of its sessions up to when it was seen");
    };
    let count = bare.iter().map(|seen| i64::from(seen.connections)).sum();
    let (from, until) = (facts.zone.told(first), facts.zone.told(last));
    let said = format!("no session explains {} of {} flows, from {from} to {until}", bare.len(), crossing.flows);
    Judgement::fail(said).caused_by(crossing.words()).seen(Sighted { count, first, last })
}

rule!(
    EXPLAINED,
    "GL-RA-17",
    Advisory,
    High,
    Crossing,
    false,
    "A session explains each interactive conversation into OT",
    "IEC 62443-3-3 SR 1.13; NIST SP 800-82r3 AC-17(1)",
    ["SR 1.13", "AC-17(1)", "NET 3.1"],
    |facts, place| judge(facts, place, false)
);
rule!(
    EXPLAINED_M,
    "GL-RA-17-M",
    Mandatory,
    High,
    Crossing,
    false,
    "A session explains each interactive conversation into an Electronic Security Perimeter",
    "CIP-005-7 R2 parts 2.1 and 2.4",
    ["CIP-005-7 R2.1", "CIP-005-7 R2.4", "SR 1.13", "AC-17(1)"],
    |facts, place| judge(facts, place, true)
);
