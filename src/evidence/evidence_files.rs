//! Which evidence files answer a part, and under which names they are shipped.
//!
//! Invariant: pure; a file that answers several parts is planned in each of them (auditors expect that), with the same
//! bytes. The order is that of the record: the part's own files first, then what came through controls, attestations and
//! performances, each by date and reference.

use std::collections::{BTreeMap, BTreeSet};

use super::naming;
use crate::artifacts::{Artifact, Attachment};
use crate::frameworks::Requirement;
use crate::ids::{ArtifactId, AttachmentId};
use crate::storage::Kept;
use crate::vocabulary::fold;

/// A file in a part's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Path under the payload.
    pub path: String,
    pub artifact: ArtifactId,
    pub request_id: String,
    /// Its place in the answer, from 1.
    pub number: usize,
    /// What it came through, in words; empty when it is attached to the part itself.
    pub through: String,
    /// Id of what it came through: the part's, or a record's.
    pub target: String,
    /// What the file shows there.
    pub note: String,
    /// The attachment that says so, with its version; none where an attestation names the file.
    pub attachment: Option<(AttachmentId, i64)>,
}

impl Evidence {
    /// What the file shows there, in words.
    #[must_use]
    pub fn applicability(&self) -> String {
        match (self.note.is_empty(), self.through.is_empty()) {
            (true, true) => "attached to the part".to_owned(),
            (true, false) => self.through.clone(),
            (false, true) => self.note.clone(),
            (false, false) => format!("{} ({})", self.note, self.through),
        }
    }
}

/// Something that answers a part and may have files of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Answering {
    /// The kind under which files are attached to it.
    pub kind: &'static str,
    /// Its id as attachments name it.
    pub target: String,
    /// What it is, in words; empty for the part itself.
    pub told: String,
    /// Files it names by itself.
    pub names: BTreeSet<ArtifactId>,
}

/// Attachments that stand, by what they are to.
#[derive(Debug, Default)]
pub struct Attached(BTreeMap<(String, String), Vec<Kept<Attachment>>>);

impl Attached {
    pub fn put(&mut self, kept: Kept<Attachment>) {
        self.0.entry((kept.kind.clone(), kept.target.clone())).or_default().push(kept);
    }

    #[must_use]
    pub fn to(&self, kind: &str, target: &str) -> &[Kept<Attachment>] {
        self.0.get(&(kind.to_owned(), target.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// Every attachment.
    pub fn iter(&self) -> impl Iterator<Item = &Kept<Attachment>> {
        self.0.values().flatten()
    }
}

/// One file of an answer before it is named.
struct Wanted<'a> {
    artifact: &'a Kept<Artifact>,
    through: &'a Answering,
    note: String,
    attachment: Option<(AttachmentId, i64)>,
}

/// The files of a part, named. What is retired is not shipped; a file stands once in a folder.
#[must_use]
pub fn of_part(
    part: &Requirement,
    folder: &str,
    answering: &[Answering],
    attached: &Attached,
    artifacts: &BTreeMap<ArtifactId, Kept<Artifact>>,
) -> Vec<Evidence> {
    named(&naming::request_id(part), folder, wanted(answering, attached, artifacts))
}

/// The files of a finding, named as those of a part are, with its reference for a request.
#[must_use]
pub fn of_finding(
    reference: &str,
    answering: &[Answering],
    attached: &Attached,
    artifacts: &BTreeMap<ArtifactId, Kept<Artifact>>,
) -> Vec<Evidence> {
    let request = naming::cleaned(reference, 24);
    named(&request, &format!("05_findings/evidence/{request}"), wanted(answering, attached, artifacts))
}

fn wanted<'a>(
    answering: &'a [Answering],
    attached: &'a Attached,
    artifacts: &'a BTreeMap<ArtifactId, Kept<Artifact>>,
) -> Vec<Wanted<'a>> {
    let mut wanted: Vec<Wanted<'_>> = Vec::new();
    let mut seen = BTreeSet::new();
    for one in answering {
        let mut here: Vec<Wanted<'_>> = Vec::new();
        for kept in attached.to(one.kind, &one.target) {
            let Some(artifact) = shipped(artifacts, kept.artifact) else { continue };
            let attachment = Some((kept.id, kept.version));
            here.push(Wanted { artifact, through: one, note: kept.note.clone(), attachment });
        }
        for id in &one.names {
            let Some(artifact) = shipped(artifacts, *id) else { continue };
            here.push(Wanted { artifact, through: one, note: String::new(), attachment: None });
        }
        let order = |file: &Wanted<'_>| {
            (file.artifact.dated(), fold::natural(file.artifact.reference.as_str()), file.artifact.id)
        };
        here.sort_by_key(order);
        here.retain(|file| seen.insert(file.artifact.id));
        wanted.extend(here);
    }
    wanted
}

fn named(request: &str, folder: &str, wanted: Vec<Wanted<'_>>) -> Vec<Evidence> {
    let named = |(n, file): (usize, Wanted<'_>)| Evidence {
        path: naming::file(folder, request, n + 1, &file.artifact.content),
        artifact: file.artifact.id,
        request_id: request.to_owned(),
        number: n + 1,
        through: file.through.told.clone(),
        target: file.through.target.clone(),
        note: file.note,
        attachment: file.attachment,
    };
    wanted.into_iter().enumerate().map(named).collect()
}

fn shipped(artifacts: &BTreeMap<ArtifactId, Kept<Artifact>>, id: ArtifactId) -> Option<&Kept<Artifact>> {
    artifacts.get(&id).filter(|kept| kept.retired_on.is_none())
}
