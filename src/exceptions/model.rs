//! An exception: what it covers, who asked, who decided, from when until when.
//!
//! Invariant: pure. Whether it stands is computed for a day and never kept: an exception expires by itself.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::register::Act;
use crate::vocabulary::{Date, Reference};

crate::words! {
    /// What an exception rests on.
    ExceptionKind {
        Tfe = "tfe", "TFE";
        Cec = "cec", "CIP Exceptional Circumstance";
        Capability = "capability", "Per system capability";
        Policy = "policy", "Policy exception";
    }
}

crate::words! {
    /// Where an exception stands on a day.
    Standing {
        Requested = "requested", "Requested";
        Approved = "approved", "Approved";
        Expiring = "expiring", "Approved, expires within 30 days";
        Expired = "expired", "Expired";
        Refused = "refused", "Refused";
        Revoked = "revoked", "Revoked";
    }
}

/// A record an exception covers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Covered {
    /// The kind of record, as on the wire.
    pub kind: String,
    pub id: Uuid,
    pub reference: String,
}

/// An exception.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Exception {
    pub reference: Reference,
    pub title: String,
    pub kind: Option<ExceptionKind>,
    /// Codes of the checks it is about; any check when empty.
    pub checks: Vec<String>,
    /// Ids of the requirement parts it is about; any part when empty.
    pub requirements: Vec<String>,
    /// True when every record is covered.
    pub everything: Option<bool>,
    pub subjects: Vec<Covered>,
    pub basis: String,
    pub compensating: String,
    pub from: Option<Date>,
    /// The last day on which it stands.
    pub expires: Option<Date>,
    /// CIP Exceptional Circumstance: who declared it and why it is one.
    pub declaration: String,
    pub declared_on: Option<Date>,
    /// The day the circumstance ended; none while it goes on.
    pub ended_on: Option<Date>,
    pub requested: Option<Act>,
    pub approved: Option<Act>,
    pub refused: Option<Act>,
    pub revoked: Option<Act>,
}

/// Days before its end in which an exception counts as expiring.
const EXPIRING_DAYS: i64 = 30;

impl Exception {
    /// Where it stands on a day of the organization's calendar.
    #[must_use]
    pub fn standing(&self, on: Date) -> Standing {
        if self.revoked.is_some() {
            Standing::Revoked
        } else if self.refused.is_some() {
            Standing::Refused
        } else if self.expires.is_none_or(|last| last < on) {
            Standing::Expired
        } else if self.approved.is_none() {
            Standing::Requested
        } else if self.expires.is_some_and(|last| (last.naive() - on.naive()).num_days() <= EXPIRING_DAYS) {
            Standing::Expiring
        } else {
            Standing::Approved
        }
    }

    /// True when it was approved, nobody took it back, and the day lies within it.
    #[must_use]
    pub fn stands(&self, on: Date) -> bool {
        matches!(self.standing(on), Standing::Approved | Standing::Expiring) && self.from.is_none_or(|from| from <= on)
    }

    /// True when nobody decided yet.
    #[must_use]
    pub fn is_undecided(&self) -> bool {
        self.approved.is_none() && self.refused.is_none() && self.revoked.is_none()
    }
}
