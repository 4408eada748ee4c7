//! How sensors, batches, flows, hosts and decisions are kept and read.
//!
//! Invariant: rows of a batch are appended and never changed. Totals of flows and knowledge of hosts are caches over them,
//! valid from one batch to the next, so that every instant is one comparison away.

pub mod batches;
pub mod decisions;
pub mod flows;
pub mod hosts;
pub mod observed;
pub mod sensors;

pub use batches::same_batch;
pub use decisions::decided;
pub use hosts::{count_waiting, seen};
pub use observed::{ObservedHost, observed};
pub use sensors::sensors_last_data;

use crate::storage::{AsOfSql, OrgSql};

/// Texts of this slice that know no instant.
pub const STATEMENTS: &[OrgSql] = &[flows::CLOSE, flows::ADD_UP, flows::IDS, hosts::CLOSE];

/// Texts of this slice that know an instant.
pub const INSTANT_STATEMENTS: &[AsOfSql] = &[
    batches::SAME,
    hosts::WAITING_COUNT,
    hosts::SEEN,
    hosts::KNOWN,
    decisions::DECIDED,
    observed::OBSERVED,
    observed::CARDS,
    sensors::LAST_DATA,
    flows::OF_HOST,
    flows::EVERY,
    flows::OF_BATCH,
    observed::ADDRESSES,
];
