//! An account, whose it is and how its password is kept.
//!
//! Invariant: pure. A shared account is nobody's own: whoever knows its password is named.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::{AssetId, PersonId, SystemId};
use crate::vocabulary::{Date, Moment, Reference};

crate::words! {
    /// Whose an account is.
    AccountKind {
        Individual = "individual", "Individual";
        Shared = "shared", "Shared";
        Default = "default", "Default or generic";
        Service = "service", "Service";
    }
}

/// An account on an asset or a system (CIP-007-6 R5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    pub reference: Reference,
    /// Its name where it is used.
    pub name: String,
    pub asset: Option<AssetId>,
    pub system: Option<SystemId>,
    pub kind: Option<AccountKind>,
    /// Who answers for it; for an individual account whose it is.
    pub owner: Option<PersonId>,
    /// Who may use a shared account (R5.3).
    pub people: BTreeSet<PersonId>,
    pub privileges: String,
    pub interactive: Option<bool>,
    /// Nothing but a password lets somebody in (R5.5, R5.6).
    pub password_only: Option<bool>,
    /// The default password was changed (R5.4); how many characters and character types are enforced (R5.5); tries before a
    /// lockout or an alert (R5.7).
    pub default_changed: Option<bool>,
    pub length: Option<i64>,
    pub character_types: Option<i64>,
    pub tries: Option<i64>,
    /// Days on which the password was changed, the earliest first (R5.6).
    pub password_changed: Vec<Date>,
    /// When it ceased to let anybody in, and what shows it.
    pub disabled_at: Option<Moment>,
    pub removal_proof: String,
    pub retired_on: Option<Date>,
    pub notes: String,
}

impl Account {
    /// True when it let somebody in at a moment.
    #[must_use]
    pub fn opens(&self, at: Moment) -> bool {
        self.disabled_at.is_none_or(|until| at < until)
    }

    /// True for an account more than one person knows the password of.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self.kind, Some(AccountKind::Shared | AccountKind::Default | AccountKind::Service))
    }

    /// True when the person owns it or may use it.
    #[must_use]
    pub fn is_of(&self, person: PersonId) -> bool {
        self.owner == Some(person) && !self.is_shared() || self.people.contains(&person)
    }
}
