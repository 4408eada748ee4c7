//! Terminations and transfers, and the clocks of revocation they start (CIP-004-7 R5, R6.3).
//!
//! Invariant: an ability is listed as the person held it at the action; its removal is read off the ability's own record.

pub mod actions;
pub mod api;
pub mod listing;
pub mod model;
pub mod pages;
pub mod records;
pub mod rules;

pub use model::{Ability, AbilityKind, Departure};
