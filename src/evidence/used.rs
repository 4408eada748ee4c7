//! Which record versions a package uses, so that exactly these are disclosed and proved.
//!
//! Invariant: pure; a version that any row or part file names is in it, and nothing outside the scope is. Of people the tabs
//! tell what auditors ask; the record behind a row is disclosed whole, as of everything else.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::chapters::tabs::TABS;
use super::dossier::{Dossier, Part};
use crate::checks::Outcome;
use crate::checks::facts::Over;
use crate::checks::judging::RULES;
use crate::checks::subjects::subject;
use crate::frameworks::rules::Applicability;
use crate::ids::Id;
use crate::posture::rules::informing;
use crate::storage::{Audited, Kept};

/// Kind and version by id.
pub type Used = BTreeMap<Uuid, (&'static str, i64)>;

/// Everything the dossier's chapters name.
#[must_use]
pub fn used(dossier: &Dossier, attachments: &[Kept<crate::artifacts::Attachment>]) -> Used {
    let mut used = Used::new();
    put(&mut used, std::slice::from_ref(&dossier.profile));
    put(&mut used, &dossier.performances);
    put(&mut used, &dossier.findings);
    put(&mut used, &dossier.entries);
    put(&mut used, &dossier.exceptions);
    put(&mut used, attachments);
    used.extend(dossier.artifacts.values().map(|kept| (kept.id.uuid(), ("artifact", kept.version))));
    for part in &dossier.parts {
        put(&mut used, part.narrative.as_slice());
        put(&mut used, &part.attestations);
        put(&mut used, &part.controls);
    }
    for id in judged(dossier) {
        used.extend(dossier.version_of(id).map(|known| (id, known)));
    }
    for tab in TABS {
        used.extend((tab.rows)(dossier).map(|row| (row.record, (row.kind, row.version))));
    }
    used
}

fn put<T: Audited>(used: &mut Used, all: &[Kept<T>]) {
    used.extend(all.iter().map(|kept| (kept.id.uuid(), (T::TABLE.kind, kept.version))));
}

/// Every record a verdict of a part in scope is about.
fn judged(dossier: &Dossier) -> BTreeSet<Uuid> {
    let mut found: BTreeSet<(Over, usize)> = BTreeSet::new();
    for part in &dossier.parts {
        found.extend(places(dossier, part));
    }
    let facts = &dossier.judged.facts;
    let mut ids: BTreeSet<Uuid> = found.into_iter().map(|(over, place)| subject(facts, over, place).id).collect();
    let duties = dossier.parts.iter().filter_map(|part| dossier.judged.beside.duties.get(part.id()));
    ids.extend(duties.flatten().map(|verdict| verdict.subject.id));
    ids
}

/// The subjects of a part's verdicts, by place: those `verdicts::of_part` tells.
fn places(dossier: &Dossier, part: &Part) -> Vec<(Over, usize)> {
    let judged = &dossier.judged;
    let applies = judged.scope.applies(part.requirement());
    let mut found = Vec::new();
    for number in informing(part.id()) {
        let over = RULES[number].over;
        for (place, outcome) in judged.outcomes.column(number).iter().enumerate() {
            let told = *outcome != Outcome::NotApplicable
                && *applies.to(&judged.facts, over, place) != Applicability::NotApplicable;
            if told {
                found.push((over, place));
            }
        }
    }
    found
}
