//! Reviews: authorizations each quarter, privileges and BCSI access every fifteen months, conduits.
//!
//! Invariant: what is reviewed is frozen when the review begins; a completed review is a performance of its duty.

pub mod actions;
pub mod api;
pub mod model;
pub mod pages;
pub mod records;
pub mod register;
pub mod rules;

pub use model::{Discrepancy, Review, ReviewDecision, ReviewItem, ReviewKind, ReviewOutcome};
