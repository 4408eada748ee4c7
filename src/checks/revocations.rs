//! Was access taken away in time from whoever left or moved, and was everything set right that a review found.
//!
//! Invariant: the clocks are those of [`crate::departures::rules::deadlines`], for exactly the abilities somebody held. What
//! was removed late is right now and stays a gap.

use super::concern::{Asking, Concern, concern_of_record};
use super::facts::Facts;
use super::model::Gap;
use super::rule::{Judgement, rule};
use crate::departures::model::Ability;
use crate::departures::rules::clocks::Missing;
use crate::departures::rules::{Deadline, Part, Removal, State, deadlines};
use crate::personnel::model::AuthorizationKind;
use crate::reviews::model::Discrepancy;
use crate::vocabulary::TimeZone;

/// What the record of an ability says of its end.
#[must_use]
pub fn removal(facts: &Facts, ability: &Ability) -> Option<Removal> {
    let access = &facts.access;
    let authorization = || access.authorizations.get(ability.of).map(Removal::of_authorization);
    let grant = || access.grants.get(ability.of).map(|grant| Removal::of_grant(grant));
    let account = || access.accounts.get(ability.of).map(Removal::of_account);
    authorization().or_else(grant).or_else(account)
}

const fn asking(part: Part) -> Asking {
    match part {
        Part::R53 | Part::R54 => Asking::High,
        Part::R51 | Part::R52 | Part::R63 => Asking::Personnel,
    }
}

/// Whether the standard asks under a part about what an ability opens.
#[must_use]
pub fn asks_about(facts: &Facts, part: Part, ability: &Ability) -> Concern {
    concern_of_record(facts, asking(part), ability.of)
}

/// The clocks of a departure under a part, each with its ability and whether the part asks about it.
fn clocks(facts: &Facts, place: usize, part: Part) -> Vec<(Deadline, &Ability, Concern)> {
    let departure = &facts.access.departures.at(place).record;
    let every = deadlines(departure, |ability| removal(facts, ability), facts.zone, facts.at);
    let clocks = every.into_iter().zip(&departure.abilities).filter(|(clock, _)| clock.part == part);
    let clocks = clocks.filter(|(clock, _)| clock.state != State::NotApplicable);
    let concerned = clocks.map(|(clock, ability)| {
        let concern = asks_about(facts, part, ability);
        (clock, ability, concern)
    });
    concerned.filter(|(_, _, concern)| *concern != Concern::No).collect()
}

fn in_time(facts: &Facts, place: usize, part: Part) -> Judgement {
    let clocks = clocks(facts, place, part);
    let Some((worst, ability, concern)) =
        clocks.iter().min_by_key(|(clock, _, concern)| (gravity(clock, *concern), clock.due))
    else {
        return Judgement::not_applicable("no ability that the part asks about");
    };
    if *concern == Concern::Open && worst.state != State::InTime {
        return Judgement::indeterminate(format!("what {} reaches is not rated", ability.reference));
    }
    said(worst, ability, facts.zone)
}

/// The worst first.
fn gravity(clock: &Deadline, concern: Concern) -> u8 {
    match (clock.state, concern) {
        (State::Overdue, Concern::Yes) => 0,
        (State::Indeterminate | State::Overdue, _) => 1,
        (State::DueSoon, _) => 2,
        (State::Running, _) => 3,
        (State::Late, _) => 4,
        (State::InTime | State::NotApplicable, _) => 5,
    }
}

fn said(clock: &Deadline, ability: &Ability, zone: TimeZone) -> Judgement {
    let due = clock.due.map_or_else(|| "once the extenuating circumstances are over".to_owned(), |due| zone.told(due));
    let reference = &ability.reference;
    match clock.state {
        State::Overdue => Judgement::fail(format!("{reference} was to be removed by {due}, and was not")),
        State::Indeterminate => {
            let missing = clock.missing.map_or("something", Missing::label);
            Judgement::indeterminate(format!("{reference}: {missing} is not recorded"))
        }
        State::DueSoon => Judgement::due_soon(format!("{reference} is to be removed by {due}")),
        State::Running => Judgement::pass(format!("{reference} is to be removed by {due}")),
        State::Late => {
            let removed = clock.removed.map_or_else(String::new, |at| zone.told(at));
            Judgement::pass(format!("{reference} was removed {removed}, after {due} when it was due"))
        }
        State::InTime | State::NotApplicable => Judgement::pass("removed in time"),
    }
}

fn late(facts: &Facts, place: usize, part: Part) -> Vec<Gap> {
    let clocks = clocks(facts, place, part).into_iter().filter(|(_, _, concern)| *concern == Concern::Yes);
    let gaps = clocks.filter_map(|(clock, _, _)| clock.gap);
    let day = |at| facts.zone.day(at);
    // The due moment itself is still in time.
    let gaps = gaps.map(|gap| Gap { from: day(gap.from.plus_micros(1)), until: gap.until.map(day) });
    let mut gaps: Vec<Gap> = gaps.collect();
    gaps.sort_by_key(|gap| (gap.from, gap.until));
    gaps.dedup();
    gaps
}

rule!(
    TERMINATED,
    "GL-RA-12",
    Mandatory,
    Critical,
    Departure,
    true,
    "Unescorted physical access and Interactive Remote Access are removed within 24 hours of a termination action",
    "CIP-004-7 R5 part 5.1",
    ["CIP-004-7 R5.1", "PS-4", "AC-2", "USER 1.2"],
    |facts, place| in_time(facts, place, Part::R51),
    gaps: Some(|facts, place| late(facts, place, Part::R51))
);
rule!(
    TRANSFERRED,
    "GL-RA-13",
    Mandatory,
    High,
    Departure,
    true,
    "Access that is not needed after a transfer is removed by the end of the calendar day after that was determined",
    "CIP-004-7 R5 part 5.2",
    ["CIP-004-7 R5.2", "PS-5", "AC-2", "USER 1.2"],
    |facts, place| in_time(facts, place, Part::R52),
    gaps: Some(|facts, place| late(facts, place, Part::R52))
);
rule!(
    ACCOUNTS_ENDED,
    "GL-REV-01",
    Mandatory,
    High,
    Departure,
    true,
    "Accounts of whoever was terminated are switched off within 30 calendar days",
    "CIP-004-7 R5 part 5.3",
    ["CIP-004-7 R5.3", "PS-4", "AC-2", "AC-2(3)", "USER 1.2"],
    |facts, place| in_time(facts, place, Part::R53),
    gaps: Some(|facts, place| late(facts, place, Part::R53))
);
rule!(
    PASSWORDS_CHANGED,
    "GL-REV-02",
    Mandatory,
    High,
    Departure,
    true,
    "Shared passwords that whoever left or moved knew are changed within 30 calendar days, or 10 after extenuating circumstances",
    "CIP-004-7 R5 part 5.4",
    ["CIP-004-7 R5.4", "PS-4", "PS-5", "IA-5", "USER 1.12"],
    |facts, place| in_time(facts, place, Part::R54),
    gaps: Some(|facts, place| late(facts, place, Part::R54))
);
rule!(
    BCSI_REMOVED,
    "GL-REV-03",
    Mandatory,
    High,
    Departure,
    true,
    "Access to BCSI is removed by the end of the calendar day after a termination took effect",
    "CIP-004-7 R6 part 6.3",
    ["CIP-004-7 R6.3", "PS-4"],
    |facts, place| in_time(facts, place, Part::R63),
    gaps: Some(|facts, place| late(facts, place, Part::R63))
);

/// True where a row is about access to BCSI.
fn is_bcsi(facts: &Facts, row: &Discrepancy) -> bool {
    let authorization = facts.access.authorizations.get(row.of);
    authorization.is_some_and(|one| one.kind == Some(AuthorizationKind::Bcsi))
}

/// Whose check a row is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rows {
    Access,
    Bcsi,
    Boundary,
}

fn rows(facts: &Facts, row: &Discrepancy) -> Rows {
    match row.kind.as_str() {
        "conduit" => Rows::Boundary,
        _ if is_bcsi(facts, row) => Rows::Bcsi,
        _ => Rows::Access,
    }
}

fn set_right(facts: &Facts, place: usize, asked: Rows) -> Judgement {
    let row = &facts.access.discrepancies.at(place).record;
    if rows(facts, row) != asked {
        return Judgement::not_applicable("another check judges it");
    }
    if row.closed_at.is_some() {
        return Judgement::pass("set right");
    }
    let (outcome, on) = (row.outcome.label().to_lowercase(), facts.zone.date(row.decided_at));
    Judgement::fail(format!("{} of {}: {outcome}, decided {on}, and not done", row.reference, row.holder))
        .caused_by(format!("{} row {}", row.review_reference, row.n))
}

/// What is not set right is a gap since it was decided. How long it took to set right is no gap: CIP-004-7 R4.2 names no time.
fn not_right(facts: &Facts, place: usize, asked: Rows) -> Vec<Gap> {
    let row = &facts.access.discrepancies.at(place).record;
    let open = row.closed_at.is_none() && rows(facts, row) == asked;
    open.then(|| Gap { from: facts.zone.day(row.decided_at), until: None }).into_iter().collect()
}

rule!(
    SET_RIGHT,
    "GL-REV-04",
    Mandatory,
    High,
    Discrepancy,
    false,
    "Whatever a review of access found is set right",
    "CIP-004-7 R4 parts 4.2 and 4.3",
    ["CIP-004-7 R4.2", "CIP-004-7 R4.3", "AC-2", "AC-6(7)"],
    |facts, place| set_right(facts, place, Rows::Access),
    gaps: Some(|facts, place| not_right(facts, place, Rows::Access))
);
rule!(
    BCSI_SET_RIGHT,
    "GL-REV-05",
    Mandatory,
    High,
    Discrepancy,
    false,
    "Whatever a review of access to BCSI found is set right",
    "CIP-004-7 R6 part 6.2",
    ["CIP-004-7 R6.2", "AC-6(7)"],
    |facts, place| set_right(facts, place, Rows::Bcsi),
    gaps: Some(|facts, place| not_right(facts, place, Rows::Bcsi))
);
rule!(
    CONDUITS_SET_RIGHT,
    "GL-REV-06",
    Advisory,
    Medium,
    Discrepancy,
    false,
    "Whatever a review of conduits found is set right",
    "NIST SP 800-82r3 CA-3 and SC-7(4)",
    ["CA-3", "SC-7(4)"],
    |facts, place| set_right(facts, place, Rows::Boundary)
);
