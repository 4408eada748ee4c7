//! The revocation clocks of a departure: for each ability the part, the due moment, and what became of it (CIP-004-7 R5, R6.3).
//!
//! Invariant: pure, and judged at a moment. A late removal stays a gap from the due moment to the removal; a time that is
//! missing is never guessed.

use uuid::Uuid;

use super::Removal;
use crate::departures::model::{Ability, AbilityKind, Departure, DepartureKind};
use crate::vocabulary::due::{due_calendar_days, due_elapsed, due_end_of_next_calendar_day};
use crate::vocabulary::{Date, Moment, TimeZone};

crate::words! {
    /// The part that asks for a removal.
    Part {
        R51 = "CIP-004-7 R5.1", "CIP-004-7 R5.1";
        R52 = "CIP-004-7 R5.2", "CIP-004-7 R5.2";
        R53 = "CIP-004-7 R5.3", "CIP-004-7 R5.3";
        R54 = "CIP-004-7 R5.4", "CIP-004-7 R5.4";
        R63 = "CIP-004-7 R6.3", "CIP-004-7 R6.3";
    }
}

impl Part {
    /// How long it leaves, in words.
    #[must_use]
    pub const fn within(self) -> &'static str {
        match self {
            Part::R51 => "24 hours after the termination action",
            Part::R52 => "the end of the day after it was determined that access is no longer needed",
            Part::R53 => "30 calendar days after the effective date of the termination",
            Part::R54 => "30 calendar days, or 10 after extenuating circumstances end",
            Part::R63 => "the end of the day after the effective date of the termination",
        }
    }

    /// To what the part applies. Which systems an ability reaches is for the checks to say.
    #[must_use]
    pub const fn applies_to(self) -> &'static str {
        match self {
            Part::R53 | Part::R54 => "High impact BES Cyber Systems and their EACMS",
            Part::R51 | Part::R52 | Part::R63 => {
                "High impact BES Cyber Systems, medium impact ones with External Routable Connectivity, and their EACMS and PACS"
            }
        }
    }

    /// Micros before the due moment from which it is due soon: a setting of Glance, not of the standard.
    #[must_use]
    pub const fn soon(self) -> i64 {
        const HOUR: i64 = 3_600_000_000;
        match self {
            Part::R51 | Part::R52 | Part::R63 => 12 * HOUR,
            Part::R53 | Part::R54 => 14 * 24 * HOUR,
        }
    }
}

crate::words! {
    /// Where a clock stands.
    State {
        Overdue = "overdue", "Overdue";
        Indeterminate = "indeterminate", "Indeterminate";
        DueSoon = "due_soon", "Due soon";
        Running = "running", "Running";
        Late = "late", "Removed late";
        InTime = "in_time", "Removed in time";
        NotApplicable = "not_applicable", "Not applicable";
    }
}

impl State {
    /// True while something is still to be done.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, State::Overdue | State::Indeterminate | State::DueSoon | State::Running)
    }
}

crate::words! {
    /// What has to be recorded before a clock can be judged: a field of the departure, or the decision about the ability.
    Missing {
        Kind = "kind", "whether it is a termination or a transfer";
        ActionAt = "action_at", "the moment of the termination action";
        EffectiveOn = "effective_on", "the effective date of the termination";
        DeterminedOn = "determined_on", "the day on which it was determined that access is no longer needed";
        Needed = "needed", "whether the ability is still needed after the transfer";
    }
}

/// The time in which an ability should have been gone and was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The due moment.
    pub from: Moment,
    /// The removal; none while the ability stands.
    pub until: Option<Moment>,
}

/// The clock of one ability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The authorization, grant or account.
    pub of: Uuid,
    pub kind: AbilityKind,
    pub part: Part,
    pub state: State,
    /// The moment or the first moment of the day it counts from.
    pub from: Option<Moment>,
    /// The last moment that is in time; none while it cannot be said, or extenuating circumstances go on.
    pub due: Option<Moment>,
    /// When the ability ceased, where it has.
    pub removed: Option<Moment>,
    pub gap: Option<Gap>,
    /// What is not recorded, where the state is indeterminate.
    pub missing: Option<Missing>,
    /// Why it stands so, where the times alone do not say.
    pub because: &'static str,
}

/// The clock of each ability of a departure, in their order, as they stand at a moment.
#[must_use]
pub fn deadlines(
    departure: &Departure,
    removal: impl Fn(&Ability) -> Option<Removal>,
    zone: TimeZone,
    now: Moment,
) -> Vec<Deadline> {
    let clock = |ability: &Ability| {
        let mut deadline = begun(departure, ability, zone);
        let removal = removal(ability).unwrap_or_default();
        deadline.removed = removed(&deadline, &removal, zone, now);
        judge(&mut deadline, now);
        deadline
    };
    departure.abilities.iter().map(clock).collect()
}

/// The part an ability falls under.
#[must_use]
pub fn part(kind: DepartureKind, ability: AbilityKind) -> Part {
    match (ability, kind) {
        (AbilityKind::SharedAccount, _) => Part::R54,
        (AbilityKind::Bcsi, _) => Part::R63,
        (_, DepartureKind::Transfer) => Part::R52,
        (AbilityKind::UnescortedPhysical | AbilityKind::InteractiveRemote, DepartureKind::Termination) => Part::R51,
        (AbilityKind::Electronic | AbilityKind::Account, DepartureKind::Termination) => Part::R53,
    }
}

/// The day on which it was determined that an ability is not needed: its own, or the one of the whole transfer.
fn determined_on(departure: &Departure, ability: &Ability) -> Option<Date> {
    ability.determined_on.or(departure.determined_on)
}

/// The clock before anything is known of a removal: running, indeterminate or not applicable.
fn begun(departure: &Departure, ability: &Ability, zone: TimeZone) -> Deadline {
    let kind = departure.kind.unwrap_or(DepartureKind::Termination);
    let deadline = Deadline {
        of: ability.of,
        kind: ability.kind,
        part: part(kind, ability.kind),
        state: State::Running,
        from: None,
        due: None,
        removed: None,
        gap: None,
        missing: None,
        because: "",
    };
    if departure.kind.is_none() {
        return lacking(deadline, Missing::Kind);
    }
    if let Some(because) = exempt(departure, ability, kind) {
        return Deadline { state: State::NotApplicable, because, ..deadline };
    }
    if kind == DepartureKind::Transfer && ability.needed.is_none() {
        return lacking(deadline, Missing::Needed);
    }
    start(deadline, departure, ability, zone)
}

/// Starts a clock from the time its part counts from.
fn start(mut deadline: Deadline, departure: &Departure, ability: &Ability, zone: TimeZone) -> Deadline {
    let (day, missing) = match deadline.part {
        Part::R54 => return shared(deadline, departure, ability, zone),
        Part::R51 => {
            let Some(at) = departure.action_at else { return lacking(deadline, Missing::ActionAt) };
            // 24 elapsed hours: daylight saving neither stretches nor shrinks them.
            (deadline.from, deadline.due) = (Some(at), Some(due_elapsed(at, 24 * 60)));
            return deadline;
        }
        Part::R52 => (determined_on(departure, ability), Missing::DeterminedOn),
        Part::R53 | Part::R63 => (departure.effective_on, Missing::EffectiveOn),
    };
    let Some(day) = day else { return lacking(deadline, missing) };
    match deadline.part {
        Part::R53 => within_days(&mut deadline, day, zone),
        _ => by_end_of_next(&mut deadline, day, zone),
    }
    deadline
}

fn lacking(mut deadline: Deadline, missing: Missing) -> Deadline {
    (deadline.state, deadline.missing) = (State::Indeterminate, Some(missing));
    deadline
}

fn by_end_of_next(deadline: &mut Deadline, day: Date, zone: TimeZone) {
    (deadline.from, deadline.due) = (Some(zone.first_of(day)), Some(due_end_of_next_calendar_day(day, zone)));
}

fn within_days(deadline: &mut Deadline, day: Date, zone: TimeZone) {
    (deadline.from, deadline.due) = (Some(zone.first_of(day)), Some(zone.last_of(due_calendar_days(day, 30))));
}

/// Why no clock runs for an ability.
fn exempt(departure: &Departure, ability: &Ability, kind: DepartureKind) -> Option<&'static str> {
    if departure.retired_on.is_some() {
        return Some("The departure was recorded by mistake and withdrawn.");
    }
    if kind == DepartureKind::Termination {
        return None;
    }
    match (ability.kind, ability.needed) {
        (AbilityKind::Bcsi, _) => Some("R6.3 asks for removal at terminations alone."),
        (_, Some(true)) => Some("Still needed after the transfer."),
        _ => None,
    }
}

/// 30 calendar days to change a shared password; where extenuating operating circumstances were documented before they were
/// over, 10 calendar days after the circumstances end, if that is later.
fn shared(mut deadline: Deadline, departure: &Departure, ability: &Ability, zone: TimeZone) -> Deadline {
    let trigger = match departure.kind {
        Some(DepartureKind::Transfer) => determined_on(departure, ability).ok_or(Missing::DeterminedOn),
        _ => departure.action_at.map(|at| zone.day(at)).ok_or(Missing::ActionAt),
    };
    let trigger = match trigger {
        Ok(day) => day,
        Err(missing) => return lacking(deadline, missing),
    };
    within_days(&mut deadline, trigger, zone);
    let last = due_calendar_days(trigger, 30);
    let documented = departure.extenuating_from.filter(|_| !departure.extenuating.trim().is_empty());
    match (documented, departure.extenuating_until) {
        (Some(on), _) if on >= last => {
            deadline.because = "Extenuating circumstances were documented too late to put off the change.";
        }
        (Some(_), Some(end)) => {
            deadline.due = Some(zone.last_of(due_calendar_days(end, 10).max(last)));
            deadline.because = "Extenuating operating circumstances were documented: 10 calendar days after they end.";
        }
        (Some(_), None) => {
            deadline.due = None;
            deadline.because = "Documented extenuating operating circumstances go on; 10 calendar days after they end.";
        }
        (None, _) => {}
    }
    deadline
}

/// When the ability ceased, by now: for a shared account also when its password was changed on or after the day the clock
/// counts from. A change is known by its day and stands for the end of it.
fn removed(deadline: &Deadline, removal: &Removal, zone: TimeZone, now: Moment) -> Option<Moment> {
    let ceased = removal.ceased.filter(|at| *at <= now);
    if deadline.kind != AbilityKind::SharedAccount {
        return ceased;
    }
    let trigger = deadline.from.map(|from| zone.day(from));
    let counts = |day: &&Date| trigger.is_some_and(|trigger| **day >= trigger) && zone.first_of(**day) <= now;
    let changed = removal.changed.iter().filter(counts).min().map(|day| zone.last_of(*day).min(now));
    match (ceased, changed) {
        (Some(ceased), Some(changed)) => Some(ceased.min(changed)),
        (one, other) => one.or(other),
    }
}

/// Where a clock stands that runs, once its removal is known.
fn judge(deadline: &mut Deadline, now: Moment) {
    if deadline.state != State::Running {
        return;
    }
    let (removed, Some(due)) = (deadline.removed, deadline.due) else {
        // Changed while the circumstances went on: the standard asks for no more.
        if deadline.removed.is_some() {
            deadline.state = State::InTime;
        }
        return;
    };
    match removed {
        Some(at) if at <= due => deadline.state = State::InTime,
        Some(at) => {
            deadline.state = State::Late;
            deadline.gap = Some(Gap { from: due, until: Some(at) });
        }
        None if now > due => {
            deadline.state = State::Overdue;
            deadline.gap = Some(Gap { from: due, until: None });
        }
        None if due.micros_since(now) <= deadline.part.soon() => deadline.state = State::DueSoon,
        None => {}
    }
}

#[cfg(test)]
mod tests;
