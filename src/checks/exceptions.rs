//! Does what excuses stand on its own feet: each approved exception with its reasons, two people and an end.
//!
//! Invariant: exceptions are read beside the facts, so this is judged as the clocks are: a verdict per exception.

use uuid::Uuid;

use super::model::{Check, Class, Severity, Subject, Verdict};
use super::rule::Judgement;
use super::sides::counts_until;
use crate::exceptions::{Exception, Standing};
use crate::vocabulary::{Date, MonthMode, TimeZone};

pub static SOUND: Check = Check {
    code: "GL-EXC-01",
    sentence: "Each exception has its reason and its compensating measure, was approved by somebody else, and ends within fifteen months",
    class: Class::Mandatory,
    severity: Severity::Medium,
    requirements: &["CA-5"],
    source: "NIST SP 800-82r3 CA-5; the longest time is Glance's own",
};

/// A verdict about each exception that was approved.
#[must_use]
pub fn verdicts<'e>(
    exceptions: impl Iterator<Item = (Uuid, &'e Exception)>,
    on: Date,
    zone: TimeZone,
    months: MonthMode,
) -> Vec<Verdict> {
    exceptions.map(|(id, exception)| verdict(id, exception, judge(exception, on, zone, months))).collect()
}

fn verdict(id: Uuid, exception: &Exception, judged: Judgement) -> Verdict {
    let subject = Subject { kind: "exception".to_owned(), id, reference: exception.reference.to_string() };
    Verdict {
        check: &SOUND,
        subject,
        outcome: judged.outcome,
        because: judged.because.into_owned(),
        cause: String::new(),
        gap: None,
        severity: None,
        seen: None,
    }
}

fn judge(exception: &Exception, on: Date, zone: TimeZone, months: MonthMode) -> Judgement {
    let Some(approved) = &exception.approved else { return Judgement::not_applicable("not approved") };
    if matches!(exception.standing(on), Standing::Expired | Standing::Refused | Standing::Revoked) {
        return Judgement::not_applicable("it stands no more");
    }
    let requested = exception.requested.as_ref();
    let same = match (&approved.by, requested.and_then(|act| act.by.as_ref())) {
        (Some(one), Some(other)) => Some(one.user == other.user),
        _ => None,
    };
    let last = counts_until(zone.day(approved.at), months);
    let lacking = [
        (exception.basis.trim().is_empty(), "no reason"),
        (exception.compensating.trim().is_empty(), "no compensating measure"),
        (requested.is_none_or(|act| act.name.is_empty()), "nobody who asked for it"),
        (same == Some(true), "asked for and approved by the same person"),
        (exception.expires.is_none(), "no end"),
        (exception.expires.is_some_and(|end| end > last), "an end later than fifteen months after its approval"),
    ];
    let lacking: Vec<&str> = lacking.iter().filter(|(lacks, _)| *lacks).map(|(_, what)| *what).collect();
    match (lacking.is_empty(), same) {
        (false, _) => Judgement::fail(lacking.join(", ")),
        (true, None) => Judgement::indeterminate("who asked for it, or who approved it, is not recorded as a person"),
        (true, Some(_)) => Judgement::pass("its reason, its measure, two people and its end are recorded"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Outcome;
    use crate::register::Act;

    #[test]
    fn fifteen_months_as_the_organization_counts_them() {
        let day = |text: &str| Date::parse(text).expect("a day");
        let (name, at) = ("Ann".to_owned(), day("2026-01-10").midnight_utc());
        let act = Some(Act { by: None, name, at, reason: String::new() });
        let exception = |end: &str| Exception {
            basis: "It cannot be patched.".to_owned(),
            compensating: "It is watched.".to_owned(),
            requested: act.clone(),
            approved: act.clone(),
            expires: Some(day(end)),
            ..Exception::default()
        };
        let judged = |end: &str, months| judge(&exception(end), day("2026-02-01"), TimeZone::UTC, months).outcome;
        for (end, months, expected) in [
            ("2027-04-30", MonthMode::EndOfMonth, Outcome::Indeterminate),
            ("2027-05-01", MonthMode::EndOfMonth, Outcome::Fail),
            ("2027-04-10", MonthMode::Anniversary, Outcome::Indeterminate),
            ("2027-04-11", MonthMode::Anniversary, Outcome::Fail),
        ] {
            assert_eq!(judged(end, months), expected, "{end}");
        }
    }
}
