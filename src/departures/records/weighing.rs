//! What only other records tell about a departure before it is written.
//!
//! Invariant: an action that has not happened is not recorded, and nobody is terminated twice at once, in one file neither:
//! each is judged as if those before it were written.

use std::collections::{BTreeMap, BTreeSet};

use crate::departures::model::{Departure, DepartureKind};
use crate::ids::{DepartureId, PersonId};
use crate::personnel::records::weighing::calendar;
use crate::register::Draft;
use crate::storage::{Result, Snapshot};
use crate::vocabulary::{Moment, Reference};

/// The problems of each of these, in their order.
pub async fn weigh(at: &mut Snapshot, departures: &[(Option<DepartureId>, &Departure)]) -> Result<Vec<Draft>> {
    let (now, (today, _)) = (at.now(), calendar(at).await?);
    let people: BTreeSet<PersonId> = departures.iter().filter_map(|(_, one)| one.person).collect();
    let mut ends = Ends::default();
    for kept in super::of_people(at, &people.into_iter().collect::<Vec<_>>()).await? {
        ends.keep(Some(kept.id), &kept.content);
    }
    let mut weighed = Vec::with_capacity(departures.len());
    for (id, one) in departures {
        let mut draft = Draft::default();
        if let Some(future) = one.action_at.filter(|action| *action > now) {
            draft.refuse(
                "action_at",
                &future.rfc3339(),
                "in the future; record it when it has happened, its clocks count from then",
            );
        }
        if let Some(future) = one.retired_on.filter(|day| *day > today) {
            draft.refuse(
                "retired_on",
                &future.to_string(),
                "in the future; withdraw it when it is found to be a mistake",
            );
        }
        ends.forget(*id);
        if let Some(other) = ends.after(one) {
            let problem = format!("{other} already records a termination of this person after that; withdraw it first");
            draft.refuse("person", "", problem);
        }
        ends.keep(*id, one);
        weighed.push(draft);
    }
    Ok(weighed)
}

/// A termination that stands: its id where it is written, its tag, the moment of its action.
type End = (Option<DepartureId>, Reference, Option<Moment>);

/// The terminations that stand, by person.
#[derive(Default)]
struct Ends {
    of: BTreeMap<PersonId, Vec<End>>,
    /// Whose the written ones are.
    whose: BTreeMap<DepartureId, PersonId>,
}

impl Ends {
    fn keep(&mut self, id: Option<DepartureId>, one: &Departure) {
        if let Some(person) = one.person.filter(|_| is_end(one)) {
            self.of.entry(person).or_default().push((id, one.reference.clone(), one.action_at));
            self.whose.extend(id.map(|id| (id, person)));
        }
    }

    /// What is written anew no longer stands as it was.
    fn forget(&mut self, id: Option<DepartureId>) {
        let person = id.and_then(|id| self.whose.remove(&id));
        if let Some(known) = person.and_then(|person| self.of.get_mut(&person)) {
            known.retain(|(other, ..)| *other != id);
        }
    }

    /// Another termination of the same person at or after the action: one that came before it may stand, for whoever came
    /// back can leave again.
    fn after(&self, one: &Departure) -> Option<&Reference> {
        let known = self.of.get(&one.person.filter(|_| is_end(one))?)?;
        known.iter().find(|(_, _, action)| *action >= one.action_at).map(|(_, reference, _)| reference)
    }
}

fn is_end(departure: &Departure) -> bool {
    departure.retired_on.is_none() && departure.kind == Some(DepartureKind::Termination)
}

#[cfg(test)]
mod tests {
    use super::Ends;
    use crate::departures::model::{Departure, DepartureKind};
    use crate::ids::{DepartureId, Id as _, PersonId};
    use crate::vocabulary::{Date, Moment, Reference};

    #[test]
    fn nobody_is_terminated_twice_in_one_file() {
        let person = PersonId::from_uuid(uuid::Uuid::from_u128(1));
        let end = |tag: &str, seconds| Departure {
            reference: Reference::parse(tag).expect("a reference"),
            person: Some(person),
            kind: Some(DepartureKind::Termination),
            action_at: Some(Moment::ZERO.plus_seconds(seconds)),
            ..Departure::default()
        };
        let mut ends = Ends::default();
        ends.keep(None, &end("D-1", 10));
        assert_eq!(ends.after(&end("D-2", 10)).map(Reference::as_str), Some("D-1"));
        assert_eq!(ends.after(&end("D-2", 11)), None, "who came back can leave again");
        assert_eq!(ends.after(&Departure { kind: Some(DepartureKind::Transfer), ..end("D-2", 5) }), None);
        assert_eq!(ends.after(&Departure { retired_on: Some(Date::EPOCH), ..end("D-2", 5) }), None);
        let known = Some(DepartureId::from_uuid(uuid::Uuid::from_u128(2)));
        ends.keep(known, &end("D-3", 30));
        assert_eq!(ends.after(&end("D-3", 20)).map(Reference::as_str), Some("D-3"));
        ends.forget(known);
        assert_eq!(ends.after(&end("D-3", 20)), None, "it does not stand against itself");
    }
}
