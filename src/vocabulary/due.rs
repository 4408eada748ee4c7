//! The five date functions of the clocks: when something is due.
//!
//! Invariant: pure, and the only place where they are computed. Days are the organization's calendar days and end at 23:59:59
//! in its zone; a due day is still in time.

use chrono::{Datelike, Months, NaiveDate};

use super::{Date, Moment, MonthMode, TimeZone};

/// The day by which to perform again after so many calendar months: any day up to it is in time (common ERO reading).
#[must_use]
pub fn due_calendar_months(last: Date, months: u16, mode: MonthMode) -> Date {
    // Adding months clamps to the end of a shorter one, which is what the stricter mode says.
    let same_day = last.naive().checked_add_months(Months::new(u32::from(months))).unwrap_or(NaiveDate::MAX);
    Date::clamped(match mode {
        MonthMode::Anniversary => same_day,
        MonthMode::EndOfMonth => end_of_month(same_day.year(), same_day.month()),
    })
}

/// The day so many calendar days after the trigger, whose own day counts as none. Weekends and holidays count.
#[must_use]
pub fn due_calendar_days(trigger: Date, days: u16) -> Date {
    trigger.plus_days(i64::from(days))
}

/// The last day of the calendar quarter of a day.
#[must_use]
pub fn due_calendar_quarter(day: Date) -> Date {
    let day = day.naive();
    Date::clamped(end_of_month(day.year(), day.month().div_ceil(3) * 3))
}

/// The moment after so many elapsed minutes; daylight saving neither stretches nor shrinks it.
#[must_use]
pub fn due_elapsed(from: Moment, minutes: i64) -> Moment {
    from.plus_seconds(minutes.saturating_mul(60))
}

/// The last moment of the calendar day after a day, in the organization's zone.
#[must_use]
pub fn due_end_of_next_calendar_day(day: Date, zone: TimeZone) -> Moment {
    zone.last_of(day.plus_days(1))
}

fn end_of_month(year: i32, month: u32) -> NaiveDate {
    let (year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    NaiveDate::from_ymd_opt(year, next, 1).and_then(|first| first.pred_opt()).unwrap_or(NaiveDate::MAX)
}
