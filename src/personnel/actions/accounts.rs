//! Accounts: a password changed, and that one lets nobody in any more.
//!
//! Invariant: days stay in their order, and a disabled account has a proof.

use futures_util::future::BoxFuture;

use super::{Asked, Doing, Offer, Said, Stepped, doing, proof};
use crate::auth::Action;
use crate::personnel::model::Account;
use crate::personnel::rules::deciding::{self, Refusal};
use crate::register::actions;
use crate::storage::{Change, Kept, Result};

/// A step in the life of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountStep {
    PasswordChange,
    Disable,
}

impl Stepped for Account {
    type Step = AccountStep;
    const STEPS: &'static [Offer<AccountStep>] = &[
        Offer {
            step: AccountStep::PasswordChange,
            resource: "password_change",
            title: "Record password change",
            done: "recorded",
            action: Action::EditAccess,
            asked: Asked::Day,
        },
        Offer {
            step: AccountStep::Disable,
            resource: "disabling",
            title: "Record that it is disabled",
            done: "recorded",
            action: Action::EditAccess,
            asked: Asked::MomentAndProof,
        },
    ];

    fn take<'c>(
        change: &'c mut Change,
        read: &'c Kept<Self>,
        step: AccountStep,
        said: &'c Said,
    ) -> BoxFuture<'c, Result<std::result::Result<(), Refusal>>> {
        Box::pin(take(change, read, step, said))
    }
}

async fn take(
    change: &mut Change,
    read: &Kept<Account>,
    step: AccountStep,
    said: &Said,
) -> Result<std::result::Result<(), Refusal>> {
    let doing = doing(change, &said.why).await?;
    let (name, next) = match step {
        AccountStep::PasswordChange => ("change_password", changed(read, &doing, said)),
        AccountStep::Disable => ("disable", disabled(read, &doing, said)),
    };
    match next {
        Err(refusal) => Ok(Err(refusal)),
        Ok(next) => actions::act(change, name, read, &next, &said.why).await.map(|_| Ok(())),
    }
}

type Next = std::result::Result<Account, Refusal>;

fn changed(read: &Account, doing: &Doing, said: &Said) -> Next {
    let (today, mut next) = (doing.today(), read.clone());
    let on = said.on.unwrap_or(today);
    if on > today {
        return Err("In the future; record it when it was done.".to_owned());
    }
    if let Some(refusal) = deciding::refuses_password_change(read, Some(on)) {
        return Err(refusal);
    }
    next.password_changed.push(on);
    next.password_changed.sort_unstable();
    Ok(next)
}

fn disabled(read: &Account, doing: &Doing, said: &Said) -> Next {
    let (at, removal_proof) = (doing.when(said)?, proof(said)?);
    match deciding::refuses_disabling(read) {
        Some(refusal) => Err(refusal.to_owned()),
        None => Ok(Account { disabled_at: Some(at), removal_proof, ..read.clone() }),
    }
}
