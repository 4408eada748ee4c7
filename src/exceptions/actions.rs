//! What can be done with an exception: request it, decide about it, take it back, end the circumstance.
//!
//! Invariant: a decision is one person's and never the requester's; each is a version with its reason.

use super::model::{Exception, ExceptionKind};
use super::rules;
use crate::ids::ExceptionId;
use crate::register::{Act, Member, actions};
use crate::storage::{Change, Kept, Result};
use crate::vocabulary::Date;

/// Who acts.
#[derive(Clone, Debug)]
pub struct Person {
    /// None for a program.
    pub member: Option<Member>,
    pub name: String,
}

/// Why an act was not done, in words.
pub type Refusal = String;

fn act(change: &Change, who: &Person, reason: &str) -> Act {
    Act { by: who.member.clone(), name: who.name.clone(), at: change.moment(), reason: reason.to_owned() }
}

/// Asks for an exception; nothing is justified before another person approves it.
pub async fn request(
    change: &mut Change,
    mut wanted: Exception,
    who: &Person,
    why: &str,
) -> Result<(ExceptionId, Exception)> {
    wanted.requested = Some(act(change, who, ""));
    (wanted.approved, wanted.refused, wanted.revoked) = (None, None, None);
    let id = change.new_id::<ExceptionId>();
    change.insert_as(id, "exception.request", &wanted, why).await?;
    Ok((id, wanted))
}

/// Writes the next version of a request nobody decided about.
pub async fn revise(change: &mut Change, read: &Kept<Exception>, wanted: Exception, why: &str) -> Result<i64> {
    actions::revise(change, read, &wanted, why).await
}

/// Approves or refuses a request.
pub async fn decide(
    change: &mut Change,
    read: &Kept<Exception>,
    granted: bool,
    who: &Person,
    why: &str,
) -> Result<std::result::Result<(), Refusal>> {
    let Some(member) = &who.member else { return Ok(Err("Only a person decides about an exception.".to_owned())) };
    if let Some(refusal) = rules::refuses_decision(read, member.user) {
        return Ok(Err(refusal.to_owned()));
    }
    let mut next = read.content.clone();
    let decision = Some(act(change, who, why));
    let name = if granted { "approve" } else { "refuse" };
    if granted {
        next.approved = decision;
    } else {
        next.refused = decision;
    }
    actions::act(change, name, read, &next, why).await?;
    Ok(Ok(()))
}

/// Takes back what was approved or is still asked for.
pub async fn revoke(
    change: &mut Change,
    read: &Kept<Exception>,
    who: &Person,
    why: &str,
) -> Result<std::result::Result<(), Refusal>> {
    if read.refused.is_some() || read.revoked.is_some() {
        return Ok(Err("This exception does not stand any more.".to_owned()));
    }
    let mut next = read.content.clone();
    next.revoked = Some(act(change, who, why));
    actions::act(change, "revoke", read, &next, why).await?;
    Ok(Ok(()))
}

/// Notes the day a CIP Exceptional Circumstance was over: clocks run again from there.
pub async fn end(
    change: &mut Change,
    read: &Kept<Exception>,
    on: Date,
    why: &str,
) -> Result<std::result::Result<(), Refusal>> {
    if read.kind != Some(ExceptionKind::Cec) {
        return Ok(Err("Only a CIP Exceptional Circumstance ends on a day of its own.".to_owned()));
    }
    if read.declared_on.is_some_and(|from| on < from) {
        return Ok(Err("It cannot end before it was declared.".to_owned()));
    }
    let mut next = read.content.clone();
    next.ended_on = Some(on);
    actions::act(change, "end", read, &next, why).await?;
    Ok(Ok(()))
}
