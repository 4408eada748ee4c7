//! What a termination does to its person: they leave service on its effective day.
//!
//! Invariant: only the day a termination set is lifted again when it is withdrawn; a transfer changes nothing here.

use crate::departures::model::{Departure, DepartureKind};
use crate::ids::PersonId;
use crate::organizations::OrganizationProfile;
use crate::personnel::Person;
use crate::register::actions;
use crate::storage::{Change, Result};
use crate::vocabulary::{Date, TimeZone};

/// The person a termination takes out of service, and the day: the effective one, or that of the action where none is said.
fn leaves(departure: &Departure, zone: TimeZone) -> Option<(PersonId, Date)> {
    let stands = departure.retired_on.is_none() && departure.kind == Some(DepartureKind::Termination);
    let day = departure.effective_on.or(departure.action_at.map(|at| zone.day(at)))?;
    departure.person.filter(|_| stands).map(|person| (person, day))
}

/// Takes the person out of service, or back into it.
pub async fn follow(change: &mut Change, before: Option<&Departure>, after: &Departure) -> Result<()> {
    let id = change.organization();
    let profile = change.reading().await?.find::<OrganizationProfile>(id).await?;
    let zone = profile.map_or_else(TimeZone::default, |profile| profile.zone());
    let (was, is) = (before.and_then(|before| leaves(before, zone)), leaves(after, zone));
    if was == is {
        return Ok(());
    }
    let why = format!("Follows from {}", after.reference);
    if let Some((person, day)) = was {
        let next = is.filter(|(other, _)| *other == person).map(|(_, day)| day);
        set(change, person, Some(day), next, &why).await?;
        if next.is_some() {
            return Ok(());
        }
    }
    begin(change, is, &why).await
}

async fn begin(change: &mut Change, is: Option<(PersonId, Date)>, why: &str) -> Result<()> {
    match is {
        Some((person, day)) => set(change, person, None, Some(day), why).await,
        None => Ok(()),
    }
}

/// Sets the day a person left, where it stands as this departure left it; a day said otherwise is kept.
async fn set(change: &mut Change, person: PersonId, was: Option<Date>, day: Option<Date>, why: &str) -> Result<()> {
    let Some(kept) = change.reading().await?.find::<Person>(person).await? else { return Ok(()) };
    if kept.content.retired_on != was {
        return Ok(());
    }
    let next = Person { retired_on: day, ..kept.content.clone() };
    actions::act(change, "departure", &kept, &next, why).await.map(drop)
}
