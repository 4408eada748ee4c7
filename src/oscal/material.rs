//! What the documents are written from: everything of one package, as pure values.
//!
//! Invariant: borrowed from what the package's other chapters read, so the documents cannot say anything else.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::controls::Attestation;
use crate::exceptions::Exception;
use crate::findings::{Finding, RemediationEntry};
use crate::organizations::OrganizationProfile;
use crate::posture::Judged;
use crate::posture::rules::Standing;
use crate::vocabulary::{Date, Moment};

/// A finding with its log, the oldest entry first.
pub struct Found<'a> {
    pub id: Uuid,
    pub finding: &'a Finding,
    pub entries: Vec<(Uuid, &'a RemediationEntry)>,
}

/// A file of the package that something rests on: one content, wherever it lies.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The evidence file's record; none for what Glance itself wrote.
    pub artifact: Option<Uuid>,
    pub title: String,
    pub media_type: String,
    pub bcsi: bool,
    /// SHA-256 of the bytes in lower-case hex.
    pub sha256: String,
    /// Where it lies, relative to `data/`.
    pub paths: Vec<String>,
    /// Ids of the requirement parts it is attached to.
    pub parts: Vec<String>,
}

/// Everything a package says, as far as OSCAL has a place for it.
pub struct Material<'a> {
    /// The package's name.
    pub package: &'a str,
    pub organization: Uuid,
    pub profile: &'a OrganizationProfile,
    pub period: (Date, Date),
    /// The effective instant.
    pub instant: Moment,
    pub judged: &'a Judged,
    /// Where the parts in scope stand.
    pub parts: Vec<&'a Standing>,
    /// The organization's own words, by part.
    pub narratives: BTreeMap<&'a str, &'a str>,
    pub attestations: Vec<(Uuid, &'a Attestation)>,
    pub findings: Vec<Found<'a>>,
    /// Exceptions with their record's id; without one where the record is not in the package and only what it justifies is.
    pub exceptions: Vec<(Option<Uuid>, &'a Exception)>,
    pub evidence: Vec<Evidence>,
}

impl Material<'_> {
    /// Evidence of a part.
    pub fn evidence_of<'m>(&'m self, part: &'m str) -> impl Iterator<Item = &'m Evidence> {
        self.evidence.iter().filter(move |one| one.parts.iter().any(|known| known == part))
    }

    /// True when the part is in scope.
    #[must_use]
    pub fn holds(&self, part: &str) -> bool {
        self.parts.iter().any(|standing| standing.part.id == part)
    }

    /// The evidence files with their digests, relative to the documents' own folder.
    #[must_use]
    pub fn files(&self) -> BTreeMap<String, &str> {
        let listed = |one| {
            let one: &Evidence = one;
            one.paths.iter().map(|path| (format!("../{path}"), one.sha256.as_str()))
        };
        self.evidence.iter().flat_map(listed).collect()
    }
}
