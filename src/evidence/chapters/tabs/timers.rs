//! Timers and gaps: every clock of a part in scope, and every time something was late or failing.
//!
//! Invariant: the same obligations and verdicts as the pages; a gap stays however current its clock is today.

use std::collections::HashMap;

use super::{Row, Rows, Tab};
use crate::checks::facts::Facts;
use crate::checks::judging::RULES;
use crate::checks::subjects::subject;
use crate::checks::{Gap, Subject};
use crate::evidence::dossier::{Dossier, Part};
use crate::evidence::words::day;
use crate::findings::Finding;
use crate::frameworks::rules::Applicability;
use crate::obligations::rules::{Obligation, obligations};
use crate::posture::rules::informing;
use crate::storage::Kept;
use crate::vocabulary::fold;

pub const TIMERS: Tab = Tab {
    name: "Timers",
    counted: "",
    header: &[
        "Part ID",
        "Subject type",
        "Subject ID",
        "Last performed",
        "Performance",
        "Evidence file",
        "Due",
        "Days left",
        "Mode",
        "State",
        "Judged on",
    ],
    rows: timers,
    always: false,
};

pub const GAPS: Tab = Tab {
    name: "Gaps",
    counted: "",
    header: &[
        "Part ID",
        "Check",
        "Subject type",
        "Subject",
        "Due",
        "Performed",
        "Gap start",
        "Gap end",
        "Finding ID",
        "PNC ID",
    ],
    rows: gaps,
    always: false,
};

fn timers(dossier: &Dossier) -> Rows<'_> {
    let clocks = dossier.judged.beside.clocked.as_ref().map(obligations).unwrap_or_default();
    let places: HashMap<&str, usize> = dossier.parts.iter().enumerate().map(|(n, part)| (part.id(), n)).collect();
    let mut known: Vec<(usize, Obligation<'_>)> =
        clocks.into_iter().filter_map(|clock| Some((*places.get(clock.part.id.as_str())?, clock))).collect();
    known.sort_by_cached_key(|(place, clock)| (*place, fold::natural(&clock.subject.reference), clock.subject.id));
    let row = |(place, clock): (usize, Obligation<'_>)| timer(dossier, &dossier.parts[place], &clock);
    Box::new(known.into_iter().map(row).collect::<Vec<_>>().into_iter())
}

fn timer(dossier: &Dossier, part: &Part, clock: &Obligation<'_>) -> Row {
    let last = clock.last.map(|last| last.id.to_string());
    let file = last.as_ref().and_then(|id| part.evidence.iter().find(|evidence| evidence.target == *id));
    let mode = format!("{}; {}", clock.interval, dossier.profile.month_mode.label());
    let cells = vec![
        part.id().to_owned(),
        clock.subject.kind.word().to_owned(),
        clock.subject.reference.clone(),
        clock.last.map_or_else(String::new, |last| last.on.to_string()),
        clock.last.map_or_else(String::new, |last| last.reference.clone()),
        file.map_or_else(String::new, |file| file.path.clone()),
        day(clock.due),
        clock.days_left().map_or_else(String::new, |days| days.to_string()),
        mode,
        clock.state.label().to_owned(),
        clock.judged_on.to_string(),
    ];
    Row::about(dossier, clock.subject.id, cells)
}

/// A gap of one part.
struct Late<'d> {
    check: &'static str,
    subject: Subject,
    gap: Gap,
    /// The clock's own last day in time, where it is a clock that was late.
    due: Option<crate::vocabulary::Date>,
    part: &'d Part,
}

fn gaps(dossier: &Dossier) -> Rows<'_> {
    let judged = &dossier.judged;
    let mut by_rule: HashMap<usize, Vec<(usize, Gap)>> = HashMap::new();
    for ((rule, place), gaps) in &judged.gaps {
        by_rule.entry(*rule).or_default().extend(gaps.iter().map(|gap| (*place, *gap)));
    }
    let findings = by_check(&dossier.findings);
    let mut rows = Vec::new();
    for part in &dossier.parts {
        let mut found = of_clocks(dossier, part);
        found.extend(of_rules(&judged.facts, dossier, part, &by_rule));
        found
            .sort_by_cached_key(|one| (one.check, fold::natural(&one.subject.reference), one.subject.id, one.gap.from));
        rows.extend(found.iter().map(|one| row(dossier, one, &findings)));
    }
    Box::new(rows.into_iter())
}

fn of_clocks<'d>(dossier: &'d Dossier, part: &'d Part) -> Vec<Late<'d>> {
    let duties = dossier.judged.beside.duties.get(part.id()).map_or(&[][..], Vec::as_slice);
    let late = duties.iter().filter_map(|verdict| {
        let gap = verdict.gap?;
        let due = Some(gap.from.plus_days(-1));
        Some(Late { check: verdict.check.code, subject: verdict.subject.clone(), gap, due, part })
    });
    late.collect()
}

fn of_rules<'d>(
    facts: &Facts,
    dossier: &'d Dossier,
    part: &'d Part,
    by_rule: &HashMap<usize, Vec<(usize, Gap)>>,
) -> Vec<Late<'d>> {
    let applies = dossier.judged.scope.applies(part.requirement());
    let mut found = Vec::new();
    for number in informing(part.id()) {
        let rule = RULES[number];
        for (place, gap) in by_rule.get(&number).into_iter().flatten() {
            if *applies.to(facts, rule.over, *place) == Applicability::Applies {
                let subject = subject(facts, rule.over, *place);
                found.push(Late { check: rule.check.code, subject, gap: *gap, due: None, part });
            }
        }
    }
    found
}

fn by_check(findings: &[Kept<Finding>]) -> HashMap<&str, Vec<&Kept<Finding>>> {
    let mut found: HashMap<&str, Vec<&Kept<Finding>>> = HashMap::new();
    for kept in findings.iter().filter(|kept| !kept.check.is_empty()) {
        found.entry(kept.check.as_str()).or_default().push(kept);
    }
    found
}

fn row(dossier: &Dossier, one: &Late<'_>, findings: &HashMap<&str, Vec<&Kept<Finding>>>) -> Row {
    let names = |kept: &&&Kept<Finding>| kept.touched.iter().any(|subject| subject.id == one.subject.id);
    let finding = findings.get(one.check).and_then(|known| known.iter().find(names));
    let pnc = finding.filter(|kept| kept.potential_noncompliance == Some(true));
    let cells = vec![
        one.part.id().to_owned(),
        one.check.to_owned(),
        one.subject.kind.clone(),
        one.subject.reference.clone(),
        day(one.due),
        if one.due.is_some() { day(one.gap.until) } else { String::new() },
        one.gap.from.to_string(),
        one.gap.until.map_or_else(|| "still open".to_owned(), |until| until.to_string()),
        finding.map_or_else(String::new, |kept| kept.reference.to_string()),
        pnc.map_or_else(String::new, |kept| kept.self_report.clone()),
    ];
    Row::about(dossier, one.subject.id, cells)
}
