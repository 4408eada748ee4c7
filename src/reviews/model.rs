//! A review, the rows it looks at, and what was decided about them.
//!
//! Invariant: pure. A row says what stood when the review began; a discrepancy is closed by the record it is about.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::ids::{Id, PerformanceId, PersonId, ReviewId, SystemId};
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
    /// Systems it covers, frozen when it opens: those named, else all in service then. None for what belongs to the organization.
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

/// A row whose access was to be changed or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discrepancy {
    pub review: ReviewId,
    pub review_reference: String,
    pub review_kind: ReviewKind,
    /// When the review was completed; none while it is open.
    pub completed_at: Option<Moment>,
    pub n: i64,
    /// What it is about: `authorization`, `account`, `grant`, `conduit`, and its id.
    pub kind: String,
    pub of: Uuid,
    pub reference: String,
    pub person: Option<PersonId>,
    pub holder: String,
    pub reaches: String,
    pub outcome: ReviewOutcome,
    pub note: String,
    pub decided_at: Moment,
    /// When the record it is about closed it; none while it has not.
    pub closed_at: Option<Moment>,
}

impl Discrepancy {
    /// The same for as long as the review is kept: made of the review and the row's number.
    #[must_use]
    pub fn id(&self) -> Uuid {
        let digest = Sha256::new()
            .chain_update(b"glance discrepancy ")
            .chain_update(self.review.uuid().as_bytes())
            .chain_update(self.n.to_be_bytes())
            .finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }
}
