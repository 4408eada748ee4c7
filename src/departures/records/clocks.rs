//! The clocks of departures, read together with the records of the abilities.
//!
//! Invariant: whatever shows or counts a clock reads it here, at the snapshot's instant.

use std::collections::BTreeMap;

use super::abilities::{self, Removals};
use crate::departures::model::{Ability, Departure};
use crate::departures::rules::{Deadline, deadlines};
use crate::ids::{Id, PersonId};
use crate::personnel::Person;
use crate::register::records;
use crate::storage::{Kept, Result, Snapshot};
use crate::vocabulary::{Moment, TimeZone};

/// An ability with its clock, and where its removal is recorded.
pub struct Clock {
    pub ability: Ability,
    pub deadline: Deadline,
    /// The kind of its record: `authorization`, `grant`, `account`.
    pub record: &'static str,
    /// What shows the removal, as its record says.
    pub proof: String,
}

/// The clocks of a departure at a moment.
#[must_use]
pub fn told(departure: &Departure, removals: &Removals, zone: TimeZone, now: Moment) -> Vec<Clock> {
    let found = |ability: &Ability| removals.get(&ability.of).cloned().unwrap_or_default();
    let clocks = deadlines(departure, |ability| Some(found(ability).removal), zone, now);
    let each = departure.abilities.iter().zip(clocks).map(|(ability, deadline)| {
        let behind = found(ability);
        Clock { ability: ability.clone(), deadline, record: behind.kind, proof: behind.removal.proof }
    });
    each.collect()
}

/// The clocks of several departures, each with its own, by one look at the records behind them.
pub async fn of_each(
    at: &mut Snapshot,
    departures: &[Kept<Departure>],
    zone: TimeZone,
    now: Moment,
) -> Result<Vec<Vec<Clock>>> {
    let removals = abilities::removals(at, departures.iter().flat_map(|kept| &kept.content.abilities)).await?;
    Ok(departures.iter().map(|kept| told(kept, &removals, zone, now)).collect())
}

/// The clocks of one departure.
pub async fn of(at: &mut Snapshot, departure: &Departure, zone: TimeZone, now: Moment) -> Result<Vec<Clock>> {
    let removals = abilities::removals(at, departure.abilities.iter()).await?;
    Ok(told(departure, &removals, zone, now))
}

/// Every departure that was not withdrawn, with what its clocks are judged by.
pub struct Standing {
    pub departures: Vec<Kept<Departure>>,
    pub removals: Removals,
    /// Reference and name of the people.
    pub people: BTreeMap<PersonId, (String, String)>,
}

/// All of them at the snapshot's instant.
pub async fn standing(at: &mut Snapshot) -> Result<Standing> {
    let departures = super::standing(at).await?;
    let removals = abilities::removals(at, departures.iter().flat_map(|kept| &kept.content.abilities)).await?;
    let ids: Vec<uuid::Uuid> = departures.iter().filter_map(|kept| kept.content.person).map(Id::uuid).collect();
    let people = records::by_ids::<Person>(at, &ids).await?;
    let people = people.into_iter().map(|kept| (kept.id, (kept.reference.to_string(), kept.name.clone()))).collect();
    Ok(Standing { departures, removals, people })
}
