//! The impact criteria of CIP-002-5.1a Attachment 1 and the classes that requirement parts apply to, from the catalog.
//!
//! Invariant: no criterion, rating or class is written in code; all come from `seed-data/catalogs/categorization.json`.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::vocabulary::Impact;

/// An impact criterion of the catalog by its number, such as `2.5`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Criterion(&'static CriterionText);

/// What the catalog says of a criterion.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct CriterionText {
    /// Number within Attachment 1.
    pub id: String,
    pub impact: Impact,
    pub text: String,
}

/// A class that requirement parts name as applicable, such as `medium_erc`.
#[derive(Debug, Deserialize)]
pub struct Class {
    pub code: String,
    pub text: String,
}

/// The categorization catalog.
#[derive(Debug, Deserialize)]
pub struct Catalog {
    pub standard: String,
    pub part: String,
    pub source: String,
    pub criteria: Vec<CriterionText>,
    pub classes: Vec<Class>,
}

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../seed-data/catalogs/categorization.json"))
        .expect("the catalog compiled into Glance is valid JSON; a test reads it")
});

/// The catalog compiled into this Glance.
#[must_use]
pub fn catalog() -> &'static Catalog {
    &CATALOG
}

impl Criterion {
    /// Finds a criterion by its number; the error lists the numbers there are.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        CATALOG.criteria.iter().find(|known| known.id == text).map(Self).ok_or_else(|| {
            let known: Vec<&str> = CATALOG.criteria.iter().map(|known| known.id.as_str()).collect();
            format!("not a criterion of {} {}; one of: {}", CATALOG.standard, CATALOG.part, known.join(", "))
        })
    }

    #[must_use]
    pub fn impact(&self) -> Impact {
        self.0.impact
    }

    #[must_use]
    pub fn text(&self) -> &'static str {
        &self.0.text
    }
}

impl std::fmt::Display for Criterion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.id)
    }
}

impl TryFrom<String> for Criterion {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Criterion> for String {
    fn from(criterion: Criterion) -> Self {
        criterion.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::{Criterion, catalog};
    use crate::vocabulary::Impact;

    #[test]
    fn the_catalog_is_whole() {
        assert_eq!(catalog().criteria.len(), 23);
        assert!(catalog().classes.iter().any(|class| class.code == "medium_erc"));
        assert_eq!(Criterion::parse("2.5").map(|criterion| criterion.impact()), Ok(Impact::Medium));
        assert!(Criterion::parse("4.1").is_err_and(|problem| problem.contains("CIP-002-5.1a")));
    }
}
