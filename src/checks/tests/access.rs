//! What the rules about people, remote access, accounts and revocations say, case by case, and the gaps they tell.

use super::boundary::{CONTROL, DMZ, world, zone};
use super::{about, id, reference};
use crate::assets::model::{Asset, Category, Lifecycle, Role};
use crate::checks::facts::Facts;
use crate::checks::judging::RULES;
use crate::checks::model::Gap;
use crate::checks::model::Outcome::{self, DueSoon, Fail, Indeterminate, NotApplicable, Pass};
use crate::ids::{AssetId, CircumstanceId, Id, PersonId, SystemId, UserId, ZoneId};
use crate::personnel::model::{
    Account, AccountKind, Authorization, AuthorizationKind, Circumstance, Party, Person, Suitability,
};
use crate::register::{Act, Member};
use crate::remote_access::model::{Grant, GrantKind, Mfa, Session};
use crate::systems::System;
use crate::vocabulary::{Date, Moment};

pub(super) const PERSON: u128 = 20;
pub(super) const GATEWAY: u8 = 2;

/// A moment of 2026, such as `02-01`, at noon.
pub(super) fn noon(day: &str) -> Moment {
    on(&format!("2026-{day}"))
}

pub(super) fn on(day: &str) -> Moment {
    Date::parse(day).expect("a day").midnight_utc().plus_seconds(12 * 3600)
}

pub(super) fn days(texts: &[&str]) -> Vec<Date> {
    texts.iter().map(|text| Date::parse(text).expect("a day")).collect()
}

#[expect(clippy::unnecessary_wraps, reason = "records hold it so")]
pub(super) fn act(user: u128, at: Moment) -> Option<Act> {
    let by = Some(Member { user: UserId::from_uuid(uuid::Uuid::from_u128(user)), login: format!("u{user}") });
    Some(Act { by, name: format!("u{user}"), at, reason: String::new() })
}

#[expect(clippy::unnecessary_wraps, reason = "records hold it so")]
pub(super) fn ann() -> Option<PersonId> {
    Some(PersonId::from_uuid(id(PERSON, 0)))
}

pub(super) fn person() -> Person {
    Person {
        reference: reference("P", 0),
        party: Some(Party::Employee),
        logins: vec!["ann".to_owned()],
        trained: days(&["2025-12-01"]),
        assessed: days(&["2025-01-01"]),
        identity_confirmed: Some(true),
        seven_years_checked: Some(true),
        suitability: Some(Suitability::Eligible),
        criteria: "HR-7".to_owned(),
        ..Person::default()
    }
}

pub(super) fn authorization() -> Authorization {
    Authorization {
        reference: reference("AUT", 0),
        person: ann(),
        kind: Some(AuthorizationKind::Electronic),
        systems: [SystemId::from_uuid(id(2, 0))].into(),
        need: "relay settings".to_owned(),
        requested: act(1, noon("01-20")),
        approved: act(2, noon("01-30")),
        provisioned_at: Some(noon("02-01")),
        ..Authorization::default()
    }
}

pub(super) fn grant() -> Grant {
    let gateway = Some(AssetId::from_uuid(id(4, GATEWAY)));
    Grant {
        reference: reference("G", 0),
        kind: Some(GrantKind::Interactive),
        person: ann(),
        targets: [AssetId::from_uuid(id(4, 0))].into(),
        via: gateway,
        encryption_end: gateway,
        mfa: Some(true),
        split_tunnel: Some(false),
        requested: act(1, noon("01-20")),
        approved: act(2, noon("01-30")),
        valid_from: Some(noon("02-01")),
        valid_until: Some(noon("04-01")),
        ..Grant::default()
    }
}

pub(super) fn session() -> Session {
    Session {
        gateway: AssetId::from_uuid(id(4, GATEWAY)),
        key: "s-1".to_owned(),
        kind: GrantKind::Interactive,
        account: "ann".to_owned(),
        source: "203.0.113.7".to_owned(),
        targets: ["RLY-1".to_owned()].into(),
        protocol: "rdp".to_owned(),
        mfa: Some(Mfa::Success),
        vendor: String::new(),
        started_at: noon("02-20"),
        last_activity_at: noon("02-20").plus_seconds(600),
        ended_at: Some(noon("02-20").plus_seconds(900)),
        ended_by: None,
        recording: String::new(),
    }
}

/// The boundary's small world with a jump host in the DMZ.
pub(super) fn rated() -> Facts {
    let mut facts = world();
    let gateway = Asset {
        reference: crate::vocabulary::Reference::parse("JMP-1").expect("a reference"),
        lifecycle: Some(Lifecycle::InService),
        roles: [Role::IntermediateSystem].into(),
        categories: [Category::Eacms].into(),
        zone: Some(ZoneId::from_uuid(id(3, DMZ))),
        ..Asset::default()
    };
    facts.put_asset(id(4, GATEWAY), gateway);
    facts
}

pub(super) fn with_erc(facts: &mut Facts, erc: Option<bool>) {
    let system = facts.systems.get(id(2, 0)).expect("a system").clone();
    facts.put_system(id(2, 0), System { erc, ..system });
    // What an Electronic Security Perimeter protects is asked about whatever its systems say.
    facts.put_zone(id(3, CONTROL), crate::zones::Zone { esp: Some(erc == Some(true)), ..zone(CONTROL) });
}

pub(super) fn gaps(code: &str, facts: &Facts) -> String {
    let rule = RULES.iter().find(|rule| rule.check.code == code).expect("a rule");
    Gap::told(&rule.gaps.expect("gaps of its own")(facts, 0))
}

pub(super) fn trained(person: Person, authorization: Authorization) -> Facts {
    let mut facts = rated();
    facts.put_person(id(PERSON, 0), person);
    facts.put_authorization(id(24, 0), authorization);
    facts
}

#[test]
fn trainings_before_and_since() {
    type Case = (&'static [&'static str], &'static str, Outcome, &'static str, Outcome, &'static str);
    let cases: [Case; 5] = [
        (&["2025-12-01"], "2026-02-01", Pass, "", Pass, ""),
        (&["2026-02-10"], "2026-02-01", Pass, "from 2026-02-01 to 2026-02-09", Pass, ""),
        (&[], "2026-02-01", Fail, "from 2026-02-01 on", NotApplicable, ""),
        (&["2024-06-10"], "2024-07-01", Pass, "", Fail, "from 2025-10-01 on"),
        (&["2024-06-10", "2026-01-05"], "2024-07-01", Pass, "", Pass, "from 2025-10-01 to 2026-01-04"),
    ];
    for (done, given, first, first_gap, again, again_gap) in cases {
        let provisioned = Authorization { provisioned_at: Some(on(given)), ..authorization() };
        let facts = trained(Person { trained: days(done), ..person() }, provisioned);
        assert_eq!(about("GL-PER-05", &facts).0, first, "{done:?}");
        assert_eq!(gaps("GL-PER-05", &facts), first_gap, "{done:?}");
        assert_eq!(about("GL-PER-06", &facts).0, again, "{done:?}");
        assert_eq!(gaps("GL-PER-06", &facts), again_gap, "{done:?}");
    }
    let soon = trained(Person { trained: days(&["2024-12-10"]), ..person() }, authorization());
    assert_eq!(about("GL-PER-06", &soon).0, DueSoon);
    let mut open = trained(Person { trained: vec![], ..person() }, authorization());
    with_erc(&mut open, None);
    assert_eq!(about("GL-PER-05", &open).0, Indeterminate);
    assert_eq!(gaps("GL-PER-05", &open), "");
    with_erc(&mut open, Some(false));
    assert_eq!(about("GL-PER-05", &open).0, NotApplicable);
}

#[test]
fn under_a_circumstance_training_may_follow() {
    let under = Authorization { circumstance: Some(CircumstanceId::from_uuid(id(23, 0))), ..authorization() };
    let mut facts = trained(Person { trained: days(&["2026-02-20"]), ..person() }, under);
    assert_eq!(gaps("GL-PER-05", &facts), "from 2026-02-01 to 2026-02-19", "a circumstance that is not recorded");
    let declared = Circumstance { declared_at: Some(noon("01-31")), ..Circumstance::default() };
    facts.put_circumstance(id(23, 0), Circumstance { ended_at: Some(noon("02-25")), ..declared.clone() });
    assert_eq!(gaps("GL-PER-05", &facts), "");
    facts.put_circumstance(id(23, 0), Circumstance { ended_at: Some(noon("02-10")), ..declared.clone() });
    assert_eq!(gaps("GL-PER-05", &facts), "from 2026-02-10 to 2026-02-19");
    // R3 knows no exception: the assessment is asked for while the circumstance lasts.
    facts.put_circumstance(id(23, 0), declared);
    facts.put_person(id(PERSON, 0), Person { assessed: vec![], trained: vec![], ..person() });
    assert_eq!((about("GL-PER-05", &facts).0, about("GL-PER-07", &facts).0), (NotApplicable, Fail));
    assert_eq!(gaps("GL-PER-07", &facts), "from 2026-02-01 on");
    facts.put_person(id(PERSON, 0), Person { suitability: Some(Suitability::Ineligible), ..person() });
    assert_eq!(about("GL-PER-10", &facts).0, Fail);
}

#[test]
fn assessments_count_seven_years() {
    let cases: [(&[&str], Outcome, &str); 5] = [
        (&["2025-01-01"], Pass, ""),
        (&["2019-03-02"], DueSoon, ""),
        (&["2019-03-01"], Fail, "from 2026-03-02 on"),
        (&[], Fail, "from 2026-02-01 on"),
        (&["2019-02-10", "2026-03-01"], Pass, "from 2026-02-11 to 2026-02-28"),
    ];
    for (done, outcome, gap) in cases {
        let facts = trained(Person { assessed: days(done), ..person() }, authorization());
        assert_eq!(about("GL-PER-07", &facts).0, outcome, "{done:?}");
        assert_eq!(gaps("GL-PER-07", &facts), gap, "{done:?}");
    }
    let contractor = Person { party: Some(Party::Contractor), ..person() };
    let ineligible = Person { suitability: Some(Suitability::Ineligible), ..person() };
    let partial = Person { seven_years_checked: Some(false), ..person() };
    let reasoned = Person { partial_reason: "no records abroad".to_owned(), ..partial.clone() };
    for (code, who, outcome) in [
        ("GL-PER-08", person(), Pass),
        ("GL-PER-08", Person { identity_confirmed: None, ..person() }, Indeterminate),
        ("GL-PER-08", Person { identity_confirmed: Some(false), ..person() }, Fail),
        ("GL-PER-08", Person { assessed: vec![], ..person() }, NotApplicable),
        ("GL-PER-09", partial, Fail),
        ("GL-PER-09", reasoned, Pass),
        ("GL-PER-10", person(), Pass),
        ("GL-PER-10", ineligible, Fail),
        ("GL-PER-10", Person { suitability: None, ..person() }, Indeterminate),
        ("GL-PER-11", person(), NotApplicable),
        ("GL-PER-11", contractor.clone(), Fail),
        (
            "GL-PER-11",
            Person { verified_by: "HR".to_owned(), verified_on: days(&["2026-01-01"]).pop(), ..contractor },
            Pass,
        ),
    ] {
        assert_eq!(about(code, &trained(who, authorization())).0, outcome, "{code}");
    }
}

#[test]
fn authorizations_come_first() {
    let late = Authorization { approved: act(2, noon("02-05")), ..authorization() };
    let never = Authorization { approved: None, ..authorization() };
    let over = Authorization { until: days(&["2026-02-10"]).pop(), ..authorization() };
    let removed = Authorization { removed_at: Some(noon("02-12")), ..over.clone() };
    for (one, outcome, gap) in [
        (authorization(), Pass, ""),
        (Authorization { need: String::new(), ..authorization() }, Indeterminate, ""),
        (late, Pass, "from 2026-02-01 to 2026-02-05"),
        (never, Fail, "from 2026-02-01 on"),
        (over, Fail, "from 2026-02-11 on"),
        (removed, NotApplicable, "from 2026-02-11 to 2026-02-12"),
        (Authorization { provisioned_at: None, ..authorization() }, NotApplicable, ""),
    ] {
        let facts = trained(person(), one);
        assert_eq!((about("GL-PER-12", &facts).0, gaps("GL-PER-12", &facts).as_str()), (outcome, gap));
        assert_eq!(about("GL-PER-13", &facts).0, NotApplicable);
    }
    let account = Account {
        reference: reference("C", 0),
        owner: ann(),
        system: Some(SystemId::from_uuid(id(2, 0))),
        kind: Some(AccountKind::Individual),
        ..Account::default()
    };
    let mut facts = trained(person(), authorization());
    assert_eq!(about("GL-RA-14", &facts).0, NotApplicable);
    facts.put_account(id(25, 0), account);
    assert_eq!(about("GL-RA-14", &facts).0, Pass);
    facts.put_authorization(id(24, 0), Authorization { removed_at: Some(noon("02-12")), ..authorization() });
    assert_eq!(about("GL-RA-14", &facts), (Fail, "no authorization covers C-0".to_owned()));
}

/// Parts of issue 6 that records can say something of.
const INFORMED: &[&str] = &[
    "CIP-003-9 R2 Att1 S6.1",
    "CIP-003-9 R2 Att1 S6.2",
    "CIP-003-9 R2 Att1 S6.3",
    "CIP-003-9 R3",
    "CIP-003-9 R4",
    "CIP-004-7 R2.2",
    "CIP-004-7 R2.3",
    "CIP-004-7 R3.1",
    "CIP-004-7 R3.2",
    "CIP-004-7 R3.3",
    "CIP-004-7 R3.4",
    "CIP-004-7 R3.5",
    "CIP-004-7 R4.1",
    "CIP-004-7 R4.2",
    "CIP-004-7 R4.3",
    "CIP-004-7 R5.1",
    "CIP-004-7 R5.2",
    "CIP-004-7 R5.3",
    "CIP-004-7 R5.4",
    "CIP-004-7 R6.1",
    "CIP-004-7 R6.2",
    "CIP-004-7 R6.3",
    "CIP-005-7 R2.1",
    "CIP-005-7 R2.2",
    "CIP-005-7 R2.3",
    "CIP-005-7 R2.4",
    "CIP-005-7 R2.5",
    "CIP-005-7 R3.1",
    "CIP-005-7 R3.2",
    "CIP-007-6 R5.2",
    "CIP-007-6 R5.3",
    "CIP-007-6 R5.4",
    "CIP-007-6 R5.5",
    "CIP-007-6 R5.6",
    "CIP-007-6 R5.7",
    "SR 1.1",
    "SR 1.1 RE 2",
    "SR 1.2",
    "SR 1.3",
    "SR 1.4",
    "SR 1.5",
    "SR 1.7",
    "SR 1.11",
    "SR 1.13",
    "SR 1.13 RE 1",
    "SR 2.1",
    "SR 2.5",
    "SR 2.6",
    "AC-2",
    "AC-3",
    "AC-6",
    "AC-12",
    "AC-17",
    "AC-17(1)",
    "AC-17(2)",
    "AC-17(3)",
    "AC-17(9)",
    "IA-2",
    "IA-2(1)",
    "IA-2(2)",
    "IA-4",
    "IA-5",
    "PS-3",
    "PS-4",
    "PS-5",
    "PS-7",
];

#[test]
fn parts_of_access_are_informed() {
    let informs = |part: &&&str| RULES.iter().any(|rule| rule.check.requirements.contains(*part));
    let silent: Vec<_> = INFORMED.iter().filter(|part| !informs(part)).collect();
    assert!(silent.is_empty(), "{silent:?}");
}
