//! What a departure must say, and what may be decided about its abilities.
//!
//! Invariant: pure. A determination that is over cannot be taken back: a late removal stays a gap.

use super::State;
use super::clocks::Deadline;
use crate::departures::model::{Ability, Departure, DepartureKind};
use crate::register::Draft;
use crate::vocabulary::Date;

/// What a departure says against itself.
pub fn check(departure: &Departure, draft: &mut Draft) {
    if let (Some(DepartureKind::Termination), Some(day)) = (departure.kind, departure.determined_on) {
        draft.refuse("determined_on", &day.to_string(), "of transfers alone; a termination ends every ability");
    }
    if let (true, Some(day)) = (departure.extenuating.trim().is_empty(), departure.extenuating_from) {
        draft.refuse("extenuating", &day.to_string(), "missing; say which circumstances put the change off (R5.4)");
    }
    if let (Some(from), Some(until)) = (departure.extenuating_from, departure.extenuating_until)
        && until < from
    {
        draft.refuse("extenuating_until", &until.to_string(), format!("before they were documented on {from}"));
    }
    if let (None, Some(until)) = (departure.extenuating_from, departure.extenuating_until) {
        draft.refuse("extenuating_from", &until.to_string(), "missing; the day on which they were documented");
    }
}

/// Which abilities a decision names, and what it says of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Determination {
    pub needed: Vec<uuid::Uuid>,
    pub not_needed: Vec<uuid::Uuid>,
    /// The day on which it was determined.
    pub on: Option<Date>,
}

/// The departure with the decision in it, or why it cannot be taken, with the field it concerns.
pub fn determined(
    departure: &Departure,
    clocks: &[Deadline],
    decision: &Determination,
    today: Date,
) -> Result<Departure, (&'static str, String)> {
    if departure.kind != Some(DepartureKind::Transfer) {
        return Err(("kind", "A termination ends every ability; only a transfer is decided one by one.".to_owned()));
    }
    if departure.retired_on.is_some() {
        return Err(("retired_on", "It was withdrawn; there is nothing to decide.".to_owned()));
    }
    let on = decision.on.ok_or(("determined_on", "missing; the day on which it was determined".to_owned()))?;
    if on > today {
        return Err(("determined_on", format!("{on} has not come; say when it was determined")));
    }
    let known = |id: &&uuid::Uuid| departure.abilities.iter().any(|ability| ability.of == **id);
    if let Some(strange) = decision.needed.iter().chain(&decision.not_needed).find(|id| !known(id)) {
        return Err(("needed", format!("{strange} is not one of its abilities")));
    }
    if let Some(both) = decision.needed.iter().find(|id| decision.not_needed.contains(id)) {
        return Err(("needed", format!("{both} is named both as needed and as not needed")));
    }
    let mut next = departure.clone();
    for ability in &mut next.abilities {
        let said = if decision.needed.contains(&ability.of) {
            true
        } else if decision.not_needed.contains(&ability.of) {
            false
        } else {
            continue;
        };
        decide(ability, said, on, clocks)?;
    }
    if next == *departure {
        return Err(("needed", "Nothing was decided that was not decided before.".to_owned()));
    }
    next.determined_on = next.determined_on.or(Some(on));
    Ok(next)
}

fn decide(ability: &mut Ability, needed: bool, on: Date, clocks: &[Deadline]) -> Result<(), (&'static str, String)> {
    if ability.needed == Some(needed) {
        return Ok(());
    }
    let over = clocks
        .iter()
        .find(|clock| clock.of == ability.of)
        .is_some_and(|clock| matches!(clock.state, State::Overdue | State::Late | State::InTime));
    if ability.needed == Some(false) && over {
        let says = "was determined as not needed, and its clock is over; a new need takes a new authorization";
        return Err(("needed", format!("{} {says}", ability.reference)));
    }
    (ability.needed, ability.determined_on) = (Some(needed), Some(on));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Determination, determined};
    use crate::departures::model::{Ability, AbilityKind, Departure, DepartureKind};
    use crate::departures::rules::{Removal, deadlines};
    use crate::vocabulary::{Date, Moment, TimeZone};

    fn day(text: &str) -> Date {
        Date::parse(text).expect("a date")
    }

    fn transfer() -> Departure {
        let ability = |number| Ability {
            kind: AbilityKind::Electronic,
            of: uuid::Uuid::from_u128(number),
            reference: format!("AUTH-{number}"),
            reaches: String::new(),
            needed: None,
            determined_on: None,
        };
        let kind = Some(DepartureKind::Transfer);
        Departure { kind, abilities: vec![ability(1), ability(2)], ..Departure::default() }
    }

    fn decided(departure: &Departure, needed: &[u128], not: &[u128], on: &str, now: &str) -> Result<Departure, String> {
        let now = Moment::parse(now).expect("a moment");
        let clocks = deadlines(departure, |_| None::<Removal>, TimeZone::UTC, now);
        let ids = |numbers: &[u128]| numbers.iter().map(|number| uuid::Uuid::from_u128(*number)).collect();
        let decision = Determination { needed: ids(needed), not_needed: ids(not), on: Some(day(on)) };
        determined(departure, &clocks, &decision, TimeZone::UTC.day(now)).map_err(|(_, says)| says)
    }

    #[test]
    fn each_from_its_own_day() {
        let first = decided(&transfer(), &[1], &[], "2026-11-01", "2026-11-02T12:00:00Z").expect("decided");
        assert_eq!((first.determined_on, first.abilities[1].needed), (Some(day("2026-11-01")), None));
        let second = decided(&first, &[], &[2], "2026-11-05", "2026-11-05T12:00:00Z").expect("decided");
        assert_eq!(second.abilities[1].determined_on, Some(day("2026-11-05")));
        // A slip may be corrected while the clock runs, and no longer once it is over.
        assert!(decided(&second, &[2], &[], "2026-11-05", "2026-11-06T12:00:00Z").is_ok());
        assert!(decided(&second, &[2], &[], "2026-11-05", "2026-11-08T12:00:00Z").is_err());
    }

    #[test]
    fn refused() {
        assert!(decided(&transfer(), &[1], &[], "2026-11-03", "2026-11-02T12:00:00Z").is_err());
        assert!(decided(&transfer(), &[3], &[], "2026-11-01", "2026-11-02T12:00:00Z").is_err());
        assert!(decided(&transfer(), &[1], &[1], "2026-11-01", "2026-11-02T12:00:00Z").is_err());
        assert!(decided(&transfer(), &[], &[], "2026-11-01", "2026-11-02T12:00:00Z").is_err());
        let ended = Departure { kind: Some(DepartureKind::Termination), ..transfer() };
        assert!(decided(&ended, &[1], &[], "2026-11-01", "2026-11-02T12:00:00Z").is_err());
    }
}
