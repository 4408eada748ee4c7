//! Decisions about a grant: approve, refuse, extend once, revoke, record when the ability ceased, record a test of the way off.
//!
//! Invariant: an approval and an extension are a person's and never the requester's, in an office that holds; a rule that
//! would refuse the request refuses them too. Each decision writes a version with its reason and its own leaf.

use super::entering;
use super::model::Grant;
use super::rules::{Surroundings, deciding, refusals};
use super::steps::Step;
use super::surroundings;
use crate::ids::UserId;
use crate::personnel::model::Delegated;
use crate::personnel::records::offices;
use crate::register::{Act, Problem, actions, signing};
use crate::storage::{Change, Kept, Result};

/// Why a decision was not taken.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// It stands against what was decided before, or is another's to take.
    Said(String),
    /// Rules refuse it, field by field.
    Found(Vec<Problem>),
}

impl From<String> for Refusal {
    fn from(said: String) -> Self {
        Refusal::Said(said)
    }
}

type Outcome<T = ()> = std::result::Result<T, Refusal>;

/// Takes a decision, or says why not.
pub async fn take(change: &mut Change, read: &Kept<Grant>, step: &Step, why: &str) -> Result<Outcome> {
    let act = signing::act(change, why).await?;
    let grant = &read.content;
    let around = surroundings::gather(change.reading().await?, &[grant]).await?.around(Some(read.id), grant, false);
    let next = match step {
        Step::Approve => approved(change, grant, &around, act).await?,
        Step::Extend(until) => extended(change, grant, &around, act, *until).await?,
        Step::Refuse => refused(grant, &around, act),
        Step::Revoke => match deciding::refuses_revocation(grant, around.now, around.zone) {
            None => Ok(Grant { revoked: Some(act), ..grant.clone() }),
            Some(said) => Err(said.into()),
        },
        Step::Remove(at, proof) => match deciding::refuses_removal(grant, *at, around.now, around.zone) {
            None => Ok(Grant { removed_at: Some(*at), removal_proof: proof.clone(), ..grant.clone() }),
            Some(said) => Err(said.into()),
        },
        Step::Test(on) => match deciding::refuses_test(grant, *on, around.today()) {
            None => Ok(Grant { disable_tested_on: Some(*on), ..grant.clone() }),
            Some(said) => Err(said.into()),
        },
    };
    let next = match next {
        Ok(next) => next,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if next == *grant {
        return Ok(Err(Refusal::Said("It is recorded so already.".to_owned())));
    }
    actions::act(change, step.deciding().act(), read, &next, why).await?;
    Ok(Ok(()))
}

/// The person who decides, if one does.
fn person(act: &Act) -> Outcome<UserId> {
    let by = act.by.as_ref().map(|member| member.user);
    by.ok_or_else(|| Refusal::Said("Only a person who signed in decides about access.".to_owned()))
}

/// In which office they decide, where they hold one.
async fn office(change: &mut Change, by: UserId, around: &Surroundings) -> Result<Outcome<String>> {
    let at = change.reading().await?;
    Ok(offices::office_of(at, by, Delegated::AuthorizeAccess, around.today()).await?.map_err(Refusal::Said))
}

async fn approved(change: &mut Change, grant: &Grant, around: &Surroundings, act: Act) -> Result<Outcome<Grant>> {
    let by = match person(&act) {
        Ok(by) => by,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Some(said) = deciding::refuses_approval(grant, around, by) {
        return Ok(Err(said.into()));
    }
    let found = refusals(grant, around);
    if !found.is_empty() {
        return Ok(Err(Refusal::Found(entering::problems(&found))));
    }
    let office = office(change, by, around).await?;
    Ok(office.map(|approved_as| Grant { approved: Some(act), approved_as, ..grant.clone() }))
}

fn refused(grant: &Grant, around: &Surroundings, act: Act) -> Outcome<Grant> {
    let by = person(&act)?;
    match deciding::refuses_refusal(grant, around, by) {
        None => Ok(Grant { refused: Some(act), ..grant.clone() }),
        Some(said) => Err(said.into()),
    }
}

async fn extended(
    change: &mut Change,
    grant: &Grant,
    around: &Surroundings,
    act: Act,
    until: crate::vocabulary::Moment,
) -> Result<Outcome<Grant>> {
    let by = match person(&act) {
        Ok(by) => by,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Some(said) = deciding::refuses_extension(grant, around, by, until) {
        return Ok(Err(said.into()));
    }
    let extended_as = match office(change, by, around).await? {
        Ok(office) => office,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let next = Grant {
        extended: Some(act),
        extended_as,
        extended_from: grant.valid_until,
        valid_until: Some(until),
        ..grant.clone()
    };
    let found = refusals(&next, around);
    if !found.is_empty() {
        return Ok(Err(Refusal::Found(entering::problems(&found))));
    }
    Ok(Ok(next))
}
