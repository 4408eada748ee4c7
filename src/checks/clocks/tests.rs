//! Verdicts of clocks, and that every periodic part of the catalog has its check.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{CHECKS, check_of, verdicts};
use crate::checks::model::{Gap, Outcome};
use crate::frameworks::catalogs;
use crate::ids::{Id, PerformanceId};
use crate::obligations::model::{Duty, SubjectKind};
use crate::obligations::rules::duties::serving;
use crate::obligations::rules::{Doing, Facts, Part, Subject, obligations};
use crate::vocabulary::{Date, MonthMode};

#[test]
fn each_periodic_part_has_one_check() {
    let framework = catalogs().framework("nerc-cip").expect("CIP");
    for requirement in &framework.requirements {
        let checks = CHECKS.iter().filter(|check| check.requirements.contains(&requirement.id.as_str())).count();
        assert_eq!(checks, usize::from(serving(&requirement.id).is_some()), "{}", requirement.id);
    }
    for (n, check) in CHECKS.iter().enumerate() {
        assert_eq!(check.code, format!("GL-CLK-{:02}", n + 1));
        assert!(check.requirements.iter().all(|id| catalogs().requirement(id).is_some()), "{}", check.code);
    }
}

fn day(text: &str) -> Date {
    Date::parse(text).expect("a date")
}

/// The patch clock of one system with evaluations on these days.
fn told(on: &[&str], in_service: Option<&str>, today: &str) -> Vec<(Outcome, String, Option<Gap>)> {
    let system = Uuid::from_u128(7);
    let doing = |on: &&str| Doing {
        id: PerformanceId::from_uuid(Uuid::nil()),
        reference: format!("E {on}"),
        duty: Duty::PatchEvaluation,
        parts: Vec::new(),
        for_organization: false,
        subjects: BTreeSet::from([system]),
        on: day(on),
        identified: None,
        days_late: None,
    };
    let requirement = catalogs().requirement("CIP-007-6 R2.2").expect("a part");
    let facts = Facts {
        parts: vec![Part {
            id: requirement.id.clone(),
            standard: "CIP-007".to_owned(),
            title: requirement.title.clone(),
            cadence: requirement.cadence.clone().expect("a cadence"),
            effective: None,
            inactive: None,
        }],
        subjects: vec![Subject {
            kind: SubjectKind::System,
            id: system,
            reference: "CC1-EMS".to_owned(),
            name: String::new(),
            site: String::new(),
            in_service: in_service.map(day),
            ended: None,
        }],
        applies: vec![(0, 0)],
        doings: on.iter().map(doing).collect(),
        mode: MonthMode::EndOfMonth,
        today: day(today),
        period: (day("2024-01-01"), day(today)),
        recorded_since: day("2026-01-01"),
    };
    let found = verdicts(&obligations(&facts));
    assert!(found.iter().all(|verdict| verdict.check.code == "GL-CLK-12" && verdict.subject.reference == "CC1-EMS"));
    found.into_iter().map(|verdict| (verdict.outcome, verdict.because, verdict.gap)).collect()
}

#[test]
fn a_clock_tells_where_it_stands_and_what_was_late() {
    let gap = |from: &str, until: Option<&str>| Some(Gap { from: day(from), until: until.map(day) });
    let said = |text: &str| text.to_owned();
    assert_eq!(
        told(&["2026-09-14", "2026-10-19", "2026-11-24"], None, "2026-11-25"),
        [
            (Outcome::Pass, said("last performed 2026-11-24 (E 2026-11-24), next due 2026-12-29"), None),
            (
                Outcome::Fail,
                said("was due 2026-11-23, performed 2026-11-24, 1 day late"),
                gap("2026-11-24", Some("2026-11-24"))
            ),
        ]
    );
    assert_eq!(
        told(&["2026-10-19"], None, "2026-11-25"),
        [(
            Outcome::Fail,
            said("was due 2026-11-23; last performed 2026-10-19 (E 2026-10-19)"),
            gap("2026-11-24", None)
        )]
    );
    assert_eq!(
        told(&["2026-10-19"], None, "2026-11-20"),
        [(Outcome::DueSoon, said("due 2026-11-23; last performed 2026-10-19 (E 2026-10-19)"), None)]
    );
    assert_eq!(told(&[], None, "2026-11-20")[0].0, Outcome::Indeterminate);
    assert_eq!(
        told(&[], Some("2026-11-01"), "2026-11-05"),
        [(Outcome::Pass, said("in service since 2026-11-01, not performed yet, next due 2026-12-06"), None)]
    );
    assert!(check_of("CIP-010-4 R1.1").is_none());
}
