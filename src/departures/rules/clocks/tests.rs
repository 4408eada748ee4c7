//! The revocation clocks against the worked examples of the timers and the ways they can go wrong.

use uuid::Uuid;

use super::{Deadline, Gap, Missing, Part, State, deadlines};
use crate::departures::model::{Ability, AbilityKind, Departure, DepartureKind};
use crate::departures::rules::Removal;
use crate::vocabulary::{Date, Moment, TimeZone};

fn day(text: &str) -> Date {
    Date::parse(text).expect("a date")
}

fn moment(text: &str) -> Moment {
    Moment::parse(text).expect("a moment")
}

fn chicago() -> TimeZone {
    TimeZone::known("America/Chicago")
}

fn ability(kind: AbilityKind) -> Ability {
    Ability {
        kind,
        of: Uuid::nil(),
        reference: "X-1".to_owned(),
        reaches: "RTU-1".to_owned(),
        needed: None,
        determined_on: None,
    }
}

fn termination(at: &str, effective: &str, kind: AbilityKind) -> Departure {
    Departure {
        kind: Some(DepartureKind::Termination),
        action_at: Some(moment(at)),
        effective_on: Some(day(effective)),
        abilities: vec![ability(kind)],
        ..Departure::default()
    }
}

fn transfer(determined: &str, kind: AbilityKind, needed: Option<bool>) -> Departure {
    Departure {
        kind: Some(DepartureKind::Transfer),
        action_at: Some(moment("2028-02-01T12:00:00-06:00")),
        determined_on: Some(day(determined)),
        abilities: vec![Ability { needed, ..ability(kind) }],
        ..Departure::default()
    }
}

#[expect(clippy::needless_pass_by_value, reason = "a test reads better so")]
fn clock(departure: &Departure, removal: Option<Removal>, now: &str) -> Deadline {
    deadlines(departure, |_| removal.clone(), chicago(), moment(now)).remove(0)
}

fn due(departure: &Departure) -> Option<Moment> {
    clock(departure, None, "2020-01-01T00:00:00Z").due
}

#[test]
fn twenty_four_hours_elapse() {
    // Timers, section 3: an ordinary day, daylight saving begins, daylight saving ends.
    for (at, by) in [
        ("2026-11-23T16:30:00-06:00", "2026-11-24T16:30:00-06:00"),
        ("2026-03-07T18:00:00-06:00", "2026-03-08T19:00:00-05:00"),
        ("2026-10-31T18:00:00-05:00", "2026-11-01T17:00:00-06:00"),
    ] {
        for kind in [AbilityKind::UnescortedPhysical, AbilityKind::InteractiveRemote] {
            let found = clock(&termination(at, "2026-12-31", kind), None, "2020-01-01T00:00:00Z");
            assert_eq!((found.part, found.due), (Part::R51, Some(moment(by))), "{at}");
        }
    }
}

#[test]
fn bcsi_by_the_end_of_the_next_day() {
    // Timers, section 3: effective 2026-12-31; days in which the clock changes have 23 and 25 hours.
    for (effective, by) in [
        ("2026-12-31", "2027-01-01T23:59:59.999999-06:00"),
        ("2026-03-07", "2026-03-08T23:59:59.999999-05:00"),
        ("2026-10-31", "2026-11-01T23:59:59.999999-06:00"),
        ("2028-02-28", "2028-02-29T23:59:59.999999-06:00"),
    ] {
        let departure = termination("2026-01-01T12:00:00Z", effective, AbilityKind::Bcsi);
        assert_eq!(due(&departure), Some(moment(by)), "{effective}");
    }
    let moved = clock(&transfer("2028-02-28", AbilityKind::Bcsi, Some(false)), None, "2028-03-05T00:00:00Z");
    assert_eq!((moved.part, moved.state), (Part::R63, State::NotApplicable));
}

#[test]
fn transfers_by_the_end_of_the_next_day() {
    for kind in [AbilityKind::Electronic, AbilityKind::UnescortedPhysical, AbilityKind::Account] {
        let departure = transfer("2028-02-28", kind, Some(false));
        let found = clock(&departure, None, "2028-02-28T12:00:00-06:00");
        assert_eq!((found.part, found.due), (Part::R52, Some(moment("2028-02-29T23:59:59.999999-06:00"))));
        assert_eq!(
            clock(&transfer("2028-02-28", kind, Some(true)), None, "2028-05-01T00:00:00Z").state,
            State::NotApplicable
        );
        let open = clock(&transfer("2028-02-28", kind, None), None, "2028-02-28T12:00:00Z");
        assert_eq!((open.state, open.missing, open.due), (State::Indeterminate, Some(Missing::Needed), None));
    }
    // What was determined later for one ability counts from its own day.
    let mut departure = transfer("2028-02-28", AbilityKind::Electronic, Some(false));
    departure.abilities[0].determined_on = Some(day("2028-03-03"));
    assert_eq!(due(&departure), Some(moment("2028-03-04T23:59:59.999999-06:00")));
    (departure.determined_on, departure.abilities[0].determined_on) = (None, None);
    assert_eq!(clock(&departure, None, "2028-03-01T00:00:00Z").missing, Some(Missing::DeterminedOn));
}

#[test]
fn accounts_within_thirty_days() {
    // Timers, section 3: 30 calendar days, with and without a leap day; they run into daylight saving.
    for (effective, by) in [
        ("2026-01-31", "2026-03-02T23:59:59.999999-06:00"),
        ("2028-01-31", "2028-03-01T23:59:59.999999-06:00"),
        ("2026-02-20", "2026-03-22T23:59:59.999999-05:00"),
    ] {
        for kind in [AbilityKind::Account, AbilityKind::Electronic] {
            let departure = termination("2026-01-01T12:00:00Z", effective, kind);
            assert_eq!(due(&departure), Some(moment(by)), "{effective}");
            assert_eq!(clock(&departure, None, "2026-01-02T00:00:00Z").part, Part::R53);
        }
    }
}

#[test]
fn shared_passwords() {
    // From the day of the action in the entity's zone: 02:00 UTC is still the evening before.
    let left = termination("2026-02-01T02:00:00Z", "2026-02-15", AbilityKind::SharedAccount);
    assert_eq!(due(&left), Some(moment("2026-03-02T23:59:59.999999-06:00")));
    let moved = transfer("2028-01-31", AbilityKind::SharedAccount, Some(false));
    assert_eq!(due(&moved), Some(moment("2028-03-01T23:59:59.999999-06:00")));
    // A change before the action does not count; one on its day does, and so does one on the due day.
    let changed = |days: &[&str], now: &str| {
        let days: Vec<Date> = days.iter().map(|text| day(text)).collect();
        clock(&left, Some(Removal::changes(&days)), now)
    };
    assert_eq!(changed(&["2026-01-30"], "2026-03-03T12:00:00Z").state, State::Overdue);
    assert_eq!(changed(&["2026-01-30", "2026-01-31"], "2026-03-03T12:00:00Z").state, State::InTime);
    assert_eq!(changed(&["2026-03-02"], "2026-03-02T12:00:00-06:00").state, State::InTime);
    let late = changed(&["2026-03-03"], "2026-04-01T00:00:00Z");
    assert_eq!(late.state, State::Late);
    let until = Some(moment("2026-03-03T23:59:59.999999-06:00"));
    assert_eq!(late.gap, Some(Gap { from: moment("2026-03-02T23:59:59.999999-06:00"), until }));
    // Switching it off lets nobody in either.
    let off = Removal::at(moment("2026-02-10T00:00:00Z"));
    assert_eq!(clock(&left, Some(off), "2026-03-03T12:00:00Z").state, State::InTime);
}

#[test]
fn extenuating_circumstances() {
    let mut left = termination("2026-11-10T12:00:00-06:00", "2026-11-10", AbilityKind::SharedAccount);
    (left.extenuating, left.extenuating_from) = ("Storm restoration".to_owned(), Some(day("2026-12-01")));
    // They go on: no due day yet, however late it is.
    let on = clock(&left, None, "2026-12-15T00:00:00Z");
    assert_eq!((on.state, on.due), (State::Running, None));
    // Timers, section 3: they ended 2026-12-20, due 2026-12-30.
    left.extenuating_until = Some(day("2026-12-20"));
    assert_eq!(due(&left), Some(moment("2026-12-30T23:59:59.999999-06:00")));
    let changed = |on: &str| Some(Removal::changes(&[day(on)]));
    assert_eq!(clock(&left, changed("2026-12-30"), "2027-01-02T00:00:00Z").state, State::InTime);
    assert_eq!(clock(&left, changed("2026-12-31"), "2027-01-02T00:00:00Z").state, State::Late);
    // They ended early: the 30 days stand.
    left.extenuating_until = Some(day("2026-11-12"));
    assert_eq!(due(&left), Some(moment("2026-12-10T23:59:59.999999-06:00")));
    // Documented when the 30 days were over, or without a reason: they put nothing off.
    (left.extenuating_from, left.extenuating_until) = (Some(day("2026-12-10")), Some(day("2026-12-20")));
    assert_eq!(due(&left), Some(moment("2026-12-10T23:59:59.999999-06:00")));
    (left.extenuating, left.extenuating_from) = (String::new(), Some(day("2026-12-01")));
    assert_eq!(due(&left), Some(moment("2026-12-10T23:59:59.999999-06:00")));
}

#[test]
fn where_it_stands() {
    let left = termination("2026-11-23T16:30:00-06:00", "2026-11-23", AbilityKind::InteractiveRemote);
    let end = moment("2026-11-24T16:30:00-06:00");
    for (now, state) in [
        ("2026-11-23T17:00:00-06:00", State::Running),
        ("2026-11-24T04:29:59-06:00", State::Running),
        ("2026-11-24T04:30:00-06:00", State::DueSoon),
        ("2026-11-24T13:00:00-06:00", State::DueSoon),
        ("2026-11-24T16:30:00-06:00", State::DueSoon),
        ("2026-11-24T16:30:01-06:00", State::Overdue),
    ] {
        let found = clock(&left, None, now);
        assert_eq!(found.state, state, "{now}");
        assert_eq!(found.gap.is_some(), state == State::Overdue, "{now}");
    }
    let at = |text: &str| Some(Removal::at(moment(text)));
    assert_eq!(clock(&left, at("2026-11-24T16:30:00-06:00"), "2026-12-01T00:00:00Z").state, State::InTime);
    let late = clock(&left, at("2026-11-25T08:00:00-06:00"), "2026-12-01T00:00:00Z");
    assert_eq!(late.gap, Some(Gap { from: end, until: Some(moment("2026-11-25T08:00:00-06:00")) }));
    // What runs out later has not been removed yet.
    assert_eq!(clock(&left, at("2026-11-25T08:00:00-06:00"), "2026-11-24T20:00:00-06:00").state, State::Overdue);
}

#[test]
fn what_is_missing_is_said() {
    let mut left = termination("2026-11-23T16:30:00-06:00", "2026-11-23", AbilityKind::Bcsi);
    left.effective_on = None;
    let found = clock(&left, Some(Removal::at(moment("2026-11-23T23:00:00Z"))), "2026-12-01T00:00:00Z");
    assert_eq!((found.state, found.missing), (State::Indeterminate, Some(Missing::EffectiveOn)));
    left.abilities[0].kind = AbilityKind::Account;
    assert_eq!(clock(&left, None, "2026-12-01T00:00:00Z").missing, Some(Missing::EffectiveOn));
    (left.action_at, left.abilities[0].kind) = (None, AbilityKind::UnescortedPhysical);
    assert_eq!(clock(&left, None, "2026-12-01T00:00:00Z").missing, Some(Missing::ActionAt));
    left.kind = None;
    assert_eq!(clock(&left, None, "2026-12-01T00:00:00Z").missing, Some(Missing::Kind));
    (left.kind, left.retired_on) = (Some(DepartureKind::Termination), Some(day("2026-12-01")));
    assert_eq!(clock(&left, None, "2026-12-01T00:00:00Z").state, State::NotApplicable);
}
