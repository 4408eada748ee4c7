//! Is remote access granted as it should be: through the Intermediate System, encrypted up to it, with two factors, by
//! somebody else, for long enough and no longer, and with a way to end it.
//!
//! Invariant: a grant is asked about while it lets somebody in or is about to; a period judges it by what was recorded at the
//! time, so that a grant mended today keeps its gap, and one spoilt today had none before. One fact fails one check: the
//! mandatory one where CIP-005 asks about its targets, the advisory one elsewhere.

use super::concern::{Asking, Concern, asked, concern_of, whose};
use super::facts::{Facts, Over};
use super::model::{Gap, Outcome};
use super::rule::{Judgement, rule};
use crate::ids::{AssetId, Id};
use crate::personnel::model::Party;
use crate::register::Act;
use crate::remote_access::model::{Grant, GrantKind, longest_end};
use crate::vocabulary::Moment;

/// What is asked of a grant, whenever it is.
pub(super) type Ask = fn(&Facts, &Grant) -> Judgement;

/// Asks about a grant that lets somebody in, or will, whatever it reaches.
pub(super) fn any(facts: &Facts, place: usize, ask: Ask) -> Judgement {
    let grant = &*facts.access.grants.at(place).record;
    if grant.refused.is_some() || grant.begins().is_none() {
        return Judgement::not_applicable("not approved: it lets nobody in");
    }
    if grant.ceased().is_some_and(|until| until <= facts.at) {
        return Judgement::not_applicable("it has ended");
    }
    ask(facts, grant)
}

/// The same for one of two checks, by what the grant reaches.
pub(super) fn grant(facts: &Facts, place: usize, mandatory: bool, asking: Asking, ask: Ask) -> Judgement {
    whose(any(facts, place, ask), mandatory, || concern_of(facts, asking, Over::Grant, place))
}

/// The same where the standard asks and nowhere else.
pub(super) fn only(facts: &Facts, place: usize, asking: Asking, ask: Ask) -> Judgement {
    match any(facts, place, ask) {
        judged if judged.outcome == Outcome::NotApplicable => judged,
        judged => asked(concern_of(facts, asking, Over::Grant, place), || judged),
    }
}

/// The days from one moment to another, as far as they have come; none where there are none.
pub(super) fn span(facts: &Facts, from: Moment, until: Option<Moment>) -> Option<Gap> {
    let over = until.filter(|until| *until <= facts.at);
    let last = over.map(|until| facts.zone.day(until.plus_micros(-1)));
    (from <= facts.at && until.is_none_or(|until| from < until))
        .then(|| Gap { from: facts.zone.day(from), until: last })
}

/// Asks about interactive access alone.
fn interactive(grant: &Grant, ask: impl FnOnce() -> Judgement) -> Judgement {
    match grant.kind {
        Some(GrantKind::Interactive) => ask(),
        Some(GrantKind::SystemToSystem) => Judgement::not_applicable("system-to-system access"),
        None => Judgement::indeterminate("whether it is interactive is not recorded"),
    }
}

/// What keeps a device from being an Intermediate System outside every Electronic Security Perimeter; nothing where it is one.
fn no_intermediate(facts: &Facts, device: AssetId) -> Option<Judgement> {
    let Some(device) = facts.assets.get(device.uuid()) else {
        return Some(Judgement::indeterminate("the device named as its gateway is not in the inventory"));
    };
    let named = &device.reference;
    match (device.is_intermediate(), facts.esp_of(device)) {
        (false, _) => Some(Judgement::fail(format!("{named} is no Intermediate System"))),
        (true, Some((_, esp))) => {
            let said = format!("{named} lies inside the Electronic Security Perimeter {}", esp.reference);
            Some(Judgement::fail(said))
        }
        (true, None) => facts
            .is_outside(device)
            .is_none()
            .then(|| Judgement::indeterminate(format!("whether {named} lies outside every perimeter is not recorded"))),
    }
}

fn through(facts: &Facts, grant: &Grant) -> Judgement {
    interactive(grant, || match grant.via {
        None => Judgement::fail("it names no Intermediate System"),
        Some(via) => no_intermediate(facts, via)
            .unwrap_or_else(|| Judgement::pass("through an Intermediate System outside the perimeter")),
    })
}

rule!(
    THROUGH,
    "GL-RA-01",
    Advisory,
    High,
    Grant,
    true,
    "Interactive remote access goes through an Intermediate System that lies in no Electronic Security Perimeter",
    "IEC 62443-3-3 SR 1.13; NIST SP 800-82r3 AC-17(3)",
    ["SR 1.13", "AC-17(3)", "ZCR 3.6", "NET 3.1"],
    |facts, place| grant(facts, place, false, Asking::Perimeter, through)
);
rule!(
    THROUGH_M,
    "GL-RA-01-M",
    Mandatory,
    Critical,
    Grant,
    true,
    "Interactive remote access to what an Electronic Security Perimeter protects goes through an Intermediate System outside it",
    "CIP-005-7 R2 part 2.1",
    ["CIP-005-7 R2.1", "SR 1.13", "AC-17(3)"],
    |facts, place| grant(facts, place, true, Asking::Perimeter, through)
);

/// CIP-005 asks for an Intermediate System, whichever.
fn encrypted(facts: &Facts, grant: &Grant) -> Judgement {
    interactive(grant, || match grant.encryption_end {
        None => Judgement::indeterminate("what ends the encryption is not recorded"),
        Some(end) => no_intermediate(facts, end)
            .unwrap_or_else(|| Judgement::pass("encrypted up to an Intermediate System outside the perimeter")),
    })
}

fn encrypted_up_to_its_own(_: &Facts, grant: &Grant) -> Judgement {
    interactive(grant, || match grant.encryption_end {
        None => Judgement::indeterminate("what ends the encryption is not recorded"),
        end if end == grant.via => Judgement::pass("encrypted up to the gateway"),
        Some(_) => Judgement::fail("the encryption ends at something else than the gateway it goes through"),
    })
}

/// Another Intermediate System than the one it goes through is left to no other check: no standard asks about that.
fn its_own(facts: &Facts, place: usize) -> Judgement {
    match any(facts, place, encrypted).outcome {
        Outcome::Pass => any(facts, place, encrypted_up_to_its_own),
        _ => grant(facts, place, false, Asking::Perimeter, encrypted_up_to_its_own),
    }
}

rule!(
    ENCRYPTED,
    "GL-RA-02",
    Advisory,
    High,
    Grant,
    true,
    "The encryption of interactive remote access ends at its gateway",
    "NIST SP 800-82r3 AC-17(2); IEC 62443-3-3 SR 4.1 RE 1",
    ["AC-17(2)", "SR 4.1 RE 1", "NET 3.2"],
    |facts, place| its_own(facts, place)
);
rule!(
    ENCRYPTED_M,
    "GL-RA-02-M",
    Mandatory,
    High,
    Grant,
    true,
    "The encryption of interactive remote access to what an Electronic Security Perimeter protects ends at an Intermediate System",
    "CIP-005-7 R2 part 2.2",
    ["CIP-005-7 R2.2", "AC-17(2)", "SR 4.1 RE 1"],
    |facts, place| grant(facts, place, true, Asking::Perimeter, encrypted)
);

fn two_factors(_: &Facts, grant: &Grant) -> Judgement {
    interactive(grant, || match grant.mfa {
        Some(true) => Judgement::pass("two factors are asked for"),
        Some(false) => Judgement::fail("one factor is enough"),
        None => Judgement::indeterminate("whether two factors are asked for is not recorded"),
    })
}

rule!(
    TWO_FACTORS,
    "GL-RA-03",
    Advisory,
    High,
    Grant,
    true,
    "Interactive remote access asks for two factors",
    "IEC 62443-3-3 SR 1.1 RE 2; NIST SP 800-82r3 IA-2(1) and IA-2(2)",
    ["IA-2", "IA-2(1)", "IA-2(2)", "SR 1.1", "SR 1.1 RE 2", "USER 1.9"],
    |facts, place| grant(facts, place, false, Asking::Perimeter, two_factors)
);
rule!(
    TWO_FACTORS_M,
    "GL-RA-03-M",
    Mandatory,
    Critical,
    Grant,
    true,
    "Interactive remote access to what an Electronic Security Perimeter protects asks for two factors",
    "CIP-005-7 R2 part 2.3",
    ["CIP-005-7 R2.3", "IA-2(1)", "IA-2(2)", "SR 1.1 RE 2"],
    |facts, place| grant(facts, place, true, Asking::Perimeter, two_factors)
);

fn by_another(_: &Facts, grant: &Grant) -> Judgement {
    let Some(approved) = &grant.approved else { return Judgement::not_applicable("not approved yet") };
    let same = |act: &Act| act.by.as_ref().zip(approved.by.as_ref()).map(|(one, other)| one.user == other.user);
    match grant.requested.as_ref().and_then(same) {
        Some(false) => Judgement::pass("approved by somebody else than asked for it"),
        Some(true) => Judgement::fail(format!("{} asked for it and approved it", approved.name)),
        None => Judgement::indeterminate("who asked for it or who approved it is not known"),
    }
}

rule!(
    BY_ANOTHER,
    "GL-RA-04",
    Advisory,
    High,
    Grant,
    true,
    "Remote access is approved by somebody else than asked for it",
    "IEC 62443-3-3 SR 1.13 RE 1; NIST SP 800-82r3 AC-5",
    ["SR 1.13 RE 1", "AC-5"],
    |facts, place| any(facts, place, by_another)
);

fn longest(facts: &Facts, grant: &Grant) -> Judgement {
    let (Some(from), Some(until)) = (grant.valid_from, grant.valid_until) else {
        return Judgement::fail("it has no end");
    };
    let party = facts.access.person_of(grant).and_then(|person| person.party);
    let party = party.or_else(|| facts.access.is_vendors(grant).then_some(Party::Vendor));
    let limits = facts.limits.longest_grant;
    let days = match party {
        Some(Party::Employee) => limits.employee,
        Some(Party::Contractor) => limits.contractor,
        Some(Party::Vendor) => limits.vendor,
        None => return Judgement::indeterminate("the party of its person is not recorded"),
    };
    let counted = grant.extended.as_ref().map_or(from, |act| act.at);
    if until <= longest_end(counted, days) {
        Judgement::pass("no longer than the organization lets it")
    } else {
        let (from, until) = (facts.zone.date(counted), facts.zone.date(until));
        Judgement::fail(format!("from {from} to {until}, and {days} days are the longest"))
    }
}

rule!(
    LONGEST,
    "GL-RA-05",
    Advisory,
    Medium,
    Grant,
    true,
    "Remote access ends within the days its party may have it",
    "NIST SP 800-82r3 AC-2(3); the days are the organization's own",
    ["AC-17", "AC-2(3)", "NET 3.3"],
    |facts, place| any(facts, place, longest)
);

fn not_split(_: &Facts, grant: &Grant) -> Judgement {
    interactive(grant, || match grant.split_tunnel {
        Some(false) => Judgement::pass("no split tunnel"),
        Some(true) => Judgement::fail("the tunnel is split"),
        None => Judgement::indeterminate("whether the tunnel is split is not recorded"),
    })
}

rule!(
    NOT_SPLIT,
    "GL-RA-16",
    Advisory,
    Medium,
    Grant,
    true,
    "No tunnel of interactive remote access is split",
    "NIST SP 800-82r3 SC-7(7)",
    ["SC-7(7)"],
    |facts, place| any(facts, place, not_split)
);

/// Without approval access is given under a CIP Exceptional Circumstance alone, and no longer than it lasts.
fn unapproved(facts: &Facts, grant: &Grant) -> Result<Option<(Moment, Option<Moment>)>, &'static str> {
    let Some(begins) = grant.begins() else { return Ok(None) };
    let Some(id) = grant.circumstance else { return Ok(None) };
    let circumstance =
        facts.access.circumstances.get(id.uuid()).ok_or("its exceptional circumstance is not recorded")?;
    let from = if circumstance.lasts(begins) { circumstance.ended_at } else { Some(begins) };
    let approved = grant.approved.as_ref().map(|act| act.at);
    let until = [approved, grant.ceased()].into_iter().flatten().min();
    Ok(from.filter(|from| until.is_none_or(|until| *from < until)).map(|from| (from, until)))
}

rule!(
    APPROVED_M,
    "GL-RA-04-M",
    Mandatory,
    High,
    Grant,
    true,
    "Remote access is authorized before it begins, but for a CIP Exceptional Circumstance and while it lasts",
    "CIP-004-7 R4 part 4.1",
    ["CIP-004-7 R4.1", "SR 1.13 RE 1", "AC-2", "AC-17"],
    |facts, place| grant(facts, place, true, Asking::Personnel, |facts, grant| match unapproved(facts, grant) {
        Err(open) => Judgement::indeterminate(open),
        Ok(Some((from, _))) if from <= facts.at && grant.approved.is_none() => {
            Judgement::fail(format!("open without approval since {}", facts.zone.told(from)))
        }
        Ok(_) if grant.approved.is_none() => Judgement::pass("open under a CIP Exceptional Circumstance that lasts"),
        Ok(_) => Judgement::pass("approved; it holds from its approval on"),
    }),
    gaps: Some(|facts, place| {
        let grant = &facts.access.grants.at(place).record;
        let asked = grant.refused.is_none() && concern_of(facts, Asking::Personnel, Over::Grant, place) == Concern::Yes;
        let spans = unapproved(facts, grant).ok().flatten().filter(|_| asked);
        spans.and_then(|(from, until)| span(facts, from, until)).into_iter().collect()
    })
);
