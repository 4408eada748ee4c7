//! Sensors, batches of observations, flows, hosts that were seen, and decisions about them.
//!
//! Invariant: pure; a batch names the files it came from by digest and its rows by their root.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::{ArtifactId, AssetId, ConduitId, SensorId, ZoneId};
use crate::vocabulary::{Date, Moment, Reference};

crate::words! {
    /// How a sensor comes by what it sees.
    SensorKind {
        Tap = "tap", "Tap";
        Span = "span", "SPAN port";
        Flow = "flow", "Flow export";
        Host = "host", "Host";
    }
}

crate::words! {
    /// What a person decided about a host that was seen.
    Decision {
        Accepted = "accepted", "Accepted";
        Merged = "merged", "Merged";
        Rejected = "rejected", "Set aside";
    }
}

crate::words! {
    /// How far the conversations of a flow came.
    Reached {
        Answered = "answered", "Answered";
        OneWay = "one_way", "One-way";
        Refused = "refused", "Refused";
    }
}

impl Reached {
    /// One answer is enough; a refusal shows that something was there to refuse.
    #[must_use]
    pub fn of(answered: i64, refused: i64) -> Self {
        if answered > 0 {
            Reached::Answered
        } else if refused > 0 {
            Reached::Refused
        } else {
            Reached::OneWay
        }
    }
}

crate::words! {
    /// Who began a flow, as far as the sensor saw a beginning.
    Initiator {
        Source = "source", "Source";
        Unknown = "unknown", "Not seen";
    }
}

/// A sensor that watches networks (CIP-015-1 R1; for CIP-005-7 R1.5 and CIP-007-6 R4 the source of detection).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sensor {
    pub reference: Reference,
    pub name: String,
    pub kind: Option<SensorKind>,
    pub passive: Option<bool>,
    pub zones: BTreeSet<ZoneId>,
    pub conduits: BTreeSet<ConduitId>,
    pub rationale: String,
    pub retention: String,
    pub tamper_protection: String,
    /// Hours without data after which it counts as silent.
    pub silent_after: Option<i64>,
    pub retired_on: Option<Date>,
    pub notes: String,
}

/// One import of observations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// The sensor's reference when the batch was taken in.
    pub sensor: String,
    /// None in batches from before sensors were records.
    #[serde(default)]
    pub sensor_id: Option<SensorId>,
    /// File names, without folders.
    pub source: String,
    /// `sha256:` of the files' bytes, one after the other.
    pub digest: String,
    /// Rows read.
    pub rows: i64,
    /// Distinct flows.
    #[serde(default)]
    pub flows: i64,
    pub hosts: i64,
    /// First and last moment seen; none in an empty log.
    pub from: Option<Moment>,
    pub until: Option<Moment>,
    /// `sha256:` Merkle root (RFC 9162) over the folded rows: flows in order of their ids, then hosts in order of address.
    pub root: String,
    /// The files as evidence; none in batches from before files were kept.
    #[serde(default)]
    pub artifacts: Vec<ArtifactId>,
}

/// A decision about a host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    pub address: String,
    pub decision: Decision,
    pub asset: Option<AssetId>,
}

/// A flow as one batch saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FlowRow {
    pub source: String,
    pub destination: String,
    pub protocol: String,
    pub port: i64,
    pub service: String,
    pub initiator: Initiator,
    pub first_seen: Moment,
    pub last_seen: Moment,
    pub connections: i64,
    pub answered: i64,
    pub refused: i64,
    /// Payload bytes from source to destination, and back.
    pub sent: i64,
    pub received: i64,
    /// Connection states of Zeek, separated by `;`.
    pub states: String,
    pub reached: Reached,
    /// What was done to a device in it: words of [`Operation`](super::operations::Operation), separated by `;`.
    pub operations: String,
}

/// A host as one batch saw it, or as all batches did until now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sighting {
    pub address: String,
    /// Empty unless one hardware address was seen throughout.
    pub mac: String,
    pub first_seen: Moment,
    pub last_seen: Moment,
    pub conversations: i64,
    pub peers: i64,
    /// Service names, sorted, separated by `;`.
    pub protocols: String,
    /// Ports it answered on, such as `tcp/20000`, sorted, separated by `;`.
    pub ports: String,
    pub vendor: String,
    pub product: String,
    pub model: String,
    pub firmware: String,
    pub serial: String,
    pub name: String,
    /// Programs and versions, sorted, separated by `;`.
    pub software: String,
}
