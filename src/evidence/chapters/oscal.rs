//! `06_oscal`: what the package says as OSCAL documents.
//!
//! Invariant: written from the dossier after the parts' own files, which the observations rest on with their digests. A
//! document that does not hold together stops the build.

use std::collections::BTreeMap;

use crate::evidence::dossier::{Dossier, Part};
use crate::exceptions::Exception;
use crate::ids::{ArtifactId, Id};
use crate::oscal::{Evidence, Found, Material, documents};
use crate::seal::{Spool, Unsealable};
use crate::storage::versions::hex;

/// The folder under the payload.
const FOLDER: &str = "06_oscal";

/// Writes every document.
pub fn write(dossier: &Dossier, spool: &mut Spool) -> Result<(), Unsealable> {
    let name = dossier.name();
    let material = material(dossier, spool, &name);
    let found = documents(&material).map_err(|problems| Unsealable::content(FOLDER, problems.join("; ")))?;
    for document in found {
        let path = format!("{FOLDER}/{}", document.name);
        let bytes = document.bytes().map_err(|problem| Unsealable::content(&path, problem))?;
        spool.put(&path, &bytes)?;
    }
    Ok(())
}

fn material<'d>(dossier: &'d Dossier, spool: &Spool, name: &'d str) -> Material<'d> {
    let told = |part: &'d Part| part.narrative.as_ref().map(|kept| (part.id(), kept.text.as_str()));
    let attested = dossier.parts.iter().flat_map(|part| &part.attestations);
    let entries = |finding| {
        let of_it = dossier.entries.iter().filter(move |kept| kept.finding == finding);
        of_it.map(|kept| (kept.id.uuid(), &kept.content)).collect()
    };
    let found = |kept: &'d crate::storage::Kept<crate::findings::Finding>| Found {
        id: kept.id.uuid(),
        finding: &kept.content,
        entries: entries(kept.id),
    };
    Material {
        package: name,
        organization: dossier.order.organization.uuid(),
        profile: &dossier.profile.content,
        period: (dossier.days.from, dossier.days.to),
        instant: dossier.instant,
        judged: &dossier.judged,
        parts: dossier.parts.iter().map(|part| &part.standing).collect(),
        narratives: dossier.parts.iter().filter_map(told).collect(),
        attestations: attested.map(|kept| (kept.id.uuid(), &kept.content)).collect(),
        findings: dossier.findings.iter().map(found).collect(),
        exceptions: exceptions(dossier),
        evidence: evidence(dossier, spool),
    }
}

/// The dossier's exceptions, and after them those that were judged with and bear on other parts only.
fn exceptions(dossier: &Dossier) -> Vec<(Option<uuid::Uuid>, &Exception)> {
    let own = dossier.exceptions.iter().map(|kept| (Some(kept.id.uuid()), &kept.content));
    let held = |one: &&Exception| dossier.exceptions.iter().any(|kept| kept.reference == one.reference);
    let beyond = dossier.judged.beside.exceptions.iter().filter(|one| !held(one));
    own.chain(beyond.map(|one| (None, one))).collect()
}

/// The parts' own files, and the evidence files wherever they lie.
fn evidence(dossier: &Dossier, spool: &Spool) -> Vec<Evidence> {
    let own = dossier.parts.iter().filter_map(|part| {
        let path = format!("{}/_part.json", part.folder);
        let file = spool.get(&path)?;
        Some(Evidence {
            artifact: None,
            title: format!("Verdicts of {}, record by record", part.id()),
            media_type: "application/json".to_owned(),
            bcsi: true,
            sha256: hex(&file.sha256),
            paths: vec![path],
            parts: vec![part.id().to_owned()],
        })
    });
    let mut places: BTreeMap<ArtifactId, (Vec<String>, Vec<String>)> = BTreeMap::new();
    for (part, file) in dossier.parts.iter().flat_map(|part| part.evidence.iter().map(move |file| (part, file))) {
        let (paths, parts) = places.entry(file.artifact).or_default();
        paths.push(file.path.clone());
        parts.push(part.id().to_owned());
    }
    let shipped = places.into_iter().filter_map(|(id, (paths, parts))| {
        let artifact = dossier.artifacts.get(&id)?;
        Some(Evidence {
            artifact: Some(id.uuid()),
            title: if artifact.title.is_empty() { artifact.name.clone() } else { artifact.title.clone() },
            media_type: artifact.media_type.clone(),
            // What nobody marked may be BCSI: the package as a whole is.
            bcsi: artifact.bcsi != Some(false),
            sha256: artifact.sha256.clone(),
            paths,
            parts,
        })
    });
    own.chain(shipped).collect()
}
