//! Authorizations: approved or refused by another person, provisioned, removed.
//!
//! Invariant: nothing is approved or provisioned that the rules of access refuse on that day, and an approval by somebody whose
//! delegation ended is none.

use futures_util::future::BoxFuture;

use super::{Asked, Doing, Offer, Said, Stepped, doing, proof};
use crate::auth::Action;
use crate::personnel::model::{Authorization, AuthorizationKind, Delegated};
use crate::personnel::records::{around, offices};
use crate::personnel::rules::deciding::{self, Refusal};
use crate::register::actions;
use crate::storage::{Change, Kept, Result};

/// A step in the life of an authorization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessStep {
    Approve,
    Refuse,
    Provision,
    Remove,
}

impl Authorization {
    /// What may be delegated so that somebody approves this.
    #[must_use]
    pub fn delegated(&self) -> Delegated {
        match self.kind {
            Some(AuthorizationKind::Bcsi) => Delegated::AuthorizeBcsi,
            _ => Delegated::AuthorizeAccess,
        }
    }
}

impl Stepped for Authorization {
    type Step = AccessStep;
    const STEPS: &'static [Offer<AccessStep>] = &[
        Offer {
            step: AccessStep::Approve,
            resource: "approval",
            title: "Approve",
            done: "approved",
            action: Action::ApproveAccess,
            asked: Asked::Nothing,
        },
        Offer {
            step: AccessStep::Refuse,
            resource: "refusal",
            title: "Refuse",
            done: "refused",
            action: Action::ApproveAccess,
            asked: Asked::Nothing,
        },
        Offer {
            step: AccessStep::Provision,
            resource: "provisioning",
            title: "Record as provisioned",
            done: "recorded",
            action: Action::EditAccess,
            asked: Asked::Moment,
        },
        Offer {
            step: AccessStep::Remove,
            resource: "removal",
            title: "Record its removal",
            done: "recorded",
            action: Action::EditAccess,
            asked: Asked::MomentAndProof,
        },
    ];

    fn take<'c>(
        change: &'c mut Change,
        read: &'c Kept<Self>,
        step: AccessStep,
        said: &'c Said,
    ) -> BoxFuture<'c, Result<std::result::Result<(), Refusal>>> {
        Box::pin(take(change, read, step, said))
    }
}

async fn take(
    change: &mut Change,
    read: &Kept<Authorization>,
    step: AccessStep,
    said: &Said,
) -> Result<std::result::Result<(), Refusal>> {
    let doing = doing(change, &said.why).await?;
    let (name, next) = match step {
        AccessStep::Approve => ("approve", approved(change, read, doing).await?),
        AccessStep::Refuse => ("refuse", refused(change, read, doing).await?),
        AccessStep::Provision => ("provision", provisioned(change, read, &doing, said).await?),
        AccessStep::Remove => ("remove", removed(read, doing, said)),
    };
    match next {
        Err(refusal) => Ok(Err(refusal)),
        Ok(next) => actions::act(change, name, read, &next, &said.why).await.map(|_| Ok(())),
    }
}

type Next = std::result::Result<Authorization, Refusal>;

const PERSON_ONLY: &str = "Only a person who signed in decides about access.";

async fn approved(change: &mut Change, read: &Kept<Authorization>, doing: Doing) -> Result<Next> {
    let Some(by) = doing.by else { return Ok(Err(PERSON_ONLY.to_owned())) };
    let on = doing.today();
    let at = change.reading().await?;
    let surroundings = around::surroundings(at, read).await?;
    if let Some(refusal) = deciding::refuses_approval(read, surroundings.person.as_ref(), by, on) {
        return Ok(Err(refusal));
    }
    if let Some(refusal) = surroundings.refuses(read, (doing.now, on)) {
        return Ok(Err(refusal));
    }
    Ok(offices::office_of(at, by, read.delegated(), on).await?.map(|approved_as| Authorization {
        approved: Some(doing.act),
        approved_as,
        ..read.content.clone()
    }))
}

async fn refused(change: &mut Change, read: &Kept<Authorization>, doing: Doing) -> Result<Next> {
    let Some(by) = doing.by else { return Ok(Err(PERSON_ONLY.to_owned())) };
    let surroundings = around::surroundings(change.reading().await?, read).await?;
    Ok(match deciding::refuses_refusal(read, surroundings.person.as_ref(), by) {
        Some(refusal) => Err(refusal.to_owned()),
        None => Ok(Authorization { refused: Some(doing.act), ..read.content.clone() }),
    })
}

async fn provisioned(change: &mut Change, read: &Kept<Authorization>, doing: &Doing, said: &Said) -> Result<Next> {
    let at = match doing.when(said) {
        Ok(at) => at,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if read.approved.is_none() && doing.by.is_none() {
        return Ok(Err("It is not approved, and only a person who signed in gives access before that.".to_owned()));
    }
    let when = (at, doing.zone.day(at));
    let surroundings = around::surroundings(change.reading().await?, read).await?;
    if let Some(refusal) = deciding::refuses_provisioning(read, surroundings.circumstance.as_ref(), when) {
        return Ok(Err(refusal));
    }
    Ok(match surroundings.refuses(read, when) {
        Some(refusal) => Err(refusal),
        None => Ok(Authorization { provisioned_at: Some(at), ..read.content.clone() }),
    })
}

fn removed(read: &Authorization, doing: Doing, said: &Said) -> Next {
    let (at, removal_proof) = (doing.when(said)?, proof(said)?);
    match deciding::refuses_removal(read, Some(at)) {
        Some(refusal) => Err(refusal.to_owned()),
        None => Ok(Authorization { removed_at: Some(at), removal_proof, removed: Some(doing.act), ..read.clone() }),
    }
}
