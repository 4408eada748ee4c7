//! Until when training and a personnel risk assessment count.
//!
//! Invariant: pure. The last day of an interval is still in time.

use crate::personnel::Person;
use crate::vocabulary::due::due_calendar_months;
use crate::vocabulary::{Date, MonthMode};

/// The last day on which the last training completed by a day counts: 15 calendar months (CIP-004-7 R2.3).
#[must_use]
pub fn trained_until(person: &Person, on: Date, months: MonthMode) -> Option<Date> {
    person.trained_by(on).map(|last| due_calendar_months(last, 15, months))
}

/// The last day on which the last personnel risk assessment completed by a day counts: seven years (CIP-004-7 R3.5).
#[must_use]
pub fn assessed_until(person: &Person, on: Date) -> Option<Date> {
    person.assessed_by(on).map(|last| due_calendar_months(last, 84, MonthMode::Anniversary))
}
