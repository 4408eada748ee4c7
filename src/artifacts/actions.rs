//! Recording a file whose bytes are here.
//!
//! Invariant: the same bytes are recorded once in an organization; asked again, the answer is the artifact that stands.

use super::rules::{naming, sniffing};
use super::{Artifact, records};
use crate::ids::ArtifactId;
use crate::register;
use crate::storage::blobs::Stored;
use crate::storage::{Audited, Change, Failure, Result};
use crate::vocabulary::{Reference, fold};

/// A file as it was sent, its bytes already kept.
#[derive(Clone, Debug)]
pub struct Sent {
    pub stored: Stored,
    /// The name as it was sent.
    pub name: String,
    /// What the sender said it is.
    pub claimed_type: String,
}

/// The artifact of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub id: ArtifactId,
    pub reference: String,
    pub name: String,
    /// False when these bytes were recorded before.
    pub is_new: bool,
}

/// Records a file with what is known about it; a reference is given when none was.
pub async fn record(change: &mut Change, sent: &Sent, about: Artifact, why: &str) -> Result<Recorded> {
    if let Some(kept) = records::of_bytes(change.reading().await?, &sent.stored.sha256).await? {
        let (reference, name) = (kept.reference.to_string(), kept.content.name);
        return Ok(Recorded { id: kept.id, reference, name, is_new: false });
    }
    let name = naming::cleaned(&sent.name);
    let given = !about.reference.as_str().is_empty();
    let artifact = Artifact {
        reference: if given { about.reference.clone() } else { next_reference(change).await? },
        media_type: sniffing::sniffed(&sent.stored.head, &name).to_owned(),
        claimed_type: claimed(&sent.claimed_type),
        size: i64::try_from(sent.stored.size).unwrap_or(i64::MAX),
        sha256: sent.stored.sha256.clone(),
        received_at: Some(change.moment()),
        name,
        ..about
    };
    let (reference, name) = (artifact.reference.to_string(), artifact.name.clone());
    let id = register::actions::enter(change, &artifact, why).await?;
    Ok(Recorded { id, reference, name, is_new: true })
}

/// A claimed type as it is kept: visible ASCII, not long.
fn claimed(text: &str) -> String {
    let text: String = text.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').collect();
    fold::truncated(text.trim(), 120).to_lowercase()
}

/// The next free `EV-000123`.
async fn next_reference(change: &mut Change) -> Result<Reference> {
    let at = change.reading().await?;
    let mut number = at.counted(Artifact::TABLE.kind).await? + 1;
    loop {
        let reference = Reference::parse(&format!("EV-{number:06}")).map_err(Failure::Misbound)?;
        if register::records::by_references::<Artifact>(at, &[reference.folded()]).await?.is_empty() {
            return Ok(reference);
        }
        number += 1;
    }
}
