//! Posture: where each requirement stands, read from the records.
//!
//! Invariant: read-only; what is shown is computed from one snapshot.

pub mod pages;
