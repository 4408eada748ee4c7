//! Evidence files of findings: what a person attached, what an entry of the log rests on, what a verification rests on.
//!
//! Invariant: only files of findings that are shipped; each lies in its finding's folder.

use std::collections::{BTreeMap, BTreeSet};

use super::answering::Answers;
use super::dossier::Dossier;
use super::evidence_files::{Answering, Attached, Evidence, of_finding};
use crate::artifacts::Artifact;
use crate::findings::{Finding, RemediationEntry};
use crate::ids::{ArtifactId, Id};
use crate::register::records::by_ids;
use crate::storage::{Kept, Result, Snapshot};

/// Adds the files of the dossier's findings to it, and what discloses them to the answers.
pub async fn gather(at: &mut Snapshot, dossier: &mut Dossier, answers: &mut Answers) -> Result<()> {
    let answering: Vec<(String, Vec<Answering>)> =
        dossier.findings.iter().map(|kept| (kept.reference.to_string(), of(kept, &dossier.entries))).collect();
    let every = artifacts(at, &answering, &answers.attached).await?;
    let files =
        |(reference, through): &(String, Vec<Answering>)| of_finding(reference, through, &answers.attached, &every);
    dossier.finding_files = answering.iter().flat_map(files).collect();
    let shipped: BTreeSet<ArtifactId> = dossier.finding_files.iter().map(|one| one.artifact).collect();
    dossier.artifacts.extend(every.into_iter().filter(|(id, _)| shipped.contains(id)));
    let known: BTreeSet<_> = answers.attachments.iter().map(|kept| kept.id).collect();
    let wanted: BTreeSet<_> = dossier.finding_files.iter().filter_map(|one: &Evidence| one.attachment).collect();
    let more =
        answers.attached.iter().filter(|kept| wanted.contains(&(kept.id, kept.version)) && !known.contains(&kept.id));
    let more: Vec<_> = more.cloned().collect();
    answers.attachments.extend(more);
    Ok(())
}

/// The finding itself, its verification, and the entries of its log.
fn of(finding: &Kept<Finding>, entries: &[Kept<RemediationEntry>]) -> Vec<Answering> {
    let one = |kind, target: String, told: String, names: BTreeSet<ArtifactId>| Answering { kind, target, told, names };
    let verified = finding.verification.as_ref().map(|known| known.artifacts.iter().copied().collect());
    let mut found = vec![one("finding", finding.id.to_string(), String::new(), verified.unwrap_or_default())];
    for kept in entries.iter().filter(|kept| kept.finding == finding.id) {
        let told = format!("logged {}", kept.at.rfc3339());
        let names = kept.evidence.iter().copied().collect();
        found.push(one("remediation_entry", kept.id.to_string(), told, names));
    }
    found
}

async fn artifacts(
    at: &mut Snapshot,
    answering: &[(String, Vec<Answering>)],
    attached: &Attached,
) -> Result<BTreeMap<ArtifactId, Kept<Artifact>>> {
    let all = || answering.iter().flat_map(|(_, through)| through);
    let by_hand = all().flat_map(|one| attached.to(one.kind, &one.target)).map(|kept| kept.artifact.uuid());
    let named = all().flat_map(|one| &one.names).map(|id| id.uuid());
    let wanted: Vec<uuid::Uuid> = by_hand.chain(named).collect::<BTreeSet<_>>().into_iter().collect();
    Ok(by_ids::<Artifact>(at, &wanted).await?.into_iter().map(|kept| (kept.id, kept)).collect())
}
