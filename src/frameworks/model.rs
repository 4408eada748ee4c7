//! What a framework says: standards with their dates, requirements with everything a judgment needs, mappings, rules, terms.
//!
//! Invariant: pure and read-only. Field names are those of the files in `seed-data/catalogs`; an unknown one is refused.

use serde::Deserialize;

use crate::vocabulary::{Cadence, Date};

/// A framework of requirements.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    pub id: String,
    /// Short title, as in tables.
    pub title: String,
    pub long_title: String,
    pub edition: String,
    pub publisher: String,
    /// What its requirements are called: part, requirement, item.
    pub part: String,
    /// Whose words the catalog uses and what governs.
    pub wording: String,
    #[serde(default)]
    pub note: String,
    pub sources: Vec<Provenance>,
    /// Attachment 1 criteria of CIP-002 under which a station falls under CIP-014 (its section 4.1.1).
    #[serde(default)]
    pub transmission_station_criteria: Vec<String>,
    pub evidence_retention: Option<Retention>,
    #[serde(default)]
    pub request_id_pattern: String,
    #[serde(default)]
    pub security_levels: Vec<SecurityLevel>,
    /// Requirements at each security level from 1, for the check of the catalog.
    #[serde(default)]
    pub totals_by_level: Vec<usize>,
    #[serde(default)]
    pub common_constraints: Vec<Constraint>,
    pub standards: Vec<Standard>,
    /// Versions that are approved or expected but not written here part by part.
    #[serde(default)]
    pub future: Vec<FutureVersion>,
    pub requirements: Vec<Requirement>,
}

/// Where something in a catalog comes from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    pub what: String,
    #[serde(rename = "where")]
    pub place: String,
    #[serde(default)]
    pub verified: bool,
}

/// How long evidence is kept.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    pub years: u16,
    pub rule: String,
}

/// A security level of IEC 62443.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityLevel {
    pub level: u8,
    pub meaning: String,
}

/// A constraint that holds for every requirement of a framework.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constraint {
    pub id: String,
    pub title: String,
    pub summary: String,
}

/// A version of a NERC standard, or the chapter of another framework that holds some of its requirements.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Standard {
    pub id: String,
    pub title: String,
    pub summary: String,
    pub code: String,
    /// What its versions have in common: `CIP-003`.
    pub family: String,
    pub status: String,
    pub effective: Option<Date>,
    /// The last day on which it was in force.
    pub inactive: Option<Date>,
    pub replaces: String,
    pub note: String,
    pub date_basis: String,
    pub evidence_handling: String,
    pub pacs_scope: String,
    /// A PACS of a medium impact system counts only where the system has ERC.
    pub pacs_needs_erc: bool,
    pub headings: Vec<Heading>,
}

/// A requirement that only holds others together, such as `CIP-005-7 R1`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heading {
    pub id: String,
    pub title: String,
    #[serde(default)]
    pub violation_risk_factor: String,
    #[serde(default)]
    pub time_horizon: Vec<String>,
}

/// A version of a standard that is still to come.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FutureVersion {
    pub id: String,
    #[serde(default)]
    pub family: String,
    pub status: String,
    pub effective: Option<Date>,
    #[serde(default)]
    pub effective_candidates: Vec<String>,
    pub changes: String,
    #[serde(default)]
    pub text_read: String,
    #[serde(default)]
    pub verified: String,
}

/// What a requirement is about: the kinds of record its applicability is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    Entity,
    Site,
    System,
    Asset,
}

/// One row of applicable systems: a class of BES Cyber System, and what is in scope with it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppliesRow {
    /// A class of `sites::rules::catalog().classes`, such as `medium_erc`.
    pub bcs: String,
    /// True where the systems themselves are in scope, not only what is associated with them.
    #[serde(default)]
    pub include_bcs: bool,
    /// Codes of associated Cyber Assets in scope: `eacms`, `pacs`, `pca`, `eap`, `nonprog_comm`, `psp_hardware`.
    #[serde(default)]
    pub with: Vec<String>,
}

/// How a record shows that a requirement is not met, in the catalog's own terms.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Predicate {
    pub predicate: String,
    #[serde(default)]
    pub failing_record: String,
    #[serde(default)]
    pub timer: String,
}

/// How far records alone decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Automatable {
    /// Records decide.
    Full,
    /// Records decide existence and timing, a person judges adequacy.
    Partial,
    /// Only a person judges.
    #[serde(alias = "attestation")]
    Manual,
}

/// A requirement (a part, in NERC CIP).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    pub id: String,
    /// The framework it belongs to; filled in when the catalogs are read.
    #[serde(skip)]
    pub framework: String,
    pub standard: String,
    #[serde(default)]
    pub heading: String,
    #[serde(default)]
    pub kind: String,
    pub title: String,
    /// What it asks, in our words.
    #[serde(default)]
    pub asks: String,
    #[serde(default)]
    pub sub_items: Vec<String>,

    #[serde(default)]
    pub applies_to: Vec<String>,
    #[serde(default)]
    pub any_of: Vec<AppliesRow>,
    #[serde(default)]
    pub subjects: Vec<About>,
    /// Only sites that let a vendor connect remotely (CIP-003-9 Attachment 1 section 6).
    #[serde(default)]
    pub vendor_access_only: bool,
    #[serde(default)]
    pub logic_note: String,
    pub cadence: Option<Cadence>,
    #[serde(default)]
    pub violation_risk_factor: String,
    #[serde(default)]
    pub time_horizon: Vec<String>,
    #[serde(default)]
    pub where_technically_feasible: bool,
    #[serde(default)]
    pub tfe_eligible: bool,
    /// The text lets a CIP Exceptional Circumstance stop its clock.
    #[serde(default)]
    pub exceptional_circumstance: bool,
    #[serde(default)]
    pub evidence: Vec<String>,
    #[serde(default)]
    pub ert_request_ids: Vec<String>,
    /// Kinds of record that bear on it, by the names of RECORDS.md once the catalogs are read.
    #[serde(default)]
    pub records: Vec<String>,
    pub automatable: Option<Automatable>,
    pub check: Option<Predicate>,
    #[serde(default)]
    pub note: String,
    /// The same requirement in other versions of its standard.
    #[serde(default)]
    pub counterparts: Vec<String>,

    /// Security levels that select it (IEC 62443-3-3).
    #[serde(default)]
    pub levels: Vec<u8>,
    /// The system requirement a component requirement stands beside (IEC 62443-4-2).
    #[serde(default)]
    pub parallels: String,
    #[serde(default)]
    pub baselines_800_53b: Vec<String>,
    #[serde(default)]
    pub baselines_ot_overlay: Vec<String>,
    #[serde(default)]
    pub overlay_change: String,
    #[serde(default)]
    pub ot_discussion: bool,
    #[serde(default)]
    pub guidance: String,
}

impl Standard {
    /// True when the standard was in force on the day. Chapters without dates always are.
    #[must_use]
    pub fn in_force(&self, on: Date) -> bool {
        self.effective.is_none_or(|from| from <= on) && self.inactive.is_none_or(|last| on <= last)
    }

    /// True when the standard was in force on any of the days from one to another.
    #[must_use]
    pub fn in_force_within(&self, from: Date, to: Date) -> bool {
        self.effective.is_none_or(|effective| effective <= to) && self.inactive.is_none_or(|last| from <= last)
    }

    /// Where it stands on a day: superseded, in force, or still to come.
    #[must_use]
    pub fn standing(&self, on: Date) -> Standing {
        if self.inactive.is_some_and(|last| last < on) {
            Standing::Superseded
        } else if self.effective.is_some_and(|from| on < from) {
            Standing::Future
        } else {
            Standing::InForce
        }
    }
}

crate::words! {
    /// Where a standard stands on a day.
    Standing {
        InForce = "in_force", "In force";
        Superseded = "superseded", "Superseded";
        Future = "future", "Not yet in force";
    }
}

impl Requirement {
    /// The requirement without its standard: `R1.2` of `CIP-005-7 R1.2`.
    #[must_use]
    pub fn short(&self) -> &str {
        self.id.strip_prefix(&self.standard).map_or(self.id.as_str(), str::trim_start)
    }

    #[must_use]
    pub fn concerns(&self, about: About) -> bool {
        self.subjects.contains(&about)
    }
}
