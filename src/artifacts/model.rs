//! An evidence file and an attachment.
//!
//! Invariant: pure; what the bytes are (media type, size, SHA-256) and when they came is never typed by anybody.

use serde::{Deserialize, Serialize};

use super::rules::sniffing;
use crate::ids::ArtifactId;
use crate::vocabulary::{Date, Moment, Reference};

/// The kind under which requirement parts are attached to; their target is the part's id, such as `CIP-007-6 R2.2`.
pub const REQUIREMENT: &str = "requirement";

/// An evidence file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Artifact {
    pub reference: Reference,
    /// The file's name, cleaned: no folders, no control characters.
    pub name: String,
    /// What the bytes are, told from the bytes.
    pub media_type: String,
    /// What the sender said they are; empty when nothing was said.
    pub claimed_type: String,
    pub size: i64,
    /// SHA-256 of the bytes in lower-case hex.
    pub sha256: String,
    /// When the bytes were here; none in a blank only.
    pub received_at: Option<Moment>,
    pub covers_from: Option<Date>,
    pub covers_to: Option<Date>,
    pub title: String,
    pub document_number: String,
    pub revision: String,
    /// Where the content comes from: a system, an export, a camera.
    pub source_system: String,
    /// How the content was asked for: a query, a command, the settings of a report.
    pub query: String,
    /// Who took it.
    pub collector: String,
    /// BES Cyber System Information (CIP-011); none until somebody said.
    pub bcsi: Option<bool>,
    pub supersedes: Option<ArtifactId>,
    pub retired_on: Option<Date>,
    pub notes: String,
}

impl Artifact {
    /// What is odd about the name or the claimed type, in words; empty when both fit the bytes.
    #[must_use]
    pub fn mismatch(&self) -> String {
        sniffing::mismatch(&self.media_type, &self.name, &self.claimed_type)
    }

    /// The day the evidence speaks of: the end of what it covers, else the day it was received (UTC).
    #[must_use]
    pub fn dated(&self) -> String {
        let received = || self.received_at.map_or_else(String::new, |at| at.utc().format("%Y-%m-%d").to_string());
        self.covers_to.or(self.covers_from).map_or_else(received, |date| date.to_string())
    }

    /// The number of bytes as storage counts them.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        u64::try_from(self.size).unwrap_or(0)
    }
}

/// An artifact attached to a record or to a requirement part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub artifact: ArtifactId,
    /// The word of an audited kind, or [`REQUIREMENT`].
    pub kind: String,
    /// The record's id, or the requirement part's id.
    pub target: String,
    /// What the file shows there.
    pub note: String,
    /// When it was taken back; the reason stands in the version.
    pub withdrawn_at: Option<Moment>,
}

/// How much evidence a requirement part has, and how new it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidenced {
    pub files: i64,
    /// The newest day any of the files speaks of, `YYYY-MM-DD`.
    pub newest: String,
}
