//! What is done about a departure after it was recorded: looking again for abilities, deciding which are still needed.
//!
//! Invariant: each writes a version with its reason and its own leaf; nothing that was listed is taken off the list.

use crate::departures::model::Departure;
use crate::departures::records::{abilities, clocks};
use crate::departures::rules::{Determination, entering, held};
use crate::register::actions;
use crate::storage::{Change, Kept, Result};
use crate::vocabulary::TimeZone;

/// Why something was not done: the field it concerns, and the words.
pub type Refusal = (&'static str, String);

/// Adds the abilities that were recorded since and were held at the action; how many there are.
pub async fn look_again(
    change: &mut Change,
    read: &Kept<Departure>,
    why: &str,
) -> Result<std::result::Result<usize, Refusal>> {
    if read.content.retired_on.is_some() {
        return Ok(Err(("retired_on", "It was withdrawn; there is nothing to look for.".to_owned())));
    }
    let (Some(person), Some(moment)) = (read.content.person, read.content.action_at) else {
        return Ok(Err((
            "action_at",
            "Without a person and a moment of the action nothing can be looked for.".to_owned(),
        )));
    };
    let found = abilities::held_by(change.reading().await?, person, moment).await?;
    let Some(all) = held::added(found, &read.content.abilities) else {
        return Ok(Err(("abilities", "Every ability the person held at the action is listed.".to_owned())));
    };
    let added = all.len() - read.content.abilities.len();
    let next = Departure { abilities: all, ..read.content.clone() };
    actions::act(change, "look_again", read, &next, why).await?;
    Ok(Ok(added))
}

/// Decides which abilities are still needed after a transfer.
pub async fn determine(
    change: &mut Change,
    read: &Kept<Departure>,
    decision: &Determination,
    zone: TimeZone,
    why: &str,
) -> Result<std::result::Result<(), Refusal>> {
    let now = change.moment();
    let standing = clocks::of(change.reading().await?, &read.content, zone, now).await?;
    let standing: Vec<_> = standing.into_iter().map(|clock| clock.deadline).collect();
    match entering::determined(&read.content, &standing, decision, zone.day(now)) {
        Err(refusal) => Ok(Err(refusal)),
        Ok(next) => {
            actions::act(change, "determine", read, &next, why).await?;
            Ok(Ok(()))
        }
    }
}
