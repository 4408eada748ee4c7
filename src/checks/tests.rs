//! Judging again gives what judging everything gives; rules say what their sentences say.

use proptest::prelude::*;
use uuid::Uuid;

use super::facts::{Facts, Host, Limits, Over, Watch};
use super::judging::{Outcomes, RULES, verdict};
use super::model::Outcome;
use crate::assets::model::{Asset, Category, Lifecycle, Role, Service};
use crate::conduits::model::{Carried, Conduit, Direction, PermittedFlow, Way};
use crate::flows::Sensor;
use crate::flows::traffic::Told;
use crate::frameworks::catalogs;
use crate::ids::{AssetId, ConduitId, Id, SiteId, SystemId, ZoneId};
use crate::register::Act;
use crate::sites::rules::Criterion;
use crate::sites::{Site, SiteKind};
use crate::systems::System;
use crate::vocabulary::end::{Packed, packed};
use crate::vocabulary::{Date, Endpoint, Moment, PurdueLevel, Reference, Subnet, TimeZone};
use crate::zones::{Zone, ZoneKind};

const NOW: Moment = Moment::from_micros(1_772_463_600_000_000);

fn id(kind: u128, n: u8) -> Uuid {
    Uuid::from_u128(kind << 64 | u128::from(n % 5))
}

fn reference(text: &str, n: u8) -> Reference {
    Reference::parse(&format!("{text}-{}", n % 5)).expect("a reference")
}

/// One record among few, told by what kind it is, which one, and how its fields are.
type Put = (u8, u8, u8, u8);

fn site(n: u8, how: u8) -> Site {
    let criteria = if how & 1 == 0 { vec![] } else { vec![Criterion::parse("2.5").expect("a criterion")] };
    let criteria_reason = if how & 2 == 0 { String::new() } else { "345 kV".to_owned() };
    let kind = (how & 4 == 4).then_some(SiteKind::ControlCenter);
    let retired_on = (how & 0x18 == 0x18).then_some(Date::EPOCH);
    Site { reference: reference("S", n), kind, criteria, criteria_reason, retired_on, ..Site::default() }
}

fn system(n: u8, how: u8) -> System {
    System {
        reference: reference("B", n),
        site: (how & 1 == 1).then(|| SiteId::from_uuid(id(1, how >> 5))),
        criterion: (how & 2 == 2).then(|| Criterion::parse("2.5").expect("a criterion")),
        impact_reason: if how & 4 == 0 { String::new() } else { "why".to_owned() },
        erc: [None, Some(false), Some(true)][usize::from(how % 3)],
        retired_on: (how & 8 == 8).then(|| Date::parse("2026-01-31").expect("a date")),
        ..System::default()
    }
}

fn asset(n: u8, how: u8, more: u8) -> Asset {
    Asset {
        reference: reference("A", n),
        lifecycle: Some([Lifecycle::InService, Lifecycle::Retired][usize::from(how & 1)]),
        retired_on: (how & 2 == 2).then(|| Date::parse("2026-01-31").expect("a date")),
        categories: Category::ALL.iter().copied().filter(|one| more >> (*one as u8) & 1 == 1).collect(),
        systems: (more & 16 == 16).then(|| SystemId::from_uuid(id(2, how >> 4))).into_iter().collect(),
        zone: (more & 32 == 32).then(|| ZoneId::from_uuid(id(3, how >> 5))),
        site: (more & 64 == 64).then(|| SiteId::from_uuid(id(1, how))),
        external_routable: [None, Some(true)][usize::from(more >> 7)],
        verified_at: (how & 4 == 4).then_some(NOW),
        roles: (how & 8 == 8).then_some(Role::DmzBroker).into_iter().collect(),
        purdue_level: PurdueLevel::ALL.get(usize::from(how >> 5)).copied(),
        safety: (how & 16 == 16).then_some(true),
        routable: [None, Some(true), Some(false)][usize::from(how % 3)],
        dial_up: (more & 8 == 8).then_some(true),
        ..Asset::default()
    }
}

fn service(how: u8, more: u8) -> Service {
    Service {
        asset: Some(AssetId::from_uuid(id(4, how))),
        protocol: "dnp3".to_owned(),
        needed: [None, Some(true), Some(false)][usize::from(more % 3)],
        reason: if more & 8 == 0 { String::new() } else { "telemetry".to_owned() },
        ..Service::default()
    }
}

fn zone(n: u8, how: u8, more: u8) -> Zone {
    let esp = [None, Some(true), Some(false)][usize::from(how % 3)];
    let subnets = Subnet::parse(&format!("10.{}.0.0/16", n % 4)).into_iter().collect();
    let kinds = [None, Some(ZoneKind::Control), Some(ZoneKind::Dmz), Some(ZoneKind::Enterprise)];
    let purdue_level = PurdueLevel::ALL.get(usize::from(how >> 5)).copied();
    let site = (more & 8 == 8).then(|| SiteId::from_uuid(id(1, more >> 4)));
    let retired_on = (how & 0x18 == 0x18).then_some(Date::EPOCH);
    let (reference, kind) = (reference("Z", n), kinds[usize::from(more % 4)]);
    Zone { reference, kind, purdue_level, esp, subnets, site, retired_on, ..Zone::default() }
}

fn host(n: u8, how: u8, more: u8) -> Host {
    let asset = (how & 1 == 1).then(|| id(4, more));
    let (address, sensor) = (format!("10.0.0.{}", n % 5), "tap".to_owned());
    let zone = if how & 4 == 4 { format!("Z-{}", more % 5) } else { String::new() };
    Host { address, last_seen: NOW, sensor, asset, zone, set_aside: how & 2 == 2 }
}

fn watch(n: u8, how: u8, more: u8) -> Watch {
    let last_data = (how & 1 == 1).then(|| NOW.plus_seconds(-i64::from(more) * 3600));
    let retired_on = (how & 2 == 2).then_some(Date::EPOCH);
    let zones = [ZoneId::from_uuid(id(3, how >> 3))].into();
    let conduits = (how & 4 == 4).then(|| ConduitId::from_uuid(id(8, how >> 4))).into_iter().collect();
    let rationale = if more & 1 == 1 { "core".to_owned() } else { String::new() };
    let reference = reference("tap", n % 5);
    Watch { sensor: Sensor { reference, zones, conduits, rationale, retired_on, ..Sensor::default() }, last_data }
}

fn approved(how: u8) -> Option<Act> {
    (how & 1 == 1).then(|| Act { by: None, name: String::new(), at: NOW, reason: String::new() })
}

fn conduit(how: u8, more: u8) -> Conduit {
    let zone = |n: u8| Some(ZoneId::from_uuid(id(3, n)));
    let (from_zone, to_zone, direction) = (zone(how), zone(more), Some(Direction::Both));
    let (eap, broker) = (Some(AssetId::from_uuid(id(4, how))), Some(AssetId::from_uuid(id(4, more))));
    let retired_on = (more & 0xc0 == 0xc0).then_some(Date::EPOCH);
    let approved = approved(how);
    Conduit { from_zone, to_zone, direction, eap, broker, approved, retired_on, ..Conduit::default() }
}

fn permitted(how: u8, more: u8) -> PermittedFlow {
    PermittedFlow {
        conduit: Some(ConduitId::from_uuid(id(8, how))),
        transport: Some(Carried::Tcp),
        direction: Some(Way::AToB),
        sources: vec![Endpoint::Zone],
        destinations: vec![Endpoint::Zone],
        destination_assets: [AssetId::from_uuid(id(4, more))].into(),
        expires_on: [None, Date::parse("2026-02-28").ok()][usize::from(more >> 7)],
        protocol: ["modbus", "dns", "smtp", "ssh"][usize::from(more % 4)].to_owned(),
        approved: approved(how),
        ..PermittedFlow::default()
    }
}

fn put(facts: &mut Facts, (kind, n, how, more): Put) -> super::facts::Touched {
    match kind % 10 {
        0 => facts.put_site(id(1, n), site(n, how)),
        1 => facts.put_system(id(2, n), system(n, how)),
        2 => facts.put_zone(id(3, n), zone(n, how, more)),
        3 => facts.put_service(id(5, n), service(how, more)),
        4 => facts.put_host(id(6, n), host(n, how, more)),
        5 => facts.put_sensor(id(7, n), watch(n, how, more)),
        6 => facts.put_conduit(id(8, n), conduit(how, more)),
        7 => facts.put_permitted(id(9, n), permitted(how, more)),
        8 => facts.put_access_points((0..5).filter(|n| how >> n & 1 == 1).map(|n| id(4, n)).collect()),
        _ => facts.put_asset(id(4, n), asset(n, how, more)),
    }
}

mod access;
mod accessing;
mod boundary;
mod concerning;
mod explaining;
mod granting;
mod leaving;
mod zones;

/// One answered conversation of now.
fn conversation(n: u8, (source, destination): (Packed, Packed), (port, service): (i64, &'static str)) -> Told<'static> {
    Told {
        id: id(10, n),
        sensor: Uuid::nil(),
        source,
        destination,
        protocol: "tcp",
        port,
        service,
        first: NOW,
        last: NOW,
        connections: 1,
        answered: 1,
        refused: 0,
        states: 4,
        operations: 0,
    }
}

fn empty() -> Facts {
    {
        let mut facts = Facts::new(Uuid::nil(), NOW, TimeZone::UTC, Limits::default());
        for n in 0..6u8 {
            let end = |net: u8| packed([10, net, 0, n].into());
            let ends = (end(n % 4), end(n / 2));
            facts.boundary.traffic.take(&conversation(n, ends, (502, "modbus")));
        }
        facts.settle_boundary();
        facts
    }
}

proptest! {
    #[test]
    fn judged_again_is_judged(puts in prop::collection::vec(any::<Put>(), 1..60)) {
        let mut facts = empty();
        let mut outcomes = Outcomes::of(&facts);
        for one in puts {
            let mut touched = put(&mut facts, one);
            touched.extend(facts.settle_boundary());
            outcomes.again(&facts, &touched);
            prop_assert_eq!(&outcomes, &Outcomes::of(&facts), "after {:?}", one);
            let mut anew = facts.clone();
            anew.boundary.moved();
            prop_assert!(anew.settle_boundary().iter().all(|(over, _)| *over != Over::Crossing), "after {:?}", one);
        }
    }
}

#[test]
fn rules_are_known_and_name_what_there_is() {
    let mut codes = std::collections::BTreeSet::new();
    for rule in RULES {
        assert!(codes.insert(rule.check.code), "{} twice", rule.check.code);
        assert!(rule.check.sentence.starts_with(char::is_uppercase), "{}", rule.check.code);
        for id in rule.check.requirements {
            assert!(catalogs().requirement(id).is_some(), "{}: {id} is in no catalog", rule.check.code);
        }
    }
}

/// The outcome of a check about the only asset of some facts.
fn about(code: &str, facts: &Facts) -> (Outcome, String) {
    let rule = RULES.iter().find(|rule| rule.check.code == code).expect("a rule");
    let verdict = verdict(rule, facts, 0);
    (verdict.outcome, verdict.because)
}

#[test]
fn a_retired_device_that_is_seen() {
    let mut facts = empty();
    let on = Date::parse("2026-01-31").ok();
    let retired =
        Asset { reference: reference("A", 0), lifecycle: Some(Lifecycle::Retired), retired_on: on, ..Asset::default() };
    facts.put_asset(id(4, 0), retired);
    assert_eq!(about("GL-OBS-02", &facts).0, Outcome::Pass);
    let host = Host {
        address: "10.0.0.9".to_owned(),
        last_seen: NOW,
        sensor: "tap".to_owned(),
        asset: Some(id(4, 0)),
        zone: String::new(),
        set_aside: false,
    };
    facts.put_host(id(6, 0), host);
    let (outcome, because) = about("GL-OBS-02", &facts);
    assert_eq!(outcome, Outcome::Fail);
    assert!(because.contains("10.0.0.9"), "{because}");
}

#[test]
fn missing_data_is_never_a_pass() {
    let mut facts = empty();
    let bare = Asset {
        reference: reference("A", 0),
        lifecycle: Some(Lifecycle::InService),
        categories: [Category::Bca].into(),
        ..Asset::default()
    };
    facts.put_asset(id(4, 0), bare);
    for (code, expected) in [
        ("GL-INV-06", Outcome::Fail),
        ("GL-INV-07", Outcome::Fail),
        ("GL-INV-08", Outcome::Indeterminate),
        ("GL-SVC-01", Outcome::Indeterminate),
        ("GL-SVC-02", Outcome::Indeterminate),
        ("GL-CAT-08", Outcome::Fail),
    ] {
        assert_eq!(about(code, &facts).0, expected, "{code}");
    }
}
