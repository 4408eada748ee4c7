//! Posture: what the verdicts add up to, part by part.
//!
//! Invariant: read-only; statuses are computed from a snapshot and never typed in.

mod access;
pub mod gathering;
pub mod memory;
pub mod pages;
pub mod period;
pub mod records;
pub mod rules;
pub mod standing;
pub mod verdicts;

pub use memory::{Judged, Memory};
