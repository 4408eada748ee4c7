//! Is what recurs done in time: every clock of a periodic part as verdicts, one for where it stands and one for each gap.
//!
//! Invariant: a gap stays a failure of the period it lies in, however current the clock is today (timers 1.2 and 1.3). A
//! clock nobody knows the beginning of is indeterminate.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::model::{Check, Class, Gap, Severity, Subject, Verdict};
use super::rule::Judgement;
use crate::obligations::rules::{Lapse, Obligation, ObligationState};

const fn clock(
    code: &'static str,
    sentence: &'static str,
    severity: Severity,
    requirements: &'static [&'static str],
    source: &'static str,
) -> Check {
    Check { code, sentence, class: Class::Mandatory, severity, requirements, source }
}

/// One check for each clock.
pub static CHECKS: [Check; 24] = [
    clock(
        "GL-CLK-01",
        "Identifications of BES Cyber Systems are reviewed at least once every 15 calendar months",
        Severity::High,
        &["CIP-002-5.1a R2.1"],
        "CIP-002-5.1a R2.1",
    ),
    clock(
        "GL-CLK-02",
        "Identifications of BES Cyber Systems are approved at least once every 15 calendar months",
        Severity::High,
        &["CIP-002-5.1a R2.2"],
        "CIP-002-5.1a R2.2",
    ),
    clock(
        "GL-CLK-03",
        "Cyber security policies are reviewed and approved at least once every 15 calendar months",
        Severity::Medium,
        &["CIP-003-9 R1", "CIP-003-8 R1"],
        "CIP-003-9 R1",
    ),
    clock(
        "GL-CLK-04",
        "Policies for high and medium impact are reviewed and approved at least once every 15 calendar months",
        Severity::Medium,
        &HIGH_MEDIUM_TOPICS,
        "CIP-003-9 R1.1",
    ),
    clock(
        "GL-CLK-05",
        "Policies for low impact are reviewed and approved at least once every 15 calendar months",
        Severity::Medium,
        &LOW_TOPICS,
        "CIP-003-9 R1.2",
    ),
    clock(
        "GL-CLK-06",
        "Cyber security awareness for low impact is reinforced at least once every 15 calendar months",
        Severity::Low,
        &["CIP-003-9 R2 Att1 S1", "CIP-003-8 R2 Att1 S1"],
        "CIP-003-9 Attachment 1 Section 1",
    ),
    clock(
        "GL-CLK-07",
        "The incident response plan for low impact is tested at least once every 36 calendar months",
        Severity::Medium,
        &["CIP-003-9 R2 Att1 S4.5", "CIP-003-8 R2 Att1 S4.5"],
        "CIP-003-9 Attachment 1 Section 4.5",
    ),
    clock(
        "GL-CLK-08",
        "Security awareness is reinforced in each calendar quarter",
        Severity::Low,
        &["CIP-004-7 R1.1"],
        "CIP-004-7 R1.1",
    ),
    clock(
        "GL-CLK-09",
        "Authorization records are verified in each calendar quarter",
        Severity::High,
        &["CIP-004-7 R4.2"],
        "CIP-004-7 R4.2",
    ),
    clock(
        "GL-CLK-10",
        "Access privileges are reviewed at least once every 15 calendar months",
        Severity::High,
        &["CIP-004-7 R4.3"],
        "CIP-004-7 R4.3",
    ),
    clock(
        "GL-CLK-11",
        "Physical access control systems are maintained and tested at least once every 24 calendar months",
        Severity::Medium,
        &["CIP-006-6 R3.1"],
        "CIP-006-6 R3.1",
    ),
    clock(
        "GL-CLK-12",
        "Security patches are evaluated at least once every 35 calendar days",
        Severity::High,
        &["CIP-007-6 R2.2"],
        "CIP-007-6 R2.2",
    ),
    clock(
        "GL-CLK-13",
        "Logged events are reviewed at least once every 15 calendar days",
        Severity::High,
        &["CIP-007-6 R4.4"],
        "CIP-007-6 R4.4",
    ),
    clock(
        "GL-CLK-14",
        "Passwords are changed at least once every 15 calendar months",
        Severity::Medium,
        &["CIP-007-6 R5.6"],
        "CIP-007-6 R5.6",
    ),
    clock(
        "GL-CLK-15",
        "The Cyber Security Incident response plan is tested at least once every 15 calendar months",
        Severity::Medium,
        &["CIP-008-6 R2.1"],
        "CIP-008-6 R2.1",
    ),
    clock(
        "GL-CLK-16",
        "The recovery plan is tested at least once every 15 calendar months",
        Severity::Medium,
        &["CIP-009-6 R2.1"],
        "CIP-009-6 R2.1",
    ),
    clock(
        "GL-CLK-17",
        "A sample of the recovery information is tested at least once every 15 calendar months",
        Severity::Medium,
        &["CIP-009-6 R2.2"],
        "CIP-009-6 R2.2",
    ),
    clock(
        "GL-CLK-18",
        "The recovery plan is tested by an operational exercise at least once every 36 calendar months",
        Severity::Medium,
        &["CIP-009-6 R2.3"],
        "CIP-009-6 R2.3",
    ),
    clock(
        "GL-CLK-19",
        "The baseline is monitored for changes at least once every 35 calendar days",
        Severity::High,
        &["CIP-010-4 R2.1"],
        "CIP-010-4 R2.1",
    ),
    clock(
        "GL-CLK-20",
        "Vulnerabilities are assessed at least once every 15 calendar months",
        Severity::High,
        &["CIP-010-4 R3.1"],
        "CIP-010-4 R3.1",
    ),
    clock(
        "GL-CLK-21",
        "Vulnerabilities are actively assessed at least once every 36 calendar months",
        Severity::High,
        &["CIP-010-4 R3.2"],
        "CIP-010-4 R3.2",
    ),
    clock(
        "GL-CLK-22",
        "The supply chain risk management plan is reviewed and approved at least once every 15 calendar months",
        Severity::Medium,
        &["CIP-013-2 R3"],
        "CIP-013-2 R3",
    ),
    clock(
        "GL-CLK-23",
        "The risk of transmission stations is assessed every 30 calendar months, or every 60 when none was identified",
        Severity::Medium,
        &["CIP-014-3 R1.1"],
        "CIP-014-3 R1.1",
    ),
    clock(
        "GL-CLK-24",
        "Access to BCSI is verified at least once every 15 calendar months",
        Severity::High,
        &["CIP-004-7 R6.2"],
        "CIP-004-7 R6.2",
    ),
];

const HIGH_MEDIUM_TOPICS: [&str; 18] = [
    "CIP-003-9 R1.1.1",
    "CIP-003-9 R1.1.2",
    "CIP-003-9 R1.1.3",
    "CIP-003-9 R1.1.4",
    "CIP-003-9 R1.1.5",
    "CIP-003-9 R1.1.6",
    "CIP-003-9 R1.1.7",
    "CIP-003-9 R1.1.8",
    "CIP-003-9 R1.1.9",
    "CIP-003-8 R1.1.1",
    "CIP-003-8 R1.1.2",
    "CIP-003-8 R1.1.3",
    "CIP-003-8 R1.1.4",
    "CIP-003-8 R1.1.5",
    "CIP-003-8 R1.1.6",
    "CIP-003-8 R1.1.7",
    "CIP-003-8 R1.1.8",
    "CIP-003-8 R1.1.9",
];

const LOW_TOPICS: [&str; 13] = [
    "CIP-003-9 R1.2.1",
    "CIP-003-9 R1.2.2",
    "CIP-003-9 R1.2.3",
    "CIP-003-9 R1.2.4",
    "CIP-003-9 R1.2.5",
    "CIP-003-9 R1.2.6",
    "CIP-003-9 R1.2.7",
    "CIP-003-8 R1.2.1",
    "CIP-003-8 R1.2.2",
    "CIP-003-8 R1.2.3",
    "CIP-003-8 R1.2.4",
    "CIP-003-8 R1.2.5",
    "CIP-003-8 R1.2.6",
];

/// The check a part's clock belongs to, by the part's id with version.
#[must_use]
pub fn check_of(part: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.requirements.contains(&part))
}

/// Every verdict of these obligations: for each check and subject where the clock stands, then each interval that was late.
#[must_use]
pub fn verdicts(obligations: &[Obligation<'_>]) -> Vec<Verdict> {
    let mut clocks: BTreeMap<(&str, Uuid), Vec<&Obligation<'_>>> = BTreeMap::new();
    for one in obligations {
        if let Some(check) = check_of(&one.part.id) {
            clocks.entry((check.code, one.subject.id)).or_default().push(one);
        }
    }
    clocks.into_values().flat_map(|parts| of_clock(&parts)).collect()
}

/// The parts of one clock: versions that follow each other, topics of one policy.
fn of_clock(parts: &[&Obligation<'_>]) -> Vec<Verdict> {
    // The version that runs longest says where the clock stands; among its topics the worst.
    let Some(last) = parts.iter().map(|one| one.judged_on).max() else { return Vec::new() };
    let running = parts.iter().filter(|one| one.judged_on == last);
    let Some(worst) = running.min_by_key(|one| (one.state, one.due)) else { return Vec::new() };
    let Some(check) = check_of(&worst.part.id) else { return Vec::new() };
    let subject = || Subject {
        kind: worst.subject.kind.word().to_owned(),
        id: worst.subject.id,
        reference: worst.subject.reference.clone(),
    };
    let verdict = |judged: Judgement| Verdict {
        check,
        subject: subject(),
        outcome: judged.outcome,
        because: judged.because.into_owned(),
        cause: judged.cause.into_owned(),
        gap: judged.gap,
        severity: judged.severity,
        seen: judged.seen,
    };
    let mut gaps: Vec<Lapse> = parts.iter().flat_map(|one| one.gaps.iter().copied()).collect();
    gaps.sort_by_key(|gap| (gap.from, gap.until));
    gaps.dedup();
    // The gap that is still open is told by where the clock stands.
    let closed = gaps.into_iter().filter(|gap| gap.until.is_some()).map(late);
    std::iter::once(standing(worst)).chain(closed).map(verdict).collect()
}

/// Where a clock stands.
#[must_use]
pub fn standing(one: &Obligation<'_>) -> Judgement {
    let last = match (one.last, one.subject.in_service) {
        (Some(last), _) => format!("last performed {} ({})", last.on, last.reference),
        (None, Some(day)) => format!("in service since {day}, not performed yet"),
        (None, None) => "not performed yet".to_owned(),
    };
    let Some(due) = one.due else {
        return Judgement::indeterminate("no performance is recorded, and nothing tells when its clock began");
    };
    match one.state {
        ObligationState::Overdue => {
            let mut judged = Judgement::fail(format!("was due {due}; {last}"));
            judged.gap = one.gaps.iter().copied().rfind(|gap| gap.until.is_none()).map(gap);
            judged
        }
        ObligationState::DueSoon => Judgement::due_soon(format!("due {due}; {last}")),
        ObligationState::Met => Judgement::pass(format!("{last}, next due {due}")),
        ObligationState::NeverPerformed => Judgement::indeterminate("no performance is recorded"),
    }
}

/// An interval that was late and has ended.
fn late(lapse: Lapse) -> Judgement {
    let due = lapse.from.plus_days(-1);
    let mut judged = Judgement::fail(match lapse.until {
        Some(until) => format!("was due {due}, performed {until}, {} late", days(until.days_since(due))),
        None => format!("was due {due}"),
    });
    judged.gap = Some(gap(lapse));
    judged
}

fn days(count: i64) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}

const fn gap(lapse: Lapse) -> Gap {
    Gap { from: lapse.from, until: lapse.until }
}

#[cfg(test)]
mod tests;
