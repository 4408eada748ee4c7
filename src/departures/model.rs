//! A termination or a transfer, with its three times and the abilities it ends.
//!
//! Invariant: pure. A due moment is computed and never typed.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::PersonId;
use crate::register::Act;
use crate::vocabulary::{Date, Moment, Reference};

crate::words! {
    /// What happened.
    DepartureKind {
        Termination = "termination", "Termination";
        Transfer = "transfer", "Reassignment or transfer";
    }
}

crate::words! {
    /// What an ability lets a person do.
    AbilityKind {
        UnescortedPhysical = "unescorted_physical", "Unescorted physical access";
        InteractiveRemote = "interactive_remote", "Interactive Remote Access";
        Electronic = "electronic", "Electronic access";
        Bcsi = "bcsi", "BCSI access";
        Account = "account", "Individual account";
        SharedAccount = "shared_account", "Shared account";
    }
}

/// An ability of the person, as it was held at the action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ability {
    pub kind: AbilityKind,
    /// The authorization, grant or account.
    pub of: Uuid,
    pub reference: String,
    /// What it reached, in words.
    pub reaches: String,
    /// After a transfer: still needed in the new place. Nobody decided while none.
    pub needed: Option<bool>,
    /// The day on which that was determined, where it is not the day of the whole transfer.
    #[serde(default)]
    pub determined_on: Option<Date>,
}

/// A termination, reassignment or transfer of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Departure {
    pub reference: Reference,
    pub person: Option<PersonId>,
    pub kind: Option<DepartureKind>,
    /// The termination action; R5.1 counts from it.
    pub action_at: Option<Moment>,
    /// The effective date; R5.3 and R6.3 count from it.
    pub effective_on: Option<Date>,
    /// The day on which it was determined that access is no longer needed (R5.2, R5.4).
    pub determined_on: Option<Date>,
    pub abilities: Vec<Ability>,
    /// Extenuating operating circumstances that put off the change of shared passwords (R5.4): why, when documented, when
    /// they ended.
    pub extenuating: String,
    pub extenuating_from: Option<Date>,
    pub extenuating_until: Option<Date>,
    pub recorded: Option<Act>,
    pub retired_on: Option<Date>,
    pub notes: String,
}
