//! Keeping the bytes of files that come another way than by upload, and looking after all that are kept.
//!
//! Invariant: bytes are kept before anything is recorded about them; a file that is empty is refused.

use std::path::Path;

use super::actions::{self, Recorded, Sent};
use super::{Artifact, records};
use crate::ids::OrganizationId;
use crate::storage::blobs::{State, Stored};
use crate::storage::journal::Subject;
use crate::storage::{Blobs, Change, Failure, Result, Snapshot};

/// Where an imported file came from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'s> {
    /// Its name as it was given; folders are cut off.
    pub name: &'s str,
    /// What wrote it, such as `Zeek sensor S7`; may be empty.
    pub system: &'s str,
}

/// Keeps the bytes of a file of this host, however large; memory stays flat. Nothing is recorded yet.
pub async fn keep_file(blobs: &Blobs, organization: OrganizationId, path: &Path) -> Result<Stored> {
    blobs.receive_file(organization, path).await?.ok_or_else(empty)
}

/// Keeps bytes that are at hand. Nothing is recorded yet.
pub async fn keep_bytes(blobs: &Blobs, organization: OrganizationId, bytes: &[u8]) -> Result<Stored> {
    let mut incoming = blobs.receive(organization).await?;
    for some in bytes.chunks(1024 * 1024) {
        incoming.write(some).await?;
    }
    incoming.finish().await?.ok_or_else(empty)
}

fn empty() -> Failure {
    Failure::Unfit("the file has no bytes".to_owned())
}

/// Records an imported file as an artifact, inside the change that imports it.
pub async fn record_source(change: &mut Change, stored: &Stored, source: Source<'_>, why: &str) -> Result<Recorded> {
    let sent = Sent { stored: stored.clone(), name: source.name.to_owned(), claimed_type: String::new() };
    let about = Artifact { source_system: source.system.to_owned(), ..Artifact::default() };
    actions::record(change, &sent, about, why).await
}

/// The artifact as the subject of a leaf: what was imported, what was downloaded.
#[must_use]
pub fn subject(recorded: &Recorded) -> Subject {
    Subject { kind: "artifact", id: recorded.id.to_string(), rev: None }
}

/// Reads an artifact's bytes through and compares them with what was recorded. Whoever ships bytes asks this first.
pub async fn verify(blobs: &Blobs, organization: OrganizationId, artifact: &Artifact) -> Result<State> {
    blobs.verify(organization, &artifact.sha256, artifact.bytes()).await
}

/// Artifacts whose bytes are missing or not as recorded, in words. Unless `thorough`, only presence and number of bytes
/// are looked at.
pub async fn problems(at: &mut Snapshot, blobs: &Blobs, thorough: bool) -> Result<Vec<String>> {
    let organization = at.organization();
    let mut problems = Vec::new();
    for (reference, sha256, size) in records::every_bytes(at).await? {
        let state = if thorough {
            blobs.verify(organization, &sha256, size).await?
        } else {
            blobs.glimpse(organization, &sha256, size).await?
        };
        if state != State::Whole {
            problems.push(format!("artifact {reference}: {} ({sha256})", state.told()));
        }
    }
    Ok(problems)
}
