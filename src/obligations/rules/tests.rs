//! The clocks against small records made for them.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{Doing, Facts, Lapse, ObligationState, Part, Subject, obligations};
use crate::ids::{Id, PerformanceId};
use crate::obligations::clocks::Interval;
use crate::obligations::model::{Duty, SubjectKind};
use crate::vocabulary::{Date, MonthMode};

fn day(text: &str) -> Date {
    Date::parse(text).expect("a date")
}

fn part(id: &str, cadence: &str) -> Part {
    Part {
        id: id.to_owned(),
        standard: id.split(' ').next().unwrap_or_default().to_owned(),
        title: String::new(),
        cadence: serde_json::from_str(cadence).expect("a cadence"),
        effective: Some(day("2016-07-01")),
        inactive: None,
    }
}

fn months(id: &str, months: u16) -> Part {
    part(
        id,
        &format!(r#"{{"kind":"calendar_months","value":{months},"mode":"interval","trigger":"last_performance"}}"#),
    )
}

fn days(id: &str, days: u16) -> Part {
    part(id, &format!(r#"{{"kind":"calendar_days","value":{days},"mode":"interval"}}"#))
}

const SYSTEM: Uuid = Uuid::from_u128(7);

fn system(in_service: Option<&str>) -> Subject {
    Subject {
        kind: SubjectKind::System,
        id: SYSTEM,
        reference: "CC1-EMS".to_owned(),
        name: String::new(),
        site: "CC1".to_owned(),
        in_service: in_service.map(day),
        ended: None,
    }
}

fn organization() -> Subject {
    Subject {
        kind: SubjectKind::Organization,
        id: Uuid::from_u128(1),
        reference: "larkspur".to_owned(),
        ..system(None)
    }
}

fn doing(duty: Duty, on: &str) -> Doing {
    Doing {
        id: PerformanceId::from_uuid(Uuid::nil()),
        reference: format!("{} {on}", duty.word()),
        duty,
        parts: Vec::new(),
        for_organization: false,
        subjects: BTreeSet::from([SYSTEM]),
        on: day(on),
        identified: None,
        days_late: None,
    }
}

fn facts(part: Part, subject: Subject, doings: Vec<Doing>, today: &str) -> Facts {
    let doings = doings.into_iter().map(|doing| match subject.kind {
        SubjectKind::Organization => Doing { for_organization: true, subjects: BTreeSet::new(), ..doing },
        _ => doing,
    });
    Facts {
        doings: doings.collect(),
        parts: vec![part],
        subjects: vec![subject],
        applies: vec![(0, 0)],
        mode: MonthMode::EndOfMonth,
        today: day(today),
        period: (day("2020-01-01"), day(today)),
        recorded_since: day("2025-09-01"),
    }
}

/// Due, state and gaps (from, until).
type Told = (Option<String>, ObligationState, Vec<(String, Option<String>)>);

/// What the only obligation says.
fn judged(facts: &Facts) -> Told {
    let found = obligations(facts);
    let one = found.first().expect("an obligation");
    let told = |gap: &Lapse| (gap.from.to_string(), gap.until.map(|until| until.to_string()));
    (one.due.map(|due| due.to_string()), one.state, one.gaps.iter().map(told).collect())
}

fn expect(facts: &Facts, due: Option<&str>, state: ObligationState, gaps: &[(&str, Option<&str>)]) {
    let gaps = gaps.iter().map(|(from, until)| ((*from).to_owned(), until.map(str::to_owned))).collect();
    assert_eq!(judged(facts), (due.map(str::to_owned), state, gaps));
}

#[test]
fn the_patch_cycle_of_source_x() {
    // Evaluated 2026-09-14, 2026-10-19 (35 days) and 2026-11-24 (36 days; due 2026-11-23).
    let on = |today: &str, all: &[&str]| {
        let doings = all.iter().map(|on| doing(Duty::PatchEvaluation, on)).collect();
        facts(days("CIP-007-6 R2.2", 35), system(None), doings, today)
    };
    let all = ["2026-11-24", "2026-09-14", "2026-10-19"];
    expect(&on("2026-11-23", &all), Some("2026-11-23"), ObligationState::DueSoon, &[]);
    expect(&on("2026-11-24", &all[1..]), Some("2026-11-23"), ObligationState::Overdue, &[("2026-11-24", None)]);
    let late = [("2026-11-24", Some("2026-11-24"))];
    expect(&on("2026-11-24", &all), Some("2026-12-29"), ObligationState::Met, &late);
    // Months later, current as can be, the gap still stands.
    let more = [&all[..], &["2026-12-20", "2027-01-20", "2027-02-20"]].concat();
    expect(&on("2027-02-21", &more), Some("2027-03-27"), ObligationState::Met, &late);
    // The period asked for decides which gaps are told.
    let mut later = on("2027-02-21", &more);
    later.period.0 = day("2026-12-01");
    expect(&later, Some("2027-03-27"), ObligationState::Met, &[]);
}

#[test]
fn calendar_months_end_with_the_month() {
    let on = |today: &str, all: &[&str]| {
        let doings = all.iter().map(|on| doing(Duty::VulnerabilityAssessment, on)).collect();
        facts(months("CIP-010-4 R3.1", 15), system(None), doings, today)
    };
    expect(&on("2026-11-30", &["2025-08-10"]), Some("2026-11-30"), ObligationState::DueSoon, &[]);
    expect(&on("2026-12-01", &["2025-08-10"]), Some("2026-11-30"), ObligationState::Overdue, &[("2026-12-01", None)]);
    let mut strict = on("2026-11-11", &["2025-08-10"]);
    strict.mode = MonthMode::Anniversary;
    expect(&strict, Some("2026-11-10"), ObligationState::Overdue, &[("2026-11-11", None)]);
    // Early resets the clock; late starts a new interval from the day it was done.
    expect(&on("2026-03-05", &["2025-08-10", "2026-03-01"]), Some("2027-06-30"), ObligationState::Met, &[]);
    let late = [("2026-12-01", Some("2027-01-15"))];
    expect(&on("2027-02-01", &["2025-08-10", "2027-01-15"]), Some("2028-04-30"), ObligationState::Met, &late);
}

#[test]
fn one_performance_in_every_quarter() {
    let on = |today: &str, all: &[&str]| {
        let doings = all.iter().map(|on| doing(Duty::AccessVerification, on)).collect();
        facts(
            part("CIP-004-7 R4.2", r#"{"kind":"calendar_quarter","value":1,"mode":"interval"}"#),
            system(None),
            doings,
            today,
        )
    };
    let twice = ["2026-07-02", "2026-09-30"];
    expect(&on("2026-12-31", &twice), Some("2026-12-31"), ObligationState::DueSoon, &[]);
    expect(&on("2027-01-01", &twice), Some("2026-12-31"), ObligationState::Overdue, &[("2027-01-01", None)]);
    expect(&on("2027-03-31", &["2026-10-01", "2027-03-31"]), Some("2027-06-30"), ObligationState::Met, &[]);
}

#[test]
fn what_nobody_knows_is_not_met_and_not_late() {
    let monitored = || days("CIP-010-4 R2.1", 35);
    expect(&facts(monitored(), system(None), vec![], "2026-11-01"), None, ObligationState::NeverPerformed, &[]);
    // In service long before the record began: what was done then is not known.
    expect(
        &facts(monitored(), system(Some("2009-01-01")), vec![], "2026-11-01"),
        None,
        ObligationState::NeverPerformed,
        &[],
    );
    // Commissioned under the record's eyes: the clock starts that day.
    let new = |today: &str| facts(monitored(), system(Some("2026-10-01")), vec![], today);
    expect(&new("2026-10-10"), Some("2026-11-05"), ObligationState::Met, &[]);
    expect(&new("2026-11-20"), Some("2026-11-05"), ObligationState::Overdue, &[("2026-11-06", None)]);
}

#[test]
fn only_what_fits_counts() {
    let other =
        Doing { subjects: BTreeSet::from([Uuid::from_u128(8)]), ..doing(Duty::BaselineMonitoring, "2026-10-20") };
    let wrong = doing(Duty::LogReview, "2026-10-20");
    let future = doing(Duty::BaselineMonitoring, "2026-12-01");
    let found = facts(days("CIP-010-4 R2.1", 35), system(None), vec![other, wrong, future], "2026-11-01");
    expect(&found, None, ObligationState::NeverPerformed, &[]);
    // A performance limited to some parts serves no other; a group covers its topics.
    let policy = |parts: &[&str], id: &str| {
        let parts = parts.iter().map(|part| (*part).to_owned()).collect();
        let doing = Doing { parts, ..doing(Duty::PolicyReview, "2026-10-20") };
        judged(&facts(months(id, 15), organization(), vec![doing], "2026-11-01")).1
    };
    assert_eq!(policy(&["CIP-003 R1.1"], "CIP-003-9 R1.1.4"), ObligationState::Met);
    assert_eq!(policy(&["CIP-003 R1.1.4"], "CIP-003-9 R1.1.5"), ObligationState::NeverPerformed);
    assert_eq!(policy(&["CIP-003 R1.1"], "CIP-003-9 R1.2.1"), ObligationState::NeverPerformed);
    assert_eq!(policy(&[], "CIP-003-9 R1.2.6"), ObligationState::Met);
}

#[test]
fn the_risk_assessment_depends_on_what_the_last_one_found() {
    let cadence = r#"{"kind":"conditional","mode":"interval",
        "if_previous_identified":{"kind":"calendar_months","value":30,"mode":"interval"},
        "else":{"kind":"calendar_months","value":60,"mode":"interval"}}"#;
    let found = |identified: Option<bool>| {
        let doing = Doing { identified, ..doing(Duty::TransmissionRiskAssessment, "2024-05-31") };
        let facts = facts(part("CIP-014-3 R1.1", cadence), organization(), vec![doing], "2025-10-01");
        let all = obligations(&facts);
        (all[0].interval, judged(&facts).0)
    };
    assert_eq!(found(Some(true)), (Interval::Months(30), Some("2026-11-30".to_owned())));
    assert_eq!(found(Some(false)), (Interval::Months(60), Some("2029-05-31".to_owned())));
    assert_eq!(found(None), (Interval::Months(30), Some("2026-11-30".to_owned())));
}

#[test]
fn versions_and_subjects_end() {
    let doings = || vec![doing(Duty::PolicyReview, "2024-11-10")];
    let old = Part { inactive: Some(day("2026-03-31")), ..months("CIP-003-8 R1", 15) };
    // The old version keeps its gap, closed on its last day; the new one carries the clock over and shows its own days.
    expect(
        &facts(old.clone(), organization(), doings(), "2026-05-01"),
        Some("2026-02-28"),
        ObligationState::Overdue,
        &[("2026-03-01", Some("2026-03-31"))],
    );
    let new = Part { effective: Some(day("2026-04-01")), ..months("CIP-003-9 R1", 15) };
    expect(
        &facts(new.clone(), organization(), doings(), "2026-05-01"),
        Some("2026-02-28"),
        ObligationState::Overdue,
        &[("2026-04-01", None)],
    );
    assert!(obligations(&facts(new, organization(), doings(), "2026-03-31")).is_empty());
    let mut later = facts(old, organization(), doings(), "2026-05-01");
    later.period.0 = day("2026-04-15");
    assert!(obligations(&later).is_empty());
    // A retired system owes nothing after its last day.
    let gone = Subject { ended: Some(day("2026-10-20")), ..system(None) };
    let found =
        facts(days("CIP-010-4 R2.1", 35), gone, vec![doing(Duty::BaselineMonitoring, "2026-10-01")], "2026-12-20");
    expect(&found, Some("2026-11-05"), ObligationState::Met, &[]);
    assert!(!obligations(&found)[0].runs_on(day("2026-12-20")));
}
