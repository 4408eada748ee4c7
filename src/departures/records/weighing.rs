//! What only other records tell about a departure before it is written.
//!
//! Invariant: an action that has not happened is not recorded, and nobody is terminated twice at once.

use crate::departures::model::{Departure, DepartureKind};
use crate::ids::{DepartureId, PersonId};
use crate::register::Draft;
use crate::storage::{Kept, Result, Snapshot};

/// The problems of each of these, in their order.
pub async fn weigh(at: &mut Snapshot, departures: &[(Option<DepartureId>, &Departure)]) -> Result<Vec<Draft>> {
    let now = at.now();
    let people: Vec<PersonId> = departures.iter().filter_map(|(_, one)| one.person).collect();
    let known = super::of_people(at, &people).await?;
    let weighed = departures.iter().map(|(id, one)| {
        let mut draft = Draft::default();
        if let Some(future) = one.action_at.filter(|action| *action > now) {
            draft.refuse(
                "action_at",
                &future.rfc3339(),
                "in the future; record it when it has happened, its clocks count from then",
            );
        }
        if let Some(other) = known.iter().find(|kept| is_same(kept, *id, one)) {
            let problem = format!(
                "{} already records a termination of this person after that; withdraw it first",
                other.reference
            );
            draft.refuse("person", "", problem);
        }
        draft
    });
    Ok(weighed.collect())
}

/// True for another termination of the same person at or after the action: one that came before it may stand, for whoever came
/// back can leave again.
fn is_same(kept: &Kept<Departure>, id: Option<DepartureId>, one: &Departure) -> bool {
    let ends = |departure: &Departure| departure.kind == Some(DepartureKind::Termination);
    Some(kept.id) != id
        && one.retired_on.is_none()
        && ends(one)
        && ends(kept)
        && kept.person == one.person
        && kept.action_at >= one.action_at
}
