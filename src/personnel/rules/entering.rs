//! What personnel records must say before they are written.
//!
//! Invariant: pure. A record that contradicts itself or another is refused with who or what stands against it.

use std::collections::BTreeMap;

use crate::ids::PersonId;
use crate::personnel::model::{
    Account, AccountKind, Appointment, Authorization, AuthorizationKind, CipRole, Circumstance, Party, Person,
};
use crate::register::Draft;
use crate::vocabulary::{Date, Moment, Reference};

/// What a person says by themselves.
pub fn check_person(person: &Person, draft: &mut Draft) {
    match person.party {
        Some(Party::Vendor) if person.vendor.is_none() => {
            draft.refuse("vendor", "", "missing; name the vendor this person acts for");
        }
        Some(Party::Employee) if person.vendor.is_some() => {
            draft.refuse("vendor", "", "an employee acts for no vendor; leave it empty, or change the party");
        }
        Some(Party::Contractor) if person.employer.is_empty() => {
            draft.refuse("employer", "", "missing; name the company the contractor works for");
        }
        _ => {}
    }
    if person.suitability.is_some() && person.assessed.is_empty() {
        let word = person.suitability.map_or("", |one| one.word());
        draft.refuse("suitability", word, "no assessment is recorded that it could have come of");
    }
    if person.seven_years_checked == Some(false) && person.partial_reason.is_empty() && !person.assessed.is_empty() {
        draft.refuse("partial_reason", "", "missing; say why not all seven years could be checked (CIP-004-7 R3.2)");
    }
    if person.verified_on.is_some() && person.verified_by.is_empty() {
        draft.refuse("verified_by", "", "missing; say who verified it");
    }
}

/// Days of what was done lie in the past.
pub fn not_in_future(days: &[(&str, Option<Date>)], today: Date, draft: &mut Draft) {
    for (field, day) in days {
        if let Some(day) = day.filter(|day| *day > today) {
            draft.refuse(field, &day.to_string(), "in the future; record it when it was done");
        }
    }
}

/// What an appointment says by itself.
pub fn check_appointment(appointment: &Appointment, draft: &mut Draft) {
    let (from, until) = (appointment.from, appointment.until);
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        draft.refuse("until", &until.to_string(), format!("before its first day, {from}"));
    }
    match appointment.role {
        Some(CipRole::Delegate) => {
            if appointment.actions.is_empty() {
                draft.refuse("actions", "", "missing; say what is delegated (CIP-003-9 R4)");
            }
            match appointment.delegated_by {
                None => draft.refuse("delegated_by", "", "missing; the CIP Senior Manager delegates (CIP-003-9 R4)"),
                Some(by) if appointment.person == Some(by) => {
                    draft.refuse("delegated_by", "", "the same person; nobody delegates to themselves");
                }
                Some(_) => {}
            }
        }
        Some(CipRole::SeniorManager) => {
            if appointment.delegated_by.is_some() {
                draft.refuse("delegated_by", "", "the CIP Senior Manager is nobody's delegate; leave it empty");
            }
            if !appointment.actions.is_empty() {
                draft.refuse("actions", "", "the CIP Senior Manager may do all of it; leave it empty");
            }
        }
        None => {}
    }
}

/// True when both are in force on some day.
fn overlap(one: &Appointment, other: &Appointment) -> bool {
    let begins_in = |a: &Appointment, b: &Appointment| a.from <= b.until || b.until.is_none();
    let counts = |one: &Appointment| one.retired_on.is_none() && one.from.is_some();
    counts(one) && counts(other) && begins_in(one, other) && begins_in(other, one)
}

fn is_senior(appointment: &Appointment) -> bool {
    appointment.role == Some(CipRole::SeniorManager)
}

/// One CIP Senior Manager at a time (CIP-003-9 R3), and delegations by the one in office then (R4). `others` are all other
/// appointments.
pub fn weigh_appointment<'a>(
    appointment: &Appointment,
    others: impl Iterator<Item = &'a Appointment> + Clone,
    draft: &mut Draft,
) {
    if appointment.retired_on.is_some() {
        return;
    }
    let from = appointment.from.map_or_else(String::new, |from| from.to_string());
    let mut seniors = others.filter(|other| is_senior(other));
    if appointment.role == Some(CipRole::SeniorManager) {
        if let Some(other) = seniors.find(|other| overlap(appointment, other)) {
            let until = other.until.map_or_else(|| "until it is ended".to_owned(), |until| format!("until {until}"));
            let problem =
                format!("{} holds the office {until}; there is one CIP Senior Manager at a time", other.reference);
            draft.refuse("from", &from, problem);
        }
    } else if let (Some(by), Some(on)) = (appointment.delegated_by, appointment.from) {
        let mut of_delegator = seniors.filter(|senior| senior.person == Some(by));
        if !of_delegator.any(|senior| senior.holds(on)) {
            draft.refuse("delegated_by", "", format!("is not CIP Senior Manager on {on}, when the delegation begins"));
        }
    }
}

/// What an authorization says by itself.
pub fn check_authorization(authorization: &Authorization, draft: &mut Draft) {
    let (systems, sites) = (authorization.systems.is_empty(), authorization.sites.is_empty());
    match authorization.kind {
        Some(AuthorizationKind::Electronic) if systems => {
            draft.refuse("systems", "", "missing; name the BES Cyber Systems it opens");
        }
        Some(AuthorizationKind::UnescortedPhysical) if sites && authorization.place.is_empty() => {
            draft.refuse("place", "", "missing; name the Physical Security Perimeter, or its site");
        }
        Some(AuthorizationKind::Bcsi) if authorization.place.is_empty() => {
            draft.refuse("place", "", "missing; name the BCSI storage location");
        }
        _ => {}
    }
}

/// What an authorization says as it is told: without the notes, its end of life, and what was decided and done.
#[must_use]
pub fn told(authorization: &Authorization) -> Authorization {
    Authorization { notes: String::new(), retired_on: None, ..authorization.undecided() }
}

/// An authorization against how it stood before and the person it is for.
pub fn weigh_authorization(
    authorization: &Authorization,
    before: Option<&Authorization>,
    person: Option<&Person>,
    today: Date,
    draft: &mut Draft,
) {
    if let Some(before) = before
        && before.provisioned_at.is_some()
        && told(before) != told(authorization)
    {
        let problem =
            "the access was provisioned as it stands, so only its notes change; record its removal and ask anew";
        draft.refuse("reference", authorization.reference.as_str(), problem);
    }
    let open = authorization.provisioned_at.is_some() && authorization.removed_at.is_none();
    if let Some(retired) = authorization.retired_on.filter(|_| open) {
        draft.refuse("retired_on", &retired.to_string(), "the access is still there; record its removal first");
    }
    let is_new_for = before.is_none_or(|before| before.person != authorization.person);
    if let Some(person) = person.filter(|_| is_new_for)
        && let Some(left) = person.retired_on.filter(|left| *left <= today)
    {
        let problem = format!("retired since {left}; nobody is authorized who left");
        draft.refuse("person", person.reference.as_str(), problem);
    }
}

/// When a circumstance was, against the moment it is recorded at.
pub fn weigh_circumstance(one: &Circumstance, now: Moment, draft: &mut Draft) {
    if let Some(at) = one.declared_at.filter(|at| *at > now) {
        draft.refuse("declared_at", &at.rfc3339(), "in the future; a circumstance is declared when it is there");
    }
    if let (Some(from), Some(until)) = (one.declared_at, one.ended_at)
        && until <= from
    {
        draft.refuse("declared_at", &from.rfc3339(), format!("after it ended at {}", until.rfc3339()));
    }
    if let Some(retired) = one.retired_on.filter(|_| one.declared_at.is_some() && one.ended_at.is_none()) {
        draft.refuse("retired_on", &retired.to_string(), "it lasts; record its end first");
    }
}

/// What an account says by itself.
pub fn check_account(account: &Account, draft: &mut Draft) {
    if account.asset.is_none() && account.system.is_none() {
        draft.refuse("asset", "", "missing; name the asset or the system it is used on");
    }
    if account.kind == Some(AccountKind::Individual) {
        if account.owner.is_none() {
            draft.refuse("owner", "", "missing; an individual account is somebody's, so say whose");
        }
        if !account.people.is_empty() {
            draft.refuse(
                "people",
                "",
                "an individual account is its owner's alone; record it as shared if others use it",
            );
        }
    }
    if let Some(retired) = account.retired_on.filter(|_| account.disabled_at.is_none()) {
        let problem = "it still lets somebody in; record that it was disabled first";
        draft.refuse("retired_on", &retired.to_string(), problem);
    }
    if account.length == Some(0) {
        draft.refuse("length", "0", "at least 1; leave it empty when it is not recorded");
    }
}

/// Who has something that only one person may have, of what several ask for at once.
#[derive(Debug)]
pub struct Taken<V: Ord>(BTreeMap<V, (Option<PersonId>, String)>);

impl<V: Ord> Default for Taken<V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<V: Ord + Clone> Taken<V> {
    /// Remembers who has it.
    pub fn keep(&mut self, value: V, person: PersonId, reference: &Reference) {
        self.0.insert(value, (Some(person), reference.to_string()));
    }

    /// Takes it for a person; the reference of another one who has it.
    pub fn take(&mut self, value: &V, person: Option<PersonId>, reference: &Reference) -> Option<String> {
        match self.0.get(value) {
            Some((known, theirs)) if known.is_none() || *known != person => Some(theirs.clone()),
            _ => {
                self.0.insert(value.clone(), (person, reference.to_string()));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{check_account, check_appointment, check_person, weigh_appointment};
    use crate::ids::{Id as _, PersonId, VendorId};
    use crate::personnel::model::{Account, AccountKind, Appointment, CipRole, Delegated, Party, Person, Suitability};
    use crate::register::Draft;
    use crate::vocabulary::{Date, Reference};

    fn person(number: u128) -> PersonId {
        PersonId::from_uuid(uuid::Uuid::from_u128(number))
    }

    fn held(reference: &str, holder: u128, from: &str, until: Option<&str>) -> Appointment {
        let day = |text: &str| Date::parse(text).expect("a date");
        Appointment {
            reference: Reference::parse(reference).expect("a reference"),
            person: Some(person(holder)),
            role: Some(CipRole::SeniorManager),
            from: Some(day(from)),
            until: until.map(day),
            ..Appointment::default()
        }
    }

    #[test]
    fn one_senior_manager_at_a_time() {
        let first = held("CSM-1", 1, "2025-01-01", Some("2026-06-30"));
        let weighed = |one: &Appointment, others: &[&Appointment]| {
            let mut draft = Draft::default();
            weigh_appointment(one, others.iter().copied(), &mut draft);
            draft.problems.into_iter().map(|problem| problem.problem).collect::<Vec<_>>().join("; ")
        };
        assert_eq!(weighed(&held("CSM-2", 2, "2026-07-01", None), &[&first]), "");
        let on = weighed(&held("CSM-2", 2, "2026-06-30", None), &[&first]);
        assert!(on.starts_with("CSM-1 holds the office until 2026-06-30"), "{on}");
        let open = held("CSM-1", 1, "2025-01-01", None);
        assert!(weighed(&held("CSM-0", 2, "2024-01-01", Some("2025-01-01")), &[&open]).contains("until it is ended"));
        assert_eq!(weighed(&held("CSM-0", 2, "2024-01-01", Some("2024-12-31")), &[&open]), "");

        let delegation = |from: &str| Appointment {
            role: Some(CipRole::Delegate),
            actions: [Delegated::AuthorizeAccess].into(),
            delegated_by: Some(person(1)),
            ..held("DEL-1", 3, from, None)
        };
        assert_eq!(weighed(&delegation("2026-06-30"), &[&first]), "", "a change of the delegator ends nothing");
        assert!(weighed(&delegation("2026-07-01"), &[&first]).contains("not CIP Senior Manager on 2026-07-01"));
    }

    /// The fields a record is refused at.
    fn at(check: impl FnOnce(&mut Draft)) -> Vec<String> {
        let mut draft = Draft::default();
        check(&mut draft);
        draft.problems.into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn records_say_what_they_must() {
        let people = |person: Person| at(|draft| check_person(&person, draft));
        let vendor = Some(VendorId::from_uuid(uuid::Uuid::from_u128(9)));
        assert_eq!(people(Person { party: Some(Party::Vendor), ..Person::default() }), ["vendor"]);
        assert_eq!(people(Person { party: Some(Party::Employee), vendor, ..Person::default() }), ["vendor"]);
        assert_eq!(people(Person { party: Some(Party::Contractor), ..Person::default() }), ["employer"]);
        assert_eq!(people(Person { suitability: Some(Suitability::Eligible), ..Person::default() }), ["suitability"]);
        assert!(people(Person { party: Some(Party::Vendor), vendor, ..Person::default() }).is_empty());

        let delegate = Appointment { role: Some(CipRole::Delegate), ..Appointment::default() };
        assert_eq!(at(|draft| check_appointment(&delegate, draft)), ["actions", "delegated_by"]);

        let account = |kind, owner: Option<PersonId>, people: &[PersonId]| Account {
            kind: Some(kind),
            owner,
            people: people.iter().copied().collect(),
            system: Some(crate::ids::SystemId::from_uuid(uuid::Uuid::from_u128(4))),
            ..Account::default()
        };
        let accounts = |account: Account| at(|draft| check_account(&account, draft));
        assert_eq!(accounts(account(AccountKind::Individual, None, &[person(1)])), ["owner", "people"]);
        assert!(accounts(account(AccountKind::Individual, Some(person(1)), &[])).is_empty());
        assert!(accounts(account(AccountKind::Shared, None, &[person(1), person(2)])).is_empty());
        assert_eq!(accounts(Account { kind: Some(AccountKind::Shared), ..Account::default() }), ["asset"]);
    }
}
