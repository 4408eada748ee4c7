//! Tables of the rules of grants: who they are for, and the good grant that every table begins from.

mod deciding;
mod paths;
mod spans;

use std::collections::BTreeSet;

use super::*;
use crate::assets::model::Role;
use crate::ids::AssetId;
use crate::organizations::LongestGrant;
use crate::personnel::model::{Party, Person, Suitability};
use crate::register::{Act, Member};
use crate::remote_access::model::GrantKind;
use crate::vocabulary::{Date, Impact, Moment, MonthMode, Reference, TimeZone};

fn id<I: crate::ids::Id>(number: u128) -> I {
    I::from_uuid(uuid::Uuid::from_u128(number))
}

fn day(text: &str) -> Date {
    Date::parse(text).expect("a date")
}

fn at(text: &str) -> Moment {
    Moment::parse(text).expect("a moment")
}

fn named(text: &str) -> Reference {
    Reference::parse(text).expect("a reference")
}

fn by(number: u128, when: &str) -> Act {
    let by = Some(Member { user: id(number), login: format!("p{number}") });
    Act { by, name: format!("P {number}"), at: at(when), reason: String::new() }
}

/// A grant that nothing speaks against.
fn grant() -> Grant {
    Grant {
        reference: named("G-1"),
        kind: Some(GrantKind::Interactive),
        person: Some(id(7)),
        purpose: "Settings".to_owned(),
        targets: [id::<AssetId>(1)].into(),
        via: Some(id(2)),
        encryption_end: Some(id(2)),
        mfa: Some(true),
        split_tunnel: Some(false),
        valid_from: Some(at("2026-03-02T16:00:00Z")),
        valid_until: Some(at("2026-03-06T23:00:00Z")),
        requested: Some(by(1, "2026-03-02T15:00:00Z")),
        ..Grant::default()
    }
}

fn person() -> Person {
    Person {
        reference: named("P-7"),
        party: Some(Party::Employee),
        trained: vec![day("2025-06-01")],
        assessed: vec![day("2023-05-01")],
        suitability: Some(Suitability::Eligible),
        identity_confirmed: Some(true),
        seven_years_checked: Some(true),
        ..Person::default()
    }
}

fn target() -> Target {
    Target {
        id: id(1),
        reference: "RTU-1".to_owned(),
        name: String::new(),
        impact: Some(Impact::Medium),
        asked: Some(true),
        categories: BTreeSet::new(),
        zone: Some(Placed { reference: "CTL".to_owned(), outside: Some(false) }),
        member_of: [id(5)].into(),
        systems: vec!["BCS-1".to_owned()],
        gone: None,
        named: true,
    }
}

fn gateway() -> Device {
    Device {
        reference: "JH-1".to_owned(),
        roles: [Role::JumpHost].into(),
        zone: Some(Placed { reference: "DMZ".to_owned(), outside: Some(true) }),
        gone: None,
    }
}

fn around() -> Surroundings {
    Surroundings {
        now: at("2026-03-02T15:00:00Z"),
        zone: TimeZone::UTC,
        months: MonthMode::EndOfMonth,
        longest: LongestGrant::default(),
        idle_minutes: 30,
        person: Some(person()),
        vendor: None,
        targets: vec![target()],
        systems: Vec::new(),
        via: Some(gateway()),
        encryption_end: Some(gateway()),
        conduit: None,
        circumstance: None,
        others: Vec::new(),
        employees: Employees::None,
        asking: true,
    }
}

/// What was found but for what passed, one line each.
fn told(grant: &Grant, around: &Surroundings) -> String {
    let found = examine(grant, around).into_iter().filter(|finding| finding.severity != Severity::Pass);
    found.map(|one| format!("{} {}: {} ({})\n", one.severity.word(), one.field, one.says, one.citation)).collect()
}

/// Each case changes the good grant or what stands around it; the line it must lead to.
type Case = (fn(&mut Grant, &mut Surroundings), &'static str);

fn check(cases: &[Case]) {
    assert_eq!(told(&grant(), &around()), "", "nothing speaks against the good one");
    for (change, line) in cases {
        let (mut grant, mut around) = (grant(), around());
        change(&mut grant, &mut around);
        let found = told(&grant, &around);
        assert!(found.lines().any(|one| one.starts_with(line)), "wanted {line}\nfound\n{found}");
    }
}

#[expect(clippy::unnecessary_wraps, reason = "records hold it so")]
fn with(change: impl Fn(&mut Person)) -> Option<Person> {
    let mut person = person();
    change(&mut person);
    Some(person)
}

const WHO: &[Case] = &[
    (|g, s| (g.person, s.person) = (None, None), "refuse person: missing; interactive access"),
    (
        |g, s| (g.kind, g.person, s.person) = (Some(GrantKind::SystemToSystem), None, None),
        "refuse person: missing; name",
    ),
    (|_, s| s.person = with(|p| p.retired_on = Some(day("2026-02-27"))), "refuse person: left on 2026-02-27"),
    (|_, s| s.person = with(|p| p.retired_on = Some(day("2026-03-04"))), "warn person: leaves on 2026-03-04, before"),
    (|_, s| s.person = with(|p| p.trained.clear()), "refuse person: no cyber security training is recorded"),
    (
        |_, s| s.person = with(|p| p.trained = vec![day("2024-10-10")]),
        "refuse person: the training of 2024-10-10 held for 15 calendar months and is lapsed since 2026-02-01",
    ),
    (
        |_, s| (s.person, s.months) = (with(|p| p.trained = vec![day("2024-12-01")]), MonthMode::Anniversary),
        "refuse person: the training of 2024-12-01 held for 15 calendar months and is lapsed since 2026-03-02",
    ),
    (
        |_, s| (s.person, s.months) = (with(|p| p.trained = vec![day("2024-12-03")]), MonthMode::Anniversary),
        "warn person: the training of 2024-12-03 holds until 2026-03-03, and the grant goes on",
    ),
    (|_, s| s.person = with(|p| p.trained = vec![day("2026-03-03")]), "refuse person: no cyber security training"),
    (|_, s| s.person = with(|p| p.assessed.clear()), "refuse person: no personnel risk assessment is recorded"),
    (
        |_, s| s.person = with(|p| p.assessed = vec![day("2019-03-01")]),
        "refuse person: the personnel risk assessment of 2019-03-01 is older than seven years and is lapsed since 2026-03-02",
    ),
    (|_, s| s.person = with(|p| p.assessed = vec![day("2019-03-02")]), "warn person: the personnel risk assessment"),
    (|_, s| s.person = with(|p| p.suitability = Some(Suitability::Ineligible)), "refuse person: the results"),
    (|_, s| s.person = with(|p| p.suitability = None), "refuse person: whether the results"),
    (|_, s| s.person = with(|p| p.identity_confirmed = None), "unknown person: that the identity"),
    (|_, s| s.person = with(|p| p.seven_years_checked = Some(false)), "unknown person: neither a check of seven"),
    (
        |_, s| s.person = with(|p| p.party = Some(Party::Contractor)),
        "refuse person: nobody is recorded as having verified",
    ),
    (|_, s| s.person = with(|p| p.party = None), "unknown person: whether they are an employee"),
];

#[test]
fn who() {
    check(WHO);
    // Outside the scope of CIP-004 the same is a warning; a person who left is refused everywhere.
    let low = || Target { impact: Some(Impact::Low), asked: Some(false), ..target() };
    let untrained = with(|person| person.trained.clear());
    let found = told(&grant(), &Surroundings { targets: vec![low()], person: untrained, ..around() });
    assert!(found.contains("warn person: no cyber security training") && !found.contains("refuse"), "{found}");
    let unsaid = Target { asked: None, ..target() };
    assert_eq!((low().scope(), unsaid.scope(), target().scope()), (Scope::Out, Scope::Unknown, Scope::In));
    let both = Surroundings { targets: vec![low(), target()], ..around() };
    assert_eq!(both.scope(), Scope::In, "the strictest of them");
}
