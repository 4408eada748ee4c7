//! How conduits and permitted flows are kept.
//!
//! Invariant: where a record stands is a column as far as no day decides it; what a day decides is computed.

pub mod conduits;
pub mod permitted;
