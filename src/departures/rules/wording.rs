//! Clocks in words: how long is left, how long it took, what is missing.
//!
//! Invariant: pure. Lengths are cut, never rounded up: what is left is never told as more than it is.

use super::clocks::{Deadline, State};
use crate::vocabulary::Moment;

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A length of time in its two largest units.
#[must_use]
pub fn length(micros: i64) -> String {
    let micros = micros.abs();
    let (days, hours, minutes) = (micros / DAY, micros % DAY / HOUR, micros % HOUR / MINUTE);
    match (days, hours, minutes) {
        (0, 0, 0) => "less than a minute".to_owned(),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, 0) => format!("{hours} h"),
        (0, _, _) => format!("{hours} h {minutes} min"),
        (1, 0, _) => "1 day".to_owned(),
        (1, _, _) => format!("1 day {hours} h"),
        (_, 0, _) => format!("{days} days"),
        (_, _, _) => format!("{days} days {hours} h"),
    }
}

/// What is left of a clock, what it took, or what keeps it from being judged.
#[must_use]
pub fn standing(clock: &Deadline, now: Moment) -> String {
    let gap = |until: Moment| clock.gap.map_or_else(String::new, |gap| length(until.micros_since(gap.from)));
    match clock.state {
        State::Overdue => format!("{} late", gap(now)),
        State::Late => format!("{} late", clock.removed.map_or_else(String::new, gap)),
        State::Running | State::DueSoon => match clock.due {
            Some(due) => format!("{} left", length(due.micros_since(now))),
            None => clock.because.to_owned(),
        },
        State::InTime => took(clock),
        State::Indeterminate => {
            clock.missing.map_or_else(String::new, |missing| format!("Not recorded: {}", missing.label()))
        }
        State::NotApplicable => clock.because.to_owned(),
    }
}

/// How long the removal took from where the clock counts.
#[must_use]
pub fn took(clock: &Deadline) -> String {
    match (clock.from, clock.removed) {
        (Some(from), Some(removed)) if removed < from => "before the clock began".to_owned(),
        (Some(from), Some(removed)) => format!("after {}", length(removed.micros_since(from))),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{DAY, HOUR, MINUTE, length};

    #[test]
    fn lengths() {
        for (micros, told) in [
            (5, "less than a minute"),
            (59 * MINUTE, "59 min"),
            (HOUR, "1 h"),
            (3 * HOUR + 20 * MINUTE, "3 h 20 min"),
            (DAY, "1 day"),
            (DAY + 5 * HOUR, "1 day 5 h"),
            (30 * DAY - 1, "29 days 23 h"),
            (-2 * DAY, "2 days"),
        ] {
            assert_eq!(length(micros), told);
        }
    }
}
