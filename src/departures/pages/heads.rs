//! What stands above a departure: where its clocks stand, what is late, the table of its abilities.
//!
//! Invariant: what is already late is said first; every ability leads to the record where its removal is written down.

use crate::auth::Action;
use crate::departures::listing::mark;
use crate::departures::model::DepartureKind;
use crate::departures::records::clocks::{self, Clock};
use crate::departures::rules::{State, wording};
use crate::departures::{AbilityKind, Departure};
use crate::register::Register as _;
use crate::register::pages::{Decision, Head, HeadOf, Section};
use crate::register::view::{CellView, RowView};
use crate::storage::{Kept, Snapshot};
use crate::vocabulary::Moment;
use crate::web::{Answer, Caller, links};

pub const DEPARTURE: HeadOf<Departure> = |caller, at, kept, as_of| Box::pin(departure(caller, at, kept, as_of));

/// Days after which something counts as recorded late.
const LATELY: i64 = 7;

async fn departure(caller: &Caller, at: &mut Snapshot, kept: &Kept<Departure>, as_of: &str) -> Answer<Head> {
    let now = at.now();
    let clocks = clocks::of(at, kept, caller.time_zone(), now).await?;
    let worst = clocks.iter().map(|clock| clock.deadline.state).min();
    let worst = worst.filter(|_| kept.content.retired_on.is_none());
    let mut head = Head {
        mark: worst.map_or("", mark),
        status: worst.map_or("No ability was held", State::label),
        lines: lines(caller, kept, &clocks, now),
        warnings: clocks.iter().filter_map(|clock| warning(caller, clock, now)).collect(),
        section: Some(table(caller, kept, &clocks, as_of)?),
        ..Head::default()
    };
    if kept.content.retired_on.is_some() {
        head.status = "Withdrawn";
        return Ok(head);
    }
    head.warnings.extend(waiting(kept, &clocks));
    if caller.may_now(Action::EditAccess) {
        let says = "Adds what was recorded since and was held at the action. Nothing is taken off the list.";
        head.decisions.push(Decision::new("Look again", "abilities", says));
    }
    Ok(head)
}

/// That abilities wait for the decision of a transfer.
fn waiting(departure: &Departure, clocks: &[Clock]) -> Option<String> {
    let waits = match clocks.iter().filter(|clock| is_undecided(departure, clock)).count() {
        0 => return None,
        1 => "1 ability waits".to_owned(),
        many => format!("{many} abilities wait"),
    };
    Some(format!("{waits} for the decision whether it is still needed; R5.2 and R5.4 count from it."))
}

fn is_undecided(departure: &Departure, clock: &Clock) -> bool {
    departure.kind == Some(DepartureKind::Transfer)
        && clock.ability.needed.is_none()
        && clock.ability.kind != AbilityKind::Bcsi
}

/// Where a departure stands, in sentences.
fn lines(caller: &Caller, kept: &Kept<Departure>, clocks: &[Clock], now: Moment) -> Vec<String> {
    let mut lines = Vec::new();
    if let (Some(action), Some(recorded)) = (kept.content.action_at, kept.content.recorded.as_ref()) {
        let days = recorded.at.micros_since(action) / 86_400_000_000;
        if days > LATELY {
            lines.push(format!("Recorded {days} days after the action."));
        }
    }
    let count = |wanted: &[State]| clocks.iter().filter(|clock| wanted.contains(&clock.deadline.state)).count();
    let told = State::ALL.iter().map(|state| (state, count(&[*state]))).filter(|(_, count)| *count > 0);
    let told: Vec<String> = told.map(|(state, count)| format!("{count} {}", state.label().to_lowercase())).collect();
    lines.push(match clocks.len() {
        0 => "The person held no ability at the action that is recorded here.".to_owned(),
        1 => format!("The one ability held at the action: {}.", told.join(", ")),
        all => format!("Of {all} abilities held at the action: {}.", told.join(", ")),
    });
    let next = clocks.iter().filter(|clock| matches!(clock.deadline.state, State::Running | State::DueSoon));
    if let Some((due, next)) =
        next.filter_map(|clock| clock.deadline.due.map(|due| (due, clock))).min_by_key(|(due, _)| *due)
    {
        let left = wording::length(due.micros_since(now));
        lines.push(format!("The next is due {}, in {left}: {}.", caller.told(due), next.ability.reference));
    }
    lines
}

/// What is said of a clock that is over.
fn warning(caller: &Caller, clock: &Clock, now: Moment) -> Option<String> {
    let one = &clock.deadline;
    let (name, due) = (format!("{} {}", one.kind.label(), clock.ability.reference), caller.told(one.due?));
    let part = one.part.word();
    let late = wording::standing(one, now);
    match one.state {
        State::Overdue => Some(format!("{part}: {name} was due {due} and is not recorded as removed: {late}.")),
        State::Late => {
            let removed = caller.told(one.removed?);
            Some(format!("{part}: {name} was due {due} and was removed {removed}: {late}. The gap stays."))
        }
        _ => None,
    }
}

fn table(caller: &Caller, kept: &Kept<Departure>, clocks: &[Clock], as_of: &str) -> Answer<Section> {
    let slug = &caller.serving()?.slug;
    let transfer = kept.content.kind == Some(DepartureKind::Transfer);
    let mut head = vec!["Ability", "Record", "Reaches", "Part", "Due", "Removed", "Standing", "State", "Proof"];
    if transfer {
        head.insert(3, "Needed");
    }
    let decide = (transfer && caller.may_now(Action::EditAccess))
        .then(|| format!("{}/determination", links::record(slug, Departure::WORDS.collection, kept.id)));
    let row = |clock: &Clock| row(caller, clock, (transfer, decide.as_deref()), (slug, as_of));
    Ok(Section {
        title: "Abilities and their clocks",
        href: decide.clone().unwrap_or_default(),
        total: clocks.len().to_string(),
        head,
        rows: clocks.iter().map(row).collect(),
        note: if transfer { NOTE_OF_TRANSFER.to_owned() } else { NOTE.to_owned() },
        ..Section::default()
    })
}

const NOTE: &str = "As held at the action. A removal and its proof are recorded with the authorization, the grant or the account; the clock follows.";
const NOTE_OF_TRANSFER: &str = "As held at the action. Decide for each whether it is still needed; what is not is removed by the end of the next day (R5.2), shared passwords within 30 days (R5.4).";

fn row(
    caller: &Caller,
    clock: &Clock,
    (transfer, decide): (bool, Option<&str>),
    (slug, as_of): (&str, &str),
) -> RowView {
    let cell = |text: String, class| CellView { text, class, href: None };
    let (one, ability) = (&clock.deadline, &clock.ability);
    let told = |at: Option<Moment>| at.map_or_else(String::new, |at| caller.told(at));
    let record = format!("{}{as_of}", links::record(slug, &links::collection(clock.record), ability.of));
    let mut cells = vec![
        cell(ability.kind.label().to_owned(), ""),
        CellView { text: ability.reference.clone(), class: "ref", href: Some(record) },
        cell(ability.reaches.clone(), "wide"),
    ];
    if transfer {
        let text = match ability.needed {
            Some(true) => "Needed",
            Some(false) => "Not needed",
            None => "Not decided",
        };
        cells.push(CellView { text: text.to_owned(), class: "", href: decide.map(str::to_owned) });
    }
    cells.extend([
        cell(one.part.word().to_owned(), "ref"),
        cell(told(one.due), ""),
        cell(told(one.removed), ""),
        cell(wording::standing(one, caller.instant_shown()), ""),
        cell(one.state.label().to_owned(), mark(one.state)),
        cell(clock.proof.clone(), "wide"),
    ]);
    RowView { id: ability.of.to_string(), version: 0, label: ability.reference.clone(), cells }
}
