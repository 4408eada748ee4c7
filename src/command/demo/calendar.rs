//! Days and moments of the demonstration: counted from now, by the organization's calendar.
//!
//! Invariant: a day of the past is not later than the calendar day of any change that is replayed for it.

use chrono::Datelike as _;

use super::telling::BEFORE_NOW;
use crate::vocabulary::{Date, Moment, TimeZone};

/// What days are counted by.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    pub now: Moment,
    pub zone: TimeZone,
}

impl Calendar {
    /// So many days after now; negative for the past.
    #[must_use]
    pub fn day(&self, days: i64) -> Date {
        self.zone.day(self.now.plus_seconds(days * 86_400 - BEFORE_NOW))
    }

    /// A moment in words: `-30@17:00`, `friday@17:00` for the next one, `-35m` for minutes before now.
    pub fn moment(&self, text: &str) -> Result<Moment, String> {
        if let Some(minutes) = text.strip_suffix('m').and_then(|minutes| minutes.parse::<i64>().ok()) {
            return Ok(self.now.plus_seconds(minutes * 60));
        }
        let (day, clock) = text.split_once('@').ok_or_else(|| format!("not a moment: {text}"))?;
        let day = match day {
            "friday" => self.friday(),
            days => self.day(number(days)?),
        };
        self.zone.on(day, clock)
    }

    fn friday(&self) -> Date {
        let today = self.zone.day(self.now);
        let ahead = 4 - i64::from(today.naive().weekday().num_days_from_monday());
        today.plus_days(if ahead < 1 { ahead + 7 } else { ahead })
    }

    /// How many days ago a day was.
    #[must_use]
    pub fn ago(&self, day: Date) -> i64 {
        self.day(0).days_since(day)
    }
}

/// A number of days, such as `-30` or `+5`.
pub fn number(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| format!("not a number of days: {text}"))
}

#[cfg(test)]
mod tests {
    use super::Calendar;
    use crate::vocabulary::{Moment, TimeZone};

    #[test]
    fn moments_in_words() {
        let now = Moment::parse("2026-11-26T18:00:00Z").expect("a moment");
        let calendar = Calendar { now, zone: TimeZone::known("America/Denver") };
        for (text, told) in [
            ("-1@17:00", "2026-11-26T00:00:00Z"),
            ("+2@08:30", "2026-11-28T15:30:00Z"),
            ("friday@17:00", "2026-11-28T00:00:00Z"),
            ("-35m", "2026-11-26T17:25:00Z"),
        ] {
            assert_eq!(calendar.moment(text), Ok(Moment::parse(told).expect("a moment")), "{text}");
        }
        assert!(calendar.moment("soon").is_err());
        assert_eq!(calendar.ago(calendar.day(-40)), 40);
    }
}
