//! A grant of remote access, a session, and the batches sessions come in.
//!
//! Invariant: pure. Where a grant stands is computed from what was decided and the moment, and never typed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::{ArtifactId, AssetId, CircumstanceId, ConduitId, PersonId, SystemId, VendorId};
use crate::register::Act;
use crate::vocabulary::{Date, Endpoint, Moment, Reference};

crate::words! {
    /// Who is at the other end (CIP-005-7 R2.4 asks for both).
    GrantKind {
        Interactive = "interactive", "Interactive";
        SystemToSystem = "system_to_system", "System-to-system";
    }
}

crate::words! {
    /// Where a grant stands.
    GrantStatus {
        Requested = "requested", "Requested";
        Scheduled = "scheduled", "Approved, not begun";
        Active = "active", "Active";
        Expired = "expired", "Expired";
        Revoked = "revoked", "Revoked";
        Refused = "refused", "Refused";
    }
}

/// Remote access as it was granted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Grant {
    pub reference: Reference,
    pub kind: Option<GrantKind>,
    /// Who uses it: a person; for system-to-system access the vendor may stand alone.
    pub person: Option<PersonId>,
    pub vendor: Option<VendorId>,
    pub purpose: String,
    /// What may be reached: assets, and every member of these systems.
    pub targets: BTreeSet<AssetId>,
    pub systems: BTreeSet<SystemId>,
    /// The Intermediate System it goes through (CIP-005-7 R2.1); for system-to-system access what carries it.
    pub via: Option<AssetId>,
    /// The conduit it goes through, where it goes through one that is recorded.
    pub conduit: Option<ConduitId>,
    /// Where it may come from; empty for anywhere.
    pub sources: Vec<Endpoint>,
    /// What ends the encryption (R2.2).
    pub encryption_end: Option<AssetId>,
    /// Two factors of different kinds are asked for (R2.3).
    pub mfa: Option<bool>,
    pub split_tunnel: Option<bool>,
    /// Minutes without activity after which a session is to end; the organization's own limit where none is said.
    pub idle_minutes: Option<i64>,
    pub valid_from: Option<Moment>,
    /// The moment from which it holds no more.
    pub valid_until: Option<Moment>,
    /// The CIP Exceptional Circumstance under which it was given before it was approved.
    pub circumstance: Option<CircumstanceId>,
    /// How the path is switched off (R2.5), what keeps it from being opened again (R3.2), and when that was last tried.
    pub disable_method: String,
    pub reconnect_control: String,
    pub disable_tested_on: Option<Date>,
    pub requested: Option<Act>,
    pub approved: Option<Act>,
    /// In which office it was approved, in words; empty for the role alone.
    pub approved_as: String,
    pub refused: Option<Act>,
    /// The one extension, and until when it held before.
    pub extended: Option<Act>,
    /// In which office it was extended, in words; empty for the role alone.
    pub extended_as: String,
    pub extended_from: Option<Moment>,
    pub revoked: Option<Act>,
    /// When the ability ceased, where that was not the moment of the revocation, and what shows it.
    pub removed_at: Option<Moment>,
    pub removal_proof: String,
    pub retired_on: Option<Date>,
    pub notes: String,
}

impl Grant {
    /// Where it stands by what was decided alone, whatever the moment.
    #[must_use]
    pub fn decided(&self) -> GrantStatus {
        if self.revoked.is_some() {
            GrantStatus::Revoked
        } else if self.refused.is_some() {
            GrantStatus::Refused
        } else if self.approved.is_some() {
            GrantStatus::Active
        } else {
            GrantStatus::Requested
        }
    }

    /// Where it stands at a moment.
    #[must_use]
    pub fn status(&self, at: Moment) -> GrantStatus {
        match self.decided() {
            GrantStatus::Active if self.valid_until.is_none_or(|until| until <= at) => GrantStatus::Expired,
            GrantStatus::Active if self.valid_from.is_none_or(|from| at < from) => GrantStatus::Scheduled,
            GrantStatus::Requested if self.valid_until.is_some_and(|until| until <= at) => GrantStatus::Expired,
            // Under an exceptional circumstance it lets somebody in before anybody approved it.
            GrantStatus::Requested if self.opens(at) => GrantStatus::Active,
            decided => decided,
        }
    }

    /// The moment from which nobody may come in under it: revoked, removed, or run out, whichever was first.
    #[must_use]
    pub fn ends(&self) -> Option<Moment> {
        let revoked = self.revoked.as_ref().map(|act| act.at);
        [revoked, self.removed_at, self.valid_until].into_iter().flatten().min()
    }

    /// When the ability was gone, or will be: as its removal was recorded, though the grant had ended before (CIP-004-7
    /// R5.1 asks for the removal of the ability); else with the end of the grant.
    #[must_use]
    pub fn ceased(&self) -> Option<Moment> {
        self.removed_at.or_else(|| self.ends())
    }

    /// When it began to hold: its first moment, but not before it was approved. Under an exceptional circumstance it holds
    /// from its first moment on (CIP-004-7 R4.1).
    #[must_use]
    pub fn begins(&self) -> Option<Moment> {
        let from = self.valid_from?;
        if self.circumstance.is_some() {
            return Some(from);
        }
        self.approved.as_ref().map(|act| act.at.max(from))
    }

    /// True when it let somebody in at a moment.
    #[must_use]
    pub fn opens(&self, at: Moment) -> bool {
        self.refused.is_none()
            && self.begins().is_some_and(|from| from <= at)
            && self.ends().is_some_and(|until| at < until)
    }

    /// True while it may still let somebody in, now or later.
    #[must_use]
    pub fn holds_on(&self, at: Moment) -> bool {
        self.refused.is_none() && self.begins().is_some() && self.ends().is_none_or(|until| at < until)
    }

    /// What was asked for: everything but what was decided, what was tried, what was noted and whether it was put away.
    #[must_use]
    pub fn asked(&self) -> Self {
        Self { notes: String::new(), disable_tested_on: None, retired_on: None, ..self.undecided() }
    }

    /// The same grant without what was decided about it.
    #[must_use]
    pub fn undecided(&self) -> Self {
        Self {
            requested: None,
            approved: None,
            approved_as: String::new(),
            refused: None,
            extended: None,
            extended_as: String::new(),
            extended_from: None,
            revoked: None,
            removed_at: None,
            removal_proof: String::new(),
            ..self.clone()
        }
    }
}

crate::words! {
    /// What a gateway says of the second factor.
    Mfa {
        Success = "success", "Success";
        Failed = "failed", "Failed";
        NotUsed = "not_used", "Not used";
    }
}

crate::words! {
    /// What ended a session.
    EndedBy {
        User = "user", "The user";
        Idle = "idle", "Idle timeout";
        Expiry = "expiry", "Expiry of the grant";
        Administrator = "administrator", "An administrator";
        Gateway = "gateway", "The gateway";
        Network = "network", "A lost connection";
    }
}

/// A session as its gateway's events add up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The asset that told of it.
    pub gateway: AssetId,
    /// The gateway's own name for it.
    pub key: String,
    pub kind: GrantKind,
    /// The name it signed in with, as the gateway wrote it.
    pub account: String,
    /// Address or name it came from; empty where the gateway does not say.
    pub source: String,
    /// Addresses, host names or references it reached, as the gateway wrote them, sorted.
    pub targets: BTreeSet<String>,
    pub protocol: String,
    /// None where the gateway does not say.
    pub mfa: Option<Mfa>,
    /// The vendor's name, where the gateway says it.
    pub vendor: String,
    pub started_at: Moment,
    pub last_activity_at: Moment,
    pub ended_at: Option<Moment>,
    pub ended_by: Option<EndedBy>,
    /// Where the recording lies.
    pub recording: String,
}

crate::words! {
    /// What a gateway tells of a session.
    EventKind {
        Start = "start", "Start";
        Activity = "activity", "Activity";
        End = "end", "End";
    }
}

/// One thing a gateway tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub session: String,
    pub kind: EventKind,
    pub at: Moment,
    /// Of a start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<GrantKind>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub account: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub targets: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub protocol: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mfa: Option<Mfa>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub vendor: String,
    /// Of an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<EndedBy>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub recording: String,
}

/// The last moment until which a grant may hold that begins then and lasts so many days at most. An hour more, so that a day
/// on which clocks are put back shortens none.
#[must_use]
pub fn longest_end(from: Moment, days: u16) -> Moment {
    from.plus_seconds(i64::from(days) * 86_400 + 3_600)
}

/// When a gateway last told anything, and up to when it told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    pub received: Moment,
    pub until: Option<Moment>,
}

impl Word {
    /// The moment up to which the gateway accounts for its sessions: a file read today may end last week.
    #[must_use]
    pub fn goes_to(self) -> Moment {
        self.until.unwrap_or(self.received)
    }

    /// True while it is no older than the minutes for which a gateway's word counts.
    #[must_use]
    pub fn is_fresh(self, minutes: u16, at: Moment) -> bool {
        at.micros_since(self.goes_to()) <= i64::from(minutes) * 60_000_000
    }
}

/// One file or one push of a gateway: the audited record behind its sessions. A push without events says that nothing
/// happened, and keeps the gateway's word fresh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionBatch {
    pub gateway: AssetId,
    /// The gateway's reference when the batch was taken in.
    pub gateway_reference: String,
    /// The file's name, or `API`.
    pub source: String,
    /// `sha256:` of the bytes.
    pub digest: String,
    pub events: i64,
    /// Sessions they are about.
    pub sessions: i64,
    /// First moment told of; none in a push without events.
    pub from: Option<Moment>,
    /// Until when the gateway's word goes: the last moment a file tells of; the moment a push came.
    pub until: Option<Moment>,
    /// `sha256:` Merkle root (RFC 9162) over the events in their order.
    pub root: String,
    /// The file as evidence.
    pub artifact: Option<ArtifactId>,
}
