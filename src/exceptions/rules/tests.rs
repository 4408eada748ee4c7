//! What may justify what, as a table.

use uuid::Uuid;

use super::{Failing, PartFacts, check, justifies, refuses_decision};
use crate::exceptions::model::Covered;
use crate::exceptions::{Exception, ExceptionKind, Standing};
use crate::ids::{Id, UserId};
use crate::register::Act;
use crate::register::{Draft, Member};
use crate::vocabulary::{Date, Moment};

fn day(text: &str) -> Date {
    Date::parse(text).expect("a date")
}

fn act(user: u128) -> Act {
    let member = Member { user: UserId::from_uuid(Uuid::from_u128(user)), login: "p".to_owned() };
    Act { by: Some(member), name: "P".to_owned(), at: Moment::ZERO, reason: String::new() }
}

fn approved(kind: ExceptionKind) -> Exception {
    Exception {
        kind: Some(kind),
        requirements: vec!["CIP-007-6 R5.7".to_owned()],
        everything: Some(true),
        from: Some(day("2026-01-01")),
        expires: Some(day("2026-12-31")),
        requested: Some(act(1)),
        approved: Some(act(2)),
        ..Exception::default()
    }
}

const ANY: PartFacts = PartFacts { tfe: true, capability: true, cec: true };
const NONE: PartFacts = PartFacts { tfe: false, capability: false, cec: false };

fn failing(mandatory: bool, gap: Option<(Date, Option<Date>)>) -> Failing<'static> {
    let requirements = &["CIP-007-6 R5.7", "CIP-007-6 R5.1"];
    Failing { check: "GL-X-01", mandatory, requirements, subject_kind: "asset", subject: Uuid::from_u128(7), gap }
}

#[test]
fn what_may_justify() {
    use ExceptionKind as K;
    let on = day("2026-06-01");
    for (kind, mandatory, part, expected) in [
        (K::Policy, false, NONE, true),
        (K::Policy, true, ANY, false),
        (K::Tfe, true, PartFacts { tfe: true, ..NONE }, true),
        (K::Tfe, true, PartFacts { tfe: false, ..ANY }, false),
        (K::Tfe, false, ANY, false),
        (K::Capability, true, PartFacts { capability: true, ..NONE }, true),
        (K::Capability, true, PartFacts { capability: false, ..ANY }, false),
        (K::Cec, true, ANY, true),
        (K::Cec, true, PartFacts { cec: false, ..ANY }, false),
        (K::Cec, false, ANY, false),
    ] {
        let exception = Exception { declared_on: Some(day("2026-05-01")), ..approved(kind) };
        assert_eq!(justifies(&exception, &failing(mandatory, None), part, on), expected, "{kind} {mandatory} {part:?}");
    }
}

#[test]
fn only_while_it_stands() {
    let verdict = failing(false, None);
    let stands = |exception: &Exception, on: &str| justifies(exception, &verdict, NONE, day(on));
    let good = approved(ExceptionKind::Policy);
    assert!(stands(&good, "2026-01-01") && stands(&good, "2026-12-31"));
    assert!(!stands(&good, "2025-12-31") && !stands(&good, "2027-01-01"));
    assert!(!stands(&Exception { approved: None, ..good.clone() }, "2026-06-01"));
    assert!(!stands(&Exception { refused: Some(act(2)), ..good.clone() }, "2026-06-01"));
    assert!(!stands(&Exception { revoked: Some(act(3)), ..good.clone() }, "2026-06-01"));
    assert!(!stands(&Exception { expires: None, ..good }, "2026-06-01"));
}

#[test]
fn only_what_it_names() {
    let on = day("2026-06-01");
    let verdict = failing(false, None);
    let good = approved(ExceptionKind::Policy);
    let by = |change: fn(&mut Exception)| {
        let mut exception = good.clone();
        change(&mut exception);
        justifies(&exception, &verdict, NONE, on)
    };
    assert!(by(|exception| exception.checks = vec!["gl-x-01".to_owned()]));
    assert!(!by(|exception| exception.checks = vec!["GL-X-02".to_owned()]));
    assert!(!by(|exception| exception.requirements = vec!["CIP-007-6 R5.5".to_owned()]));
    assert!(!by(|exception| exception.requirements.clear()), "about nothing");
    assert!(!by(|exception| exception.everything = None));
    let named = |kind: &str, id: u128| {
        let one = Covered { kind: kind.to_owned(), id: Uuid::from_u128(id), reference: String::new() };
        justifies(&Exception { everything: None, subjects: vec![one], ..good.clone() }, &verdict, NONE, on)
    };
    assert!(named("asset", 7));
    assert!(!named("asset", 8) && !named("system", 7));
}

#[test]
fn over_a_gap() {
    let on = day("2026-06-01");
    let gap = |from: &str, until: Option<&str>| failing(true, Some((day(from), until.map(day))));
    let cec = Exception {
        declared_on: Some(day("2026-05-01")),
        ended_on: Some(day("2026-05-20")),
        ..approved(ExceptionKind::Cec)
    };
    assert!(justifies(&cec, &gap("2026-05-01", Some("2026-05-20")), ANY, on));
    assert!(!justifies(&cec, &gap("2026-05-01", Some("2026-05-21")), ANY, on), "went on after the circumstance");
    assert!(!justifies(&cec, &gap("2026-04-30", Some("2026-05-10")), ANY, on), "began before it");
    assert!(!justifies(&cec, &gap("2026-05-10", None), ANY, on), "goes on although it is over");
    assert!(justifies(&Exception { ended_on: None, ..cec }, &gap("2026-05-10", None), ANY, on));
    let tfe = approved(ExceptionKind::Tfe);
    assert!(justifies(&tfe, &gap("2025-01-01", None), ANY, on), "an old failure that goes on is excused from now on");
    assert!(!justifies(&tfe, &gap("2025-01-01", Some("2026-02-01")), ANY, on), "days before it stay a gap");
    assert!(justifies(&tfe, &gap("2026-02-01", Some("2026-03-01")), ANY, day("2027-03-01")), "after it ran out");
}

#[test]
fn standings() {
    let good = approved(ExceptionKind::Tfe);
    for (on, expected) in [
        ("2026-06-01", Standing::Approved),
        ("2026-12-01", Standing::Expiring),
        ("2026-12-31", Standing::Expiring),
        ("2027-01-01", Standing::Expired),
    ] {
        assert_eq!(good.standing(day(on)), expected, "{on}");
    }
    let asked = Exception { approved: None, ..good };
    assert_eq!(asked.standing(day("2026-06-01")), Standing::Requested);
    assert_eq!(asked.standing(day("2027-06-01")), Standing::Expired);
}

#[test]
fn who_decides() {
    let user = |id: u128| UserId::from_uuid(Uuid::from_u128(id));
    let asked = Exception { approved: None, ..approved(ExceptionKind::Tfe) };
    assert!(refuses_decision(&asked, user(1)).is_some_and(|said| said.contains("another person")));
    assert_eq!(refuses_decision(&asked, user(2)), None);
    assert!(refuses_decision(&approved(ExceptionKind::Tfe), user(3)).is_some());
}

#[test]
fn requests() {
    let said = |exception: &Exception| {
        let mut draft = Draft::default();
        check(exception, &mut draft);
        draft.problems.into_iter().map(|problem| problem.field).collect::<Vec<_>>()
    };
    let good = approved(ExceptionKind::Policy);
    assert!(said(&good).is_empty());
    assert_eq!(said(&Exception { requirements: Vec::new(), ..good.clone() }), ["requirements"]);
    assert_eq!(said(&Exception { from: Some(day("2027-01-01")), ..good.clone() }), ["expires"]);
    assert_eq!(said(&Exception { kind: Some(ExceptionKind::Tfe), ..good.clone() }), ["compensating"]);
    assert_eq!(said(&Exception { kind: Some(ExceptionKind::Cec), ..good.clone() }), ["declared_on", "declaration"]);
    assert_eq!(said(&Exception { declared_on: Some(day("2026-01-01")), ..good }), ["declared_on"]);
}
