//! Evidence files on their way from the blob store into the package, byte for byte.
//!
//! Invariant: hashed while they stream, and compared with what was recorded: bytes that are not those are never shipped,
//! and the artifact is named. A file that answers several parts is read once.

use std::collections::HashMap;

use super::dossier::Dossier;
use super::failing::Unbuilt;
use crate::artifacts::Artifact;
use crate::ids::ArtifactId;
use crate::seal::{Spool, Unsealable};
use crate::storage::blobs::State;
use crate::storage::{Blobs, Failure, Kept};

/// Copies every evidence file of the parts in scope into its folder.
pub async fn copy(dossier: &Dossier, blobs: &Blobs, spool: &mut Spool) -> Result<(), Unbuilt> {
    let mut first: HashMap<ArtifactId, &str> = HashMap::new();
    let unwritten = |cause| Unbuilt::Unwritten { chapter: "evidence files", cause };
    for evidence in dossier.evidence() {
        let Some(artifact) = dossier.artifacts.get(&evidence.artifact) else { continue };
        if let Some(known) = first.get(&evidence.artifact) {
            spool.copy(known, &evidence.path).map_err(unwritten)?;
        } else {
            one(dossier, artifact, &evidence.path, blobs, spool).await?;
            first.insert(evidence.artifact, &evidence.path);
        }
    }
    Ok(())
}

async fn one(
    dossier: &Dossier,
    artifact: &Kept<Artifact>,
    path: &str,
    blobs: &Blobs,
    spool: &mut Spool,
) -> Result<(), Unbuilt> {
    let refused =
        |state| Unbuilt::Bytes { reference: artifact.reference.to_string(), name: artifact.name.clone(), state };
    let unwritten = |cause: Unsealable| Unbuilt::Unwritten { chapter: "evidence files", cause };
    let organization = dossier.order.organization;
    let opened = blobs.open(organization, &artifact.sha256, artifact.bytes()).await?;
    let mut reading = opened.ok_or_else(|| refused(State::Missing))?;
    let mut writer = spool.writer(path).map_err(unwritten)?;
    loop {
        match reading.next().await {
            Ok(Some(bytes)) => writer.add(&bytes).map_err(unwritten)?,
            Ok(None) => break,
            Err(Failure::Damaged(_)) => return Err(refused(State::Different)),
            Err(failure) => return Err(failure.into()),
        }
    }
    writer.finish().map(drop).map_err(unwritten)
}
