//! When an ability ceased, as its own record tells it.
//!
//! Invariant: pure. Nothing about a removal is kept in the departure: its record and its proof stand where the ability is.

use crate::personnel::{Account, Authorization};
use crate::remote_access::Grant;
use crate::vocabulary::{Date, Moment};

/// What the record of an ability says of its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removal {
    /// When the ability ceased or will.
    pub ceased: Option<Moment>,
    /// Of a shared account: the days on which its password was changed.
    pub changed: Vec<Date>,
    /// What shows it, as its record says.
    pub proof: String,
}

impl Removal {
    /// An ability that ceased at a moment.
    #[must_use]
    pub fn at(moment: Moment) -> Self {
        Self { ceased: Some(moment), ..Self::default() }
    }

    /// A shared password that was changed on these days.
    #[must_use]
    pub fn changes(days: &[Date]) -> Self {
        Self { changed: days.to_vec(), ..Self::default() }
    }

    /// The end of an authorization: when it was taken away. A last day that has passed removes nothing by itself.
    #[must_use]
    pub fn of_authorization(authorization: &Authorization) -> Self {
        let (ceased, proof) = (authorization.removed_at, authorization.removal_proof.clone());
        Self { ceased, proof, ..Self::default() }
    }

    /// The end of a grant's ability: as recorded, else revoked or run out. One that was never approved has no end because it never began.
    #[must_use]
    pub fn of_grant(grant: &Grant) -> Self {
        Self { ceased: grant.ceased(), proof: grant.removal_proof.clone(), ..Self::default() }
    }

    /// The end of an account: when it was switched off; of a shared one also when its password was changed.
    #[must_use]
    pub fn of_account(account: &Account) -> Self {
        let changed = if account.is_shared() { account.password_changed.clone() } else { Vec::new() };
        Self { ceased: account.disabled_at, changed, proof: account.removal_proof.clone() }
    }
}
