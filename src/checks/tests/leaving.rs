//! What the rules about departures, accounts, offices and reviews say, case by case, and what time alone moves.

use super::access::{PERSON, ann, authorization, days, gaps, grant, noon, person, rated, trained};
use super::boundary::date;
use super::granting::granted;
use super::{NOW, about, id, reference};
use crate::checks::judging::Outcomes;
use crate::checks::model::Outcome::{Fail, Indeterminate, NotApplicable, Pass};
use crate::departures::model::{Ability, AbilityKind, Departure, DepartureKind};
use crate::ids::{AssetId, CircumstanceId, Id, PersonId, ReviewId, SystemId};
use crate::personnel::model::{
    Account, AccountKind, Appointment, Authorization, AuthorizationKind, CipRole, Circumstance, Delegated,
};
use crate::remote_access::model::Grant;
use crate::reviews::model::{Discrepancy, ReviewKind, ReviewOutcome};
use crate::vocabulary::Moment;

#[test]
fn departures_end_what_was_held() {
    let ability = |kind, of| Ability {
        kind,
        of,
        reference: "AUT-0".to_owned(),
        reaches: String::new(),
        needed: None,
        determined_on: None,
    };
    let leaving = |kind| Departure {
        reference: reference("D", 0),
        person: ann(),
        kind: Some(kind),
        action_at: Some(noon("02-10")),
        effective_on: date("2026-02-10"),
        determined_on: date("2026-02-10"),
        abilities: vec![
            ability(AbilityKind::UnescortedPhysical, id(24, 0)),
            ability(AbilityKind::SharedAccount, id(25, 0)),
        ],
        ..Departure::default()
    };
    let judged = |departure: Departure, removed: Option<Moment>, code: &str| {
        let physical =
            Authorization { kind: Some(AuthorizationKind::UnescortedPhysical), removed_at: removed, ..authorization() };
        let mut facts = trained(person(), physical);
        let system = Some(SystemId::from_uuid(id(2, 0)));
        facts.put_account(id(25, 0), Account { kind: Some(AccountKind::Shared), system, ..Account::default() });
        facts.put_departure(id(28, 0), departure);
        (about(code, &facts).0, gaps(code, &facts))
    };
    let gone = || leaving(DepartureKind::Termination);
    for (removed, outcome, gap) in [
        (Some("02-11"), Pass, ""),
        (Some("02-14"), Pass, "from 2026-02-11 to 2026-02-14"),
        (None, Fail, "from 2026-02-11 on"),
    ] {
        assert_eq!(judged(gone(), removed.map(noon), "GL-RA-12"), (outcome, gap.to_owned()), "{removed:?}");
    }
    assert_eq!(judged(gone(), None, "GL-RA-13").0, NotApplicable);
    // A medium impact system is not asked about.
    assert_eq!(judged(gone(), None, "GL-REV-02").0, NotApplicable);
    assert_eq!(judged(Departure { action_at: None, ..gone() }, None, "GL-RA-12").0, Indeterminate);
    let moved = leaving(DepartureKind::Transfer);
    assert_eq!(judged(moved.clone(), None, "GL-RA-13").0, Indeterminate);
    let unneeded =
        Departure { abilities: vec![Ability { needed: Some(false), ..moved.abilities[0].clone() }], ..moved };
    assert_eq!(judged(unneeded.clone(), None, "GL-RA-13"), (Fail, "from 2026-02-12 on".to_owned()));
    assert_eq!(judged(unneeded, Some(noon("02-11")), "GL-RA-13").0, Pass);
}

#[test]
fn accounts_and_their_passwords() {
    let base = Account {
        reference: reference("C", 0),
        asset: Some(AssetId::from_uuid(id(4, 0))),
        owner: ann(),
        kind: Some(AccountKind::Individual),
        interactive: Some(true),
        password_only: Some(true),
        length: Some(12),
        character_types: Some(3),
        tries: Some(5),
        password_changed: days(&["2025-06-01"]),
        ..Account::default()
    };
    let shared = Account { kind: Some(AccountKind::Shared), people: ann().into_iter().collect(), ..base.clone() };
    let default = Account { kind: Some(AccountKind::Default), ..base.clone() };
    for (code, account, outcome) in [
        ("GL-ACC-01", base.clone(), Pass),
        ("GL-ACC-01", Account { owner: None, ..base.clone() }, Indeterminate),
        ("GL-ACC-02", base.clone(), NotApplicable),
        ("GL-ACC-02", shared.clone(), Pass),
        ("GL-ACC-02", Account { people: [].into(), ..shared.clone() }, Fail),
        ("GL-ACC-02", Account { people: [PersonId::from_uuid(id(PERSON, 3))].into(), ..shared.clone() }, Fail),
        ("GL-ACC-03", default.clone(), Indeterminate),
        ("GL-ACC-03", Account { default_changed: Some(false), ..default.clone() }, Fail),
        ("GL-ACC-03", Account { default_changed: Some(true), ..default }, Pass),
        ("GL-ACC-04", base.clone(), Pass),
        ("GL-ACC-04", Account { length: Some(6), ..base.clone() }, Fail),
        ("GL-ACC-04", Account { length: None, ..base.clone() }, Indeterminate),
        ("GL-ACC-04", Account { password_only: Some(false), length: Some(6), ..base.clone() }, NotApplicable),
        ("GL-ACC-05", base.clone(), Pass),
        ("GL-ACC-05", Account { password_changed: vec![], ..base.clone() }, Indeterminate),
        ("GL-ACC-06", Account { tries: None, ..base.clone() }, Indeterminate),
        ("GL-ACC-06", Account { tries: Some(0), ..base.clone() }, Fail),
        ("GL-ACC-06", Account { disabled_at: Some(noon("02-01")), ..base.clone() }, NotApplicable),
    ] {
        let mut facts = trained(person(), authorization());
        facts.put_account(id(25, 0), account);
        assert_eq!(about(code, &facts).0, outcome, "{code}");
    }
    let over = Authorization { until: date("2026-02-10"), ..authorization() };
    let mut facts = trained(person(), over);
    facts.put_account(id(25, 0), shared);
    assert_eq!(about("GL-ACC-02", &facts).0, Fail, "an authorization whose last day has passed");
    let mut facts = rated();
    facts.put_account(id(25, 0), Account { password_changed: days(&["2024-01-10", "2025-06-01"]), ..base });
    assert_eq!(gaps("GL-ACC-05", &facts), "from 2025-05-01 to 2025-05-31");
}

#[test]
fn offices_are_held_and_documented() {
    let manager = |from: &str, until: Option<&str>, n: u8| Appointment {
        reference: reference("O", n),
        person: Some(PersonId::from_uuid(id(PERSON, n))),
        role: Some(CipRole::SeniorManager),
        from: date(from),
        until: until.and_then(date),
        documented_on: date(from),
        ..Appointment::default()
    };
    let mut facts = rated();
    assert_eq!(about("GL-PER-01", &facts).0, Indeterminate);
    facts.put_appointment(id(26, 0), manager("2025-01-01", Some("2025-12-31"), 0));
    assert_eq!((about("GL-PER-01", &facts).0, gaps("GL-PER-01", &facts).as_str()), (Fail, "from 2026-01-01 on"));
    facts.put_appointment(id(26, 1), manager("2026-01-11", None, 1));
    assert_eq!(
        (about("GL-PER-01", &facts).0, gaps("GL-PER-01", &facts).as_str()),
        (Pass, "from 2026-01-01 to 2026-01-10")
    );
    facts.put_appointment(
        id(26, 0),
        Appointment { documented_on: date("2025-03-01"), ..manager("2025-01-01", None, 0) },
    );
    assert_eq!((about("GL-PER-01", &facts).0, gaps("GL-PER-01", &facts).as_str()), (Fail, "from 2026-01-11 on"));
    assert_eq!(
        (about("GL-PER-02", &facts).0, gaps("GL-PER-02", &facts).as_str()),
        (Pass, "from 2025-02-01 to 2025-02-28")
    );
    let delegate = Appointment {
        role: Some(CipRole::Delegate),
        actions: [Delegated::AuthorizeAccess].into(),
        delegated_by: Some(PersonId::from_uuid(id(PERSON, 1))),
        ..manager("2026-02-01", None, 2)
    };
    let mut facts = rated();
    facts.put_appointment(id(26, 2), delegate.clone());
    assert_eq!((about("GL-PER-03", &facts).0, gaps("GL-PER-03", &facts).as_str()), (Fail, "from 2026-02-01 on"));
    facts.put_appointment(id(26, 1), manager("2026-01-11", None, 1));
    assert_eq!(about("GL-PER-03", &facts).0, Pass);
    facts.put_appointment(id(26, 2), Appointment { actions: [].into(), ..delegate.clone() });
    assert_eq!(about("GL-PER-03", &facts).0, Fail);
    facts.put_appointment(id(26, 2), Appointment { documented_on: None, from: date("2026-01-15"), ..delegate });
    assert_eq!((about("GL-PER-04", &facts).0, gaps("GL-PER-04", &facts).as_str()), (Fail, "from 2026-02-15 on"));
}

#[test]
fn what_a_review_found_is_set_right() {
    let row = Discrepancy {
        review: ReviewId::from_uuid(id(27, 0)),
        review_reference: "REV-1".to_owned(),
        review_kind: ReviewKind::AuthorizationVerification,
        completed_at: Some(NOW),
        n: 3,
        kind: "authorization".to_owned(),
        of: id(24, 0),
        reference: "AUT-0".to_owned(),
        person: ann(),
        holder: "Ann".to_owned(),
        reaches: String::new(),
        outcome: ReviewOutcome::Remove,
        note: String::new(),
        decided_at: noon("02-01"),
        closed_at: None,
    };
    let mut facts = trained(person(), authorization());
    facts.put_discrepancies(vec![row.clone()]);
    assert_eq!((about("GL-REV-04", &facts).0, gaps("GL-REV-04", &facts).as_str()), (Fail, "from 2026-02-01 on"));
    assert_eq!(about("GL-REV-05", &facts).0, NotApplicable);
    facts.put_authorization(id(24, 0), Authorization { kind: Some(AuthorizationKind::Bcsi), ..authorization() });
    assert_eq!((about("GL-REV-04", &facts).0, about("GL-REV-05", &facts).0), (NotApplicable, Fail));
    facts.put_discrepancies(vec![Discrepancy { closed_at: Some(NOW), ..row }]);
    assert_eq!(about("GL-REV-05", &facts).0, Pass);
}

#[test]
fn time_moves_what_is_judged_again() {
    let mut facts = granted(Grant { mfa: Some(false), valid_until: Some(NOW.plus_seconds(3600)), ..grant() });
    let leaving = Departure {
        person: ann(),
        kind: Some(DepartureKind::Termination),
        action_at: Some(NOW.plus_seconds(-23 * 3600)),
        abilities: vec![Ability {
            kind: AbilityKind::InteractiveRemote,
            of: id(22, 0),
            reference: "G-0".to_owned(),
            reaches: String::new(),
            needed: None,
            determined_on: None,
        }],
        ..Departure::default()
    };
    facts.put_departure(id(28, 0), leaving);
    let mut outcomes = Outcomes::of(&facts);
    for hours in [1, 2, 30] {
        let day = facts.zone.day(facts.at);
        facts.at = NOW.plus_seconds(hours * 3600 + 1);
        let touched = facts.settle_access();
        outcomes.again(&facts, &touched);
        outcomes.later(&facts, facts.zone.day(facts.at) != day);
        assert_eq!(outcomes, Outcomes::of(&facts), "after {hours} hours");
    }
}

#[test]
fn a_circumstance_covers_an_account_while_it_lasts() {
    let circumstance = Some(CircumstanceId::from_uuid(id(23, 0)));
    let mut facts = trained(person(), Authorization { circumstance, approved: None, ..authorization() });
    let system = Some(SystemId::from_uuid(id(2, 0)));
    let kind = Some(AccountKind::Individual);
    facts.put_account(
        id(25, 0),
        Account { reference: reference("C", 0), owner: ann(), system, kind, ..Account::default() },
    );
    let declared = Circumstance { declared_at: Some(noon("01-31")), ..Circumstance::default() };
    for (ended_at, expected) in [(None, Pass), (Some(noon("02-10")), Fail)] {
        facts.put_circumstance(id(23, 0), Circumstance { ended_at, ..declared.clone() });
        assert_eq!(["GL-PER-12", "GL-RA-14"].map(|code| about(code, &facts).0), [expected, expected]);
    }
}
