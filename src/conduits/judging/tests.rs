//! The precedence of verdicts, one case a line.

use std::collections::HashMap;

use super::{Call, Judged, NO_PERMIT, Sight};
use crate::conduits::model::{Carried, Conduit, Direction, MayInitiate, PermittedFlow, Way};
use crate::conduits::policy::{Place, Policy, Recorded, Sources};
use crate::conduits::protocols::nature;
use crate::ids::{ConduitId, Id, ZoneId};
use crate::register::Act;
use crate::vocabulary::end::packed;
use crate::vocabulary::{Date, Endpoint, Moment, Ports, Reference, Subnet, TimeZone};
use crate::zones::model::{Zone, ZoneKind};

fn uuid(number: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(number)
}

fn zone(reference: &str, kind: ZoneKind, subnets: &[&str]) -> Zone {
    let subnets = subnets.iter().map(|net| Subnet::parse(net).expect("a subnet")).collect();
    Zone { reference: Reference::parse(reference).expect("a reference"), kind: Some(kind), subnets, ..Zone::default() }
}

fn approved() -> Act {
    Act { by: None, name: "B".to_owned(), at: Moment::ZERO, reason: String::new() }
}

fn conduit(from: u128, to: u128, direction: Direction) -> Conduit {
    let zone = |number| Some(ZoneId::from_uuid(uuid(number)));
    let (from_zone, to_zone, direction) = (zone(from), zone(to), Some(direction));
    Conduit { from_zone, to_zone, direction, approved: Some(approved()), ..Conduit::default() }
}

fn permitted(conduit: u128, ends: (&str, &str), transport: Carried, port: &str) -> PermittedFlow {
    PermittedFlow {
        conduit: Some(ConduitId::from_uuid(uuid(conduit))),
        transport: Some(transport),
        ports: vec![Ports::parse(port).expect("a port")],
        sources: vec![Endpoint::parse(ends.0).expect("an end")],
        destinations: vec![Endpoint::parse(ends.1).expect("an end")],
        approved: Some(approved()),
        ..PermittedFlow::default()
    }
}

/// Control 10.1/16 with a nested 10.1.9/24, DMZ 10.2/16, enterprise 10.3/16, an open external zone.
fn policy(at: Moment, change: impl Fn(&mut Conduit, &mut Vec<PermittedFlow>)) -> Policy {
    let zones = [
        (uuid(1), zone("CTL", ZoneKind::Control, &["10.1.0.0/16"])),
        (uuid(2), zone("DMZ", ZoneKind::Dmz, &["10.2.0.0/16"])),
        (uuid(3), zone("CORP", ZoneKind::Enterprise, &["10.3.0.0/16"])),
        (uuid(4), zone("NET", ZoneKind::External, &[])),
        (uuid(5), zone("CELL", ZoneKind::Control, &["10.1.9.0/24"])),
    ];
    let mut inner = conduit(2, 1, Direction::Both);
    let outer = conduit(2, 4, Direction::AToB);
    let mut flows = vec![
        PermittedFlow { direction: Some(Way::AToB), ..permitted(11, ("10.2.0.5", "zone"), Carried::Tcp, "502") },
        PermittedFlow { direction: Some(Way::BToA), ..permitted(11, ("zone", "10.2.0.53"), Carried::Udp, "53") },
        permitted(12, ("10.2.0.53", "8.8.8.8"), Carried::Udp, "53"),
    ];
    change(&mut inner, &mut flows);
    let recorded =
        Recorded { end: packed([10, 2, 0, 9].into()), asset: uuid(90), zone: Some(uuid(2)), intermediate: true };
    let stray =
        Recorded { end: packed([10, 3, 0, 7].into()), asset: uuid(91), zone: Some(uuid(1)), intermediate: false };
    Policy::of(&Sources {
        zones: zones.iter().map(|(id, zone)| (*id, zone)).collect(),
        conduits: HashMap::from([(uuid(11), &inner), (uuid(12), &outer)]),
        permitted: flows.iter().enumerate().map(|(n, flow)| (uuid(100 + n as u128), flow)).collect(),
        recorded: vec![recorded, stray],
        calendar: TimeZone::UTC,
        at,
    })
}

fn sight(from: &str, to: &str, transport: Carried, port: u16, service: &str) -> Sight {
    let end = |text: &str| packed(text.parse().expect("an address"));
    Sight {
        source: end(from),
        destination: end(to),
        transport: Some(transport),
        port,
        nature: nature(service, transport.word(), port),
        began: true,
        commands: false,
    }
}

fn plain(_: &mut Conduit, _: &mut Vec<PermittedFlow>) {}

const NOW: Moment = Moment::from_micros(1_800_000_000_000_000);

#[test]
fn precedence() {
    use Carried::{Tcp, Udp};
    let policy = policy(NOW, plain);
    for (from, to, transport, port, service, wanted) in [
        ("0.0.0.0", "255.255.255.255", Udp, 67, "dhcp", Call::NotEvaluable),
        ("10.1.0.4", "224.0.0.251", Udp, 5353, "dns", Call::WithinZone),
        ("10.1.0.4", "192.168.7.7", Tcp, 502, "modbus", Call::UnknownEnd),
        ("10.2.0.5", "10.1.0.4", Tcp, 502, "modbus", Call::Permitted),
        ("10.1.0.4", "10.2.0.53", Udp, 53, "dns", Call::Permitted),
        ("10.2.0.53", "8.8.8.8", Udp, 53, "dns", Call::Permitted),
        ("10.1.0.4", "10.1.0.5", Tcp, 502, "modbus", Call::WithinZone),
        ("10.1.0.4", "8.8.8.8", Udp, 53, "dns", Call::DmzBypass),
        ("10.1.0.4", "8.8.4.4", Udp, 1194, "", Call::DmzBypass),
        ("10.3.0.4", "10.1.0.5", Tcp, 3389, "rdp", Call::DmzBypass),
        ("10.2.0.4", "10.1.0.5", Tcp, 22, "ssh", Call::NotIntermediate),
        ("10.2.0.9", "10.1.0.5", Tcp, 22, "ssh", Call::NotPermitted),
        ("10.2.0.4", "10.3.0.5", Udp, 1194, "", Call::TunnelOrPublic),
        ("10.2.0.4", "9.9.9.9", Tcp, 443, "ssl", Call::TunnelOrPublic),
        ("10.1.0.4", "10.2.0.5", Tcp, 502, "modbus", Call::WrongInitiator),
        ("10.2.0.4", "10.1.0.5", Tcp, 20000, "dnp3", Call::LegacyUnprotected),
        ("10.1.0.4", "10.1.9.5", Tcp, 20000, "dnp3", Call::NotPermitted),
        ("10.2.0.4", "10.1.0.5", Tcp, 443, "ssl", Call::NotPermitted),
        // By its record before its address.
        ("10.3.0.7", "10.1.0.5", Tcp, 445, "smb", Call::WithinZone),
        // An interactive protocol on a port that was given for another.
        ("10.2.0.5", "10.1.0.4", Tcp, 502, "ssh", Call::NotIntermediate),
    ] {
        let judged = policy.judge(&sight(from, to, transport, port, service), NOW);
        assert_eq!(judged.call, wanted, "{from} {to} {}/{port} {service}", transport.word());
    }
}

#[test]
fn what_does_not_count() {
    let modbus = sight("10.2.0.5", "10.1.0.4", Carried::Tcp, 502, "modbus");
    let asked = |change: &dyn Fn(&mut Conduit, &mut Vec<PermittedFlow>)| policy(NOW, change).judge(&modbus, NOW);
    let unapproved = asked(&|_, flows| flows[0].approved = None);
    assert!(unapproved.call == Call::LegacyUnprotected && unapproved.permit != NO_PERMIT);
    assert_eq!(asked(&|conduit, _| conduit.approved = None).call, Call::LegacyUnprotected);
    assert_eq!(asked(&|conduit, _| conduit.suspended = Some(approved())).call, Call::LegacyUnprotected);
    assert_eq!(asked(&|conduit, _| conduit.direction = Some(Direction::BToA)).permit, NO_PERMIT);
    let on = |days: i64| Date::parse(&TimeZone::UTC.date(NOW.plus_seconds(days * 86_400))).ok();
    assert_eq!(asked(&|_, flows| flows[0].expires_on = on(-1)).call, Call::LegacyUnprotected);
    assert_eq!(asked(&|_, flows| flows[0].expires_on = on(0)).call, Call::Permitted);
    let other = |flows: &mut Vec<PermittedFlow>| flows[0].initiator = Some(MayInitiate::Destination);
    assert_eq!(asked(&|_, flows| other(flows)).call, Call::WrongInitiator);
    let read_only = policy(NOW, |_, flows| flows[0].read_only = Some(true));
    assert_eq!(read_only.judge(&modbus, NOW).call, Call::Permitted);
    assert_eq!(read_only.judge(&Sight { commands: true, ..modbus }, NOW).call, Call::LegacyUnprotected);
}

#[test]
fn expiry_comes_by_itself() {
    let day = Date::parse(&TimeZone::UTC.date(NOW)).expect("a date");
    let policy = policy(NOW, |_, flows| flows[0].expires_on = Some(day));
    let modbus = sight("10.2.0.5", "10.1.0.4", Carried::Tcp, 502, "modbus");
    let last = TimeZone::UTC.last_of(day);
    assert_eq!(policy.changes_at, Some(last));
    assert_eq!(policy.judge(&modbus, last).call, Call::Permitted);
    assert_eq!(policy.judge(&modbus, last.plus_micros(1)).call, Call::LegacyUnprotected);
}

#[test]
fn seen_from_the_middle() {
    let policy = policy(NOW, plain);
    let answer = Sight { began: false, ..sight("10.1.0.4", "10.2.0.5", Carried::Tcp, 1075, "") };
    assert_eq!(policy.judge(&answer, NOW).call, Call::NotEvaluable);
    let Judged { from, to, .. } = policy.judge(&answer, NOW);
    assert_eq!((from, to), (Place::Zone(0), Place::Zone(1)));
    assert_eq!(policy.judge(&Sight { began: true, ..answer }, NOW).call, Call::NotPermitted);
}
