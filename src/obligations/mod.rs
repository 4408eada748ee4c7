//! Obligations: the clocks of the periodic requirement parts, and the ledger of what was performed.
//!
//! Invariant: a due date is computed from performances; nobody types one.

pub mod api;
pub mod clocks;
pub mod model;
pub mod pages;
pub mod records;
pub mod register;
pub mod rules;

pub use model::{Duty, Performance, PerformanceResult, SubjectKind};
