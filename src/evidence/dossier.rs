//! The dossier: everything a package says, read from one snapshot, and what the chapters are written from.
//!
//! Invariant: owned and never changed once gathered; lists are in an order that follows from the record alone, so chapters
//! that walk them give the same bytes again. Records stand with the version that says so.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use super::disclosing::Told;
use super::evidence_files::Evidence;
use super::holding::Held;
use super::model::Period;
use super::order::Order;
use super::readiness::Readiness;
use super::scope::Scoped;
use crate::artifacts::Artifact;
use crate::assets::{Asset, Interface};
use crate::checks::facts::Over;
use crate::checks::judging::RULES;
use crate::conduits::{Conduit, PermittedFlow};
use crate::controls::{Attestation, Control, Narrative};
use crate::exceptions::Exception;
use crate::findings::{Finding, RemediationEntry};
use crate::frameworks::Requirement;
use crate::ids::{ArtifactId, AssetId, Id};
use crate::obligations::Performance;
use crate::organizations::OrganizationProfile;
use crate::posture::Judged;
use crate::posture::rules::Standing;
use crate::seal::note::Checkpoint;
use crate::sites::Site;
use crate::storage::Kept;
use crate::systems::System;
use crate::vocabulary::{Date, Impact, Moment, TimeZone};
use crate::zones::Zone;

/// Everything a package says.
#[derive(Debug)]
pub struct Dossier {
    pub order: Order,
    pub profile: Kept<OrganizationProfile>,
    pub zone: TimeZone,
    /// The effective instant: the moment of the last leaf at or before the one asked for.
    pub instant: Moment,
    /// Leaves of the journal at the instant.
    pub tree_size: i64,
    pub checkpoint: Checkpoint,
    /// The signed note of the checkpoint.
    pub note: String,
    /// Fingerprint of the signing key.
    pub key: String,
    /// The latest package sealed at or before the instant.
    pub previous: Option<Previous>,
    /// The days that were judged: the period, up to the day of the instant.
    pub days: Period,
    /// What the record comes to over these days. Its facts are those of the instant.
    pub judged: Arc<Judged>,
    /// The parts in scope, in the order of the catalogs.
    pub parts: Vec<Part>,

    pub sites: Vec<Kept<Site>>,
    pub systems: Vec<Kept<System>>,
    pub zones: Vec<Kept<Zone>>,
    pub conduits: Vec<Kept<Conduit>>,
    pub permitted: Vec<Kept<PermittedFlow>>,
    /// People and their access, where a part in scope is judged by it.
    pub access: Held,
    /// Every asset with its version, by reference; the record stands in the facts.
    pub assets: Vec<AssetLine>,
    /// Interfaces that are Electronic Access Points.
    pub access_points: Vec<Kept<Interface>>,
    /// Performances that serve parts in scope.
    pub performances: Vec<Kept<Performance>>,
    /// Findings that bear on parts in scope, and on no part at all.
    pub findings: Vec<Kept<Finding>>,
    /// Entries of their logs, the earliest first.
    pub entries: Vec<Kept<RemediationEntry>>,
    /// Exceptions that touch the days judged and parts in scope.
    pub exceptions: Vec<Kept<Exception>>,
    /// Evidence files of these findings and entries.
    pub finding_files: Vec<Evidence>,
    /// Evidence files that are shipped.
    pub artifacts: BTreeMap<ArtifactId, Kept<Artifact>>,
    /// Who received each of them first.
    pub received_by: BTreeMap<ArtifactId, String>,
    /// Versions of records that are not held here themselves and that some row names: kind, id, version.
    pub named: BTreeMap<Uuid, (&'static str, i64)>,
    /// Every version the package discloses, in the order of the log; known once the history is written, which is before
    /// any chapter.
    pub disclosed: Vec<Told>,
}

/// An asset and the version that holds it.
#[derive(Clone, Copy, Debug)]
pub struct AssetLine {
    pub id: AssetId,
    pub version: i64,
    /// Its rating, as its list shows it.
    pub impact: Option<Impact>,
}

/// The package before this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Previous {
    pub name: String,
    pub tree_size: i64,
    /// `sha256:` of the file.
    pub digest: String,
    /// SHA-256 of its `manifest.json`; empty where the record does not hold it.
    pub manifest: String,
}

/// A part in scope with everything that answers it.
#[derive(Clone, Debug)]
pub struct Part {
    pub scoped: Scoped,
    pub standing: Standing,
    pub narrative: Option<Kept<Narrative>>,
    /// Attestations that were not withdrawn, the earliest first.
    pub attestations: Vec<Kept<Attestation>>,
    pub controls: Vec<Kept<Control>>,
    /// Evidence files under the names they are shipped with.
    pub evidence: Vec<Evidence>,
    /// Folder of the part under the payload, without a slash at its end.
    pub folder: String,
    /// How ready it is, and what it lacks.
    pub readiness: Readiness,
}

impl Part {
    #[must_use]
    pub fn requirement(&self) -> &'static Requirement {
        self.scoped.requirement
    }

    #[must_use]
    pub fn id(&self) -> &'static str {
        &self.scoped.requirement.id
    }

    /// Who answers for it: the owner of the first control that names one.
    #[must_use]
    pub fn owner(&self) -> &str {
        self.controls.iter().map(|control| control.owner.as_str()).find(|owner| !owner.is_empty()).unwrap_or("")
    }
}

impl Dossier {
    /// The name of the bag's folder, and of the file with `.zip`.
    #[must_use]
    pub fn name(&self) -> String {
        let plain = |text: &str| -> String { text.chars().filter(char::is_ascii_alphanumeric).collect() };
        let ncr = plain(&self.profile.ncr);
        let ncr = if ncr.is_empty() { "NCR-NONE".to_owned() } else { ncr };
        let audit = super::naming::cleaned(&self.order.audit_id(), 40);
        format!("GLANCE-{ncr}-{audit}-{}", self.instant.compact())
    }

    /// True where a part in scope is judged by what zones, conduits or the traffic between them say: what shows the whole
    /// boundary stands in such a package, and in no other.
    #[must_use]
    pub fn answers_for_the_boundary(&self) -> bool {
        let bounded = |over: Over| matches!(over, Over::Zone | Over::Conduit | Over::Permitted | Over::Crossing);
        let mut rules = RULES.iter().filter(|rule| bounded(rule.over));
        rules.any(|rule| self.parts.iter().any(|part| rule.check.requirements.contains(&part.id())))
    }

    /// The record of an asset.
    #[must_use]
    pub fn asset(&self, id: AssetId) -> Option<&Asset> {
        self.judged.facts.assets.get(id.uuid())
    }

    #[must_use]
    pub fn site(&self, id: crate::ids::SiteId) -> Option<&Kept<Site>> {
        self.sites.iter().find(|kept| kept.id == id)
    }

    #[must_use]
    pub fn system(&self, id: crate::ids::SystemId) -> Option<&Kept<System>> {
        self.systems.iter().find(|kept| kept.id == id)
    }

    /// The part of an id, when it is in scope.
    #[must_use]
    pub fn part(&self, id: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.id() == id)
    }

    /// Every evidence file that is shipped, folder by folder.
    pub fn evidence(&self) -> impl Iterator<Item = &Evidence> {
        self.parts.iter().flat_map(|part| &part.evidence).chain(&self.finding_files)
    }

    /// The day of the effective instant in the organization's calendar.
    #[must_use]
    pub fn day(&self) -> Date {
        self.zone.day(self.instant)
    }

    /// Standards in scope, each with its parts, in the order of the catalogs.
    #[must_use]
    pub fn standards(&self) -> Vec<(&'static crate::frameworks::Standard, Vec<&Part>)> {
        let mut found: Vec<(&'static crate::frameworks::Standard, Vec<&Part>)> = Vec::new();
        for part in &self.parts {
            match found.iter_mut().find(|(standard, _)| std::ptr::eq(*standard, part.scoped.standard)) {
                Some((_, parts)) => parts.push(part),
                None => found.push((part.scoped.standard, vec![part])),
            }
        }
        found
    }

    /// The version of a record that some row may name, with its kind.
    #[must_use]
    pub fn version_of(&self, id: Uuid) -> Option<(&'static str, i64)> {
        self.named.get(&id).copied()
    }
}
