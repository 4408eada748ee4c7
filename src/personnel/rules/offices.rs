//! In which office somebody decides: as CIP Senior Manager, as a delegate, or by their role alone.
//!
//! Invariant: an appointment counts on its days only. Who was once appointed for a decision does not go on by role alone when
//! the appointment is over (CIP-003-9 R4). A change of the delegator ends no delegation: R4 says that none is needed anew.

use crate::personnel::model::{Appointment, CipRole, Delegated, Person};
use crate::vocabulary::Date;

/// Whether somebody with these appointments may take a decision on a day: the words of their office, empty when they were never
/// appointed for it and act by their role alone; or why not.
pub fn may_decide<'a>(
    appointments: impl IntoIterator<Item = &'a Appointment>,
    action: Delegated,
    on: Date,
) -> Result<String, String> {
    let matching: Vec<&Appointment> = appointments.into_iter().filter(|one| one.allows(action)).collect();
    let senior = |one: &&&Appointment| one.role == Some(CipRole::SeniorManager);
    let holding = || matching.iter().filter(|one| one.holds(on));
    if let Some(one) = holding().find(senior).or_else(|| holding().next()) {
        return Ok(words(one));
    }
    // Of several that are over, the one that lasted longest says most.
    match matching.iter().max_by_key(|one| last_day(one)) {
        None => Ok(String::new()),
        Some(one) => Err(why_not(one, on)),
    }
}

/// As [`may_decide`], for the person somebody is; whoever left service decides nothing.
pub fn person_may_decide<'a>(
    person: &Person,
    appointments: impl IntoIterator<Item = &'a Appointment>,
    action: Delegated,
    on: Date,
) -> Result<String, String> {
    match person.retired_on.filter(|retired| *retired <= on) {
        Some(retired) => {
            Err(format!("{} is retired since {retired}, so nothing is decided in their name.", person.reference))
        }
        None => may_decide(appointments, action, on),
    }
}

/// The office in words, as a record keeps it beside a decision.
#[must_use]
pub fn words(appointment: &Appointment) -> String {
    match appointment.role {
        Some(CipRole::SeniorManager) => format!("CIP Senior Manager, {}", appointment.reference),
        _ => format!("delegate of the CIP Senior Manager, {}", appointment.reference),
    }
}

fn last_day(appointment: &Appointment) -> Date {
    // No last day is later than any.
    let until = appointment.until.unwrap_or(Date::clamped(chrono::NaiveDate::MAX));
    appointment.retired_on.map_or(until, |retired| retired.min(until))
}

fn why_not(appointment: &Appointment, on: Date) -> String {
    let what = match appointment.role {
        Some(CipRole::SeniorManager) => "appointment as CIP Senior Manager",
        _ => "delegation",
    };
    let reference = &appointment.reference;
    match (appointment.retired_on, appointment.from, appointment.until) {
        (Some(retired), ..) => format!("The {what} {reference} was retired on {retired}."),
        (_, _, Some(until)) if until < on => format!("The {what} {reference} ended on {until}."),
        (_, Some(from), _) => format!("The {what} {reference} begins on {from}."),
        (_, None, _) => format!("The {what} {reference} says no first day."),
    }
}

#[cfg(test)]
mod tests {
    use super::{may_decide, person_may_decide};
    use crate::personnel::model::{Appointment, CipRole, Delegated, Person};
    use crate::vocabulary::{Date, Reference};

    fn day(text: &str) -> Date {
        Date::parse(text).expect("a date")
    }

    fn held(reference: &str, role: CipRole, from: &str, until: Option<&str>) -> Appointment {
        Appointment {
            reference: Reference::parse(reference).expect("a reference"),
            role: Some(role),
            actions: [Delegated::AuthorizeAccess].into(),
            from: Some(day(from)),
            until: until.map(day),
            ..Appointment::default()
        }
    }

    #[test]
    fn offices() {
        let ended = held("DEL-3", CipRole::Delegate, "2025-01-01", Some("2026-06-30"));
        let later = held("DEL-4", CipRole::Delegate, "2026-09-01", None);
        let senior = held("CSM-1", CipRole::SeniorManager, "2025-01-01", None);
        let access = Delegated::AuthorizeAccess;
        let on = |held: &[Appointment], action, on: &str| may_decide(held, action, day(on));
        assert_eq!(on(&[], access, "2026-07-01"), Ok(String::new()), "by role alone");
        let held = std::slice::from_ref(&ended);
        assert_eq!(on(held, access, "2026-06-30"), Ok("delegate of the CIP Senior Manager, DEL-3".to_owned()));
        assert_eq!(on(held, access, "2026-07-01"), Err("The delegation DEL-3 ended on 2026-06-30.".to_owned()));
        assert_eq!(on(held, access, "2024-12-31"), Err("The delegation DEL-3 begins on 2025-01-01.".to_owned()));
        assert_eq!(on(held, Delegated::ApproveBoundary, "2026-07-01"), Ok(String::new()), "appointed for other things");
        let both = [ended.clone(), later.clone()];
        assert_eq!(on(&both, access, "2026-07-01"), Err("The delegation DEL-4 begins on 2026-09-01.".to_owned()));
        assert_eq!(on(&both, access, "2026-09-01"), Ok("delegate of the CIP Senior Manager, DEL-4".to_owned()));
        let all = [later, senior];
        assert_eq!(on(&all, Delegated::ApproveBoundary, "2026-09-01"), Ok("CIP Senior Manager, CSM-1".to_owned()));
        let retired = Appointment { retired_on: Some(day("2026-02-01")), ..all[1].clone() };
        assert_eq!(
            on(&[retired], access, "2026-03-01"),
            Err("The appointment as CIP Senior Manager CSM-1 was retired on 2026-02-01.".to_owned())
        );
    }

    #[test]
    fn whoever_left_decides_nothing() {
        let person = Person {
            reference: Reference::parse("P-7").expect("a reference"),
            retired_on: Some(day("2026-05-01")),
            ..Person::default()
        };
        assert_eq!(person_may_decide(&person, &[], Delegated::AuthorizeAccess, day("2026-04-30")), Ok(String::new()));
        assert_eq!(
            person_may_decide(&person, &[], Delegated::AuthorizeAccess, day("2026-05-01")),
            Err("P-7 is retired since 2026-05-01, so nothing is decided in their name.".to_owned())
        );
    }
}
