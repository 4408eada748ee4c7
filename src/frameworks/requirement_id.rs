//! The id of a requirement as a record holds it.
//!
//! Invariant: text that a person or a program gives becomes an id only when a catalog knows it; what was recorded once
//! stays readable when a catalog no longer has it.

use serde::{Deserialize, Serialize};

use super::catalogs::catalogs;
use super::model::Requirement;

/// An id such as `CIP-005-7 R1.3`, `SR 5.1` or `AC-17`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequirementId(String);

impl RequirementId {
    /// Reads an id; the error says what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        catalogs().known(text).map(|found| Self(found.id.clone()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the catalogs say of it.
    #[must_use]
    pub fn requirement(&self) -> Option<&'static Requirement> {
        catalogs().requirement(&self.0)
    }
}

impl std::fmt::Display for RequirementId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
