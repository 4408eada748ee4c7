//! What a row itself shows to be wrong: no authorization record, a person who left, an authorization that ran out.
//!
//! Invariant: pure. A doubt is a hint for the reviewer and decides nothing; what the records do not say is a doubt.

use std::collections::{BTreeSet, HashMap};

use super::population::{Access, Holder};
use crate::conduits::Conduit;
use crate::ids::{PersonId, SystemId};
use crate::personnel::model::AuthorizationKind;
use crate::personnel::{Account, Authorization};
use crate::remote_access::Grant;
use crate::vocabulary::{Date, fold};

/// The systems each person is authorized to reach electronically.
pub type Covered = HashMap<PersonId, BTreeSet<SystemId>>;

/// Who is authorized for what (CIP-004-7 R4.1).
#[must_use]
pub fn covered(access: &Access) -> Covered {
    let mut covered = Covered::new();
    for one in &access.authorizations {
        let record = &one.record;
        let holds = record.kind == Some(AuthorizationKind::Electronic)
            && record.retired_on.is_none_or(|day| access.on < day)
            && record.authorizes((access.at, access.on), |id| access.lasting.contains(&id));
        if let Some(person) = record.person.filter(|_| holds) {
            covered.entry(person).or_default().extend(record.systems.iter().copied());
        }
    }
    covered
}

/// What is wrong with a provisioned authorization.
#[must_use]
pub fn of_authorization(record: &Authorization, holder: Option<&Holder>, access: &Access) -> String {
    let on = access.on;
    let mut found = of_person(record.person, holder, on);
    if record.approved.is_none() && record.circumstance.is_none_or(|id| !access.lasting.contains(&id)) {
        found.push("nobody approved it".to_owned());
    }
    if let Some(until) = record.until.filter(|until| *until < on) {
        found.push(format!("authorization lapsed on {until}"));
    }
    if record.need.trim().is_empty() {
        found.push("no need is recorded".to_owned());
    }
    found.join("; ")
}

/// What is wrong with somebody's use of an account or a grant.
#[must_use]
pub fn of_use(
    person: Option<PersonId>,
    holder: Option<&Holder>,
    systems: &BTreeSet<SystemId>,
    covered: &Covered,
    access: &Access,
) -> String {
    let mut found = of_person(person, holder, access.on);
    found.extend(person.and_then(|person| uncovered(person, systems, covered, access)));
    found.join("; ")
}

fn uncovered(person: PersonId, systems: &BTreeSet<SystemId>, covered: &Covered, access: &Access) -> Option<String> {
    let none = || Some("no authorization record covers it".to_owned());
    let Some(held) = covered.get(&person) else { return none() };
    let missing: BTreeSet<SystemId> = systems.difference(held).copied().collect();
    if missing.is_empty() {
        return None;
    }
    if missing.len() == systems.len() {
        return none();
    }
    let mut names: Vec<&str> = missing.iter().filter_map(|id| access.systems.get(id)).map(String::as_str).collect();
    names.sort_by_cached_key(|name| fold::natural(name));
    Some(format!("no authorization record covers {}", names.join(", ")))
}

/// That the people who know the password of a shared account are not recorded.
pub const NOBODY_USES_IT: &str = "nobody is recorded as using it";

/// What is wrong with an account and its privileges.
#[must_use]
pub fn of_privileges(record: &Account, owner: Option<&Holder>, on: Date) -> String {
    let mut found = of_person(record.owner, owner, on);
    if record.privileges.trim().is_empty() {
        found.push("no privileges are recorded".to_owned());
    }
    if record.is_shared() && record.people.is_empty() {
        found.push(NOBODY_USES_IT.to_owned());
    }
    found.join("; ")
}

/// What is wrong with system-to-system access that no person stands for.
#[must_use]
pub fn of_machine(record: &Grant) -> String {
    if record.approved.is_some() { String::new() } else { "nobody approved it".to_owned() }
}

/// What is wrong with a conduit's own review.
#[must_use]
pub fn of_conduit(record: &Conduit, on: Date) -> String {
    match (record.last_reviewed_on, record.review_due) {
        (None, _) => "it was never reviewed".to_owned(),
        (_, Some(due)) if due < on => format!("its own review was due on {due}"),
        _ => String::new(),
    }
}

fn of_person(person: Option<PersonId>, holder: Option<&Holder>, on: Date) -> Vec<String> {
    let Some(holder) = holder.filter(|_| person.is_some()) else { return vec!["no person is recorded".to_owned()] };
    let left = holder.left_on.filter(|day| *day <= on).map(|day| format!("the person was terminated on {day}"));
    let retired = holder.retired_on.filter(|day| *day <= on).map(|day| format!("the person is retired since {day}"));
    left.into_iter().chain(retired).collect()
}
