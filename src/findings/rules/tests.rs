//! The life of a finding, step by step, as tables.

use uuid::Uuid;

use super::fold::{Judged, fold};
use super::meeting::{Failing, fails, gone, opened};
use super::{Step, Who, after, days_after};
use crate::checks::{Check, Class, Outcome, Severity, Subject, Verdict};
use crate::findings::model::{Finding, Source, State};
use crate::ids::{ExceptionId, Id, UserId};
use crate::organizations::DueDays;
use crate::register::Member;
use crate::vocabulary::{Date, Moment};

static CHECK: Check = Check {
    code: "GL-T-01",
    sentence: "Every asset is in a zone.",
    class: Class::Mandatory,
    severity: Severity::High,
    requirements: &["CIP-005-7 R1.1"],
    source: "CIP-005-7 R1.1",
};
static NEWS: Check = Check { code: "GL-T-02", class: Class::Information, ..CHECK };

fn verdict(n: u128, outcome: Outcome, cause: &str) -> Verdict {
    let subject = Subject { kind: "asset".to_owned(), id: Uuid::from_u128(n), reference: format!("RTU-{n}") };
    let because = format!("RTU-{n} is in no zone.");
    Verdict { check: &CHECK, subject, outcome, because, cause: cause.to_owned(), gap: None, severity: None, seen: None }
}

fn judged(verdicts: &[(u128, Outcome)], cause: &str) -> Judged {
    fold(&verdicts.iter().map(|(n, outcome)| verdict(*n, *outcome, cause)).collect::<Vec<_>>())
}

fn who(id: u128) -> Who {
    Who(Some(Member { user: UserId::from_uuid(Uuid::from_u128(id)), login: format!("p{id}") }))
}

fn at(seconds: i64) -> Moment {
    Moment::from_micros(1_772_463_600_000_000).plus_seconds(seconds)
}

fn day() -> Date {
    Date::parse("2026-03-02").expect("a date")
}

fn in_state(state: State) -> Finding {
    Finding { state, source: Source::Person, ..Finding::default() }
}

#[test]
fn steps() {
    use State as S;
    let triage = Step::Triage { severity: Severity::Low, owner: who(1).0, due: Some(day()), extent: String::new() };
    let attest = Step::Attest { evidence: "seen".to_owned(), artifacts: Vec::new() };
    let exception = ExceptionId::from_uuid(Uuid::from_u128(5));
    let accept = Step::Accept { exception, stands: true };
    // Each row: step, and the state it leads to from each state in the order of `State::ALL`.
    let table: [(&Step, [Option<S>; 7]); 8] = [
        (&triage, [Some(S::Triaged), Some(S::Triaged), None, None, None, None, None]),
        (&Step::Start, [Some(S::InRemediation), Some(S::InRemediation), None, None, None, None, None]),
        (
            &Step::Log { finished: false },
            [
                Some(S::InRemediation),
                Some(S::InRemediation),
                Some(S::InRemediation),
                Some(S::Remediated),
                None,
                None,
                None,
            ],
        ),
        (
            &Step::Log { finished: true },
            [Some(S::Remediated), Some(S::Remediated), Some(S::Remediated), Some(S::Remediated), None, None, None],
        ),
        (&attest, [None, None, None, Some(S::Verified), None, None, None]),
        (&Step::Close, [Some(S::Closed), Some(S::Closed), None, None, None, Some(S::Closed), None]),
        (&accept, [Some(S::Accepted), Some(S::Accepted), Some(S::Accepted), Some(S::Accepted), None, None, None]),
        (&Step::Reopen, [None, None, None, None, Some(S::Open), Some(S::Open), Some(S::Open)]),
    ];
    for (step, row) in table {
        for (state, expected) in S::ALL.iter().zip(row) {
            let found = after(&in_state(*state), step, &who(2), "because", at(0)).ok().map(|next| next.state);
            assert_eq!(found, expected, "{step:?} from {state}");
        }
    }
}

#[test]
fn refusals() {
    let said = |finding: &Finding, step: Step, by: Who, why: &str| {
        after(finding, &step, &by, why, at(0)).expect_err("refused").problem
    };
    let attest = |evidence: &str| Step::Attest { evidence: evidence.to_owned(), artifacts: Vec::new() };
    let done = after(&in_state(State::Open), &Step::Log { finished: true }, &who(1), "", at(0)).expect("logged");
    assert!(said(&done, attest("seen"), who(1), "").contains("another person"));
    assert!(said(&done, attest(" "), who(2), "").contains("missing"));
    assert!(said(&done, attest("seen"), Who(None), "").contains("only a person"));
    assert!(said(&in_state(State::Verified), Step::Close, who(1), " ").contains("missing"));
    let exception = ExceptionId::from_uuid(Uuid::from_u128(5));
    let accept = Step::Accept { exception, stands: false };
    assert!(said(&in_state(State::Open), accept, who(1), "").contains("not approved"));
    let (key, fact) = judged(&[(3, Outcome::Fail), (12, Outcome::Fail)], "no zone").failing.pop_first().expect("one");
    let found = opened(&fact, &key, &DueDays::default(), day(), at(0));
    let said = said(&found, Step::Close, who(1), "not ours");
    assert!(said.contains("GL-T-01 still fails for RTU-3, RTU-12"), "{said}");
}

#[test]
fn folding() {
    use Outcome as O;
    let one = judged(
        &[(2, O::Fail), (10, O::Fail), (1, O::Fail), (4, O::Pass), (5, O::Indeterminate), (6, O::Justified)],
        "no zone",
    );
    assert_eq!(one.failing.len(), 1);
    let fact = &one.failing["GL-T-01 = no zone"];
    let names: Vec<&str> = fact.touched.iter().map(|one| one.reference.as_str()).collect();
    assert_eq!((names, fact.count), (vec!["RTU-1", "RTU-2", "RTU-10"], 3));
    assert_eq!(one.unclear.len(), 2);
    assert_eq!(judged(&[(2, O::Fail), (10, O::Fail)], "").failing.len(), 2, "each its own");
    let other = judged(&[(10, O::Fail), (1, O::Fail), (2, O::Fail)], "no zone");
    assert_eq!(other.failing["GL-T-01 = no zone"].digest, fact.digest, "order does not matter");
    let many = judged(&(0..80).map(|n| (n, O::Fail)).collect::<Vec<_>>(), "no zone");
    assert_eq!((many.failing["GL-T-01 = no zone"].touched.len(), many.failing["GL-T-01 = no zone"].count), (50, 80));
    assert!(
        fold(&[Verdict { check: &NEWS, ..verdict(1, O::Fail, "") }]).checks.is_empty(),
        "information opens nothing"
    );
    let long = "x".repeat(300);
    assert_ne!(
        judged(&[(1, O::Fail)], &long).failing.keys().next(),
        judged(&[(1, O::Fail)], &format!("{long}y")).failing.keys().next()
    );
}

#[test]
fn meeting_a_fact_again() {
    let days = DueDays::default();
    let fact_of = |n: &[u128]| {
        let rows: Vec<_> = n.iter().map(|n| (*n, Outcome::Fail)).collect();
        judged(&rows, "no zone").failing.pop_first().expect("one").1
    };
    let (one, two) = (fact_of(&[1]), fact_of(&[1, 2]));
    let found = opened(&one, "k", &days, day(), at(0));
    assert_eq!(
        (found.due, found.count, found.title.as_str()),
        (Some(days_after(day(), 30)), 1, "Not so for no zone: Every asset is in a zone.")
    );
    assert_eq!(fails(&found, &one, &days, day(), at(9)), Failing::Unchanged);
    let Failing::Updated(wider) = fails(&found, &two, &days, day(), at(9)) else { panic!("wider") };
    assert_eq!((wider.count, wider.last_seen, wider.first_seen, wider.reopen_count), (2, Some(at(9)), Some(at(0)), 0));
    for state in [State::Triaged, State::InRemediation, State::Remediated] {
        let known = Finding { state, ..found.clone() };
        assert_eq!(fails(&known, &one, &days, day(), at(9)), Failing::Unchanged, "{state}");
    }
    let attested = Finding { state: State::Verified, ..found.clone() };
    assert_eq!(fails(&attested, &one, &days, day(), at(9)), Failing::Unchanged, "it never went");
    assert!(matches!(fails(&attested, &two, &days, day(), at(9)), Failing::Reopened(_)), "it says something new");
    let closed = gone(&found, super::meeting::GONE, at(5)).expect("closed");
    let Failing::Reopened(back) = fails(&closed, &one, &days, day(), at(9)) else { panic!("reopened") };
    assert_eq!((back.state, back.reopen_count, back.gone_since, back.outcome.as_str()), (State::Open, 1, None, ""));
    let accepted = Finding { state: State::Accepted, ..found };
    assert!(matches!(fails(&accepted, &one, &days, day(), at(9)), Failing::Reopened(_)), "no longer excused");
}

#[test]
fn a_fact_that_is_gone() {
    use State as S;
    let check = |state| Finding { state, source: Source::Check, ..Finding::default() };
    for (state, expected) in [
        (S::Open, Some(S::Closed)),
        (S::Triaged, Some(S::Closed)),
        (S::Accepted, Some(S::Closed)),
        (S::InRemediation, Some(S::InRemediation)),
        (S::Remediated, Some(S::Verified)),
        (S::Verified, Some(S::Verified)),
        (S::Closed, None),
    ] {
        assert_eq!(gone(&check(state), super::meeting::GONE, at(0)).map(|next| next.state), expected, "{state}");
    }
    let waiting = gone(&check(S::InRemediation), super::meeting::GONE, at(0)).expect("noted");
    assert_eq!(gone(&waiting, super::meeting::GONE, at(9)), None, "noted once");
    let logged = after(&waiting, &Step::Log { finished: true }, &who(1), "", at(10)).expect("logged");
    assert_eq!(gone(&logged, super::meeting::GONE, at(11)).map(|next| next.state), Some(S::Verified));
}
