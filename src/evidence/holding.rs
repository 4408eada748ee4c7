//! What a package shows of access, from the snapshot of everything else.
//!
//! Invariant: read only where a part in scope is judged by it; the facts hold the same records, these say which version.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::dossier::Dossier;
use crate::checks::judging::RULES;
use crate::departures::Departure;
use crate::ids::Id;
use crate::personnel::{Account, Appointment, Authorization, Circumstance, Person, Vendor};
use crate::remote_access::Grant;
use crate::reviews::Review;
use crate::storage::{Audited, Kept, Result, Snapshot};
use crate::vocabulary::fold;

/// People and what they held, with their versions; empty where no part in scope is judged by it.
#[derive(Debug, Default)]
pub struct Held {
    pub people: Vec<Kept<Person>>,
    pub vendors: Vec<Kept<Vendor>>,
    pub appointments: Vec<Kept<Appointment>>,
    pub circumstances: Vec<Kept<Circumstance>>,
    pub authorizations: Vec<Kept<Authorization>>,
    pub accounts: Vec<Kept<Account>>,
    pub grants: Vec<Kept<Grant>>,
    pub departures: Vec<Kept<Departure>>,
    /// Reviews completed within the days judged.
    pub reviews: Vec<Kept<Review>>,
}

impl Dossier {
    /// True where a part in scope is judged by people and their access.
    #[must_use]
    pub fn answers_for_access(&self) -> bool {
        let mut rules = RULES.iter().filter(|rule| rule.over.is_access());
        rules.any(|rule| self.parts.iter().any(|part| rule.check.requirements.contains(&part.id())))
    }
}

async fn sorted<T: Audited>(at: &mut Snapshot, reference: fn(&T) -> &str) -> Result<Vec<Kept<T>>> {
    let mut found = at.every::<T>().await?;
    found.sort_by_cached_key(|kept| (fold::natural(reference(&kept.content)), kept.id.uuid()));
    Ok(found)
}

/// Reads what the parts in scope are judged by.
pub async fn held(at: &mut Snapshot, dossier: &Dossier) -> Result<Held> {
    if !dossier.answers_for_access() {
        return Ok(Held::default());
    }
    let mut reviews = sorted(at, |one: &Review| one.reference.as_str()).await?;
    reviews.retain(|kept| {
        let completed = kept.completed.as_ref().map(|act| dossier.zone.day(act.at));
        completed.is_some_and(|on| dossier.days.from <= on && on <= dossier.days.to)
    });
    Ok(Held {
        people: sorted(at, |one: &Person| one.reference.as_str()).await?,
        vendors: sorted(at, |one: &Vendor| one.reference.as_str()).await?,
        appointments: sorted(at, |one: &Appointment| one.reference.as_str()).await?,
        circumstances: sorted(at, |one: &Circumstance| one.reference.as_str()).await?,
        authorizations: sorted(at, |one: &Authorization| one.reference.as_str()).await?,
        accounts: sorted(at, |one: &Account| one.reference.as_str()).await?,
        grants: sorted(at, |one: &Grant| one.reference.as_str()).await?,
        departures: sorted(at, |one: &Departure| one.reference.as_str()).await?,
        reviews,
    })
}

impl Held {
    /// The versions a row or a verdict may name.
    pub fn name(&self, named: &mut BTreeMap<Uuid, (&'static str, i64)>) {
        fn of<T: Audited>(named: &mut BTreeMap<Uuid, (&'static str, i64)>, all: &[Kept<T>]) {
            named.extend(all.iter().map(|kept| (kept.id.uuid(), (T::TABLE.kind, kept.version))));
        }
        of(named, &self.people);
        of(named, &self.vendors);
        of(named, &self.appointments);
        of(named, &self.circumstances);
        of(named, &self.authorizations);
        of(named, &self.accounts);
        of(named, &self.grants);
        of(named, &self.departures);
        of(named, &self.reviews);
    }
}
