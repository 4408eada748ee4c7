//! What can be done with a review: open it, decide about rows, sign it, abandon it.
//!
//! Invariant: opening freezes the rows in the same change, under one leaf; an act about any number of rows is one decision
//! and one leaf; signing writes the performance of the duty in the same change.

use std::collections::BTreeSet;

use super::model::{Review, ReviewDecision, ReviewOutcome};
use super::records::population;
use super::records::rows::{self, Wanted};
use super::records::standings::{self, Counts};
use super::rules::population::population;
use super::rules::{self, Shown, runs};
use crate::ids::{PerformanceId, ReviewDecisionId, ReviewId, SystemId, UserId};
use crate::obligations::model::{PerformanceResult, SubjectKind};
use crate::obligations::{Performance, records as obligations};
use crate::register::records::by_references;
use crate::register::{Act, Problem, actions, signing};
use crate::storage::{Change, Kept, Result, Snapshot};
use crate::systems::System;
use crate::vocabulary::{Reference, fold};

/// Why an act was not done: a problem of what was sent, or of where the review stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    Sent(Problem),
    Stands(String),
}

type Outcome<T> = Result<std::result::Result<T, Refusal>>;

fn stands(said: impl Into<String>) -> Refusal {
    Refusal::Stands(said.into())
}

fn sent(field: &str, value: &str, problem: impl Into<String>) -> Refusal {
    Refusal::Sent(Problem { field: field.to_owned(), value: value.to_owned(), problem: problem.into() })
}

/// Opens a review: its rows are what stands at this moment, and never change afterwards.
pub async fn open(change: &mut Change, wanted: &Review, why: &str) -> Result<ReviewId> {
    let opened = signing::act(change, why).await?;
    let at = change.reading().await?;
    let items = match wanted.kind {
        Some(kind) => population(kind, &wanted.systems, &population::access(at, kind).await?),
        None => Vec::new(),
    };
    let systems = covered(at, wanted).await?;
    let frozen = rows::freeze(items)?;
    let review = Review {
        systems,
        opened: Some(opened),
        population: frozen.count(),
        root: frozen.root.clone(),
        kept: 0,
        changed: 0,
        removed: 0,
        completed: None,
        performance: None,
        abandoned: None,
        ..wanted.clone()
    };
    let id = change.new_id::<ReviewId>();
    change.insert_as(id, "review.open", &review, why).await?;
    frozen.keep(change, id).await?;
    Ok(id)
}

/// Which rows an act is about.
#[derive(Clone, Debug)]
pub enum Chosen {
    /// These, by their numbers.
    Rows(Vec<i64>),
    /// All that fit, but for those about the reviewer's own access.
    Fitting { shown: Shown, words: String },
}

/// What came of an act about rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decided {
    pub id: ReviewDecisionId,
    pub rows: usize,
    /// Rows left for another person: they are about the own access of who decided.
    pub left: usize,
    /// What stands about the review's rows afterwards.
    pub counts: Counts,
}

/// Decides about rows of an open review.
pub async fn decide(
    change: &mut Change,
    read: &Kept<Review>,
    chosen: &Chosen,
    outcome: ReviewOutcome,
    note: &str,
) -> Outcome<Decided> {
    if let Some(refusal) = rules::refuses_any_act(read) {
        return Ok(Err(stands(refusal)));
    }
    if let Some(problem) = rules::refuses_note(outcome, note) {
        return Ok(Err(sent("note", note, problem)));
    }
    let act = signing::act(change, note).await?;
    let Some(by) = act.by.map(|member| member.user) else {
        return Ok(Err(stands("Only a person who signed in decides about access.")));
    };
    let (numbers, left) = match rows_of(change, read, chosen, by).await? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let rows = numbers.len();
    let decision = ReviewDecision { review: read.id, rows: numbers, outcome, note: note.to_owned() };
    let id = change.new_id::<ReviewDecisionId>();
    change.insert_as(id, &format!("review_decision.{}", outcome.word()), &decision, note).await?;
    standings::stand(change, read.id, (id, outcome), &decision.rows).await?;
    let counts = standings::counts(change.reading().await?, read.id).await?;
    Ok(Ok(Decided { id, rows, left, counts }))
}

/// The numbers of the rows this user may decide about in this act, and how many are left as their own.
async fn rows_of(change: &mut Change, read: &Kept<Review>, chosen: &Chosen, by: UserId) -> Outcome<(Vec<i64>, usize)> {
    let at = change.reading().await?;
    let own = rows::own(at, read.id, by).await?;
    let numbers = match chosen {
        Chosen::Rows(numbers) => {
            let numbers: BTreeSet<i64> = numbers.iter().copied().collect();
            numbers.into_iter().collect::<Vec<_>>()
        }
        Chosen::Fitting { shown, words } => {
            let wanted = Wanted { review: read.id, shown: *shown, words: words.clone() };
            rows::numbers(at, &wanted).await?
        }
    };
    if numbers.is_empty() {
        return Ok(Err(sent("rows", "", "no row; name at least one")));
    }
    if let Some(unknown) = numbers.iter().find(|n| **n < 1 || **n > read.population) {
        return Ok(Err(sent(
            "rows",
            &unknown.to_string(),
            format!("not a row of this review; it has 1 to {}", read.population),
        )));
    }
    let (mine, others): (Vec<i64>, Vec<i64>) = numbers.iter().partition(|n| own.binary_search(n).is_ok());
    if let Some(refusal) = rules::refuses_person(read, by) {
        // Somebody has to look at the reviewer's own rows: whoever else may.
        let reviewers = match &read.reviewer {
            Some(reviewer) => rows::own(at, read.id, reviewer.user).await?,
            None => Vec::new(),
        };
        if numbers.iter().any(|n| reviewers.binary_search(n).is_err()) {
            return Ok(Err(stands(format!("{refusal} Others decide only about the reviewer's own access."))));
        }
    }
    match (mine.is_empty(), chosen) {
        (true, _) => Ok(Ok((numbers, 0))),
        (false, Chosen::Fitting { .. }) if !others.is_empty() => Ok(Ok((others, mine.len()))),
        _ => Ok(Err(stands(format!("Nobody reviews their own access: row {} is about yours.", runs::told(&mine))))),
    }
}

/// Signs a review of which every row is decided; it becomes a performance of its duty.
pub async fn complete(change: &mut Change, read: &Kept<Review>, why: &str) -> Outcome<()> {
    if let Some(refusal) = rules::refuses_any_act(read) {
        return Ok(Err(stands(refusal)));
    }
    let act = signing::act(change, why).await?;
    let Some(by) = act.by.as_ref().map(|member| member.user) else {
        return Ok(Err(stands("Only a person who signed in signs a review.")));
    };
    if let Some(refusal) = rules::refuses_person(read, by) {
        return Ok(Err(stands(refusal)));
    }
    let counts = standings::counts(change.reading().await?, read.id).await?;
    if let Some(refusal) = rules::refuses_completion(read.population, counts.decided()) {
        return Ok(Err(stands(refusal)));
    }
    if let Some(problem) = rules::refuses_silence(read.population, why) {
        return Ok(Err(sent("reason", "", problem)));
    }
    let performance = perform(change, read, &act, counts, why).await?;
    let next = Review {
        kept: counts.keep,
        changed: counts.change,
        removed: counts.remove,
        completed: Some(act),
        performance,
        ..read.content.clone()
    };
    actions::act(change, "complete", read, &next, why).await?;
    Ok(Ok(()))
}

/// Abandons an open review; it counts for nothing.
pub async fn abandon(change: &mut Change, read: &Kept<Review>, why: &str) -> Outcome<()> {
    if let Some(refusal) = rules::refuses_any_act(read) {
        return Ok(Err(stands(refusal)));
    }
    if why.trim().is_empty() {
        return Ok(Err(sent("reason", "", "missing; say why, for the history")));
    }
    let act = signing::act(change, why).await?;
    let next = Review { abandoned: Some(act), ..read.content.clone() };
    actions::act(change, "abandon", read, &next, why).await?;
    Ok(Ok(()))
}

/// Writes the performance a signed review is; none for a kind without a duty, nor where there was no system to do it for.
async fn perform(
    change: &mut Change,
    read: &Kept<Review>,
    act: &Act,
    counts: Counts,
    why: &str,
) -> Result<Option<PerformanceId>> {
    let Some(duty) = read.kind.and_then(rules::duty) else { return Ok(None) };
    let at = change.reading().await?;
    let zone = obligations::profile(at).await?.zone();
    let systems = covered(at, read).await?;
    if systems.is_empty() && read.kind.is_some_and(rules::is_of_systems) {
        return Ok(None);
    }
    let reference = free_reference(at, &read.reference).await?;
    let found = counts.change + counts.remove;
    let performance = Performance {
        reference,
        kind: Some(duty),
        subject: Some(if systems.is_empty() { SubjectKind::Organization } else { SubjectKind::System }),
        systems,
        performed_on: Some(zone.day(act.at)),
        performed_at: Some(act.at),
        performed_by: fold::truncated(&act.name, 120).to_owned(),
        result: Some(if found > 0 { PerformanceResult::DoneWithFindings } else { PerformanceResult::Done }),
        notes: format!(
            "Review {} of {} rows: {} kept, {} to change, {} to remove. Root over the rows: {}",
            read.reference, read.population, counts.keep, counts.change, counts.remove, read.root
        ),
        ..Performance::default()
    };
    actions::enter(change, &performance, why).await.map(Some)
}

/// The systems a review covers: those it names, else every one that was known and in service when it opened, which for one
/// that is not open yet is now. None for what belongs to the organization.
async fn covered(at: &mut Snapshot, review: &Review) -> Result<BTreeSet<SystemId>> {
    if !review.systems.is_empty() || !review.kind.is_some_and(rules::is_of_systems) {
        return Ok(review.systems.clone());
    }
    let opened = review.opened.as_ref().map(|act| act.at);
    let day = obligations::profile(at).await?.zone().day(opened.unwrap_or(at.now()));
    let since = match opened {
        Some(opened) => at.since::<System>(opened).await?,
        None => Vec::new(),
    };
    let came_later: BTreeSet<SystemId> = since.iter().filter(|kept| kept.version == 1).map(|kept| kept.id).collect();
    let every = at.every::<System>().await?;
    let serves = |system: &Kept<System>| {
        !came_later.contains(&system.id) && system.retired_on.is_none_or(|retired| day < retired)
    };
    Ok(every.into_iter().filter(serves).map(|system| system.id).collect())
}

/// The review's own reference, with a number where another performance has it already.
async fn free_reference(at: &mut Snapshot, wanted: &Reference) -> Result<Reference> {
    let numbered = |n: usize| {
        let stem = fold::truncated(wanted.as_str(), 70);
        if n == 1 { Ok(wanted.clone()) } else { Reference::parse(&format!("{stem} ({n})")) }
    };
    let candidates: Vec<Reference> = (1..=50).filter_map(|n| numbered(n).ok()).collect();
    let folded: Vec<String> = candidates.iter().map(Reference::folded).collect();
    let taken = by_references::<Performance>(at, &folded).await?;
    let is_free = |one: &&Reference| taken.iter().all(|known| known.reference.folded() != one.folded());
    let found = candidates.iter().find(is_free).cloned();
    Ok(found.unwrap_or_else(|| numbered(usize::from(u16::MAX)).unwrap_or_else(|_| wanted.clone())))
}
