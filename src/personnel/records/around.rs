//! What stands around an authorization: its person, the circumstance it names, how its systems are rated.
//!
//! Invariant: only records of the snapshot's organization are found, at its instant.

use super::weighing;
use crate::personnel::model::{Authorization, Circumstance, Person};
use crate::personnel::rules::access::{self, Ruling, When};
use crate::storage::{Result, Snapshot};
use crate::systems::System;
use crate::vocabulary::MonthMode;

/// What an authorization is judged by.
#[derive(Clone, Debug)]
pub struct Surroundings {
    pub person: Option<Person>,
    pub circumstance: Option<Circumstance>,
    /// True where every system it concerns is recorded as one that CIP-004-7 R2 to R4 do not apply to.
    pub out_of_scope: bool,
    pub months: MonthMode,
}

impl Surroundings {
    /// What every rule of access finds; nothing where there is no person to judge.
    #[must_use]
    pub fn examine(&self, authorization: &Authorization, when: When) -> Vec<Ruling> {
        let Some(person) = &self.person else { return Vec::new() };
        let (circumstance, out_of_scope, months) = (self.circumstance.as_ref(), self.out_of_scope, self.months);
        access::examine(authorization, access::Around { person, circumstance, out_of_scope, months }, when)
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
    let out_of_scope = !systems.is_empty() && systems.values().all(|system| access::asks(system) == Some(false));
    Ok(Surroundings { person, circumstance, out_of_scope, months })
}
