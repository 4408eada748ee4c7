//! A calendar date as people and standards write it: `YYYY-MM-DD`.
//!
//! Invariant: between 1950-01-01 and 2150-12-31, so a slip of a key is a problem and not a record.

use chrono::{Datelike, NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date(NaiveDate);

impl Date {
    /// 1970-01-01: the day of moments outside the calendar.
    pub const EPOCH: Date = Date(NaiveDate::from_epoch_days(0).expect("the epoch is a day"));

    /// Reads `YYYY-MM-DD`. The error is a sentence for the person who typed it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()
            .filter(|_| text.len() == 10)
            .ok_or_else(|| "not a date; write it as 2026-03-31".to_owned())?;
        if (1950..=2150).contains(&date.year()) {
            Ok(Self(date))
        } else {
            Err("outside 1950 to 2150; check the year".to_owned())
        }
    }

    /// The day's first moment in UTC.
    #[must_use]
    pub fn midnight_utc(self) -> super::Moment {
        self.0.and_time(chrono::NaiveTime::MIN).and_utc().into()
    }

    #[must_use]
    pub fn naive(self) -> NaiveDate {
        self.0
    }

    /// The day of a calendar date; the first or last day there is for one outside the bounds.
    #[must_use]
    pub fn clamped(date: NaiveDate) -> Self {
        let first = NaiveDate::from_ymd_opt(1950, 1, 1).unwrap_or(date);
        let last = NaiveDate::from_ymd_opt(2150, 12, 31).unwrap_or(date);
        Self(date.clamp(first, last))
    }

    /// So many days later, or earlier when negative.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        let moved = TimeDelta::try_days(days).and_then(|days| self.0.checked_add_signed(days));
        Self::clamped(moved.unwrap_or(if days < 0 { NaiveDate::MIN } else { NaiveDate::MAX }))
    }

    /// Days from `earlier` to this day; negative when this one is the earlier.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).num_days()
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

impl TryFrom<String> for Date {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn dates() {
        for good in ["2026-02-28", "2024-02-29", "1950-01-01"] {
            assert_eq!(Date::parse(good).map(|date| date.to_string()), Ok(good.to_owned()));
        }
        let day = |text: &str| Date::parse(text).expect("a date");
        assert_eq!(day("2028-02-28").plus_days(2), day("2028-03-01"));
        assert_eq!(day("2026-01-01").plus_days(i64::MIN), day("1950-01-01"));
        assert_eq!(day("2150-12-31").plus_days(1), day("2150-12-31"));
        assert_eq!(day("2026-03-01").days_since(day("2026-02-27")), 2);
        for bad in ["2026-02-30", "26-02-01", "0000-01-01", "9999-12-31", "2026-2-1", "31/12/2026", ""] {
            assert!(Date::parse(bad).is_err(), "{bad}");
        }
    }
}
