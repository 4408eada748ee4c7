//! Every part of every framework in force on a day, and where it stands.
//!
//! Invariant: pure. Pages, the command, the nightly row and the package read these same standings.

use std::collections::HashMap;

use super::rules::{Asked, Attested, Standing, stand};
use crate::checks::Verdict;
use crate::checks::facts::Facts;
use crate::checks::judging::Outcomes;
use crate::checks::scope::Scope;
use crate::frameworks::catalogs;
use crate::frameworks::model::Requirement;
use crate::vocabulary::Date;

/// What decides beside the outcomes, read from the same snapshot.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// Attestations that stand on the day, by part.
    pub attested: HashMap<String, Attested>,
    /// Verdicts about periodic duties, by part.
    pub duties: HashMap<&'static str, Vec<Verdict>>,
}

/// Where the parts stand.
#[derive(Clone, Debug, Default)]
pub struct Standings {
    pub parts: Vec<Standing>,
    places: HashMap<&'static str, usize>,
}

impl Standings {
    /// Judges every part in force on the day.
    #[must_use]
    pub fn of(facts: &Facts, outcomes: &Outcomes, scope: &Scope, day: Date, beside: &Beside) -> Self {
        let mut parts = Vec::new();
        for framework in &catalogs().frameworks {
            for part in catalogs().parts_in_force(&framework.id, day) {
                parts.push(one(facts, outcomes, scope, part, beside));
            }
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
    stand(facts, outcomes, &Asked { part, applies: &applies, attested, justified: &|_, _| false, duties })
}
