//! A zone and its kinds, and on which side of the boundary it lies.
//!
//! Invariant: pure; an ESP is a zone that says so, not one that looks like it.

use serde::{Deserialize, Serialize};

use crate::ids::SiteId;
use crate::register::Act;
use crate::vocabulary::{Date, PurdueLevel, Reference, SecurityLevels, Subnet};

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

crate::words! {
    /// The side of the boundary between corporate IT and operational technology.
    Side {
        Ot = "ot", "OT";
        Dmz = "dmz", "DMZ";
        It = "it", "IT";
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
    /// IEC 62443-3-2 ZCR 6.4: what a zone's documentation says beside its name and owner.
    pub logical_boundary: String,
    pub physical_boundary: String,
    pub data_flows: String,
    pub safety_related: Option<bool>,
    pub worst_consequence: String,
    /// Target and achieved security levels (IEC 62443-3-2 ZCR 5.6, 62443-3-3 Annex A).
    pub sl_t: SecurityLevels,
    pub sl_a: SecurityLevels,
    pub sl_a_assessed_on: Option<Date>,
    /// Document that says how the zone is cut off from the others (62443-3-3 SR 5.2 RE 2), and when that was tried.
    pub isolation_procedure: String,
    pub isolation_tested_on: Option<Date>,
    /// Who approved the zone as it stands; a change of anything else takes it away.
    pub approved: Option<Act>,
    pub retired_on: Option<Date>,
    pub notes: String,
}

impl Zone {
    /// Whether what lies in it lies outside every Electronic Security Perimeter; none where that is not recorded.
    #[must_use]
    pub fn is_outside(&self) -> Option<bool> {
        self.esp.filter(|_| self.retired_on.is_none()).map(|esp| !esp)
    }

    /// The side it lies on: by its kind, else by its level; none when neither says (`domain` rule vocabulary: `side`).
    #[must_use]
    pub fn side(&self) -> Option<Side> {
        match (self.kind, self.purdue_level) {
            (Some(ZoneKind::Control | ZoneKind::Safety | ZoneKind::Iiot), _) => Some(Side::Ot),
            (Some(ZoneKind::Dmz), _) => Some(Side::Dmz),
            (Some(ZoneKind::Enterprise | ZoneKind::External | ZoneKind::Remote), _) => Some(Side::It),
            (Some(ZoneKind::Wireless | ZoneKind::Transient) | None, level) => level.map(side_of),
        }
    }

    /// The same zone without what was decided about it.
    #[must_use]
    pub fn undecided(&self) -> Self {
        Self { approved: None, ..self.clone() }
    }
}

/// The zone in use with the narrowest subnet that holds an address.
#[must_use]
pub fn holding<'z>(zones: impl Iterator<Item = &'z Zone>, address: std::net::IpAddr) -> Option<&'z Zone> {
    let in_use = zones.filter(|zone| zone.retired_on.is_none());
    let holding = in_use.flat_map(|zone| zone.subnets.iter().map(move |subnet| (subnet, zone)));
    let narrowest = holding.filter(|(subnet, _)| subnet.contains(address)).max_by_key(|(subnet, _)| subnet.prefix());
    narrowest.map(|(_, zone)| zone)
}

/// The side of a Purdue level.
#[must_use]
pub fn side_of(level: PurdueLevel) -> Side {
    match level {
        PurdueLevel::Process | PurdueLevel::Basic | PurdueLevel::Supervisory | PurdueLevel::Operations => Side::Ot,
        PurdueLevel::Dmz => Side::Dmz,
        PurdueLevel::Enterprise | PurdueLevel::External => Side::It,
    }
}
