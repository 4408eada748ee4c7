//! What a termination does to its person: they leave service on its effective day.
//!
//! Invariant: only the day a termination set is lifted again when it is withdrawn; a transfer changes nothing here. A day of
//! leaving that was foreseen yields to the termination that comes before it.

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

/// True where a person's day stands as this departure left it, or has not come when a departure takes them out of service. A
/// day said otherwise is kept.
fn yields(said: Option<Date>, was: Option<Date>, day: Option<Date>) -> bool {
    said == was || was.is_none() && said.zip(day).is_some_and(|(said, day)| day < said)
}

/// Sets the day a person left.
async fn set(change: &mut Change, person: PersonId, was: Option<Date>, day: Option<Date>, why: &str) -> Result<()> {
    let Some(kept) = change.reading().await?.find::<Person>(person).await? else { return Ok(()) };
    if !yields(kept.content.retired_on, was, day) {
        return Ok(());
    }
    let next = Person { retired_on: day, ..kept.content.clone() };
    actions::act(change, "departure", &kept, &next, why).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::yields;
    use crate::vocabulary::Date;

    #[test]
    fn the_earlier_day_holds() {
        let day = |n| Some(Date::EPOCH.plus_days(n));
        for (said, was, to, set) in [
            (None, None, day(5), true),
            (day(9), None, day(5), true),
            (day(5), None, day(5), false),
            (day(3), None, day(5), false),
            // Moved and withdrawn only where it stands as the departure left it.
            (day(5), day(5), day(9), true),
            (day(3), day(5), day(9), false),
            (day(5), day(5), None, true),
            (day(9), day(5), None, false),
            (None, day(5), None, false),
        ] {
            assert_eq!(yields(said, was, to), set, "{said:?} {was:?} {to:?}");
        }
    }
}
