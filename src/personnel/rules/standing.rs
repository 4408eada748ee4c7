//! How long training, a personnel risk assessment and a password hold.
//!
//! Invariant: pure. What was done after the day does not count on it; the last day of an interval is still in time.

use crate::personnel::model::{Account, Appointment, Person};
use crate::vocabulary::due::{due_calendar_days, due_calendar_months};
use crate::vocabulary::{Date, MonthMode};

/// Calendar months cyber security training lasts (CIP-004-7 R2.3).
pub const TRAINING_MONTHS: u16 = 15;
/// Months a personnel risk assessment lasts: seven years to the day (CIP-004-7 R3.5).
pub const ASSESSMENT_MONTHS: u16 = 84;
/// Calendar months a password may be used where nothing else lets somebody in (CIP-007-6 R5.6).
pub const PASSWORD_MONTHS: u16 = 15;
/// Calendar days to document an appointment or its change (CIP-003-9 R3, R4).
pub const DOCUMENT_DAYS: u16 = 30;
/// Days before the last day from which something is due soon: a setting of Glance, as for every clock of months.
const SOON: i64 = 90;

crate::words! {
    /// How something that lasts a while stands on a day.
    Standing {
        Current = "current", "Current";
        DueSoon = "due_soon", "Due soon";
        Lapsed = "lapsed", "Lapsed";
        Never = "never", "Never";
    }
}

crate::words! {
    /// How a password's age stands on a day.
    PasswordAge {
        Current = "current", "Current";
        DueSoon = "due_soon", "Due soon";
        Overdue = "overdue", "Overdue";
        Never = "never", "Never changed";
        NotAsked = "not_asked", "Not asked for";
    }
}

crate::words! {
    /// Whether an appointment was documented in time.
    Documented {
        InTime = "in_time", "In time";
        Open = "open", "Open";
        Late = "late", "Late";
    }
}

crate::words! {
    /// Whether an office is held.
    InOffice {
        NotBegun = "not_begun", "Not begun";
        InForce = "in_force", "In force";
        Ended = "ended", "Ended";
        Retired = "retired", "Retired";
    }
}

/// How what lasts until a day stands on a day; none for what was never done.
#[must_use]
pub fn standing(until: Option<Date>, on: Date) -> Standing {
    match until {
        None => Standing::Never,
        Some(last) if last < on => Standing::Lapsed,
        Some(last) if last.days_since(on) <= SOON => Standing::DueSoon,
        Some(_) => Standing::Current,
    }
}

/// The last day on which the last training completed by a day counts.
#[must_use]
pub fn trained_until(person: &Person, on: Date, months: MonthMode) -> Option<Date> {
    person.trained_by(on).map(|last| training_counts_until(last, months))
}

/// The last day on which a training completed on a day counts.
#[must_use]
pub fn training_counts_until(done: Date, months: MonthMode) -> Date {
    due_calendar_months(done, TRAINING_MONTHS, months)
}

/// The last day on which a personnel risk assessment completed on a day counts: seven years to the day, and the last of
/// February for the leap day.
#[must_use]
pub fn assessment_counts_until(done: Date) -> Date {
    due_calendar_months(done, ASSESSMENT_MONTHS, MonthMode::Anniversary)
}

/// The last day on which the last personnel risk assessment completed by a day counts. Seven years are no calendar months, so
/// the organization's way of counting those has no part in it.
#[must_use]
pub fn assessed_until(person: &Person, on: Date) -> Option<Date> {
    person.assessed_by(on).map(assessment_counts_until)
}

#[must_use]
pub fn training(person: &Person, on: Date, months: MonthMode) -> Standing {
    standing(trained_until(person, on, months), on)
}

#[must_use]
pub fn assessment(person: &Person, on: Date) -> Standing {
    standing(assessed_until(person, on), on)
}

/// The last day on which the password of an account may be used.
#[must_use]
pub fn password_until(account: &Account, on: Date, months: MonthMode) -> Option<Date> {
    let last = account.password_changed.iter().copied().filter(|day| *day <= on).max();
    last.map(|last| due_calendar_months(last, PASSWORD_MONTHS, months))
}

/// The age of a password; asked for where somebody may come in by the password alone, and while the account lets anybody in.
#[must_use]
pub fn password(account: &Account, on: Date, months: MonthMode) -> PasswordAge {
    let asked = account.password_only != Some(false) && account.interactive != Some(false);
    if !asked || account.disabled_at.is_some() || account.retired_on.is_some() {
        return PasswordAge::NotAsked;
    }
    match standing(password_until(account, on, months), on) {
        Standing::Current => PasswordAge::Current,
        Standing::DueSoon => PasswordAge::DueSoon,
        Standing::Lapsed => PasswordAge::Overdue,
        Standing::Never => PasswordAge::Never,
    }
}

/// The last day to document an appointment that begins on a day.
#[must_use]
pub fn document_by(from: Date) -> Date {
    due_calendar_days(from, DOCUMENT_DAYS)
}

/// Whether an appointment was documented in time, as far as a day tells.
#[must_use]
pub fn documented(appointment: &Appointment, on: Date) -> Documented {
    let Some(by) = appointment.from.map(document_by) else { return Documented::Open };
    match appointment.documented_on {
        Some(done) if done <= by => Documented::InTime,
        None if on <= by => Documented::Open,
        _ => Documented::Late,
    }
}

#[must_use]
pub fn in_office(appointment: &Appointment, on: Date) -> InOffice {
    if appointment.retired_on.is_some() {
        InOffice::Retired
    } else if appointment.holds(on) {
        InOffice::InForce
    } else if appointment.until.is_some_and(|until| until < on) {
        InOffice::Ended
    } else {
        InOffice::NotBegun
    }
}

#[cfg(test)]
mod tests {
    use super::{Documented, PasswordAge, Standing, assessed_until, assessment, documented, password, training};
    use crate::personnel::model::{Account, Appointment, Person};
    use crate::vocabulary::{Date, MonthMode};

    fn day(text: &str) -> Date {
        Date::parse(text).expect("a date")
    }

    #[test]
    fn training_lasts_fifteen_calendar_months() {
        let person =
            |trained: &[&str]| Person { trained: trained.iter().map(|on| day(on)).collect(), ..Person::default() };
        let table = [
            (&[][..], "2026-01-01", Standing::Never, Standing::Never),
            (&["2025-08-10"], "2026-08-01", Standing::Current, Standing::Current),
            (&["2025-08-10"], "2026-09-15", Standing::DueSoon, Standing::DueSoon),
            (&["2025-08-10"], "2026-11-10", Standing::DueSoon, Standing::DueSoon),
            (&["2025-08-10"], "2026-11-30", Standing::DueSoon, Standing::Lapsed),
            (&["2025-08-10"], "2026-12-01", Standing::Lapsed, Standing::Lapsed),
            // What comes later does not count yet.
            (&["2025-08-10", "2026-12-05"], "2026-12-01", Standing::Lapsed, Standing::Lapsed),
            (&["2025-08-10", "2026-12-05"], "2026-12-05", Standing::Current, Standing::Current),
        ];
        for (trained, on, end, anniversary) in table {
            assert_eq!(training(&person(trained), day(on), MonthMode::EndOfMonth), end, "{trained:?} on {on}");
            assert_eq!(training(&person(trained), day(on), MonthMode::Anniversary), anniversary, "{trained:?} on {on}");
        }
    }

    #[test]
    fn an_assessment_lasts_seven_years() {
        let person = Person { assessed: vec![day("2020-02-29")], ..Person::default() };
        assert_eq!(assessed_until(&person, day("2026-01-01")), Some(day("2027-02-28")));
        assert_eq!(assessment(&person, day("2027-02-28")), Standing::DueSoon);
        assert_eq!(assessment(&person, day("2027-03-01")), Standing::Lapsed);
        assert_eq!(assessment(&person, day("2020-02-28")), Standing::Never, "not assessed yet");
    }

    #[test]
    fn passwords_age() {
        let account = Account { password_changed: vec![day("2025-08-10")], ..Account::default() };
        let age = |account: &Account, on: &str| password(account, day(on), MonthMode::EndOfMonth);
        assert_eq!(age(&account, "2026-11-30"), PasswordAge::DueSoon);
        assert_eq!(age(&account, "2026-12-01"), PasswordAge::Overdue);
        assert_eq!(age(&Account::default(), "2026-12-01"), PasswordAge::Never);
        let keyed = Account { password_only: Some(false), ..account };
        assert_eq!(age(&keyed, "2026-12-01"), PasswordAge::NotAsked);
    }

    #[test]
    fn appointments_are_documented_within_thirty_days() {
        let made = |documented_on: Option<&str>| Appointment {
            from: Some(day("2026-01-31")),
            documented_on: documented_on.map(day),
            ..Appointment::default()
        };
        assert_eq!(documented(&made(Some("2026-03-02")), day("2026-06-01")), Documented::InTime);
        assert_eq!(documented(&made(Some("2026-03-03")), day("2026-06-01")), Documented::Late);
        assert_eq!(documented(&made(None), day("2026-03-02")), Documented::Open);
        assert_eq!(documented(&made(None), day("2026-03-03")), Documented::Late);
    }
}
