//! The revocation clocks of all departures as rows, the nearest first.
//!
//! Invariant: what is overdue stands before what is due, and a clock that cannot be judged is a row, not left out.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Departure;
use super::model::DepartureKind;
use super::records::clocks::{self, Clock, Standing};
use super::rules::{State, wording};
use crate::ids::PersonId;
use crate::register::Register as _;
use crate::storage::{Kept, Snapshot};
use crate::vocabulary::{Moment, TimeZone};
use crate::web::{Answer, App, Caller, links};

/// The class of a state: shape and color beside its word.
#[must_use]
pub const fn mark(state: State) -> &'static str {
    match state {
        State::Overdue => "mark critical",
        State::Late => "mark high",
        State::DueSoon => "mark waiting",
        State::Running => "mark working",
        State::InTime => "mark done",
        State::Indeterminate => "mark open",
        State::NotApplicable => "quiet",
    }
}

/// A clock as a table shows it.
pub struct Shown {
    pub state: State,
    pub mark: &'static str,
    /// What is left, what it took, or what is missing.
    pub standing: String,
    pub due: String,
    pub part: &'static str,
    pub within: &'static str,
    /// Person: reference, name, address.
    pub person: (String, String, String),
    /// Departure: reference, kind, address.
    pub departure: (String, &'static str, String),
    /// Ability: words, reference, address, what it reaches.
    pub ability: (&'static str, String, String, String),
}

/// What was read once for this state of the record.
pub struct Remembered(Standing);

/// The departures with what their clocks are judged by; read once for each state of the record.
pub async fn remembered(app: &App, at: &mut Snapshot) -> Answer<Arc<Remembered>> {
    let (organization, size) = (at.organization(), at.tree_size());
    if let Some(known) = app.computed.at::<Remembered>(organization, size).filter(|_| at.is_newest()) {
        return Ok(known);
    }
    let read = Arc::new(Remembered(clocks::standing(at).await?));
    if at.is_newest() {
        app.computed.keep(organization, size, Arc::clone(&read));
    }
    Ok(read)
}

/// The clocks in these states, the nearest first, and how many there are of each state.
pub fn shown(
    caller: &Caller,
    known: &Remembered,
    now: Moment,
    wanted: impl Fn(State) -> bool,
    as_of: &str,
) -> Answer<(Vec<Shown>, BTreeMap<State, usize>)> {
    let slug = &caller.serving()?.slug;
    let mut counts = BTreeMap::new();
    let every = every(known, caller.time_zone(), now);
    for (_, clock) in &every {
        *counts.entry(clock.deadline.state).or_default() += 1;
    }
    let asked = every.iter().filter(|(_, clock)| wanted(clock.deadline.state));
    Ok((asked.map(|(kept, clock)| row(caller, (kept, clock), known, now, (slug, as_of))).collect(), counts))
}

/// The clocks of every departure beside it: what is overdue the longest first, then what is due next.
#[must_use]
pub fn every(known: &Remembered, zone: TimeZone, now: Moment) -> Vec<(&Kept<Departure>, Clock)> {
    let mut all = Vec::new();
    for kept in &known.0.departures {
        all.extend(clocks::told(kept, &known.0.removals, zone, now).into_iter().map(|clock| (kept, clock)));
    }
    let due = |clock: &Clock| clock.deadline.due.map_or(i64::MAX, Moment::micros);
    all.sort_by_key(|(_, clock)| (rank(clock.deadline.state), due(clock)));
    all
}

impl Remembered {
    /// Reference and name of a person who left or moved.
    #[must_use]
    pub fn person(&self, id: PersonId) -> Option<&(String, String)> {
        self.0.people.get(&id)
    }
}

fn row(
    caller: &Caller,
    (kept, clock): (&Kept<Departure>, &Clock),
    known: &Remembered,
    now: Moment,
    (slug, as_of): (&str, &str),
) -> Shown {
    let one = &clock.deadline;
    let person = kept.person.and_then(|id| known.person(id).map(|found| (id, found)));
    let at = |kind: &str, id: String| format!("{}{as_of}", links::record(slug, &links::collection(kind), id));
    Shown {
        state: one.state,
        mark: mark(one.state),
        standing: wording::standing(one, now),
        due: one.due.map_or_else(String::new, |due| caller.told(due)),
        part: one.part.word(),
        within: one.part.within(),
        person: person.map_or_else(Default::default, |(id, (reference, name))| {
            (reference.clone(), name.clone(), at("person", id.to_string()))
        }),
        departure: (
            kept.reference.to_string(),
            kept.kind.map_or("", DepartureKind::label),
            at(Departure::WORDS.kind, kept.id.to_string()),
        ),
        ability: (
            clock.ability.kind.label(),
            clock.ability.reference.clone(),
            at(clock.record, clock.ability.of.to_string()),
            clock.ability.reaches.clone(),
        ),
    }
}

const fn rank(state: State) -> u8 {
    match state {
        State::Overdue => 0,
        State::DueSoon | State::Running => 1,
        State::Indeterminate => 2,
        State::Late => 3,
        State::InTime | State::NotApplicable => 4,
    }
}
