//! Tables of the rules: who may decide, and what may be entered.

use std::collections::BTreeMap;

use super::entering::{Around, Placed, check_conduit, check_flow, weigh_conduit, weigh_flow};
use super::*;
use crate::conduits::model::{Carried, Direction, Way};
use crate::ids::{AssetId, ZoneId};
use crate::register::{Draft, Member};
use crate::vocabulary::{Endpoint, Moment, Ports, Reference, Subnet};
use crate::zones::ZoneKind;

fn id<I: crate::ids::Id>(number: u128) -> I {
    I::from_uuid(uuid::Uuid::from_u128(number))
}

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn by(number: u128) -> Act {
    let by = Some(Member { user: id(number), login: format!("p{number}") });
    Act { by, name: format!("P {number}"), at: Moment::ZERO, reason: String::new() }
}

fn program() -> Act {
    Act { by: None, name: "root (on the host)".to_owned(), at: Moment::ZERO, reason: String::new() }
}

fn asked(requested: Option<Act>) -> Conduit {
    Conduit { reference: Reference::parse("C-1").unwrap(), requested, ..Conduit::default() }
}

#[test]
fn conduits_are_decided_by_another_person() {
    let approved = Conduit { approved: Some(by(2)), ..asked(Some(by(1))) };
    let suspended = Conduit { suspended: Some(by(2)), ..approved.clone() };
    let refused = Conduit { refused: Some(by(2)), ..asked(Some(by(1))) };
    let retired = Conduit { retired_on: Some(day("2026-01-01")), ..asked(Some(by(1))) };
    let shaken = Conduit { suspended: Some(by(2)), ..asked(Some(by(1))) };
    // Conduit, who, may approve, refuse, suspend, resume, review.
    let table = [
        (&asked(Some(by(1))), 1, "00000"),
        (&asked(Some(by(1))), 2, "11000"),
        (&asked(Some(program())), 2, "11000"),
        (&asked(None), 2, "00000"),
        (&approved, 2, "00101"),
        (&suspended, 1, "00001"),
        (&suspended, 2, "00011"),
        (&shaken, 2, "01010"),
        (&refused, 2, "00000"),
        (&retired, 2, "00000"),
    ];
    for (conduit, who, expected) in table {
        let who = id(who);
        let may = [
            refuses_approval(conduit, who),
            refuses_refusal(conduit, who),
            refuses_suspension(conduit),
            refuses_resumption(conduit, who),
            refuses_review(conduit),
        ];
        let found: String = may.iter().map(|said| if said.is_none() { '1' } else { '0' }).collect();
        assert_eq!(found, expected, "{conduit:?}");
    }
}

#[test]
fn permitted_flows_are_decided_with_a_reason_and_before_they_run_out() {
    let on = day("2026-03-01");
    let conduit = asked(Some(by(1)));
    let flow = PermittedFlow { requested: Some(by(1)), access_reason: "Names".to_owned(), ..PermittedFlow::default() };
    let until = |text: &str| PermittedFlow { expires_on: Some(day(text)), ..flow.clone() };
    let said = |flow: &PermittedFlow, conduit: &Conduit, who: u128| {
        refuses_flow_approval(flow, conduit, id(who), on).unwrap_or_default()
    };
    assert_eq!(said(&flow, &conduit, 2), "");
    assert_eq!(said(&until("2026-03-01"), &conduit, 2), "", "its last day is today");
    assert!(said(&until("2026-02-28"), &conduit, 2).contains("until 2026-02-28, which is over"));
    assert!(said(&flow, &conduit, 1).contains("another person"));
    assert!(said(&PermittedFlow { access_reason: "  ".to_owned(), ..flow.clone() }, &conduit, 2).contains("no reason"));
    assert!(said(&PermittedFlow { refused: Some(by(2)), ..flow.clone() }, &conduit, 2).contains("refused"));
    assert!(said(&PermittedFlow { approved: Some(by(2)), ..flow.clone() }, &conduit, 3).contains("as it stands"));
    assert!(said(&PermittedFlow { approved: Some(by(2)), ..until("2026-02-28") }, &conduit, 3).contains("run out"));
    assert!(said(&PermittedFlow { requested: None, ..flow.clone() }, &conduit, 2).contains("Nobody is recorded"));
    let retired = Conduit { retired_on: Some(on), ..conduit.clone() };
    assert!(said(&flow, &retired, 2).contains("conduit is retired"));
    let refused = Conduit { refused: Some(by(2)), ..conduit };
    assert!(said(&flow, &refused, 2).contains("conduit was refused"));
    assert_eq!(refuses_flow_refusal(&flow, id(2)), None);
    assert!(refuses_flow_refusal(&flow, id(1)).is_some());
}

#[test]
fn zones_are_approved_by_another_person_than_drew_them() {
    let zone = Zone::default();
    let who: UserId = id(1);
    assert!(refuses_zone_approval(&zone, &format!("user:{who}"), who).is_some_and(|said| said.contains("You drew it")));
    assert_eq!(refuses_zone_approval(&zone, "host:root", who), None);
    let approved = Zone { approved: Some(by(2)), ..Zone::default() };
    assert!(refuses_zone_approval(&approved, "host:root", who).is_some());
}

#[test]
fn reviews_come_again_after_fifteen_calendar_months() {
    for (last, end, same) in [("2026-03-10", "2027-06-30", "2027-06-10"), ("2026-11-30", "2028-02-29", "2028-02-29")] {
        assert_eq!(next_review(day(last), MonthMode::EndOfMonth), day(end));
        assert_eq!(next_review(day(last), MonthMode::Anniversary), day(same));
    }
}

fn zone(reference: &str, subnets: &[&str]) -> Zone {
    let subnets = subnets.iter().map(|text| Subnet::parse(text).unwrap()).collect();
    Zone { reference: Reference::parse(reference).unwrap(), kind: Some(ZoneKind::Control), subnets, ..Zone::default() }
}

fn problems(draft: &Draft) -> String {
    draft.problems.iter().map(|one| format!("{} {}: {}; ", one.field, one.value, one.problem)).collect()
}

#[test]
fn conduits_join_two_zones_in_service() {
    let mut draft = Draft::default();
    let conduit = Conduit { from_zone: Some(id(1)), to_zone: Some(id(1)), ..asked(None) };
    check_conduit(&conduit, &mut draft);
    assert!(problems(&draft).contains("the same zone at both ends"));
    let gone = Zone { retired_on: Some(day("2026-01-01")), ..zone("OLD", &[]) };
    let zones = BTreeMap::from([(id::<ZoneId>(1), zone("A", &[])), (id(2), gone)]);
    let conduit =
        Conduit { from_zone: Some(id(1)), to_zone: Some(id(2)), direction: Some(Direction::AToB), ..asked(None) };
    let back = PermittedFlow {
        reference: Reference::parse("PF-1").unwrap(),
        direction: Some(Way::BToA),
        ..PermittedFlow::default()
    };
    let mut draft = Draft::default();
    weigh_conduit(&conduit, &zones, &[&back], &mut draft);
    let said = problems(&draft);
    assert!(said.contains("to_zone OLD: retired") && said.contains("go the other way or say no way: PF-1"), "{said}");
}

#[test]
fn permitted_flows_that_could_never_match_are_refused() {
    let named = |transport, ports: &str, source: &str, destination: &str| PermittedFlow {
        transport: Some(transport),
        ports: ports.split(';').filter(|text| !text.is_empty()).map(|text| Ports::parse(text).unwrap()).collect(),
        sources: source.split(';').filter(|text| !text.is_empty()).map(|text| Endpoint::parse(text).unwrap()).collect(),
        destinations: Endpoint::parse(destination).into_iter().collect(),
        ..PermittedFlow::default()
    };
    let mac = "00:30:a7:1b:2c:3d";
    let table = [
        (named(Carried::Tcp, "502", "10.7.1.1", "zone"), ""),
        (named(Carried::Tcp, "", "10.7.1.1", "zone"), "ports : missing"),
        (named(Carried::Icmp, "", "fd00:7::1", "zone"), ""),
        (named(Carried::Icmp, "8", "zone", "zone"), "ports 8: ICMP has no ports"),
        (named(Carried::Ethernet, "35000", mac, "zone"), ""),
        (named(Carried::Ethernet, "", "10.7.1.1", mac), "sources 10.7.1.1: Ethernet has no IP"),
        (named(Carried::Udp, "53", "zone", mac), "destinations 00:30:a7:1b:2c:3d: a MAC address"),
        (named(Carried::Udp, "53", "", "zone"), "sources : missing"),
    ];
    for (flow, expected) in table {
        let mut draft = Draft::default();
        check_flow(&flow, &mut draft);
        let said = problems(&draft);
        assert!(if expected.is_empty() { said.is_empty() } else { said.starts_with(expected) }, "{said} / {expected}");
    }
}

/// Zones A, B and an external one, and assets that live in A, in B, nowhere, and that were retired.
fn surroundings() -> (BTreeMap<ZoneId, Zone>, BTreeMap<AssetId, Placed>) {
    let (a, b, out): (ZoneId, ZoneId, ZoneId) = (id(1), id(2), id(3));
    let external = Zone { kind: Some(ZoneKind::External), ..zone("WWW", &["203.0.113.0/24"]) };
    let zones = BTreeMap::from([(a, zone("A", &["10.7.1.0/24"])), (b, zone("B", &["10.8.0.0/16"])), (out, external)]);
    let placed = |reference: &str, zone| Placed { reference: reference.to_owned(), zone, retired: false };
    let assets = BTreeMap::from([
        (id::<AssetId>(1), placed("RTU-1", Some(a))),
        (id(2), placed("HIST-1", Some(b))),
        (id(3), placed("LOST-1", None)),
        (id(4), Placed { retired: true, ..placed("OLD-1", Some(a)) }),
    ]);
    (zones, assets)
}

#[test]
fn permitted_flows_stay_within_the_zones_of_their_conduit() {
    let (zones, assets) = surroundings();
    let (a, b, out): (ZoneId, ZoneId, ZoneId) = (id(1), id(2), id(3));
    let conduit =
        |to, direction| Conduit { from_zone: Some(a), to_zone: Some(to), direction: Some(direction), ..asked(None) };
    let (one_way, both, outward) =
        (conduit(b, Direction::AToB), conduit(b, Direction::Both), conduit(out, Direction::AToB));
    let retired = Conduit { retired_on: Some(day("2026-01-01")), ..one_way.clone() };
    let flow = |way, source: &str, device: u128, destination: &str| PermittedFlow {
        direction: way,
        sources: Endpoint::parse(source).into_iter().collect(),
        source_assets: Some(device).filter(|one| *one > 0).map(id).into_iter().collect(),
        destinations: Endpoint::parse(destination).into_iter().collect(),
        ..PermittedFlow::default()
    };
    let table = [
        (&one_way, flow(None, "10.7.1.9", 1, "10.8.3.0/24"), ""),
        (
            &one_way,
            flow(None, "10.9.1.9", 0, "zone"),
            "sources 10.9.1.9: outside zone A, whose subnets are 10.7.1.0/24",
        ),
        (&one_way, flow(None, "zone", 0, "10.0.0.0/8"), "destinations 10.0.0.0/8: outside zone B"),
        (&one_way, flow(None, "fd00:7::1", 0, "zone"), "sources fd00:7::1: outside zone A"),
        (&one_way, flow(None, "", 2, "zone"), "source_assets HIST-1: lives in zone B, not in A"),
        (&one_way, flow(None, "", 3, "zone"), "source_assets LOST-1: is recorded in no zone"),
        (&one_way, flow(None, "", 4, "zone"), "source_assets OLD-1: retired"),
        (&one_way, flow(Some(Way::BToA), "zone", 0, "zone"), "direction b_to_a: the conduit does not carry it"),
        (&both, flow(None, "zone", 0, "zone"), "direction : missing; the conduit carries both"),
        (&both, flow(Some(Way::BToA), "10.8.0.1", 0, "10.7.1.1"), ""),
        (&outward, flow(None, "zone", 0, "8.8.8.8"), ""),
        (&retired, flow(None, "zone", 0, "zone"), "conduit C-1: retired"),
    ];
    for (conduit, flow, expected) in table {
        let mut draft = Draft::default();
        weigh_flow(&flow, Around { conduit, zones: &zones, assets: &assets }, &mut draft);
        let said = problems(&draft);
        assert!(if expected.is_empty() { said.is_empty() } else { said.starts_with(expected) }, "{said} / {expected}");
    }
}
