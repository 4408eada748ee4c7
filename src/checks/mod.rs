//! Checks: pure functions from the record's facts to verdicts.
//!
//! Invariant: every verdict is returned, satisfied ones too, and missing data is indeterminate, never a pass. Pages,
//! findings and packages call the same functions, so they can never disagree.

pub mod categorization;
pub mod clocks;
pub mod crossings;
pub mod facts;
pub mod inventory;
pub mod judging;
pub mod justifying;
pub mod model;
pub mod observation;
pub mod rule;
pub mod scope;
pub mod shelf;

pub use facts::{Facts, Over};
pub use model::{Check, Class, Gap, Outcome, Severity, Sighted, Status, Subject, Verdict};

#[cfg(test)]
mod tests;
