//! A site and its kinds.
//!
//! Invariant: pure; a field that is not recorded is empty, never guessed.

use serde::{Deserialize, Serialize};

use super::rules::Criterion;
use crate::vocabulary::{Date, Reference};

crate::words! {
    /// What a site is.
    SiteKind {
        ControlCenter = "control_center", "Control center";
        BackupControlCenter = "backup_control_center", "Backup control center";
        TransmissionSubstation = "transmission_substation", "Transmission substation";
        Generation = "generation", "Generation plant";
        Wind = "wind", "Wind plant";
        Solar = "solar", "Solar plant";
        Battery = "battery", "Battery storage";
        Office = "office", "Office";
    }
}

/// A site (in the catalogs: `bes_asset`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Site {
    pub reference: Reference,
    pub name: String,
    pub kind: Option<SiteKind>,
    /// Criteria of CIP-002-5.1a Attachment 1 that the site meets.
    pub criteria: Vec<Criterion>,
    pub criteria_reason: String,
    /// Registered functions performed here, such as `TOP`.
    pub functions: Vec<String>,
    pub region: String,
    pub location: String,
    pub routable: Option<bool>,
    pub dial_up: Option<bool>,
    pub vendor_remote_access: Option<bool>,
    pub in_service_on: Option<Date>,
    pub retired_on: Option<Date>,
    pub notes: String,
}

impl SiteKind {
    /// True where BES Cyber Systems count as located at a Control Center.
    #[must_use]
    pub const fn is_control_center(self) -> bool {
        matches!(self, SiteKind::ControlCenter | SiteKind::BackupControlCenter)
    }
}
