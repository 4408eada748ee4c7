//! Checks: pure functions from the record's facts to verdicts.
//!
//! Invariant: every verdict is returned, satisfied ones too, and missing data is indeterminate, never a pass. Pages,
//! findings and packages call the same functions, so they can never disagree.

pub mod access_points;
pub mod accounts;
pub mod authorizations;
pub mod categorization;
pub mod clocks;
pub mod concern;
pub mod conduits;
pub mod crossings;
pub mod dmz;
pub mod erc;
pub mod exceptions;
pub mod explained;
pub mod facts;
pub mod inventory;
pub mod judging;
pub mod justifying;
pub mod levels;
pub mod listed;
pub mod model;
pub mod monitoring;
pub mod naming;
pub mod observation;
pub mod offices;
pub mod permissions;
pub mod reaching;
pub mod references;
pub mod remote_access;
pub mod revocations;
pub mod rule;
pub mod scope;
pub mod sessions;
pub mod shelf;
pub mod sides;
pub mod subjects;
pub mod training;
pub mod using;
pub mod vendor_access;
pub mod zoning;

pub use facts::{Facts, Over};
pub use model::{Check, Class, Gap, Outcome, Severity, Sighted, Status, Subject, Verdict};

#[cfg(test)]
mod tests;
