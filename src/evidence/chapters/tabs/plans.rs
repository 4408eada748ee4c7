//! Tests of plans, and the patch cycle: rows of the ledger of performances.
//!
//! Invariant: only what was done on the days judged; what a column has no record for stays empty or says so.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Row, Rows, Tab};
use crate::evidence::dossier::Dossier;
use crate::evidence::words::day;
use crate::obligations::{Duty, Performance, PerformanceResult};
use crate::storage::Kept;
use crate::vocabulary::Date;

pub const PLAN_TESTS: Tab = Tab {
    name: "Plan tests",
    counted: "Index",
    header: &["Plan ID", "Kind", "Applies to", "Date", "Result", "Performed by"],
    rows: |dossier| Box::new(done(dossier, TESTS).map(|kept| Row::of(kept, plan_test(dossier, kept)))),
    always: false,
};

pub const PATCH_CYCLE: Tab = Tab {
    name: "Patch cycle",
    counted: "",
    header: &["Source", "Evaluation date", "Previous", "Gap days", "Evaluation", "Performed by", "Result"],
    rows: patch_cycle,
    always: false,
};

const TESTS: &[Duty] = &[
    Duty::IncidentPlanTest,
    Duty::LowIncidentPlanTest,
    Duty::RecoveryTest,
    Duty::RecoveryInformationTest,
    Duty::RecoveryExercise,
];

fn done<'d>(dossier: &'d Dossier, duties: &'static [Duty]) -> impl Iterator<Item = &'d Kept<Performance>> {
    let within = |kept: &&Kept<Performance>| kept.performed_on.is_some_and(|on| on >= dossier.days.from);
    dossier.performances.iter().filter(|kept| kept.kind.is_some_and(|duty| duties.contains(&duty))).filter(within)
}

/// References of what a performance was done for.
fn subjects(dossier: &Dossier, performance: &Performance) -> String {
    let told: Vec<String> = performance.subjects().map(|id| reference(dossier, id)).collect();
    if told.is_empty() { dossier.profile.name.clone() } else { told.join("; ") }
}

fn reference(dossier: &Dossier, id: Uuid) -> String {
    let facts = &dossier.judged.facts;
    let site = facts.sites.get(id).map(|site| site.reference.to_string());
    let system = || facts.systems.get(id).map(|system| system.reference.to_string());
    let asset = || facts.assets.get(id).map(|asset| asset.reference.to_string());
    site.or_else(system).or_else(asset).unwrap_or_default()
}

fn plan_test(dossier: &Dossier, kept: &Kept<Performance>) -> Vec<String> {
    vec![
        kept.reference.to_string(),
        kept.kind.map_or("", Duty::label).to_owned(),
        subjects(dossier, kept),
        day(kept.performed_on),
        kept.result.map_or("", PerformanceResult::label).to_owned(),
        kept.performed_by.clone(),
    ]
}

/// Each evaluation for each of its subjects, with the days since the one before.
fn patch_cycle(dossier: &Dossier) -> Rows<'_> {
    let mut before: HashMap<Uuid, Date> = HashMap::new();
    let every = dossier.performances.iter().filter(|kept| kept.kind == Some(Duty::PatchEvaluation));
    let mut rows = Vec::new();
    for kept in every {
        let Some(on) = kept.performed_on else { continue };
        for subject in kept.subjects() {
            let previous = before.insert(subject, on);
            if on >= dossier.days.from {
                rows.push(Row::of(kept, evaluation(dossier, kept, subject, (previous, on))));
            }
        }
    }
    Box::new(rows.into_iter())
}

fn evaluation(
    dossier: &Dossier,
    kept: &Performance,
    subject: Uuid,
    (previous, on): (Option<Date>, Date),
) -> Vec<String> {
    vec![
        reference(dossier, subject),
        on.to_string(),
        day(previous),
        previous.map_or_else(String::new, |last| on.days_since(last).to_string()),
        kept.reference.to_string(),
        kept.performed_by.clone(),
        kept.result.map_or("", PerformanceResult::label).to_owned(),
    ]
}
