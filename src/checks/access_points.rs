//! Are Electronic Security Perimeters entered through access points only, and are these what CIP-005-7 R1 asks for.
//!
//! Invariant: what a firewall does is not what a record says it does: until its rules can be imported, whether they agree is
//! said to be unknown, per access point.

use super::facts::{Facts, in_service};
use super::rule::{Judgement, rule};
use super::sides::{Joined, Stakes, active, systems};
use crate::assets::model::{Asset, Category, DialUpAuthentication, FailureMode};
use crate::conduits::model::{Carried, DefaultAction, Inspection, PermittedFlow, Status};
use crate::ids::Id;
use crate::vocabulary::{Date, Impact};
use crate::zones::model::Zone;

/// Asks an active conduit into an ESP that carries what has addresses.
fn crossing(facts: &Facts, place: usize, ask: impl FnOnce(&Joined<'_>) -> Judgement) -> Judgement {
    active(facts, place, |joined| {
        if !joined.crosses_esp() {
            return Judgement::not_applicable("it leads into no ESP");
        }
        let mut flows = standing(facts, joined).peekable();
        let routable = flows.peek().is_none() || flows.any(|flow| flow.transport != Some(Carried::Ethernet));
        if routable { ask(joined) } else { Judgement::not_applicable("it carries no routable protocol") }
    })
}

/// Flows of a conduit that were approved and not taken back.
fn standing<'f>(facts: &'f Facts, joined: &Joined<'_>) -> impl Iterator<Item = &'f PermittedFlow> {
    let all = facts.permitted_by(joined.id).map(|(_, flow)| flow);
    all.filter(|flow| matches!(flow.status(Date::EPOCH), Status::Active | Status::Expired))
}

rule!(
    THROUGH_EAP,
    "GL-EAP-01",
    Mandatory,
    Critical,
    Conduit,
    false,
    "Each conduit into an Electronic Security Perimeter leads through an identified Electronic Access Point",
    "CIP-005-7 R1 part 1.2",
    ["CIP-005-7 R1.2", "SC-7", "SC-7(3)", "SR 5.2"],
    |facts, place| crossing(facts, place, |joined| {
        let Some(id) = joined.conduit.eap else { return Judgement::fail("it names no access point") };
        let Some(asset) = facts.assets.get(id.uuid()) else {
            return Judgement::indeterminate("its access point is not recorded");
        };
        let name = &asset.reference;
        if !in_service(asset) {
            Judgement::fail(format!("{name} is not in service"))
        } else if !facts.is_access_point(id.uuid(), asset) {
            Judgement::fail(format!("{name} is recorded neither with the role nor with an interface of an EAP"))
        } else if asset.categories.contains(&Category::Eacms) {
            Judgement::pass(format!("through {name}"))
        } else {
            Judgement::fail(format!("{name} is an access point and not categorized as an EACMS"))
        }
    })
);

/// The fewest characters of a reason that can say something.
const REASON: usize = 10;

/// Permitted flows whose reason says nothing.
fn without_reason(facts: &Facts, joined: &Joined<'_>) -> Vec<String> {
    let silent = standing(facts, joined).filter(|flow| flow.access_reason.trim().chars().count() < REASON);
    silent.map(|flow| flow.reference.to_string()).collect()
}

rule!(
    DENIES,
    "GL-EAP-02",
    Mandatory,
    Critical,
    Conduit,
    false,
    "Each conduit into an Electronic Security Perimeter denies by default, and each flow it permits has its reason",
    "CIP-005-7 R1 part 1.3",
    ["CIP-005-7 R1.3", "SC-7(5)", "SR 5.2 RE 1"],
    |facts, place| crossing(facts, place, |joined| denies(facts, joined))
);

fn denies(facts: &Facts, joined: &Joined<'_>) -> Judgement {
    let silent = without_reason(facts, joined);
    match joined.conduit.default_action {
        Some(DefaultAction::Allow) => Judgement::fail("it lets through what nothing permits"),
        _ if !silent.is_empty() => {
            Judgement::fail(format!("no reason of at least 10 characters: {}", silent.join(", ")))
        }
        Some(DefaultAction::Deny) => Judgement::pass("all else is denied, and each flow has its reason"),
        None => Judgement::indeterminate("what it does by default is not recorded"),
    }
}

rule!(
    DENIES_ELSEWHERE,
    "GL-CON-20",
    Advisory,
    Medium,
    Conduit,
    false,
    "Each other conduit denies by default, and each flow it permits has its reason",
    "IEC 62443-3-3 SR 5.2 RE 1; NIST SP 800-82r3 SC-7(5)",
    ["SC-7(5)", "SR 5.2 RE 1"],
    |facts, place| active(facts, place, |joined| {
        if joined.crosses_esp() {
            return Judgement::not_applicable("it leads into an ESP, which another check judges");
        }
        denies(facts, joined)
    })
);

/// Asks a device in service that is an access point.
fn point(facts: &Facts, place: usize, ask: impl FnOnce(&Asset) -> Judgement) -> Judgement {
    let held = facts.assets.at(place);
    if in_service(&held.record) && facts.is_access_point(held.id, &held.record) {
        ask(&held.record)
    } else {
        Judgement::not_applicable("not an access point in service")
    }
}

rule!(
    DEPLOYED,
    "GL-EAP-03",
    Information,
    Critical,
    Asset,
    false,
    "The rules deployed on each access point are those that conduits permit",
    "CIP-005-7 R1 part 1.3; NIST SP 800-82r3 CM-6",
    ["CIP-005-7 R1.3", "CM-6", "SR 7.6"],
    |facts, place| point(facts, place, |_| Judgement::indeterminate("no firewall rules can be imported yet"))
);

rule!(
    INSPECTED,
    "GL-EAP-04",
    Mandatory,
    High,
    Conduit,
    false,
    "Malicious communications are looked for where a conduit enters the ESP of a high impact system, or a medium one at a control center",
    "CIP-005-7 R1 part 1.5",
    ["CIP-005-7 R1.5", "SI-4(4)", "SR 3.2 RE 1"],
    |facts, place| crossing(facts, place, |joined| match joined.conduit.inspection {
        Some(how @ (Inspection::Ids | Inspection::Ips | Inspection::Dpi)) => Judgement::pass(how.label()),
        none => uninspected(facts, joined, none.is_some()),
    })
);

/// What a conduit without inspection comes to: that depends on what its perimeters protect.
fn uninspected(facts: &Facts, joined: &Joined<'_>, said: bool) -> Judgement {
    let esp = |(_, zone): &(uuid::Uuid, &Zone)| zone.esp == Some(true);
    let stakes: Vec<Stakes> =
        [joined.a, joined.b].iter().filter(|end| esp(end)).map(|(id, _)| Stakes::of(facts, *id)).collect();
    if stakes.iter().any(|stakes| stakes.high_or_control_center) {
        return if said {
            Judgement::fail("nothing looks into it")
        } else {
            Judgement::indeterminate("whether anything looks into it is not recorded")
        };
    }
    if stakes.iter().any(|stakes| stakes.rating.is_none()) {
        return Judgement::indeterminate("nothing rated lives in the ESP, and nothing is recorded to look into it");
    }
    Judgement::not_applicable("no high impact system and no medium one at a control center lives in the ESP")
}

rule!(
    FAILS_CLOSED,
    "GL-EAP-05",
    Advisory,
    Medium,
    Asset,
    false,
    "Each access point lets nothing pass when it fails",
    "IEC 62443-3-3 SR 5.2 RE 3; NIST SP 800-82r3 SC-7(18); failing open may be right for protection traffic",
    ["SR 5.2 RE 3", "SC-7(18)", "SC-24"],
    |facts, place| point(facts, place, |asset| match asset.failure_mode {
        Some(FailureMode::FailClosed) => Judgement::pass("it fails closed"),
        Some(FailureMode::FailOpen) => Judgement::fail("it fails open"),
        None => Judgement::indeterminate("what it does when it fails is not recorded"),
    })
);

rule!(
    DIAL_UP,
    "GL-EAP-06",
    Mandatory,
    High,
    Asset,
    false,
    "Whoever dials in to a device of a BES Cyber System proves who they are",
    "CIP-005-7 R1 part 1.4; CIP-003-9 R2 Attachment 1 section 3.2",
    ["CIP-005-7 R1.4", "CIP-003-9 R2 Att1 S3.2", "CIP-003-8 R2 Att1 S3.2", "SR 1.13"],
    |facts, place| {
        let asset = &facts.assets.at(place).record;
        let rated = systems(facts, asset).any(|system| system.impact().is_some());
        if !in_service(asset) || asset.dial_up != Some(true) || !(rated || asset.categories.contains(&Category::Pca)) {
            return Judgement::not_applicable("not a device of a BES Cyber System with dial-up");
        }
        match asset.dial_up_authentication {
            Some(DialUpAuthentication::None) => Judgement::fail("nobody who dials in is asked who they are"),
            Some(how) => Judgement::pass(how.label()),
            None => Judgement::indeterminate("how somebody who dials in proves who they are is not recorded"),
        }
    }
);

rule!(
    NECESSARY,
    "GL-EAP-07",
    Mandatory,
    High,
    Conduit,
    false,
    "What enters or leaves a site with low impact systems is permitted with its reason, or serves time-sensitive protection",
    "CIP-003-9 R2 Attachment 1 section 3.1",
    ["CIP-003-9 R2 Att1 S3.1", "CIP-003-8 R2 Att1 S3.1"],
    |facts, place| active(facts, place, |joined| {
        let [one, other] = joined.zones();
        if joined.crosses_esp() || one.site == other.site || !(is_low(facts, one) || is_low(facts, other)) {
            return Judgement::not_applicable("it enters or leaves no site with low impact systems");
        }
        if joined.conduit.time_sensitive == Some(true) {
            return if joined.conduit.justification.trim().is_empty() {
                Judgement::fail("said to be time sensitive, without saying why")
            } else {
                Judgement::pass("time-sensitive protection or control")
            };
        }
        let silent = without_reason(facts, joined);
        match joined.conduit.default_action {
            Some(DefaultAction::Allow) => Judgement::fail("it lets through what nobody determined to be necessary"),
            _ if !silent.is_empty() => {
                Judgement::fail(format!("no reason why they are necessary: {}", silent.join(", ")))
            }
            Some(DefaultAction::Deny) => Judgement::pass("each flow it permits has its reason"),
            None => Judgement::indeterminate("what it does with all else is not recorded"),
        }
    })
);

/// True for a zone at a site whose systems are all of low impact.
fn is_low(facts: &Facts, zone: &Zone) -> bool {
    let Some(site) = zone.site else { return false };
    facts.systems_at(site.uuid()).filter_map(crate::systems::model::System::impact).max() == Some(Impact::Low)
}

rule!(
    KEPT,
    "GL-EAP-08",
    Advisory,
    Medium,
    Asset,
    false,
    "Each access point is backed up, its events are logged elsewhere, and its clock is set by a source",
    "NIST SP 800-82r3 CP-9 and AU-12; IEC 62443-3-3 SR 7.3",
    ["CP-9", "AU-12", "SR 7.3", "800-82r3:5.2.3.2"],
    |facts, place| point(facts, place, |_| {
        Judgement::indeterminate("backups, log sources and time sources cannot be recorded yet")
    })
);
