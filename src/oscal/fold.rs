//! A part's verdicts folded by check: how many came out how, and by name the records that do not pass.
//!
//! Invariant: counts are those of the part's standing, since the same outcomes and the same scope are asked. At most
//! [`MOST_NAMED`] records are named, the worst first, so a check that fails for fifty thousand costs what one for a
//! hundred costs; the others are counted, and the part's own evidence file lists them.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::checks::judging::{RULES, verdict};
use crate::checks::scope::Applies;
use crate::checks::subjects::subject;
use crate::checks::{Check, Gap, Outcome, Subject, Verdict};
use crate::frameworks::Requirement;
use crate::frameworks::rules::Applicability;
use crate::posture::Judged;
use crate::posture::rules::{Counts, informing};
use crate::vocabulary::fold::natural;

/// Most records an observation names.
pub const MOST_NAMED: usize = 100;

/// A record that does not pass.
#[derive(Clone, Debug)]
pub struct Named {
    pub subject: Subject,
    pub outcome: Outcome,
    pub because: String,
}

/// What one check says of one part.
#[derive(Clone, Debug)]
pub struct Folded {
    pub check: &'static Check,
    /// It judges what was done by people, not a state.
    pub is_clock: bool,
    pub counts: Counts,
    pub named: Vec<Named>,
}

impl Folded {
    /// Records that do not pass and are not named.
    #[must_use]
    pub fn others(&self) -> usize {
        (self.counts.fail + self.counts.justified + self.counts.indeterminate).saturating_sub(self.named.len())
    }
}

/// The worst records so far, a bounded number of them.
struct Worst<T>(BTreeMap<(u8, String, Uuid, usize), T>);

impl<T> Worst<T> {
    fn offer(&mut self, (outcome, subject, place): (Outcome, &Subject, usize), kept: T) {
        let gravity = match outcome {
            Outcome::Fail => 0,
            Outcome::Indeterminate => 1,
            Outcome::Justified => 2,
            _ => return,
        };
        self.0.insert((gravity, natural(&subject.reference), subject.id, place), kept);
        if self.0.len() > MOST_NAMED {
            self.0.pop_last();
        }
    }
}

fn add(counts: &mut Counts, outcome: Outcome) {
    match outcome {
        Outcome::Pass => counts.pass += 1,
        Outcome::Fail => counts.fail += 1,
        Outcome::Justified => counts.justified += 1,
        Outcome::DueSoon => counts.due_soon += 1,
        Outcome::Indeterminate => counts.indeterminate += 1,
        Outcome::NotApplicable => {}
    }
}

/// What every check that informs a part says of it, by code; those that say nothing are left out.
pub fn of_part(judged: &Judged, part: &'static Requirement) -> Vec<Folded> {
    let applies = judged.scope.applies(part);
    let mut found: Vec<Folded> = informing(&part.id).map(|number| of_rule(judged, part, &applies, number)).collect();
    found.extend(of_clocks(judged, part));
    found.retain(|folded| folded.counts.all() > 0);
    found.sort_by_key(|folded| folded.check.code);
    found
}

fn of_rule(judged: &Judged, part: &Requirement, applies: &Applies<'_>, number: usize) -> Folded {
    let (rule, facts) = (RULES[number], &judged.facts);
    let mut counts = Counts::default();
    let mut worst = Worst(BTreeMap::new());
    for (place, outcome) in judged.outcomes.column(number).iter().enumerate() {
        if *outcome == Outcome::NotApplicable {
            continue;
        }
        let settled = match (*outcome, &*applies.to(facts, rule.over, place)) {
            (Outcome::NotApplicable, _) | (_, Applicability::NotApplicable) => continue,
            (_, Applicability::Unknown(_)) => Outcome::Indeterminate,
            (Outcome::Fail, Applicability::Applies) if excused(judged, part, number, place) => Outcome::Justified,
            (outcome, Applicability::Applies) => outcome,
        };
        add(&mut counts, settled);
        if !matches!(settled, Outcome::Pass | Outcome::DueSoon) {
            worst.offer((settled, &subject(facts, rule.over, place), place), settled);
        }
    }
    let named = worst.0.into_iter().map(|((.., place), outcome)| Named {
        subject: subject(facts, rule.over, place),
        outcome,
        because: because(judged, number, place, &applies.to(facts, rule.over, place)),
    });
    Folded { check: &rule.check, is_clock: false, counts, named: named.collect() }
}

fn excused(judged: &Judged, part: &Requirement, number: usize, place: usize) -> bool {
    !judged.beside.exceptions.is_empty() && judged.beside.justify(&verdict(RULES[number], &judged.facts, place), part)
}

fn because(judged: &Judged, number: usize, place: usize, applies: &Applicability) -> String {
    if let Applicability::Unknown(missing) = applies {
        let missing: Vec<&str> = missing.iter().copied().collect();
        return format!("whether the part applies is open: {} is not recorded", missing.join(", "));
    }
    let now = verdict(RULES[number], &judged.facts, place).because;
    match judged.gaps.get(&(number, place)) {
        Some(gaps) => format!("failed {}; at the end: {now}", Gap::told(gaps)),
        None => now,
    }
}

/// Verdicts about the part's periodic duties.
fn of_clocks(judged: &Judged, part: &Requirement) -> Vec<Folded> {
    let duties = judged.beside.duties.get(part.id.as_str()).map_or(&[][..], Vec::as_slice);
    let mut by_check: BTreeMap<&str, Vec<&Verdict>> = BTreeMap::new();
    for duty in duties {
        by_check.entry(duty.check.code).or_default().push(duty);
    }
    by_check.into_values().map(|duties| of_clock(judged, part, &duties)).collect()
}

fn of_clock(judged: &Judged, part: &Requirement, duties: &[&Verdict]) -> Folded {
    let mut counts = Counts::default();
    let mut worst = Worst(BTreeMap::new());
    for (place, duty) in duties.iter().enumerate() {
        let is_excused = duty.outcome == Outcome::Fail && judged.beside.justify(duty, part);
        let outcome = if is_excused { Outcome::Justified } else { duty.outcome };
        add(&mut counts, outcome);
        worst.offer((outcome, &duty.subject, place), outcome);
    }
    let named = worst.0.into_iter().map(|((.., place), outcome)| Named {
        subject: duties[place].subject.clone(),
        outcome,
        because: duties[place].because.clone(),
    });
    Folded { check: duties[0].check, is_clock: true, counts, named: named.collect() }
}
