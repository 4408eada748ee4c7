//! What stands around an authorization: its person, the circumstance it names, how its systems are rated.
//!
//! Invariant: only records of the snapshot's organization are found, at its instant.

use super::weighing;
use crate::personnel::model::{Authorization, Circumstance, Person};
use crate::personnel::rules::access::{self, Ruling, When};
use crate::storage::{Result, Snapshot};
use crate::systems::System;
use crate::vocabulary::{Impact, MonthMode};

/// What an authorization is judged by.
#[derive(Clone, Debug)]
pub struct Surroundings {
    pub person: Option<Person>,
    pub circumstance: Option<Circumstance>,
    /// The highest rating of the systems it concerns; none where one of them is not rated or none is named.
    pub impact: Option<Impact>,
    pub months: MonthMode,
}

impl Surroundings {
    /// What every rule of access finds; nothing where there is no person to judge.
    #[must_use]
    pub fn examine(&self, authorization: &Authorization, when: When) -> Vec<Ruling> {
        let Some(person) = &self.person else { return Vec::new() };
        let (circumstance, impact, months) = (self.circumstance.as_ref(), self.impact, self.months);
        access::examine(authorization, access::Around { person, circumstance, impact, months }, when)
    }

    /// Why the access may not be given.
    #[must_use]
    pub fn refuses(&self, authorization: &Authorization, when: When) -> Option<String> {
        match &self.person {
            None => Some("It names no person who is there.".to_owned()),
            Some(_) => access::refusal(&self.examine(authorization, when)),
        }
    }
}

/// Gathers what stands around an authorization.
pub async fn surroundings(at: &mut Snapshot, authorization: &Authorization) -> Result<Surroundings> {
    let (_, months) = weighing::calendar(at).await?;
    let person = match authorization.person {
        Some(id) => at.find::<Person>(id).await?.map(|kept| kept.content),
        None => None,
    };
    let circumstance = match authorization.circumstance {
        Some(id) => at.find::<Circumstance>(id).await?.map(|kept| kept.content),
        None => None,
    };
    let systems = weighing::by_id::<System>(at, authorization.systems.iter().copied()).await?;
    let ratings: Option<Vec<Impact>> = systems.values().map(System::impact).collect();
    let impact = ratings.and_then(|ratings| ratings.into_iter().max());
    Ok(Surroundings { person, circumstance, impact, months })
}
