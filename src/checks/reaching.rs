//! Which devices and systems somebody's access reaches: that decides which parts apply to it.
//!
//! Invariant: pure. What reaches nothing that is recorded informs a part wherever that applies to anything.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::facts::{Facts, Over};
use crate::ids::{Id, SystemId};
use crate::personnel::model::{Account, Authorization};
use crate::remote_access::model::Grant;

/// Places of devices and systems.
pub type Reached = BTreeSet<(Over, usize)>;

/// What the subject at a place reaches; none where that is not how it is decided.
#[must_use]
pub fn reached(facts: &Facts, over: Over, place: usize) -> Option<Reached> {
    let access = &facts.access;
    Some(match over {
        Over::Person => by_person(facts, access.people.at(place).id),
        Over::Authorization => by_authorization(facts, &access.authorizations.at(place).record),
        Over::Account => by_account(facts, &access.accounts.at(place).record),
        Over::Grant => by_grant(facts, &access.grants.at(place).record),
        Over::Session => by_session(facts, place),
        Over::Departure => {
            let of = access.departures.at(place).record.abilities.iter().map(|ability| ability.of);
            of.flat_map(|id| by_record(facts, id)).collect()
        }
        Over::Discrepancy => by_record(facts, access.discrepancies.at(place).record.of),
        _ => return None,
    })
}

fn assets<'i>(facts: &Facts, ids: impl IntoIterator<Item = &'i crate::ids::AssetId>) -> Reached {
    ids.into_iter().filter_map(|id| Some((Over::Asset, facts.assets.place(id.uuid())?))).collect()
}

fn systems<'i>(facts: &Facts, ids: impl IntoIterator<Item = &'i SystemId>) -> Reached {
    ids.into_iter().filter_map(|id| Some((Over::System, facts.systems.place(id.uuid())?))).collect()
}

pub(super) fn by_authorization(facts: &Facts, authorization: &Authorization) -> Reached {
    let mut found = systems(facts, &authorization.systems);
    if found.is_empty() {
        let places = authorization.sites.iter().flat_map(|site| facts.system_places_at(site.uuid()));
        found.extend(places.map(|place| (Over::System, place)));
    }
    found
}

pub(super) fn by_account(facts: &Facts, account: &Account) -> Reached {
    let mut found = assets(facts, &account.asset);
    found.extend(systems(facts, &account.system));
    found
}

pub(super) fn by_grant(facts: &Facts, grant: &Grant) -> Reached {
    let mut found = assets(facts, &grant.targets);
    found.extend(systems(facts, &grant.systems));
    found
}

/// The devices it reached; where the gateway named none that is known, what its grant opens.
fn by_session(facts: &Facts, place: usize) -> Reached {
    let judged = &facts.access.sessions.at(place).record.judged;
    if judged.targets.is_empty() {
        let grant = judged.grant.and_then(|id| facts.access.grants.get(id.uuid()));
        return grant.map(|grant| by_grant(facts, grant)).unwrap_or_default();
    }
    assets(facts, &judged.targets)
}

/// Everything a person was ever given.
fn by_person(facts: &Facts, person: Uuid) -> Reached {
    let access = &facts.access;
    let mut found = Reached::new();
    for (_, authorization) in access.authorizations_of(person) {
        found.extend(by_authorization(facts, authorization));
    }
    for (_, account) in access.accounts_of(person) {
        found.extend(by_account(facts, account));
    }
    for (_, grant) in access.grants_of(person) {
        found.extend(by_grant(facts, grant));
    }
    found
}

pub(super) fn by_record(facts: &Facts, id: Uuid) -> Reached {
    let access = &facts.access;
    let authorization = access.authorizations.get(id).map(|one| by_authorization(facts, one));
    let account = || access.accounts.get(id).map(|one| by_account(facts, one));
    let grant = || access.grants.get(id).map(|one| by_grant(facts, one));
    authorization.or_else(account).or_else(grant).unwrap_or_default()
}
