//! Sites: control centers, substations, plants. What contains BES Cyber Systems and is rated by CIP-002.
//!
//! Invariant: a site's answers to the impact criteria are records with author, moment and reason.

pub mod model;
pub mod records;
pub mod rules;

pub use model::{Site, SiteKind};
