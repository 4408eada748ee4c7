//! Is the DMZ what it is drawn for: sessions end there, nothing else lives there, OT depends on nothing beyond it.
//!
//! Invariant: judged from records; that traffic passes through without ending there is what the check of observed flows says.

use super::facts::{Facts, in_service};
use super::rule::{Judgement, rule};
use super::sides::{Joined, permitted};
use crate::assets::model::{Asset, AssetKind, Role};
use crate::conduits::model::{MayInitiate, Status};
use crate::conduits::protocols::{Nature, nature_of};
use crate::ids::Id;
use crate::zones::model::Side;

/// Asks a device in service in the DMZ.
fn inside(facts: &Facts, place: usize, ask: impl FnOnce(&Asset) -> Judgement) -> Judgement {
    let asset = &facts.assets.at(place).record;
    let zone = facts.zone_at(asset.zone).filter(|zone| zone.retired_on.is_none());
    if !in_service(asset) || zone.and_then(crate::zones::model::Zone::side) != Some(Side::Dmz) {
        return Judgement::not_applicable("not in service in the DMZ");
    }
    ask(asset)
}

/// Roles that end sessions.
const ENDING: [Role; 6] = [
    Role::DmzBroker,
    Role::IntermediateSystem,
    Role::JumpHost,
    Role::PatchServer,
    Role::BackupServer,
    Role::LogCollector,
];

/// Whether what stands between a conduit of IT and one of OT ends the sessions of both.
fn ends(facts: &Facts, place: usize, mandatory: bool) -> Judgement {
    if facts.limits.dmz_required != mandatory {
        return Judgement::not_applicable("another check judges it");
    }
    let id = facts.assets.at(place).id;
    let (mut it, mut ot, mut brokers) = (false, false, false);
    for (conduit_id, conduit) in facts.conduits_through(id).filter(|(_, conduit)| conduit.status() == Status::Active) {
        let Some(joined) = Joined::of(facts, conduit_id, conduit) else { continue };
        it |= joined.joins(Side::It, Side::Dmz);
        ot |= joined.joins(Side::Ot, Side::Dmz);
        brokers |= conduit.broker.is_some_and(|broker| broker.uuid() == id);
    }
    let asset = &facts.assets.at(place).record;
    if !(it && ot && brokers && in_service(asset)) {
        return Judgement::not_applicable("it does not stand between a conduit to IT and one to OT");
    }
    match ENDING.iter().find(|role| asset.roles.contains(role)) {
        Some(role) => Judgement::pass(format!("recorded as {}", role.label())),
        None => Judgement::fail("named as what ends sessions on both sides, and no role of it says that it does"),
    }
}

rule!(
    ENDS,
    "GL-DMZ-01",
    Advisory,
    Critical,
    Asset,
    false,
    "What stands in the DMZ between IT and OT ends the sessions of both",
    "NIST SP 800-82r3 5.4.1 and SC-7(8)",
    ["800-82r3:5.4.1", "SC-7(8)", "AC-4"],
    |facts, place| ends(facts, place, false)
);
rule!(
    ENDS_M,
    "GL-DMZ-01-M",
    Mandatory,
    Critical,
    Asset,
    false,
    "What stands in the DMZ between IT and OT ends the sessions of both, where the organization requires a DMZ",
    "The organization's own policy; NIST SP 800-82r3 5.4.1",
    ["800-82r3:5.4.1", "SC-7(8)", "AC-4"],
    |facts, place| ends(facts, place, true)
);

rule!(
    PURPOSE,
    "GL-DMZ-02",
    Advisory,
    Medium,
    Asset,
    false,
    "Nothing lives in the DMZ that has no role there",
    "IEC 62443-3-3 SR 5.4; NIST SP 800-82r3 CM-7",
    ["SR 5.4", "CM-7"],
    |facts, place| inside(facts, place, |asset| {
        let network = matches!(
            asset.kind,
            Some(AssetKind::Switch | AssetKind::Router | AssetKind::Firewall | AssetKind::UnidirectionalGateway)
        );
        match asset.roles.first() {
            Some(role) => Judgement::pass(format!("recorded as {}", role.label())),
            None if network => Judgement::pass("part of the network itself"),
            None => Judgement::fail("no role says what it does there"),
        }
    })
);

rule!(
    DIRECTORIES,
    "GL-DMZ-03",
    Information,
    High,
    Asset,
    false,
    "Nothing in the DMZ belongs to the directory of IT and can sign in to OT",
    "NIST SP 800-82r3 6.2.1; IEC 62443-3-3 SR 5.1 RE 2",
    ["800-82r3:6.2.1", "SR 5.1 RE 2", "NET 1.4"],
    |facts, place| inside(facts, place, |_| {
        Judgement::indeterminate("to which directories a device belongs cannot be recorded yet")
    })
);

rule!(
    TRUSTED_BEGINS,
    "GL-DMZ-04",
    Advisory,
    Medium,
    Permitted,
    false,
    "What flows into OT is begun from OT",
    "NIST SP 800-82r3 6.2.10; a preference, not a requirement",
    ["800-82r3:6.2.10", "AC-4"],
    |facts, place| permitted(facts, place, |passing| {
        match passing.sides() {
            Some((Side::Ot, _) | (_, Side::Dmz | Side::It)) => {
                return Judgement::not_applicable("it does not lead into OT");
            }
            Some(_) => {}
            None => return Judgement::indeterminate("which way it goes, or a side, is not recorded"),
        }
        if nature_of(&passing.protocol()) == Nature::Interactive {
            return Judgement::not_applicable("interactive: it is begun where the person is");
        }
        match passing.flow.initiator {
            Some(MayInitiate::Destination) => Judgement::pass("begun from OT"),
            Some(MayInitiate::Source) => Judgement::fail("begun from the less trusted side"),
            Some(MayInitiate::Either) => Judgement::fail("the less trusted side may begin it, too"),
            None => Judgement::indeterminate("which side may begin it is not recorded"),
        }
    })
);

/// Services without which OT does not run.
const NEEDED: [&str; 16] = [
    "dns",
    "ntp",
    "ptp",
    "sntp",
    "dhcp",
    "dhcpv6",
    "bootp",
    "kerberos",
    "ldap",
    "ldaps",
    "radius",
    "tacacs",
    "tacacs+",
    "active-directory",
    "ad",
    "nis",
];

rule!(
    AUTONOMOUS,
    "GL-DMZ-05",
    Advisory,
    High,
    Permitted,
    false,
    "Names, time, addresses and sign-in that OT uses are provided in OT or the DMZ",
    "IEC 62443-3-3 SR 5.1 RE 2",
    ["SR 5.1 RE 2", "NET 1.4", "NET 1.9"],
    |facts, place| permitted(facts, place, |passing| {
        if !NEEDED.contains(&passing.protocol().as_str()) {
            return Judgement::not_applicable("not such a service");
        }
        match passing.sides() {
            None => Judgement::indeterminate("which way it goes, or a side, is not recorded"),
            Some((Side::Ot, Side::It)) => {
                Judgement::fail(format!("{} for OT is provided in IT", passing.flow.protocol))
            }
            Some((Side::Ot, _)) => Judgement::pass("provided in OT or the DMZ"),
            Some(_) => Judgement::not_applicable("OT does not use it"),
        }
    })
);
