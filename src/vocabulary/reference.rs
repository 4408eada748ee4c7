//! The entity's own tag for a record, unique among records of one kind in an organization.
//!
//! Invariant: 1 to 80 printable characters without surrounding space; compared without regard to case.

use serde::{Deserialize, Serialize};

/// The default is the blank of a form; it is written as empty text, and no check lets it into a record.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference(String);

impl Reference {
    /// Reads a reference. The error is a sentence for the person who typed it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("missing; give the tag your organization uses".to_owned());
        }
        if text.chars().count() > 80 {
            return Err("longer than 80 characters".to_owned());
        }
        if text.chars().any(|c| c.is_control() || c == ';') {
            return Err("holds a control character or a semicolon".to_owned());
        }
        Ok(Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which references are compared.
    #[must_use]
    pub fn folded(&self) -> String {
        super::fold::folded(&self.0)
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Reference {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.0
    }
}
