//! Are conduits drawn as a boundary needs them: through the DMZ, from level to level, with reasons, owners and reviews.
//!
//! Invariant: one fact fails one check. A conduit to a public network is judged by [`PUBLIC`], one that skips the DMZ by
//! [`DIRECT`], any other that skips levels by [`ADJACENT`].

use super::facts::Facts;
use super::model::Outcome;
use super::rule::{Judgement, rule};
use super::sides::{Joined, active, within_fifteen_months};
use super::zoning::lacks;
use crate::vocabulary::PurdueLevel;
use crate::zones::model::Side;

const SIDES_OPEN: &str = "a zone says neither by its kind nor by its level on which side it lies";

/// Whether a conduit joins two sides that it should not.
fn apart(facts: &Facts, place: usize, own: bool, asked: fn(&Joined<'_>) -> bool, said: &'static str) -> Judgement {
    active(facts, place, |joined| {
        if !own {
            return Judgement::not_applicable("another check judges it");
        }
        match joined.sides() {
            None => Judgement::indeterminate(SIDES_OPEN),
            Some(_) if asked(joined) => Judgement::fail(format!("it joins {}{said}", joined.words())),
            Some(_) => Judgement::pass(format!("it joins {}", joined.words())),
        }
    })
}

fn direct(facts: &Facts, place: usize, mandatory: bool) -> Judgement {
    let skips = |joined: &Joined<'_>| joined.joins(Side::It, Side::Ot) && !joined.is_public();
    let said = " without ending in the DMZ; two conduits that end in an asset of the DMZ would";
    apart(facts, place, facts.limits.dmz_required == mandatory, skips, said)
}

fn public(facts: &Facts, place: usize, mandatory: bool) -> Judgement {
    let reaches = |joined: &Joined<'_>| joined.joins(Side::It, Side::Ot) && joined.is_public();
    apart(facts, place, facts.limits.public_forbidden == mandatory, reaches, ": a public network and OT")
}

rule!(
    DIRECT,
    "GL-CON-01",
    Advisory,
    Critical,
    Conduit,
    false,
    "No conduit joins IT and OT without ending in the DMZ",
    "NIST SP 800-82r3 5.4.1; IEC 62443-3-3 SR 5.1",
    ["SR 5.1", "SR 5.2", "ZCR 3.2", "SC-7", "SC-7(8)", "800-82r3:5.4.1", "800-82r3:5.4.2", "800-82r3:5.4.3", "NET 1.1"],
    |facts, place| direct(facts, place, false)
);
rule!(
    DIRECT_M,
    "GL-CON-01-M",
    Mandatory,
    Critical,
    Conduit,
    false,
    "No conduit joins IT and OT without ending in the DMZ, which the organization requires",
    "The organization's own policy; NIST SP 800-82r3 5.4.1",
    ["SR 5.1", "SR 5.2", "ZCR 3.2", "SC-7", "SC-7(8)", "800-82r3:5.4.1", "800-82r3:5.4.2", "800-82r3:5.4.3", "NET 1.1"],
    |facts, place| direct(facts, place, true)
);
rule!(
    PUBLIC,
    "GL-CON-04",
    Advisory,
    Critical,
    Conduit,
    false,
    "No conduit joins OT and a public network",
    "NIST SP 800-82r3 SC-7(28); IEC 62443-3-3 SR 1.13",
    ["SC-7(28)", "SR 1.13", "800-82r3:5.3.7"],
    |facts, place| public(facts, place, false)
);
rule!(
    PUBLIC_M,
    "GL-CON-04-M",
    Mandatory,
    Critical,
    Conduit,
    false,
    "No conduit joins OT and a public network, which the organization forbids",
    "The organization's own policy; NIST SP 800-82r3 SC-7(28)",
    ["SC-7(28)", "SR 1.13", "800-82r3:5.3.7"],
    |facts, place| public(facts, place, true)
);

/// How high a level lies, the DMZ between 3 and 4.
fn rank(level: PurdueLevel) -> u8 {
    level as u8
}

rule!(
    ADJACENT,
    "GL-CON-03",
    Advisory,
    High,
    Conduit,
    false,
    "Each conduit joins the same or neighboring levels",
    "NIST SP 800-82r3 5.2.3.1; the Purdue levels are a reasoning aid",
    ["800-82r3:5.2.3.1", "SR 5.1"],
    |facts, place| active(facts, place, |joined| {
        if joined.joins(Side::It, Side::Ot) {
            return Judgement::not_applicable("it joins IT and OT, which another check judges");
        }
        match joined.zones().map(|zone| zone.purdue_level) {
            [Some(a), Some(b)] if rank(a).abs_diff(rank(b)) <= 1 => {
                Judgement::pass(format!("levels {} and {}", a.word(), b.word()))
            }
            [Some(a), Some(b)] => Judgement::fail(format!("it leads from level {} to level {}", a.word(), b.word())),
            _ => Judgement::indeterminate("a zone at one of its ends has no level"),
        }
    })
);

/// Why a conduit is not asked what only a crossing of the boundary is asked; none for one that crosses it.
fn inside(joined: &Joined<'_>) -> Option<Judgement> {
    match joined.sides() {
        _ if joined.crosses_esp() => None,
        None => Some(Judgement::indeterminate(SIDES_OPEN)),
        Some((a, b)) => (a == b).then(|| Judgement::not_applicable("it crosses no boundary")),
    }
}

/// The fewest characters of a justification that can say something.
const JUSTIFIED: usize = 20;

fn described(facts: &Facts, place: usize, mandatory: bool) -> Judgement {
    active(facts, place, |joined| {
        let esp = joined.crosses_esp();
        if esp != mandatory {
            return Judgement::not_applicable("another check judges it");
        }
        if let Some(why) = inside(joined) {
            return why;
        }
        let conduit = joined.conduit;
        let lacking = [
            (conduit.justification.trim().chars().count() < JUSTIFIED, "no justification of at least 20 characters"),
            (conduit.direction.is_none(), "no direction"),
            (conduit.owner.is_empty(), "no owner"),
            // At an ESP this is what the check of its access point says.
            (conduit.eap.is_none() && !esp, "nothing that enforces it"),
        ];
        lacks(&lacking, "justified, with direction, owner and what enforces it")
    })
}

rule!(
    DESCRIBED,
    "GL-CON-05",
    Advisory,
    High,
    Conduit,
    false,
    "Each conduit across the boundary has its justification, direction, owner and enforcement",
    "IEC 62443-3-2 ZCR 6.4; NIST SP 800-82r3 CA-3",
    ["CA-3", "ZCR 3.1", "ZCR 6.4", "SC-7", "SR 5.2", "NET 1.2", "800-82r3:5.2.2"],
    |facts, place| described(facts, place, false)
);
rule!(
    DESCRIBED_M,
    "GL-CON-05-M",
    Mandatory,
    High,
    Conduit,
    false,
    "Each conduit into an Electronic Security Perimeter has its justification, direction and owner",
    "CIP-005-7 R1 parts 1.2 and 1.3",
    ["CIP-005-7 R1.2", "CIP-005-7 R1.3", "CA-3", "ZCR 6.4", "NET 1.2"],
    |facts, place| described(facts, place, true)
);

rule!(
    REVIEWED,
    "GL-CON-07",
    Advisory,
    Medium,
    Conduit,
    true,
    "Each conduit across the boundary was approved by somebody else than asked for it, and looked over within fifteen months",
    "NIST SP 800-82r3 CA-3, AC-5 and SC-7(4); the interval is Glance's own",
    ["CA-3", "AC-5", "SC-7(4)", "ZCR 7.1"],
    |facts, place| active(facts, place, |joined| reviewed(facts, joined))
);

fn reviewed(facts: &Facts, joined: &Joined<'_>) -> Judgement {
    if let Some(why) = inside(joined) {
        return why;
    }
    let conduit = joined.conduit;
    let Some(approved) = &conduit.approved else { return Judgement::not_applicable("not approved") };
    let decided = facts.zone.day(approved.at);
    let last = conduit.last_reviewed_on.map_or(decided, |on| on.max(decided));
    let dated = within_fifteen_months(facts, last, "looked over");
    match (&approved.by, conduit.requested.as_ref().and_then(|act| act.by.as_ref())) {
        (Some(one), Some(other)) if one.user == other.user => {
            Judgement::fail(format!("{} asked for it and approved it", approved.name))
        }
        (Some(_), Some(_)) => dated,
        _ if dated.outcome == Outcome::Fail => dated,
        _ => Judgement::indeterminate("who asked for it or who approved it is not recorded as a person"),
    }
}
