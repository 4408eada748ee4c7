//! A zone and its kinds.
//!
//! Invariant: pure; an ESP is a zone that says so, not one that looks like it.

use serde::{Deserialize, Serialize};

use crate::ids::SiteId;
use crate::vocabulary::{Date, PurdueLevel, Reference, Subnet};

crate::words! {
    /// What a zone is for.
    ZoneKind {
        Enterprise = "enterprise", "Enterprise";
        External = "external", "External";
        Dmz = "dmz", "DMZ";
        Control = "control", "Control";
        Safety = "safety", "Safety";
        Wireless = "wireless", "Wireless";
        Transient = "transient", "Transient";
        Remote = "remote", "Remote";
        Iiot = "iiot", "IIoT";
    }
}

/// A zone (IEC 62443-3-2 ZCR 3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Zone {
    pub reference: Reference,
    pub name: String,
    pub kind: Option<ZoneKind>,
    pub purdue_level: Option<PurdueLevel>,
    /// True for an Electronic Security Perimeter (CIP-005-7 R1.1).
    pub esp: Option<bool>,
    pub subnets: Vec<Subnet>,
    pub site: Option<SiteId>,
    pub owner: String,
    pub retired_on: Option<Date>,
    pub notes: String,
}
