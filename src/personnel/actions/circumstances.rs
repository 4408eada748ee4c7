//! CIP Exceptional Circumstances: ended, and looked back on by another person.
//!
//! Invariant: one that lasts is not looked back on, and an end is after the declaration.

use futures_util::future::BoxFuture;

use super::{Asked, Offer, Said, Stepped, doing};
use crate::auth::Action;
use crate::personnel::model::Circumstance;
use crate::personnel::rules::deciding::{self, Refusal};
use crate::register::actions;
use crate::storage::{Change, Kept, Result};

/// A step in the life of a circumstance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CircumstanceStep {
    End,
    Review,
}

impl Stepped for Circumstance {
    type Step = CircumstanceStep;
    const STEPS: &'static [Offer<CircumstanceStep>] = &[
        Offer {
            step: CircumstanceStep::End,
            resource: "end",
            title: "Record its end",
            done: "recorded",
            action: Action::EditAccess,
            asked: Asked::Moment,
        },
        Offer {
            step: CircumstanceStep::Review,
            resource: "review",
            title: "Review",
            done: "recorded",
            action: Action::ReviewAccess,
            asked: Asked::Nothing,
        },
    ];

    fn take<'c>(
        change: &'c mut Change,
        read: &'c Kept<Self>,
        step: CircumstanceStep,
        said: &'c Said,
    ) -> BoxFuture<'c, Result<std::result::Result<(), Refusal>>> {
        Box::pin(take(change, read, step, said))
    }
}

async fn take(
    change: &mut Change,
    read: &Kept<Circumstance>,
    step: CircumstanceStep,
    said: &Said,
) -> Result<std::result::Result<(), Refusal>> {
    let doing = doing(change, &said.why).await?;
    let mut next = read.content.clone();
    let (name, refusal) = match step {
        CircumstanceStep::End => {
            let at = match doing.when(said) {
                Ok(at) => at,
                Err(refusal) => return Ok(Err(refusal)),
            };
            next.ended_at = Some(at);
            ("end", deciding::refuses_end(read, Some(at)))
        }
        CircumstanceStep::Review => {
            let Some(by) = doing.by else {
                return Ok(Err("Only a person who signed in looks back on a circumstance.".to_owned()));
            };
            next.reviewed = Some(doing.act);
            ("review", deciding::refuses_review(read, by))
        }
    };
    match refusal {
        Some(refusal) => Ok(Err(refusal.to_owned())),
        None => actions::act(change, name, read, &next, &said.why).await.map(|_| Ok(())),
    }
}
