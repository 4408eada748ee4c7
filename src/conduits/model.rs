//! A conduit between two zones, and the flows it permits.
//!
//! Invariant: pure. Where a record stands is computed from what was decided and the day, and never typed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::{AssetId, ConduitId, ZoneId};
use crate::register::Act;
use crate::vocabulary::{Date, Endpoint, Ports, Reference, SecurityLevels};

crate::words! {
    /// Which way a conduit carries.
    Direction {
        AToB = "a_to_b", "A to B";
        BToA = "b_to_a", "B to A";
        Both = "both", "Both ways";
    }
}

crate::words! {
    /// Which way a permitted flow goes through its conduit: from its sources to its destinations.
    Way {
        AToB = "a_to_b", "A to B";
        BToA = "b_to_a", "B to A";
    }
}

crate::words! {
    /// Which side may begin a conversation.
    MayInitiate {
        Source = "source", "The source";
        Destination = "destination", "The destination";
        Either = "either", "Either side";
    }
}

crate::words! {
    /// What happens to traffic that no permitted flow names.
    DefaultAction {
        Deny = "deny", "Deny";
        Allow = "allow", "Allow";
    }
}

crate::words! {
    /// What looks into the traffic for malicious communications (CIP-005-7 R1.5).
    Inspection {
        None = "none", "None";
        Ids = "ids", "IDS";
        Ips = "ips", "IPS";
        Dpi = "dpi", "Deep packet inspection";
    }
}

crate::words! {
    /// Transport of a permitted flow.
    Carried {
        Tcp = "tcp", "TCP";
        Udp = "udp", "UDP";
        Icmp = "icmp", "ICMP";
        Ethernet = "ethernet", "Ethernet (layer 2)";
    }
}

crate::words! {
    /// What protects a permitted flow on its way.
    Protection {
        None = "none", "None";
        Tls = "tls", "TLS";
        Ipsec = "ipsec", "IPsec";
        Ssh = "ssh", "SSH";
        Macsec = "macsec", "MACsec";
        Physical = "physical", "Physical";
    }
}

crate::words! {
    /// Where a conduit or a permitted flow stands.
    Status {
        Proposed = "proposed", "Proposed";
        Active = "active", "Active";
        Expired = "expired", "Expired";
        Refused = "refused", "Refused";
        Suspended = "suspended", "Suspended";
        Retired = "retired", "Retired";
    }
}

/// A conduit (IEC 62443-3-2 ZCR 3.1; CIP-005-7 R1.2 where it crosses an ESP).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conduit {
    pub reference: Reference,
    pub name: String,
    /// The first zone, A.
    pub from_zone: Option<ZoneId>,
    /// The second zone, B.
    pub to_zone: Option<ZoneId>,
    pub direction: Option<Direction>,
    /// What enforces it: where it crosses an ESP, the Electronic Access Point.
    pub eap: Option<AssetId>,
    /// What ends sessions between its sides, such as a proxy or a broker in the DMZ.
    pub broker: Option<AssetId>,
    pub default_action: Option<DefaultAction>,
    pub inspection: Option<Inspection>,
    /// Hardware lets data pass one way only.
    pub unidirectional: Option<bool>,
    pub carrier: String,
    pub sl_t: SecurityLevels,
    pub justification: String,
    /// Time-sensitive protection or control between intelligent electronic devices (CIP-003-9 Attachment 1 section 3.1 iii).
    pub time_sensitive: Option<bool>,
    pub owner: String,
    pub last_reviewed_on: Option<Date>,
    pub review_due: Option<Date>,
    pub requested: Option<Act>,
    pub approved: Option<Act>,
    pub refused: Option<Act>,
    pub suspended: Option<Act>,
    pub retired_on: Option<Date>,
    pub notes: String,
}

impl Conduit {
    #[must_use]
    pub fn status(&self) -> Status {
        if self.retired_on.is_some() {
            Status::Retired
        } else if self.suspended.is_some() {
            Status::Suspended
        } else if self.refused.is_some() {
            Status::Refused
        } else if self.approved.is_some() {
            Status::Active
        } else {
            Status::Proposed
        }
    }

    /// The same conduit without what was decided about it and when it was looked over.
    #[must_use]
    pub fn undecided(&self) -> Self {
        let (requested, approved, refused, suspended) = (None, None, None, None);
        let (last_reviewed_on, review_due) = (None, None);
        Self { last_reviewed_on, review_due, requested, approved, refused, suspended, ..self.clone() }
    }

    /// The zone a way begins in, and the one it ends in.
    #[must_use]
    pub fn ends(&self, way: Way) -> Option<(ZoneId, ZoneId)> {
        let (a, b) = (self.from_zone?, self.to_zone?);
        Some(match way {
            Way::AToB => (a, b),
            Way::BToA => (b, a),
        })
    }

    /// True when the conduit carries this way.
    #[must_use]
    pub fn carries(&self, way: Way) -> bool {
        matches!(
            (self.direction, way),
            (Some(Direction::Both), _) | (Some(Direction::AToB), Way::AToB) | (Some(Direction::BToA), Way::BToA)
        )
    }
}

/// A flow a conduit permits: the reason for granting access that CIP-005-7 R1.3 asks for, one by one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PermittedFlow {
    pub reference: Reference,
    pub conduit: Option<ConduitId>,
    /// From its sources to its destinations; as the conduit where that carries one way only.
    pub direction: Option<Way>,
    /// Application protocol, such as `dns`, `modbus`, `ssh`.
    pub protocol: String,
    pub transport: Option<Carried>,
    /// Ports of the destination.
    pub ports: Vec<Ports>,
    pub source_assets: BTreeSet<AssetId>,
    pub sources: Vec<Endpoint>,
    pub destination_assets: BTreeSet<AssetId>,
    pub destinations: Vec<Endpoint>,
    pub initiator: Option<MayInitiate>,
    pub access_reason: String,
    /// True when nothing may be written, operated or downloaded through it.
    pub read_only: Option<bool>,
    pub encrypted: Option<bool>,
    pub authenticated: Option<bool>,
    pub integrity_protected: Option<bool>,
    pub protection: Option<Protection>,
    pub data_class: String,
    /// The last day on which it permits.
    pub expires_on: Option<Date>,
    pub requested: Option<Act>,
    pub approved: Option<Act>,
    pub refused: Option<Act>,
    pub retired_on: Option<Date>,
    pub notes: String,
}

impl PermittedFlow {
    #[must_use]
    pub fn status(&self, on: Date) -> Status {
        if self.retired_on.is_some() {
            Status::Retired
        } else if self.refused.is_some() {
            Status::Refused
        } else if self.approved.is_none() {
            Status::Proposed
        } else if self.expires_on.is_some_and(|last| last < on) {
            Status::Expired
        } else {
            Status::Active
        }
    }

    /// The same flow without what was decided about it.
    #[must_use]
    pub fn undecided(&self) -> Self {
        Self { requested: None, approved: None, refused: None, ..self.clone() }
    }

    /// Every asset it names, on either side.
    #[must_use]
    pub fn assets(&self) -> Vec<AssetId> {
        self.source_assets.iter().chain(&self.destination_assets).copied().collect()
    }

    /// The way it goes, as it says itself or as the only way its conduit carries.
    #[must_use]
    pub fn way(&self, conduit: &Conduit) -> Option<Way> {
        self.direction.or(match conduit.direction? {
            Direction::AToB => Some(Way::AToB),
            Direction::BToA => Some(Way::BToA),
            Direction::Both => None,
        })
    }
}
