//! The crosswalk: how requirements of one framework relate to those of another, read from either side.
//!
//! Invariant: a mapping helps to reuse evidence and to find gaps; it never makes one requirement met because another is.

use serde::{Deserialize, Serialize};

crate::words! {
    /// How what one requirement asks relates to what another asks (OSCAL mapping model 1.2).
    Relationship {
        EqualTo = "equal-to", "equal to";
        EquivalentTo = "equivalent-to", "equivalent to";
        SubsetOf = "subset-of", "subset of";
        SupersetOf = "superset-of", "superset of";
        IntersectsWith = "intersects-with", "intersects with";
        NoRelationship = "no-relationship", "no relationship";
    }
}

crate::words! {
    /// How sure the mapping is.
    Confidence {
        High = "high", "High";
        Medium = "medium", "Medium";
        Low = "low", "Low";
    }
}

impl Relationship {
    /// The same relationship read from the other side.
    #[must_use]
    pub const fn inverse(self) -> Self {
        match self {
            Relationship::SubsetOf => Relationship::SupersetOf,
            Relationship::SupersetOf => Relationship::SubsetOf,
            same => same,
        }
    }

    /// True where what shows that the left one is met also shows it of the right one: everything the right one asks is
    /// asked by the left one.
    #[must_use]
    pub const fn carries(self) -> bool {
        matches!(self, Relationship::EqualTo | Relationship::EquivalentTo | Relationship::SupersetOf)
    }

    /// True where what informs the left one is worth showing at the right one.
    #[must_use]
    pub const fn informs(self) -> bool {
        !matches!(self, Relationship::NoRelationship)
    }

    /// What the relationship allows, for people.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Relationship::EqualTo => "Same wording and effect",
            Relationship::EquivalentTo => "Same effect in other words",
            Relationship::SubsetOf => "Everything this asks is asked by the other; a failure here is a failure there",
            Relationship::SupersetOf => "This asks everything the other asks, and more",
            Relationship::IntersectsWith => "Part in common; show the evidence and ask a person",
            Relationship::NoRelationship => "A tempting but wrong match, kept on purpose",
        }
    }
}

/// A row of the crosswalk: source RELATIONSHIP target.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    pub id: String,
    pub source_framework: String,
    pub source: String,
    pub target_framework: String,
    pub target: String,
    pub relationship: Relationship,
    pub rationale: String,
    /// Who says so.
    pub basis: String,
    pub confidence: Confidence,
}

/// A framework that is only referred to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Referred {
    pub id: String,
    pub title: String,
    /// The framework whose requirements of the same ids overlay its own.
    #[serde(default)]
    pub overlaid_by: String,
}

/// The crosswalk as its file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crosswalk {
    pub generated: String,
    pub reading: String,
    pub r#use: String,
    pub versions: Vec<String>,
    pub rule: String,
    pub references: Vec<Referred>,
    pub rows: Vec<Mapping>,
}

/// A mapping as seen from one requirement: this RELATIONSHIP other.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    pub mapping: &'static Mapping,
    pub relationship: Relationship,
    pub framework: &'static str,
    pub other: &'static str,
}

impl Seen {
    /// The mapping from the side of its source.
    #[must_use]
    pub fn forth(mapping: &'static Mapping) -> Self {
        let (framework, other) = (mapping.target_framework.as_str(), mapping.target.as_str());
        Self { mapping, relationship: mapping.relationship, framework, other }
    }

    /// The mapping from the side of its target.
    #[must_use]
    pub fn back(mapping: &'static Mapping) -> Self {
        let (framework, other) = (mapping.source_framework.as_str(), mapping.source.as_str());
        Self { mapping, relationship: mapping.relationship.inverse(), framework, other }
    }
}

#[cfg(test)]
mod tests {
    use super::Relationship;

    #[test]
    fn relationships_read_from_both_sides() {
        for relationship in Relationship::ALL {
            assert_eq!(relationship.inverse().inverse(), *relationship);
        }
        assert!(Relationship::SupersetOf.carries() && !Relationship::SubsetOf.carries());
        assert!(Relationship::SubsetOf.inverse().carries());
        assert!(Relationship::IntersectsWith.informs() && !Relationship::IntersectsWith.carries());
        assert!(!Relationship::NoRelationship.informs());
    }
}
