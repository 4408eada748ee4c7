//! Frameworks: what NERC CIP, IEC 62443 and NIST SP 800-82r3 ask, how their requirements relate, and what they apply to.
//!
//! Invariant: catalogs are read-only and compiled in; applicability is computed from the records and never typed.

pub mod api;
pub mod catalogs;
pub mod crosswalk;
pub mod glossary;
mod integrity;
pub mod model;
pub mod records;
mod requirement_id;
pub mod rules;
pub mod scoping;
pub mod surroundings;

pub use catalogs::{Catalogs, catalogs};
pub use model::{About, Framework, Requirement, Standard, Standing};
pub use requirement_id::RequirementId;
pub use rules::Applicability;
pub use scoping::ScopeName;
pub use surroundings::{Reach, Surroundings};
