//! What access takes: a table of people and days.

use super::{Around, Found, asks, asks_of_device, examine, refusal};
use crate::assets::Asset;
use crate::assets::model::Category;
use crate::personnel::model::{Authorization, AuthorizationKind, Circumstance, Party, Person, Suitability};
use crate::sites::rules::Criterion;
use crate::systems::System;
use crate::vocabulary::{Date, Moment, MonthMode, Reference};

fn day(text: &str) -> Date {
    Date::parse(text).expect("a date")
}

fn reference(text: &str) -> Reference {
    Reference::parse(text).expect("a reference")
}

fn fit() -> Person {
    Person {
        reference: reference("P-7"),
        party: Some(Party::Contractor),
        trained: vec![day("2025-08-10")],
        assessed: vec![day("2020-02-29")],
        suitability: Some(Suitability::Eligible),
        verified_by: "Access office".to_owned(),
        verified_on: Some(day("2025-08-01")),
        ..Person::default()
    }
}

fn asked(kind: AuthorizationKind) -> Authorization {
    Authorization { kind: Some(kind), need: "Relay maintenance".to_owned(), ..Authorization::default() }
}

fn said(person: &Person, kind: AuthorizationKind, on: &str, out_of_scope: bool) -> Option<String> {
    let around = Around { person, circumstance: None, out_of_scope, months: MonthMode::EndOfMonth };
    refusal(&examine(&asked(kind), around, (day(on).midnight_utc(), day(on))))
}

#[test]
fn a_refusal_says_which_and_since_when() {
    use AuthorizationKind::{Bcsi, Electronic, UnescortedPhysical};
    let lapsed =
        "The training of P-7 lapsed on 2026-11-30: it was last completed on 2025-08-10 (CIP-004-7 R2.2, R2.3).";
    let change = |change: fn(&mut Person)| {
        let mut person = fit();
        change(&mut person);
        person
    };
    let table: [(Person, AuthorizationKind, &str, Option<&str>); 11] = [
        (fit(), Electronic, "2026-11-30", None),
        (fit(), Electronic, "2026-12-01", Some(lapsed)),
        (fit(), UnescortedPhysical, "2026-12-01", Some(lapsed)),
        (fit(), Bcsi, "2026-12-01", None),
        (
            change(|person| person.trained.clear()),
            Electronic,
            "2026-06-01",
            Some("P-7 has completed no cyber security training by 2026-06-01 (CIP-004-7 R2.2, R2.3)."),
        ),
        (
            change(|person| person.trained = vec![day("2026-12-30")]),
            Electronic,
            "2027-03-01",
            Some(
                "The personnel risk assessment of P-7 lapsed on 2027-02-28: it was last completed on 2020-02-29 (CIP-004-7 R3.5).",
            ),
        ),
        (
            change(|person| person.suitability = Some(Suitability::Ineligible)),
            Electronic,
            "2026-06-01",
            Some("P-7 is not eligible by the personnel risk assessment (CIP-004-7 R3.3)."),
        ),
        (
            change(|person| person.suitability = None),
            Electronic,
            "2026-06-01",
            Some("What came of the assessment of P-7 is not recorded (CIP-004-7 R3.3)."),
        ),
        (
            change(|person| person.verified_on = None),
            Electronic,
            "2026-06-01",
            Some("Nobody is recorded as having verified the assessment of P-7 (CIP-004-7 R3.4)."),
        ),
        (
            change(|person| (person.verified_on, person.party) = (None, Some(Party::Employee))),
            Electronic,
            "2026-06-01",
            None,
        ),
        (
            change(|person| person.retired_on = Some(day("2026-05-31"))),
            Bcsi,
            "2026-06-01",
            Some("P-7 is retired since 2026-05-31."),
        ),
    ];
    for (person, kind, on, expected) in table {
        assert_eq!(said(&person, kind, on, false).as_deref(), expected, "{kind} on {on}");
    }
    assert_eq!(said(&fit(), Electronic, "2026-12-01", true), None);
}

#[test]
fn applies_to_high_and_to_medium_with_connectivity() {
    let table = [
        ("1.1", Some(false), Some(true)),
        ("2.1", Some(true), Some(true)),
        ("2.1", None, None),
        ("2.1", Some(false), Some(false)),
        ("3.1", Some(true), Some(false)),
    ];
    for (number, erc, expected) in table {
        let system = System { erc, ..rated(number) };
        assert_eq!(asks(&system), expected, "{number} {erc:?}");
        assert_eq!(asks(&System { retired_on: Some(day("2026-01-01")), ..system }), Some(false), "{number}, retired");
    }
    assert_eq!(asks(&System::default()), None, "not rated");
}

#[test]
fn a_device_is_asked_about_by_the_strictest_of_its_systems() {
    let (high, medium, low) = (rated("1.1"), rated("2.1"), rated("3.1"));
    let bca = Asset { categories: [Category::Bca].into(), ..Asset::default() };
    assert_eq!(asks_of_device(&bca, [&low, &medium].into_iter(), None), None);
    assert_eq!(asks_of_device(&bca, [&low, &medium, &high].into_iter(), None), Some(true));
    assert_eq!(asks_of_device(&bca, [&low].into_iter(), None), Some(false));
    assert_eq!(asks_of_device(&bca, [].into_iter(), Some(true)), None, "which system it belongs to is not recorded");
    assert_eq!(asks_of_device(&Asset::default(), [].into_iter(), Some(true)), Some(false));
    assert_eq!(asks_of_device(&Asset::default(), [].into_iter(), None), None);
    let pca = Asset { categories: [Category::Pca].into(), ..Asset::default() };
    assert_eq!(asks_of_device(&pca, [&high].into_iter(), Some(false)), Some(false));
}

fn rated(criterion: &str) -> System {
    System { criterion: Some(Criterion::parse(criterion).expect("a criterion")), ..System::default() }
}

#[test]
fn what_is_not_recorded_of_an_assessment_is_shown_and_keeps_nobody_out() {
    let person = fit();
    let around = Around { person: &person, circumstance: None, out_of_scope: false, months: MonthMode::EndOfMonth };
    let when = (Moment::ZERO, day("2026-06-01"));
    let rulings = examine(&asked(AuthorizationKind::Electronic), around, when);
    let open: Vec<&str> =
        rulings.iter().filter(|ruling| ruling.found == Found::NotRecorded).map(|ruling| ruling.source).collect();
    assert_eq!((open, refusal(&rulings)), (vec!["CIP-004-7 R3.1", "CIP-004-7 R3.2"], None));
}

#[test]
fn the_need_is_stated() {
    let person = fit();
    let around = Around { person: &person, circumstance: None, out_of_scope: false, months: MonthMode::EndOfMonth };
    for (kind, part) in [(AuthorizationKind::Electronic, "R4.1"), (AuthorizationKind::Bcsi, "R6.1")] {
        let silent = Authorization { kind: Some(kind), ..Authorization::default() };
        let said = refusal(&examine(&silent, around, (Moment::ZERO, day("2026-06-01")))).expect("refused");
        assert!(said.contains("need is not stated") && said.contains(part), "{said}");
    }
}

#[test]
fn a_circumstance_lifts_the_training_while_it_lasts() {
    let moment = |text: &str| Moment::parse(text).expect("a moment");
    let storm = Circumstance {
        reference: reference("CEC-1"),
        declared_at: Some(moment("2026-12-01T06:00:00Z")),
        ended_at: Some(moment("2026-12-03T06:00:00Z")),
        ..Circumstance::default()
    };
    let person = fit();
    let around =
        Around { person: &person, circumstance: Some(&storm), out_of_scope: false, months: MonthMode::EndOfMonth };
    let at = |text: &str| {
        let at = moment(text);
        examine(&asked(AuthorizationKind::Electronic), around, (at, day(&text[..10])))
    };
    let during = at("2026-12-02T00:00:00Z");
    assert_eq!(refusal(&during), None);
    let training = during.iter().find(|ruling| ruling.rule == "Training").expect("it is told");
    assert_eq!(
        (training.found, training.says.as_str()),
        (Found::NotAsked, "The CIP Exceptional Circumstance CEC-1 lasts")
    );
    for outside in ["2026-12-01T05:59:59Z", "2026-12-03T06:00:00Z"] {
        assert!(refusal(&at(outside)).is_some_and(|said| said.contains("lapsed on 2026-11-30")), "{outside}");
    }
}
