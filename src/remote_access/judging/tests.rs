//! Sessions beside their grants, case by case.

use std::sync::Arc;

use uuid::Uuid;

use super::{Around, Fault, Judged};
use crate::assets::model::{Asset, Role};
use crate::ids::{AssetId, GrantId, Id, PersonId, SystemId, VendorId};
use crate::personnel::model::{Party, Person};
use crate::register::Act;
use crate::remote_access::model::{Grant, GrantKind, Mfa, Session};
use crate::vocabulary::{Endpoint, Moment, Reference, end};

const NOW: Moment = Moment::from_micros(1_790_000_000_000_000);

fn id<I: Id>(n: u128) -> I {
    I::from_uuid(Uuid::from_u128(n))
}

const JUMP: u128 = 1;
const RELAY: u128 = 2;
const OTHER: u128 = 3;

fn asset(reference: &str, role: Option<Role>, system: Option<u128>) -> Asset {
    Asset {
        reference: Reference::parse(reference).expect("a reference"),
        hostname: format!("{}.ot.example", reference.to_lowercase()),
        roles: role.into_iter().collect(),
        systems: system.into_iter().map(id::<SystemId>).collect(),
        ..Asset::default()
    }
}

fn at(hours: i64) -> Moment {
    NOW.plus_seconds(hours * 3_600)
}

#[expect(clippy::unnecessary_wraps, reason = "records hold it so")]
fn act(hours: i64) -> Option<Act> {
    Some(Act { by: None, name: "Somebody".to_owned(), at: at(hours), reason: String::new() })
}

fn grant() -> Grant {
    Grant {
        kind: Some(GrantKind::Interactive),
        person: Some(id(10)),
        vendor: Some(id(20)),
        targets: [id(RELAY)].into(),
        via: Some(id(JUMP)),
        valid_from: Some(at(-24)),
        valid_until: Some(at(24)),
        approved: act(-25),
        ..Grant::default()
    }
}

fn around(grants: Vec<Grant>) -> Around {
    let mut around = Around::new(30);
    around.put_asset(id(JUMP), &asset("JUMP-1", Some(Role::IntermediateSystem), None), Some(true));
    around.put_asset(id(RELAY), &asset("RLY-7", None, Some(40)), Some(true));
    around.put_asset(id(OTHER), &asset("RTU-2", None, None), Some(true));
    around.put_address(end::packed([10, 20, 0, 7].into()), id(RELAY));
    let person = Person {
        party: Some(Party::Vendor),
        vendor: Some(id::<VendorId>(20)),
        logins: vec!["k.ito".to_owned()],
        ..Person::default()
    };
    around.put_person(id::<PersonId>(10), &person);
    around.put_vendor(id(20), "Relay Works", "VEN-1");
    for (n, grant) in (30u128..).zip(grants) {
        around.lay_grant(id::<GrantId>(n), Arc::new(grant));
    }
    around
}

fn session() -> Session {
    Session {
        gateway: id::<AssetId>(JUMP),
        key: "s-1".to_owned(),
        kind: GrantKind::Interactive,
        account: "K.Ito".to_owned(),
        source: "198.51.100.7".to_owned(),
        targets: ["10.20.0.7".to_owned()].into(),
        protocol: "rdp".to_owned(),
        mfa: Some(Mfa::Success),
        vendor: String::new(),
        started_at: at(-1),
        last_activity_at: at(0),
        ended_at: None,
        ended_by: None,
        recording: String::new(),
    }
}

fn faults(judged: &Judged) -> Vec<Fault> {
    judged.faults.iter().copied().collect()
}

#[test]
fn a_session_under_its_grant() {
    let judged = around(vec![grant()]).judge(&session(), NOW);
    assert_eq!(faults(&judged), []);
    assert!(judged.unknown.is_empty() && judged.is_vendor(&session()));
    let stranger = Session { account: "nobody".to_owned(), vendor: "Nobody Inc".to_owned(), ..session() };
    assert!(around(Vec::new()).judge(&stranger, NOW).is_vendor(&stranger), "a vendor nobody entered");
    assert_eq!((judged.person, judged.grant), (Some(id(10)), Some(id(30))));
    assert_eq!(judged.targets, [id(RELAY)].into());
}

#[test]
fn what_it_does_beside_its_grant() {
    type Change = fn(&mut Session, &mut Grant);
    let cases: [(Change, &[Fault]); 17] = [
        (|session, _| session.account = "nobody".to_owned(), &[Fault::UnknownAccount, Fault::NoGrant]),
        (|_, grant| grant.person = Some(id(11)), &[Fault::NoGrant]),
        (|_, grant| grant.approved = None, &[Fault::NoGrant]),
        (|_, grant| grant.approved = act(1), &[Fault::OutsideWindow]),
        (|_, grant| grant.valid_from = Some(at(2)), &[Fault::OutsideWindow]),
        (|session, _| session.targets = ["RTU-2".to_owned()].into(), &[Fault::OtherTarget]),
        (|session, _| session.targets = ["10.99.0.1".to_owned()].into(), &[Fault::OtherTarget]),
        (|_, grant| grant.targets = [id(OTHER)].into(), &[Fault::OtherTarget]),
        (|_, grant| grant.via = Some(id(OTHER)), &[Fault::NotThroughGateway]),
        (|session, grant| (session.gateway, grant.via) = (id(OTHER), Some(id(OTHER))), &[Fault::NotIntermediate]),
        (|session, _| session.mfa = Some(Mfa::NotUsed), &[Fault::NoMfa]),
        (|session, _| session.mfa = Some(Mfa::Failed), &[Fault::NoMfa]),
        (|_, grant| grant.sources = Endpoint::parse("203.0.113.0/24").into_iter().collect(), &[Fault::OtherSource]),
        (
            |_, grant| grant.revoked = act(-1).map(|act| Act { at: NOW.plus_seconds(-600), ..act }),
            &[Fault::OpenAfterEnd],
        ),
        (|_, grant| grant.valid_until = Some(NOW.plus_seconds(-60)), &[Fault::OpenAfterEnd]),
        (|_, grant| grant.valid_until = Some(at(-2)), &[Fault::OutsideWindow, Fault::OpenAfterEnd]),
        (|session, _| session.last_activity_at = NOW.plus_seconds(-1_860), &[Fault::Idle]),
    ];
    for (n, (change, expected)) in cases.iter().enumerate() {
        let (mut session, mut grant) = (session(), grant());
        grant.vendor = None;
        change(&mut session, &mut grant);
        assert_eq!(faults(&around(vec![grant]).judge(&session, NOW)), *expected, "case {n}");
    }
}

#[test]
fn what_nobody_said_is_unknown_and_no_fault() {
    let mut told = session();
    (told.mfa, told.targets) = (None, [].into());
    let judged = around(vec![grant()]).judge(&told, NOW);
    assert_eq!(judged.unknown, ["mfa", "targets"].into());
    assert_eq!(faults(&judged), []);
    let mut placed = around(vec![grant()]);
    placed.put_asset(id(JUMP), &asset("JUMP-1", Some(Role::IntermediateSystem), None), None);
    let judged = placed.judge(&session(), NOW);
    assert_eq!((judged.unknown, judged.faults), (["gateway"].into(), [].into()));
    placed.put_asset(id(JUMP), &asset("JUMP-1", Some(Role::IntermediateSystem), None), Some(false));
    assert_eq!(faults(&placed.judge(&session(), NOW)), [Fault::NotIntermediate]);
    let mut named = session();
    named.source = "laptop-7".to_owned();
    let from = Grant { sources: Endpoint::parse("198.51.100.7").into_iter().collect(), ..grant() };
    assert_eq!(around(vec![from]).judge(&named, NOW).unknown, ["source"].into());
}

#[test]
fn the_grant_that_fits_best_is_the_one() {
    let older = Grant { valid_until: Some(at(-10)), ..grant() };
    let elsewhere = Grant { targets: [id(OTHER)].into(), ..grant() };
    let of_system = Grant { targets: [].into(), systems: [id(40)].into(), ..grant() };
    for (grants, best) in [
        (vec![older.clone(), grant()], 31),
        (vec![elsewhere.clone(), grant(), older.clone()], 31),
        (vec![older, elsewhere, of_system], 32),
    ] {
        let judged = around(grants).judge(&session(), NOW);
        assert_eq!((judged.grant, faults(&judged)), (Some(id(best)), vec![]));
    }
}

#[test]
fn a_vendor_stands_alone_between_systems() {
    let own = Grant { kind: Some(GrantKind::SystemToSystem), person: None, ..grant() };
    let mut told = session();
    (told.kind, told.account, told.vendor, told.mfa) =
        (GrantKind::SystemToSystem, "svc-relay".to_owned(), "relay works".to_owned(), None);
    told.last_activity_at = at(-20);
    told.started_at = at(-20);
    let judged = around(vec![own]).judge(&told, NOW);
    assert_eq!((faults(&judged), judged.person, judged.vendor), (vec![], None, Some(id(20))));
}

#[test]
fn an_exceptional_circumstance_lets_in_before_the_approval() {
    let declared = Grant { approved: None, circumstance: Some(id(50)), ..grant() };
    assert_eq!(faults(&around(vec![declared]).judge(&session(), NOW)), []);
}

#[test]
fn what_was_put_again_is_what_counts() {
    let mut around = around(vec![grant()]);
    around.put_grant(id(30), Arc::new(Grant { person: Some(id(11)), vendor: None, ..grant() }));
    assert_eq!(faults(&around.judge(&session(), NOW)), [Fault::NoGrant]);
    let renamed = Person { logins: vec!["ito".to_owned()], ..Person::default() };
    around.put_person(id(10), &renamed);
    assert_eq!(around.login("k.ito"), None);
    assert!(around.login("ITO").is_some());
}
