//! Are permitted flows named, protected and no wider than their reason: what each lets through, and how.
//!
//! Invariant: one fact fails one check. Flows out of OT are judged by [`OUTBOUND`], all others by [`NAMED`]; a protocol that
//! proves nobody's identity by [`LEGACY`], the protection of all others by [`PROTECTED`].

use super::facts::Facts;
use super::rule::{Judgement, rule};
use super::sides::{Passing, is_control_center, permitted};
use super::zoning::lacks;
use crate::conduits::model::{DefaultAction, Inspection, Protection};
use crate::ids::Id;
use crate::vocabulary::{Endpoint, Ports};
use crate::zones::model::Side;

const WAY_OPEN: &str = "which way it goes is not recorded, or a zone does not say on which side it lies";

/// True for an end that names the whole zone: anything in it.
fn is_any(ends: &[Endpoint]) -> bool {
    ends.contains(&Endpoint::Zone)
}

/// True for ports that leave out hardly any.
fn are_all(ports: &[Ports]) -> bool {
    ports.is_empty() || ports.iter().any(|ports| ports.from <= 1 && ports.until == u16::MAX)
}

fn named(facts: &Facts, place: usize, outbound: bool, mandatory: bool) -> Judgement {
    permitted(facts, place, |passing| {
        if passing.is_outbound() != outbound || passing.joined.crosses_esp() != mandatory {
            return Judgement::not_applicable("another check judges it");
        }
        let flow = passing.flow;
        let lacking = [
            (flow.protocol.trim().is_empty(), "no protocol"),
            (flow.transport.is_none(), "no transport"),
            (passing.has_ports() && are_all(&flow.ports), "any port"),
            (flow.sources.is_empty() && flow.source_assets.is_empty(), "no source"),
            (is_any(&flow.sources), "any source in its zone"),
            (flow.destinations.is_empty() && flow.destination_assets.is_empty(), "no destination"),
            (is_any(&flow.destinations), "any destination in its zone"),
            (flow.initiator.is_none(), "no initiator"),
            (passing.ends.is_none(), "no direction"),
        ];
        lacks(&lacking, "protocol, ports, both ends and initiator are named")
    })
}

rule!(
    NAMED,
    "GL-CON-06",
    Advisory,
    High,
    Permitted,
    false,
    "Each permitted flow names its protocol, ports, ends and initiator, and none of them is any",
    "NIST SP 800-82r3 SC-7(5); IEC 62443-3-2 ZCR 6.4",
    ["SC-7(5)", "ZCR 6.4", "SR 5.2", "NET 1.7"],
    |facts, place| named(facts, place, false, false)
);
rule!(
    NAMED_M,
    "GL-CON-06-M",
    Mandatory,
    High,
    Permitted,
    false,
    "Each flow permitted into an Electronic Security Perimeter names its protocol, ports, ends and initiator, and none of them is any",
    "CIP-005-7 R1 part 1.3",
    ["CIP-005-7 R1.3", "SC-7(5)", "ZCR 6.4"],
    |facts, place| named(facts, place, false, true)
);
rule!(
    OUTBOUND,
    "GL-CON-12",
    Advisory,
    High,
    Permitted,
    false,
    "Each flow permitted out of OT names its protocol, ports, ends and initiator, and none of them is any",
    "NIST SP 800-82r3 5.2.3.1",
    ["800-82r3:5.2.3.1", "SC-7(5)"],
    |facts, place| named(facts, place, true, false)
);
rule!(
    OUTBOUND_M,
    "GL-CON-12-M",
    Mandatory,
    High,
    Permitted,
    false,
    "Each flow permitted out of an Electronic Security Perimeter names its protocol, ports, ends and initiator, and none of them is any",
    "CIP-005-7 R1 part 1.3",
    ["CIP-005-7 R1.3", "800-82r3:5.2.3.1", "SC-7(5)"],
    |facts, place| named(facts, place, true, true)
);

/// What protects the flow on its way; none when nothing does, an error when that is not recorded.
fn protection(passing: &Passing<'_>) -> Result<Option<&'static str>, &'static str> {
    if passing.joined.conduit.unidirectional == Some(true) {
        return Ok(Some("hardware lets data pass one way only"));
    }
    match (passing.flow.protection, passing.flow.encrypted) {
        (Some(Protection::None) | None, Some(true)) => Ok(Some("encrypted")),
        (Some(Protection::None), _) | (None, Some(false)) => Ok(None),
        (Some(protection), _) => Ok(Some(protection.label())),
        (None, None) => Err("neither encryption nor any other protection is recorded"),
    }
}

rule!(
    PROTECTED,
    "GL-CON-09",
    Advisory,
    High,
    Permitted,
    false,
    "Each flow across the boundary is protected on its way",
    "NIST SP 800-82r3 SC-8; IEC 62443-3-3 SR 3.1 RE 1 and SR 4.1 RE 1",
    ["SC-8", "SC-8(1)", "SR 3.1 RE 1", "SR 4.1 RE 1", "800-82r3:5.3.3"],
    |facts, place| permitted(facts, place, |passing| {
        if passing.is_legacy() {
            return Judgement::not_applicable("a protocol that proves nobody's identity, which another check judges");
        }
        if passing.joined.sides().is_none() {
            return Judgement::indeterminate(WAY_OPEN);
        }
        let carried = !passing.joined.conduit.carrier.is_empty();
        if !passing.joined.crosses_boundary() && !carried {
            return Judgement::not_applicable("it crosses no boundary and no carrier's network");
        }
        match protection(passing) {
            Ok(Some(how)) => Judgement::pass(how),
            Ok(None) => Judgement::fail("neither encrypted nor otherwise protected"),
            Err(open) => Judgement::indeterminate(open),
        }
    })
);

rule!(
    CENTERS,
    "GL-CON-09-M",
    Mandatory,
    High,
    Permitted,
    false,
    "What flows between control centers is kept confidential and whole on its way",
    "CIP-012-2 R1 part 1.1",
    ["CIP-012-2 R1.1", "SC-8", "SC-8(1)"],
    |facts, place| permitted(facts, place, |passing| {
        let [one, other] = passing.joined.zones().map(|zone| zone.site);
        let center = |site: Option<crate::ids::SiteId>| {
            site.and_then(|id| facts.sites.get(id.uuid())).is_some_and(is_control_center)
        };
        if one == other || !center(one) || !center(other) {
            return Judgement::not_applicable("its zones are not at two control centers");
        }
        match (passing.flow.encrypted, passing.flow.integrity_protected, passing.flow.protection) {
            (_, _, Some(how)) if how != Protection::None => Judgement::pass(how.label()),
            (Some(true), Some(true), _) => Judgement::pass("encrypted, and its integrity protected"),
            (Some(false), _, _) | (_, Some(false), _) | (_, _, Some(Protection::None)) => {
                Judgement::fail("not both encrypted and protected in its integrity")
            }
            _ => Judgement::indeterminate("encryption and integrity are not both recorded"),
        }
    })
);

rule!(
    LEGACY,
    "GL-CON-10",
    Advisory,
    Critical,
    Permitted,
    false,
    "No protocol that proves nobody's identity crosses the boundary unprotected",
    "NIST SP 800-82r3 6.2.1.3; IEC 62443-3-3 SR 1.2 and SR 3.1",
    ["SR 1.2", "SR 3.1", "IA-3", "SC-8", "800-82r3:6.2.1.3"],
    |facts, place| permitted(facts, place, |passing| {
        if !passing.is_legacy() || !passing.joined.crosses_boundary() {
            return Judgement::not_applicable("not such a protocol across the boundary");
        }
        let conduit = passing.joined.conduit;
        if conduit.inspection == Some(Inspection::Dpi) && conduit.broker.is_some() {
            return Judgement::pass("ended by a broker and inspected");
        }
        match protection(passing) {
            Ok(Some(how)) => Judgement::pass(how),
            Ok(None) => Judgement::fail(format!("{} crosses the boundary unprotected", passing.flow.protocol)),
            Err(open) => Judgement::indeterminate(open),
        }
    })
);

rule!(
    LEGACY_INSIDE,
    "GL-CON-11",
    Advisory,
    Medium,
    Permitted,
    false,
    "Between zones of OT, protocols that prove nobody's identity come from named sources through conduits that deny all else",
    "IEC 62443-3-3 SR 5.2; NIST SP 800-82r3 6.2.1.3",
    ["SR 5.2", "800-82r3:6.2.1.3", "NET 1.6"],
    |facts, place| permitted(facts, place, |passing| {
        if !passing.is_legacy() || !passing.joined.joins(Side::Ot, Side::Ot) {
            return Judgement::not_applicable("not such a protocol between zones of OT");
        }
        let flow = passing.flow;
        let unnamed = is_any(&flow.sources) || (flow.sources.is_empty() && flow.source_assets.is_empty());
        match (passing.joined.conduit.default_action, unnamed) {
            (Some(DefaultAction::Allow), _) => Judgement::fail("its conduit lets through what nothing permits"),
            (_, true) => Judgement::fail("its sources are not named"),
            (Some(DefaultAction::Deny), false) => Judgement::pass("from named sources, all else denied"),
            (None, false) => Judgement::indeterminate("what its conduit does by default is not recorded"),
        }
    })
);

/// Protocols by which people speak to each other.
const PERSONAL: [&str; 17] = [
    "smtp",
    "smtps",
    "submission",
    "imap",
    "imaps",
    "pop3",
    "pop3s",
    "sip",
    "sips",
    "xmpp",
    "irc",
    "webmail",
    "teams",
    "slack",
    "chat",
    "zoom",
    "whatsapp",
];

rule!(
    PERSONAL_KEPT_OUT,
    "GL-CON-15",
    Advisory,
    High,
    Permitted,
    false,
    "No mail, chat or call is permitted into OT",
    "IEC 62443-3-3 SR 5.3; NIST SP 800-82r3 SI-8",
    ["SR 5.3", "SR 5.3 RE 1", "SI-8", "NET 1.8"],
    |facts, place| permitted(facts, place, |passing| {
        if !PERSONAL.contains(&passing.protocol().as_str()) {
            return Judgement::not_applicable("not such a protocol");
        }
        match passing.sides() {
            None => Judgement::indeterminate(WAY_OPEN),
            Some((_, Side::Ot)) => Judgement::fail(format!("{} is permitted into OT", passing.flow.protocol)),
            Some(_) => Judgement::pass("it does not lead into OT"),
        }
    })
);
