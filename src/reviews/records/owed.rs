//! Reviews that should be opened: what the clocks say is to be done and no open review looks at.
//!
//! Invariant: due days are those of the obligations, never computed again here.

use crate::ids::{Id as _, SystemId};
use crate::obligations::model::SubjectKind;
use crate::obligations::records::{facts, profile};
use crate::obligations::rules::due::{Due, due_list};
use crate::obligations::rules::{Facts, ObligationState, obligations};
use crate::reviews::model::ReviewKind;
use crate::reviews::rules::{covers, duty, is_pressing, kind_of, next_of_conduits, proposed_due};
use crate::storage::{Result, Snapshot};
use crate::vocabulary::{Date, fold};

/// A review that should be opened, for the systems due on the same day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    pub kind: ReviewKind,
    pub state: ObligationState,
    /// None while nothing is known about when its clock began.
    pub due: Option<Date>,
    /// References; none for the whole organization.
    pub systems: Vec<String>,
}

/// What should be opened, due first.
pub async fn owed(at: &mut Snapshot) -> Result<Vec<Owed>> {
    let open = super::open(at).await?;
    let facts = clocks(at).await?;
    let mut found: Vec<Owed> = Vec::new();
    for due in due_list(&obligations(&facts), facts.today) {
        let Some(kind) = kind_of(due.duty) else { continue };
        let system = (due.subject.kind == SubjectKind::System).then(|| SystemId::from_uuid(due.subject.id));
        let looked_at = open.iter().any(|review| covers(review, kind, system));
        if looked_at || !is_pressing(kind, due.state, due.due, facts.today) {
            continue;
        }
        let reference = system.map(|_| due.subject.reference.clone());
        let same = |one: &&mut Owed| one.kind == kind && one.due == due.due && one.state == due.state;
        match found.iter_mut().find(same) {
            Some(known) => known.systems.extend(reference),
            None => found.push(Owed { kind, state: due.state, due: due.due, systems: reference.into_iter().collect() }),
        }
    }
    Ok(found)
}

async fn clocks(at: &mut Snapshot) -> Result<Facts> {
    let around = crate::frameworks::records::surroundings(at).await?;
    facts::facts(at, &around, None).await
}

/// The day a review opened now over these systems, by their references, is due; over all where none is named.
pub async fn due_of(at: &mut Snapshot, kind: ReviewKind, systems: &[String]) -> Result<Option<Date>> {
    if duty(kind).is_none() {
        let profile = profile(at).await?;
        let last = super::last_signed(at, kind, profile.zone()).await?;
        return Ok(last.map(|last| next_of_conduits(last, profile.month_mode)));
    }
    let facts = clocks(at).await?;
    let named: Vec<String> = systems.iter().map(|reference| fold::folded(reference)).collect();
    let concerns = |due: &Due<'_>| {
        let system = due.subject.kind == SubjectKind::System && !named.is_empty();
        kind_of(due.duty) == Some(kind) && (!system || named.contains(&fold::folded(&due.subject.reference)))
    };
    let list = due_list(&obligations(&facts), facts.today);
    let clocks: Vec<Option<Date>> = list.iter().filter(|due| concerns(due)).map(|due| due.due).collect();
    Ok(proposed_due(kind, facts.today, &clocks))
}
