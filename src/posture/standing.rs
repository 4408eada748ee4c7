//! Every part of every framework in force on a day, and where it stands.
//!
//! Invariant: pure. Pages, the command, the nightly row and the package read these same standings.

use std::collections::HashMap;

use super::rules::{Asked, Attested, Standing, stand};
use crate::checks::facts::Facts;
use crate::checks::judging::{Outcomes, RULES, verdict};
use crate::checks::justifying::justifies;
use crate::checks::scope::Scope;
use crate::checks::{Outcome, Verdict};
use crate::exceptions::Exception;
use crate::exceptions::rules::PartFacts;
use crate::frameworks::catalogs;
use crate::frameworks::model::Requirement;
use crate::obligations::rules::Facts as Clocked;
use crate::vocabulary::Date;

/// What decides beside the outcomes, read from the same snapshot.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// Attestations that stand on the day, by part.
    pub attested: HashMap<String, Attested>,
    /// Exceptions that were approved, and the day they are asked about.
    pub exceptions: Vec<Exception>,
    pub day: Option<Date>,
    /// The day the organization's record began.
    pub recorded_since: Option<Date>,
    /// What the clocks were judged from.
    pub clocked: Option<Clocked>,
    /// Verdicts about periodic duties, each once.
    pub clocks: Vec<Verdict>,
    /// Verdicts about exceptions themselves, each once.
    pub excuses: Vec<Verdict>,
    /// Both by the parts they inform.
    pub duties: HashMap<&'static str, Vec<Verdict>>,
}

impl Beside {
    /// Leaves the passwords of these systems to the checks of their accounts (GL-ACC-05), where nobody performed the duty of
    /// the whole system.
    pub fn leave_to_accounts(&mut self, systems: &std::collections::BTreeSet<uuid::Uuid>) {
        let left = |verdict: &Verdict| {
            let passwords = verdict.check.code == "GL-CLK-14" && verdict.outcome == Outcome::Indeterminate;
            passwords && systems.contains(&verdict.subject.id)
        };
        self.clocks.retain(|verdict| !left(verdict));
        self.duties.values_mut().for_each(|verdicts| verdicts.retain(|verdict| !left(verdict)));
    }

    /// True when an exception justifies a failure for a part: what the part's own text allows, and no more.
    #[must_use]
    pub fn justify(&self, verdict: &Verdict, part: &Requirement) -> bool {
        let Some(day) = self.day.filter(|_| !self.exceptions.is_empty()) else { return false };
        let allows = PartFacts {
            tfe: part.where_technically_feasible || part.tfe_eligible,
            capability: part.asks.to_lowercase().contains("per system capability"),
            cec: part.exceptional_circumstance,
        };
        self.exceptions.iter().any(|exception| justifies(exception, verdict, allows, day))
    }

    /// True when a failure is justified for every part it informs.
    pub fn justify_all<'p>(&self, verdict: &Verdict, mut parts: impl Iterator<Item = &'p Requirement>) -> bool {
        !self.exceptions.is_empty() && parts.all(|part| self.justify(verdict, part))
    }
}

/// Where the parts stand.
#[derive(Clone, Debug, Default)]
pub struct Standings {
    pub parts: Vec<Standing>,
    places: HashMap<&'static str, usize>,
}

impl Standings {
    /// Judges every part in force on any of the days from one to another.
    #[must_use]
    pub fn of(facts: &Facts, outcomes: &Outcomes, scope: &Scope, days: (Date, Date), beside: &Beside) -> Self {
        let mut parts = Vec::new();
        for framework in &catalogs().frameworks {
            let in_force = |part: &&Requirement| {
                catalogs().standard_of(part).is_some_and(|standard| standard.in_force_within(days.0, days.1))
            };
            let asked = framework.requirements.iter().filter(in_force);
            parts.extend(
                asked.map(|part| one(facts, outcomes, scope, part, beside).since(days.0, beside.recorded_since)),
            );
        }
        let places = parts.iter().enumerate().map(|(place, standing)| (standing.part.id.as_str(), place)).collect();
        Self { parts, places }
    }

    #[must_use]
    pub fn part(&self, id: &str) -> Option<&Standing> {
        self.places.get(id).map(|place| &self.parts[*place])
    }

    /// Parts of a framework, in its order.
    pub fn of_framework<'s>(&'s self, framework: &'s str) -> impl Iterator<Item = &'s Standing> {
        self.parts.iter().filter(move |standing| standing.part.framework == framework)
    }
}

fn one(facts: &Facts, outcomes: &Outcomes, scope: &Scope, part: &'static Requirement, beside: &Beside) -> Standing {
    let applies = scope.applies(part);
    let duties = beside.duties.get(part.id.as_str()).map_or(&[][..], Vec::as_slice);
    let attested = beside.attested.get(&part.id).copied();
    let excused = |number: usize, place: usize| {
        !beside.exceptions.is_empty() && beside.justify(&verdict(RULES[number], facts, place), part)
    };
    let duties: Vec<Verdict> = duties.iter().map(|duty| settled(duty, part, beside)).collect();
    stand(facts, outcomes, &Asked { part, applies: &applies, attested, justified: &excused, duties: &duties })
}

/// A duty's verdict, justified where an exception does.
fn settled(duty: &Verdict, part: &Requirement, beside: &Beside) -> Verdict {
    let excused = duty.outcome == Outcome::Fail && beside.justify(duty, part);
    Verdict { outcome: if excused { Outcome::Justified } else { duty.outcome }, ..duty.clone() }
}
