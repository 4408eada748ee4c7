//! Findings: what is wrong, who has it, until when, what was done about it.
//!
//! Invariant: one fact is one finding however often it is seen; a finding of a check is closed by the record being right,
//! never by somebody saying so.

pub mod acting;
pub mod actions;
pub mod api;
pub mod counting;
pub mod following;
pub mod model;
pub mod pages;
pub mod records;
mod register;
pub mod remediating;
pub mod rules;

pub use actions::{Followed, follow};
pub use model::{Finding, RemediationEntry, Source, State};
