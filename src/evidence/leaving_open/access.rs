//! What the record leaves open of people and their access, in numbers.
//!
//! Invariant: pure; where a number is not zero, something that an auditor asks for cannot be said.

use uuid::Uuid;

use crate::checks::facts::{Facts, Seen};
use crate::ids::Id;
use crate::personnel::model::Account;

/// True for somebody who has access now.
fn has_access(facts: &Facts, person: Uuid) -> bool {
    let authorized = facts.access.authorizations_of(person).any(|(_, one)| one.opens(facts.at));
    authorized || facts.access.grants_of(person).any(|(_, grant)| grant.opens(facts.at))
}

/// Gateways of vendors that did not tell of their sessions within the organization's minutes.
fn silent_gateways(facts: &Facts) -> usize {
    let minutes = facts.limits.gateway_fresh_minutes;
    let (ours, told) = (facts.access.vendor_gateways.keys(), &facts.access.gateways);
    let silent = |id: &Uuid| told.get(id).is_none_or(|word| !word.is_fresh(minutes, facts.at));
    ours.filter(|id| silent(&id.uuid())).count()
}

/// What is left open, each with its number.
pub(super) fn access(facts: &Facts) -> [(usize, &'static str); 8] {
    let access = &facts.access;
    let people = || access.people.iter().filter(|held| has_access(facts, held.id)).map(|held| &held.record);
    let accounts = |open: fn(&Account) -> bool| {
        let in_use = access.accounts.iter().map(|held| &held.record).filter(|account| account.opens(facts.at));
        in_use.filter(|account| open(account)).count()
    };
    let unsaid = |seen: &Seen| !seen.judged.unknown.is_empty() || !seen.judged.unknown_targets.is_empty();
    let open = access.departures.iter().filter(|held| held.record.retired_on.is_none());
    let undated = open.filter(|held| held.record.action_at.is_none() && held.record.determined_on.is_none());
    [
        (people().filter(|person| person.trained.is_empty()).count(), "people with access have no training recorded"),
        (
            people().filter(|person| person.assessed.is_empty()).count(),
            "people with access have no personnel risk assessment recorded",
        ),
        (
            people().filter(|person| person.party.is_none()).count(),
            "people with access are recorded without their party",
        ),
        (accounts(|account| account.kind.is_none()), "accounts do not say whether they are shared"),
        (
            accounts(|account| account.password_changed.is_empty() && account.password_only == Some(true)),
            "accounts with nothing but a password do not say when it was changed",
        ),
        (
            silent_gateways(facts),
            "gateways of vendors did not tell of their sessions within the organization's minutes: who is in cannot be said",
        ),
        (
            access.sessions.iter().filter(|held| unsaid(&held.record)).count(),
            "sessions lack a target, a source or a second factor that their gateway did not say",
        ),
        (undated.count(), "terminations and transfers have no moment from which their clocks could count"),
    ]
}
