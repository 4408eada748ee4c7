//! Who may decide: one CIP Senior Manager at every instant, delegations that name what they delegate, and changes that were
//! documented in time.
//!
//! Invariant: days without a CIP Senior Manager count from the first who is recorded; before that nobody can say.

use super::facts::Facts;
use super::model::Gap;
use super::rule::{Judgement, rule};
use crate::ids::PersonId;
use crate::personnel::model::{Appointment, CipRole, CircumstanceStatus};
use crate::vocabulary::Date;

/// Days within which a change is documented (CIP-003-9 R3, R4).
const DOCUMENTED_DAYS: i64 = 30;

fn managers(facts: &Facts) -> impl Iterator<Item = &Appointment> {
    let all = facts.access.appointments.iter().map(|held| &held.record);
    all.filter(|one| one.role == Some(CipRole::SeniorManager) && one.retired_on.is_none() && one.from.is_some())
}

/// How many hold the office on a day.
fn in_office(facts: &Facts, on: Date) -> usize {
    let people: std::collections::BTreeSet<Option<PersonId>> =
        managers(facts).filter(|one| one.holds(on)).map(|one| one.person).collect();
    people.len()
}

/// Spans of days on which not exactly one person was in office, from the first day anybody was.
fn vacant(facts: &Facts) -> Vec<Gap> {
    let today = facts.zone.day(facts.at);
    let mut turns: Vec<Date> =
        managers(facts).flat_map(|one| [one.from, one.until.map(|until| until.plus_days(1))]).flatten().collect();
    turns.retain(|day| *day <= today);
    turns.sort_unstable();
    turns.dedup();
    let mut gaps: Vec<Gap> = Vec::new();
    for (at, from) in turns.iter().enumerate() {
        if in_office(facts, *from) == 1 {
            continue;
        }
        let until = turns.get(at + 1).map(|next| next.plus_days(-1));
        match gaps.last_mut() {
            Some(last) if last.until == Some(from.plus_days(-1)) => last.until = until,
            _ => gaps.push(Gap { from: *from, until }),
        }
    }
    gaps
}

rule!(
    ONE_MANAGER,
    "GL-PER-01",
    Mandatory,
    High,
    Organization,
    true,
    "Exactly one CIP Senior Manager is in office",
    "CIP-003-9 R3",
    ["CIP-003-9 R3", "CIP-003-8 R3", "ORG 1.3"],
    |facts, _| {
        let today = facts.zone.day(facts.at);
        match (managers(facts).any(|one| one.from <= Some(today)), in_office(facts, today)) {
            (false, _) => Judgement::indeterminate("no CIP Senior Manager is recorded"),
            (true, 1) => Judgement::pass("one is in office"),
            (true, 0) => Judgement::fail("nobody is in office"),
            (true, number) => Judgement::fail(format!("{number} people are in office")),
        }
    },
    gaps: Some(|facts, _| vacant(facts))
);

/// Asks about an appointment that was not withdrawn.
fn appointment(facts: &Facts, place: usize, role: CipRole, ask: impl FnOnce(&Appointment) -> Judgement) -> Judgement {
    let one = &facts.access.appointments.at(place).record;
    if one.retired_on.is_some() {
        return Judgement::not_applicable("withdrawn");
    }
    match one.role {
        Some(known) if known == role => ask(one),
        Some(_) => Judgement::not_applicable("another office"),
        None => Judgement::indeterminate("which office it is is not recorded"),
    }
}

/// Whether the change was documented in time.
fn documented(facts: &Facts, one: &Appointment) -> Judgement {
    let (Some(from), today) = (one.from, facts.zone.day(facts.at)) else {
        return Judgement::indeterminate("since when it holds is not recorded");
    };
    let due = from.plus_days(DOCUMENTED_DAYS);
    match one.documented_on {
        Some(on) if on <= due => Judgement::pass(format!("documented {on}")),
        Some(on) => Judgement::pass(format!("documented {on}, after {due} when it was due")),
        None if today > due => Judgement::fail(format!("holds since {from}, and was to be documented by {due}")),
        None => Judgement::due_soon(format!("to be documented by {due}")),
    }
}

/// Days on which a change was to be documented and was not.
fn undocumented(facts: &Facts, place: usize, role: CipRole) -> Vec<Gap> {
    let one = &facts.access.appointments.at(place).record;
    let Some(from) = one.from.filter(|_| one.retired_on.is_none() && one.role == Some(role)) else { return Vec::new() };
    let late = from.plus_days(DOCUMENTED_DAYS + 1);
    let until = one.documented_on.map(|on| on.plus_days(-1));
    let is_late = late <= facts.zone.day(facts.at) && until.is_none_or(|until| late <= until);
    is_late.then_some(Gap { from: late, until }).into_iter().collect()
}

rule!(
    MANAGER_DOCUMENTED,
    "GL-PER-02",
    Mandatory,
    Medium,
    Appointment,
    true,
    "A change of the CIP Senior Manager is documented within 30 calendar days",
    "CIP-003-9 R3",
    ["CIP-003-9 R3", "CIP-003-8 R3"],
    |facts, place| appointment(facts, place, CipRole::SeniorManager, |one| documented(facts, one)),
    gaps: Some(|facts, place| undocumented(facts, place, CipRole::SeniorManager))
);

/// What makes a delegation none.
fn unsound(facts: &Facts, one: &Appointment) -> Result<Option<String>, &'static str> {
    let from = one.from.ok_or("since when it holds is not recorded")?;
    if one.person.is_none() {
        return Ok(Some("it names nobody".to_owned()));
    }
    if one.actions.is_empty() {
        return Ok(Some("it does not say what is delegated".to_owned()));
    }
    let by = one.delegated_by.ok_or("who delegated is not recorded")?;
    let manager = managers(facts).any(|manager| manager.person == Some(by) && manager.holds(from));
    Ok((!manager).then(|| format!("who delegated was not CIP Senior Manager on {from}")))
}

rule!(
    DELEGATED,
    "GL-PER-03",
    Mandatory,
    High,
    Appointment,
    true,
    "Each delegation names its delegate and what is delegated, and comes from the CIP Senior Manager in office",
    "CIP-003-9 R4",
    ["CIP-003-9 R4", "CIP-003-8 R4", "ORG 1.3"],
    |facts, place| appointment(facts, place, CipRole::Delegate, |one| {
        if one.until.is_some_and(|until| until < facts.zone.day(facts.at)) {
            return Judgement::not_applicable("it has ended");
        }
        match unsound(facts, one) {
            Ok(None) => Judgement::pass("delegated by the CIP Senior Manager"),
            Ok(Some(why)) => Judgement::fail(why),
            Err(open) => Judgement::indeterminate(open),
        }
    }),
    gaps: Some(|facts, place| {
        let one = &facts.access.appointments.at(place).record;
        let delegate = one.role == Some(CipRole::Delegate) && one.retired_on.is_none();
        let today = facts.zone.day(facts.at);
        let Some(from) = one.from.filter(|from| delegate && *from <= today) else { return Vec::new() };
        let until = one.until.filter(|until| *until < today);
        matches!(unsound(facts, one), Ok(Some(_))).then_some(Gap { from, until }).into_iter().collect()
    })
);
rule!(
    DELEGATION_DOCUMENTED,
    "GL-PER-04",
    Mandatory,
    Medium,
    Appointment,
    true,
    "A change of a delegation is documented within 30 calendar days",
    "CIP-003-9 R4",
    ["CIP-003-9 R4", "CIP-003-8 R4"],
    |facts, place| appointment(facts, place, CipRole::Delegate, |one| documented(facts, one)),
    gaps: Some(|facts, place| undocumented(facts, place, CipRole::Delegate))
);

rule!(
    LOOKED_BACK,
    "GL-PER-15",
    Advisory,
    Medium,
    Circumstance,
    false,
    "A CIP Exceptional Circumstance that ended was looked back on",
    "CIP-003-9 R1 part 1.1.9; the look back is Glance's own",
    ["CIP-003-9 R1.1.9"],
    |facts, place| {
        let one = &facts.access.circumstances.at(place).record;
        if one.retired_on.is_some() {
            return Judgement::not_applicable("withdrawn");
        }
        match one.status() {
            CircumstanceStatus::Declared => Judgement::not_applicable("it lasts"),
            CircumstanceStatus::Reviewed => Judgement::pass("looked back on"),
            CircumstanceStatus::Ended => Judgement::fail("it ended, and nobody looked back on what was done under it"),
        }
    }
);
