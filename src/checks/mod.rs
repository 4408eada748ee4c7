//! Checks: pure functions from the record's facts to verdicts.
//!
//! Invariant: every verdict is returned, satisfied ones too, and missing data is indeterminate, never a pass. Pages,
//! findings and packages call the same functions, so they can never disagree.

pub mod justifying;
pub mod model;

pub use model::{Check, Class, Gap, Outcome, Severity, Status, Subject, Verdict};
