//! `08_chain_of_custody.csv`: every file, what it is by its hash, where it came from, and for evidence when and by whom it
//! was received.
//!
//! Invariant: lists every file of the payload but itself, the manifest and the index, which are written after it.

use std::collections::BTreeMap;

use crate::artifacts::Artifact;
use crate::evidence::dossier::Dossier;
use crate::evidence::evidence_files::Evidence;
use crate::seal::{Spool, Spooled, Unsealable};
use crate::sheets::{CsvOut, Unwritable};
use crate::storage::Kept;
use crate::storage::versions::hex;
use crate::vocabulary::Moment;

const PATH: &str = "08_chain_of_custody.csv";

const HEADER: [&str; 12] = [
    "path",
    "sha256",
    "bytes",
    "came_from",
    "artifact",
    "original_name",
    "collector",
    "query",
    "received_at",
    "received_by",
    "classification",
    "as_of",
];

/// Writes the chain of custody.
pub fn write(dossier: &Dossier, spool: &mut Spool) -> Result<(), Unsealable> {
    let said = |error: Unwritable| Unsealable::content(PATH, error.problem);
    let evidence: BTreeMap<&str, &Evidence> = dossier.evidence().map(|one| (one.path.as_str(), one)).collect();
    let files = spool.files()?;
    let mut out = CsvOut::new(spool.writer(PATH)?, &HEADER).map_err(said)?;
    for file in &files {
        let artifact = evidence.get(file.path.as_str()).and_then(|one| dossier.artifacts.get(&one.artifact));
        let cells = artifact.map_or_else(|| made(dossier, file), |kept| received(dossier, file, kept));
        out.row(&cells.iter().map(String::as_str).collect::<Vec<_>>()).map_err(said)?;
    }
    out.finish().map_err(said)?.finish().map(drop)
}

fn made(dossier: &Dossier, file: &Spooled) -> [String; 12] {
    let none = String::new;
    let made_by = format!("made by Glance {} from the record", env!("CARGO_PKG_VERSION"));
    [
        file.path.clone(),
        hex(&file.sha256),
        file.size.to_string(),
        made_by,
        none(),
        none(),
        none(),
        none(),
        none(),
        none(),
        "bcsi".to_owned(),
        dossier.instant.rfc3339(),
    ]
}

fn received(dossier: &Dossier, file: &Spooled, kept: &Kept<Artifact>) -> [String; 12] {
    let source = if kept.source_system.is_empty() { "uploaded" } else { kept.source_system.as_str() };
    [
        file.path.clone(),
        hex(&file.sha256),
        file.size.to_string(),
        source.to_owned(),
        kept.reference.to_string(),
        kept.name.clone(),
        kept.collector.clone(),
        kept.query.clone(),
        kept.received_at.map_or_else(String::new, Moment::rfc3339),
        dossier.received_by.get(&kept.id).cloned().unwrap_or_default(),
        classification(kept).to_owned(),
        dossier.instant.rfc3339(),
    ]
}

/// How a file is to be handled: what nobody judged counts as BCSI.
#[must_use]
pub(super) fn classification(artifact: &Artifact) -> &'static str {
    if artifact.bcsi == Some(false) { "internal" } else { "bcsi" }
}
