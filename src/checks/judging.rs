//! Judging: every rule asked about every subject, and again only about what a change can move.
//!
//! Invariant: the outcomes are those of the rules over the facts, however they were reached. The sentence of a verdict is
//! made when it is read, from the same rule and the same facts.

use super::facts::{Facts, Touched};
pub use super::listed::RULES;
use super::model::{Outcome, Verdict};
use super::rule::{Judgement, Rule};
use super::subjects;

/// Changes when a rule is added or answers differently; trends and as-of pages name it.
pub const RULE_SET: &str = "2026-12.5";

/// The outcome of every rule for every subject, by place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcomes(Vec<Vec<Outcome>>);

impl Outcomes {
    /// Asks every rule about every subject.
    #[must_use]
    pub fn of(facts: &Facts) -> Self {
        Self(RULES.iter().map(|rule| column(rule, facts)).collect())
    }

    /// Asks every rule whose answer time can change. What is judged of access changes as the day does; the moments within
    /// a day are on the agenda of the facts.
    pub fn later(&mut self, facts: &Facts, new_day: bool) {
        let moves = |rule: &Rule| rule.clocked && (new_day || !rule.over.is_access());
        for (rule, column) in RULES.iter().zip(&mut self.0).filter(|(rule, _)| moves(rule)) {
            *column = self::column(rule, facts);
        }
    }

    /// Asks again what a change can move.
    pub fn again(&mut self, facts: &Facts, touched: &Touched) {
        for (rule, column) in RULES.iter().zip(&mut self.0) {
            let count = facts.count(rule.over);
            column.extend((column.len()..count).map(|place| (rule.judge)(facts, place).outcome));
            for (_, place) in touched.range((rule.over, 0)..=(rule.over, usize::MAX)) {
                column[*place] = (rule.judge)(facts, *place).outcome;
            }
        }
    }

    /// Says what a rule came to over a whole period.
    pub fn mark(&mut self, rule: usize, place: usize, outcome: Outcome) {
        self.0[rule][place] = outcome;
    }

    /// Outcomes of a rule by place.
    #[must_use]
    pub fn column(&self, rule: usize) -> &[Outcome] {
        &self.0[rule]
    }

    /// Places at which a rule came out so.
    pub fn places(&self, rule: usize, outcome: Outcome) -> impl Iterator<Item = usize> + '_ {
        self.0[rule].iter().enumerate().filter(move |(_, found)| **found == outcome).map(|(place, _)| place)
    }
}

fn column(rule: &Rule, facts: &Facts) -> Vec<Outcome> {
    (0..facts.count(rule.over)).map(|place| (rule.judge)(facts, place).outcome).collect()
}

/// What a rule says about the subject at a place, in full.
#[must_use]
pub fn verdict(rule: &'static Rule, facts: &Facts, place: usize) -> Verdict {
    let Judgement { outcome, because, cause, gap, severity, seen } = (rule.judge)(facts, place);
    let subject = subjects::subject(facts, rule.over, place);
    let (because, cause) = (because.into_owned(), cause.into_owned());
    Verdict { check: &rule.check, subject, outcome, because, cause, gap, severity, seen }
}
