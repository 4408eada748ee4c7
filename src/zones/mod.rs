//! Zones: groups of assets with the same protection needs (IEC 62443-3-2), some of them Electronic Security Perimeters.
//!
//! Invariant: a zone says which subnets are its own, so an observed address can be placed.

pub mod model;
pub mod records;

pub use model::{Zone, ZoneKind};
