//! BES Cyber Systems: groups of cyber assets rated together (CIP-002).
//!
//! Invariant: the rating follows from the criterion; nobody types it.

pub mod model;
pub mod records;
pub mod rules;

pub use model::System;
