//! The recurring intervals of the clocks, made of the date functions every slice shares.
//!
//! Invariant: pure. Days are the organization's calendar days and end at 23:59:59 in its zone; a due day is still in time.

use crate::vocabulary::due::{due_calendar_days, due_calendar_months, due_calendar_quarter};
use crate::vocabulary::{Cadence, CadenceRule, Date, MonthMode};

/// What recurs: an interval between one performance and the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Interval {
    Months(u16),
    Days(u16),
    Quarter,
}

impl Interval {
    /// The interval a cadence recurs in, given whether the last performance identified something (CIP-014-3 R1.1). None
    /// for clocks that run once from an event.
    #[must_use]
    pub fn of(cadence: &Cadence, identified: bool) -> Option<Self> {
        if cadence.mode.is_some_and(|mode| mode.word() != "interval") {
            return None;
        }
        match &cadence.rule {
            CadenceRule::CalendarMonths(months) => Some(Interval::Months(*months)),
            CadenceRule::CalendarDays(days) => Some(Interval::Days(*days)),
            CadenceRule::CalendarQuarter => Some(Interval::Quarter),
            CadenceRule::Conditional { if_previous_identified, .. } if identified => {
                Self::of(if_previous_identified, true)
            }
            CadenceRule::Conditional { otherwise, .. } => Self::of(otherwise, false),
            _ => None,
        }
    }

    /// The day by which to perform again. A performance in one quarter covers that quarter alone, so the next is due by the
    /// end of the following one, however early or late in its quarter the last was.
    #[must_use]
    pub fn due(self, last: Date, mode: MonthMode) -> Date {
        match self {
            Interval::Months(months) => due_calendar_months(last, months, mode),
            Interval::Days(days) => due_calendar_days(last, days),
            Interval::Quarter => due_calendar_quarter(due_calendar_quarter(last).plus_days(1)),
        }
    }

    /// Days before the due day at which to warn, the earliest first. Settings of Glance, not of a standard (timers 1.7).
    #[must_use]
    pub const fn warnings(self) -> [i64; 3] {
        match self {
            Interval::Months(_) => [90, 60, 30],
            Interval::Quarter => [30, 14, 7],
            Interval::Days(days) if days >= 30 => [14, 7, 3],
            Interval::Days(_) => [5, 3, 1],
        }
    }
}

impl std::fmt::Display for Interval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Interval::Months(months) => write!(f, "{months} calendar months"),
            Interval::Days(days) => write!(f, "{days} calendar days"),
            Interval::Quarter => f.write_str("each calendar quarter"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Interval;
    use crate::vocabulary::due::{
        due_calendar_days, due_calendar_months, due_calendar_quarter, due_elapsed, due_end_of_next_calendar_day,
    };
    use crate::vocabulary::{Cadence, Date, Moment, MonthMode, TimeZone};

    fn day(text: &str) -> Date {
        Date::parse(text).expect("a date")
    }

    fn moment(text: &str) -> Moment {
        Moment::parse(text).expect("a moment")
    }

    /// Timers, section 3: last, months, due at the end of the month, due on the anniversary.
    const MONTHS: [(&str, u16, &str, &str); 15] = [
        ("2025-08-10", 15, "2026-11-30", "2026-11-10"),
        ("2025-08-31", 15, "2026-11-30", "2026-11-30"),
        ("2026-01-31", 15, "2027-04-30", "2027-04-30"),
        ("2026-11-01", 15, "2028-02-29", "2028-02-01"),
        ("2026-11-30", 15, "2028-02-29", "2028-02-29"),
        ("2025-11-15", 15, "2027-02-28", "2027-02-15"),
        ("2027-11-15", 15, "2029-02-28", "2029-02-15"),
        ("2024-02-29", 15, "2025-05-31", "2025-05-29"),
        ("2026-02-28", 24, "2028-02-29", "2028-02-28"),
        ("2024-11-23", 24, "2026-11-30", "2026-11-23"),
        ("2025-02-28", 36, "2028-02-29", "2028-02-28"),
        ("2024-02-29", 36, "2027-02-28", "2027-02-28"),
        ("2025-03-15", 36, "2028-03-31", "2028-03-15"),
        ("2024-05-31", 30, "2026-11-30", "2026-11-30"),
        ("2025-01-15", 60, "2030-01-31", "2030-01-15"),
    ];

    /// Timers, section 3: trigger, days, due.
    const DAYS: [(&str, u16, &str); 19] = [
        ("2026-10-19", 35, "2026-11-23"),
        ("2026-11-23", 35, "2026-12-28"),
        ("2026-01-01", 35, "2026-02-05"),
        ("2026-12-15", 35, "2027-01-19"),
        ("2027-01-31", 35, "2027-03-07"),
        ("2028-01-31", 35, "2028-03-06"),
        ("2028-02-01", 35, "2028-03-07"),
        ("2026-02-13", 15, "2026-02-28"),
        ("2028-02-14", 15, "2028-02-29"),
        ("2026-12-31", 15, "2027-01-15"),
        ("2026-01-31", 30, "2026-03-02"),
        ("2028-01-31", 30, "2028-03-01"),
        ("2026-12-01", 60, "2027-01-30"),
        ("2028-01-01", 60, "2028-03-01"),
        ("2026-11-23", 90, "2027-02-21"),
        ("2027-12-02", 90, "2028-03-01"),
        ("2026-11-23", 120, "2027-03-23"),
        ("2026-11-23", 180, "2027-05-22"),
        ("2028-02-25", 7, "2028-03-03"),
    ];

    #[test]
    fn calendar_months() {
        for (last, months, end, anniversary) in MONTHS {
            assert_eq!(due_calendar_months(day(last), months, MonthMode::EndOfMonth), day(end), "{last} + {months}");
            let strict = due_calendar_months(day(last), months, MonthMode::Anniversary);
            assert_eq!(strict, day(anniversary), "{last} + {months}, anniversary");
        }
        // Performed at the last minute of the due day is in time; the first of the next is not.
        let (denver, due) =
            (TimeZone::known("America/Denver"), due_calendar_months(day("2025-08-10"), 15, MonthMode::EndOfMonth));
        assert_eq!(denver.day(moment("2026-12-01T06:59:59Z")), due);
        assert_eq!(denver.day(moment("2026-12-01T07:00:00Z")), due.plus_days(1));
        // A personnel risk assessment holds seven years: twelve months each, clamped on a leap day.
        assert_eq!(due_calendar_months(day("2020-02-29"), 84, MonthMode::Anniversary), day("2027-02-28"));
    }

    #[test]
    fn calendar_days() {
        for (trigger, days, due) in DAYS {
            assert_eq!(due_calendar_days(day(trigger), days), day(due), "{trigger} + {days}");
        }
        // Patch cycle (CIP-007-6 R2): evaluated 2026-11-02; action and next evaluation share a date but not a clock.
        assert_eq!(due_calendar_days(day("2026-11-02"), 35), day("2026-12-07"));
        assert_eq!(due_calendar_days(day("2026-09-14"), 35), day("2026-10-19"));
        assert_eq!(due_calendar_days(day("2026-11-20"), 35), day("2026-12-25"));
        // Baseline after a change; shared password after an extenuating circumstance; a window of 90 days of logs.
        assert_eq!(due_calendar_days(day("2026-12-20"), 10), day("2026-12-30"));
        assert_eq!(day("2026-11-23").plus_days(-90), day("2026-08-25"));
    }

    #[test]
    fn quarters() {
        for (on, due) in [
            ("2026-01-01", "2026-03-31"),
            ("2026-03-31", "2026-03-31"),
            ("2026-05-15", "2026-06-30"),
            ("2026-07-02", "2026-09-30"),
            ("2026-12-31", "2026-12-31"),
            ("2028-02-29", "2028-03-31"),
        ] {
            assert_eq!(due_calendar_quarter(day(on)), day(due), "{on}");
        }
        let next = |last: &str| Interval::Quarter.due(day(last), MonthMode::EndOfMonth);
        // Two in one quarter do not cover the next; 181 days apart are fine.
        assert_eq!((next("2026-07-02"), next("2026-09-30")), (day("2026-12-31"), day("2026-12-31")));
        assert_eq!(next("2026-10-01"), day("2027-03-31"));
    }

    #[test]
    fn hours_elapse() {
        let hours = |from: &str, hours: i64| due_elapsed(moment(from), hours * 60);
        // Terminated 2026-11-23 16:30 CST; 2026-03-07 18:00 CST; 2026-10-31 18:00 CDT.
        assert_eq!(hours("2026-11-23T16:30:00-06:00", 24), moment("2026-11-24T16:30:00-06:00"));
        assert_eq!(hours("2026-03-07T18:00:00-06:00", 24), moment("2026-03-08T19:00:00-05:00"));
        assert_eq!(hours("2026-10-31T18:00:00-05:00", 24), moment("2026-11-01T17:00:00-06:00"));
        assert_eq!(hours("2026-11-23T23:40:00-06:00", 1), moment("2026-11-24T00:40:00-06:00"));
        assert_eq!(due_elapsed(moment("2026-11-23T23:50:00Z"), 15), moment("2026-11-24T00:05:00Z"));
    }

    #[test]
    fn the_end_of_the_next_day() {
        let chicago = TimeZone::known("America/Chicago");
        for (on, due) in [
            ("2026-12-31", "2027-01-02T05:59:59.999999Z"),
            ("2028-02-28", "2028-03-01T05:59:59.999999Z"),
            ("2026-11-23", "2026-11-25T05:59:59.999999Z"),
            ("2026-03-07", "2026-03-09T04:59:59.999999Z"),
        ] {
            assert_eq!(due_end_of_next_calendar_day(day(on), chicago), moment(due), "{on}");
        }
    }

    #[test]
    fn cadences_recur_or_do_not() {
        let read = |text: &str| serde_json::from_str::<Cadence>(text).expect("a cadence");
        let months = |n: u16| format!(r#"{{"kind":"calendar_months","value":{n},"mode":"interval"}}"#);
        assert_eq!(Interval::of(&read(&months(15)), false), Some(Interval::Months(15)));
        let deadline = read(r#"{"kind":"calendar_days","value":30,"mode":"deadline"}"#);
        assert_eq!(Interval::of(&deadline, false), None);
        assert_eq!(Interval::of(&read(r#"{"kind":"retention_days","value":90}"#), false), None);
        let text = format!(
            r#"{{"kind":"conditional","mode":"interval","if_previous_identified":{},"else":{}}}"#,
            months(30),
            months(60)
        );
        assert_eq!(Interval::of(&read(&text), true), Some(Interval::Months(30)));
        assert_eq!(Interval::of(&read(&text), false), Some(Interval::Months(60)));
    }
}
