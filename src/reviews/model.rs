//! A review, the rows it looks at, and what was decided about them.
//!
//! Invariant: pure. A row says what stood when the review began; a discrepancy is closed by the record it is about.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{PerformanceId, PersonId, ReviewId, SystemId};
use crate::register::{Act, Member};
use crate::vocabulary::{Date, Moment, Reference};

crate::words! {
    /// What is reviewed.
    ReviewKind {
        AuthorizationVerification = "authorization_verification", "Authorization verification, each quarter (CIP-004-7 R4.2)";
        PrivilegeReview = "privilege_review", "Privilege review, 15 calendar months (CIP-004-7 R4.3)";
        BcsiReview = "bcsi_review", "BCSI access review, 15 calendar months (CIP-004-7 R6.2)";
        ConduitReview = "conduit_review", "Conduit review";
    }
}

crate::words! {
    /// Where a review stands.
    ReviewStatus {
        Open = "open", "Open";
        Completed = "completed", "Completed";
        Abandoned = "abandoned", "Abandoned";
    }
}

crate::words! {
    /// What a reviewer decides about a row.
    ReviewOutcome {
        Keep = "keep", "Keep";
        Change = "change", "Change";
        Remove = "remove", "Remove";
    }
}

/// A review.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Review {
    pub reference: Reference,
    pub name: String,
    pub kind: Option<ReviewKind>,
    /// Systems it covers; every one where none is named.
    pub systems: BTreeSet<SystemId>,
    pub reviewer: Option<Member>,
    pub due_on: Option<Date>,
    pub opened: Option<Act>,
    /// Rows it looks at, and `sha256:` Merkle root (RFC 9162) over them in their order.
    pub population: i64,
    pub root: String,
    /// What was decided, when it was completed.
    pub kept: i64,
    pub changed: i64,
    pub removed: i64,
    pub completed: Option<Act>,
    /// The performance it became.
    pub performance: Option<PerformanceId>,
    pub abandoned: Option<Act>,
    pub retired_on: Option<Date>,
    pub notes: String,
}

impl Review {
    #[must_use]
    pub fn status(&self) -> ReviewStatus {
        if self.completed.is_some() {
            ReviewStatus::Completed
        } else if self.abandoned.is_some() {
            ReviewStatus::Abandoned
        } else {
            ReviewStatus::Open
        }
    }
}

/// A row as it stood when the review began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewItem {
    /// `authorization`, `account`, `grant`, `conduit`.
    pub kind: String,
    pub of: Uuid,
    /// The version of the record then.
    pub version: i64,
    pub reference: String,
    pub person: Option<PersonId>,
    pub holder: String,
    /// What it opens, in words.
    pub reaches: String,
    /// What the row itself shows to be wrong, such as that no authorization covers it; empty for nothing.
    pub doubt: String,
}

/// One act of a reviewer about some rows, by their numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewDecision {
    pub review: ReviewId,
    pub rows: Vec<i64>,
    pub outcome: ReviewOutcome,
    pub note: String,
}

/// A row of a completed review that has to be set right, and whether it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discrepancy {
    pub review: ReviewId,
    /// The review's reference.
    pub review_reference: String,
    pub row: i64,
    pub kind: String,
    pub of: Uuid,
    pub reference: String,
    pub person: Option<PersonId>,
    pub holder: String,
    pub outcome: ReviewOutcome,
    pub note: String,
    pub decided_at: Moment,
    /// True once the record it is about was set right.
    pub closed: bool,
}
