//! A batch of observations and a decision about a discovered host.
//!
//! Invariant: pure; a batch names the file it came from by digest and its rows by their root.

use serde::{Deserialize, Serialize};

use crate::ids::AssetId;
use crate::vocabulary::Moment;

crate::words! {
    /// What a person decided about a host that was seen.
    Decision {
        Accepted = "accepted", "Accepted";
        Merged = "merged", "Merged";
        Rejected = "rejected", "Set aside";
    }
}

/// One import of observations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    pub sensor: String,
    /// File names, without folders.
    pub source: String,
    /// `sha256:` of the files' bytes, one after the other.
    pub digest: String,
    /// Connections read.
    pub rows: i64,
    pub hosts: i64,
    /// First and last moment seen; none in an empty log.
    pub from: Option<Moment>,
    pub until: Option<Moment>,
    /// `sha256:` Merkle root (RFC 9162) over the folded rows in order of address.
    pub root: String,
}

/// A decision about a host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    pub address: String,
    pub decision: Decision,
    pub asset: Option<AssetId>,
}

/// A host as one batch saw it.
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
}
