//! Verdicts in full, made when somebody reads them: of a part, of a record, and everything that fails.
//!
//! Invariant: pure; the same rules over the same facts that gave the outcomes, so a list and a count can never disagree.

use uuid::Uuid;

use super::memory::Judged;
use super::rules::informing;
use crate::checks::facts::Over;
use crate::checks::judging::{RULES, verdict};
use crate::checks::{Class, Gap, Outcome, Verdict};
use crate::frameworks::rules::Applicability;
use crate::frameworks::{Requirement, catalogs};
use crate::vocabulary::fold;

/// Every verdict that a part's status was folded from, failures first.
#[must_use]
pub fn of_part(judged: &Judged, part: &str) -> Vec<Verdict> {
    those_of_part(judged, part, |_| true)
}

/// The failing ones among them, without making the others.
#[must_use]
pub fn failing(judged: &Judged, part: &str) -> Vec<Verdict> {
    let mut found = those_of_part(judged, part, |outcome| outcome == Outcome::Fail);
    found.retain(|verdict| verdict.outcome == Outcome::Fail);
    found
}

fn those_of_part(judged: &Judged, part: &str, wanted: impl Fn(Outcome) -> bool) -> Vec<Verdict> {
    let Some(requirement) = catalogs().requirement(part) else { return Vec::new() };
    let applies = judged.scope.applies(requirement);
    let duties = judged.beside.duties.get(part).map_or(&[][..], Vec::as_slice);
    let duties = duties.iter().filter(|duty| wanted(duty.outcome)).cloned();
    let mut found: Vec<Verdict> = duties.map(|verdict| justified(judged, requirement, verdict)).collect();
    for number in informing(part) {
        let rule = RULES[number];
        for (place, outcome) in judged.outcomes.column(number).iter().enumerate() {
            if !wanted(*outcome) || *outcome == Outcome::NotApplicable {
                continue;
            }
            match (outcome, &*applies.to(&judged.facts, rule.over, place)) {
                (Outcome::NotApplicable, _) | (_, Applicability::NotApplicable) => {}
                (_, Applicability::Applies) => {
                    found.push(justified(judged, requirement, within_period(judged, number, place)));
                }
                (_, Applicability::Unknown(missing)) => {
                    let mut open = verdict(rule, &judged.facts, place);
                    let missing: Vec<&str> = missing.iter().copied().collect();
                    open.because = format!("whether the part applies is open: {} is not recorded", missing.join(", "));
                    open.outcome = Outcome::Indeterminate;
                    found.push(open);
                }
            }
        }
    }
    in_order(&mut found);
    found
}

/// The worst first, each check's records in natural order.
fn in_order(found: &mut [Verdict]) {
    found.sort_by_cached_key(|verdict| {
        (gravity(verdict.outcome), verdict.check.code, fold::natural(&verdict.subject.reference))
    });
}

/// A verdict as the outcomes have it: where it failed within the period, that is said before what holds now.
fn within_period(judged: &Judged, number: usize, place: usize) -> Verdict {
    let mut found = verdict(RULES[number], &judged.facts, place);
    if let Some(gaps) = judged.gaps.get(&(number, place)) {
        found.because = format!("failed {}; at the end: {}", Gap::told(gaps), found.because);
        (found.outcome, found.gap) = (Outcome::Fail, gaps.first().copied());
    }
    found
}

/// A failure that an exception justifies for this part.
fn justified(judged: &Judged, part: &Requirement, mut verdict: Verdict) -> Verdict {
    if verdict.outcome == Outcome::Fail && judged.beside.justify(&verdict, part) {
        verdict.outcome = Outcome::Justified;
    }
    verdict
}

/// The worst first.
fn gravity(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Fail => 0,
        Outcome::Indeterminate => 1,
        Outcome::Justified => 2,
        Outcome::DueSoon => 3,
        Outcome::Pass => 4,
        Outcome::NotApplicable => 5,
    }
}

/// A verdict as commands, the API and packages give it.
#[must_use]
pub fn told(verdict: &Verdict) -> serde_json::Value {
    serde_json::json!({
        "check": verdict.check.code,
        "sentence": verdict.check.sentence,
        "source": verdict.check.source,
        "class": verdict.check.class.word(),
        "subject": verdict.subject,
        "outcome": verdict.outcome.word(),
        "because": verdict.because,
        "gap": verdict.gap,
    })
}

/// Every verdict about one record, without those that do not apply.
#[must_use]
pub fn of_record(judged: &Judged, over: Over, id: Uuid) -> Vec<Verdict> {
    let facts = &judged.facts;
    let place = facts.place(over, id);
    let Some(place) = place else { return Vec::new() };
    let rules = RULES.iter().filter(|rule| rule.over == over).map(|rule| verdict(rule, facts, place));
    let beside = judged.beside.clocks.iter().chain(&judged.beside.excuses);
    let clocks = beside.filter(|verdict| verdict.subject.id == id).cloned();
    let mut found: Vec<Verdict> =
        rules.chain(clocks).filter(|verdict| verdict.outcome != Outcome::NotApplicable).collect();
    in_order(&mut found);
    found
}

/// What findings follow: of every rule and clock all that fails or leaves something open, and of a rule where nothing does,
/// one verdict that says so.
#[must_use]
pub fn telling(judged: &Judged) -> Vec<Verdict> {
    let tells = |outcome: Outcome| matches!(outcome, Outcome::Fail | Outcome::Justified | Outcome::Indeterminate);
    let mut found = Vec::new();
    for (number, rule) in RULES.iter().enumerate() {
        let before = found.len();
        let column = judged.outcomes.column(number);
        let places = column.iter().enumerate().filter(|(_, outcome)| tells(**outcome));
        found.extend(places.map(|(place, _)| excused(judged, verdict(rule, &judged.facts, place))));
        if found.len() == before && !column.is_empty() {
            found.push(verdict(rule, &judged.facts, 0));
        }
    }
    let beside = judged.beside.clocks.iter().chain(&judged.beside.excuses);
    found.extend(beside.cloned().map(|verdict| excused(judged, verdict)));
    found
}

/// Codes of every check that findings follow.
#[must_use]
pub fn codes() -> Vec<&'static str> {
    let told = RULES.iter().map(|rule| &rule.check).chain(&crate::checks::clocks::CHECKS);
    let told = told.chain(std::iter::once(&crate::checks::exceptions::SOUND));
    told.filter(|check| check.class != Class::Information).map(|check| check.code).collect()
}

/// A failure that an exception justifies for every part it informs.
fn excused(judged: &Judged, mut verdict: Verdict) -> Verdict {
    let parts = verdict.check.requirements.iter().filter_map(|id| catalogs().requirement(id));
    if verdict.outcome == Outcome::Fail && judged.beside.justify_all(&verdict, parts) {
        verdict.outcome = Outcome::Justified;
    }
    verdict
}
