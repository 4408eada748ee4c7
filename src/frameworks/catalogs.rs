//! The catalogs compiled into Glance, read once: frameworks, crosswalk, boundary rules, glossary, names of records.
//!
//! Invariant: an id stands once over all frameworks, and every reference leads somewhere. What is broken is refused whole,
//! with the place; the shipped catalogs are read by a test.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::crosswalk::{Crosswalk, Mapping, Seen};
use super::glossary::{Glossary, Piece, Term, pieces};
use super::model::{Framework, Requirement, Standard};
use crate::vocabulary::Date;

/// A rule of a defensible boundary, as a predicate over records.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoundaryRule {
    pub id: String,
    pub predicate: String,
    pub severity: String,
    /// When it is hard, and when a reasoning aid.
    pub rule_class: String,
    #[serde(default)]
    pub informs: Vec<String>,
    /// What it also serves, outside the catalogs.
    #[serde(default)]
    pub also: Vec<String>,
    pub basis: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Boundary {
    #[serde(rename = "generated")]
    _generated: String,
    #[serde(rename = "source")]
    _source: String,
    rules: Vec<BoundaryRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordNames {
    #[serde(rename = "source")]
    _source: String,
    names: Vec<(String, String)>,
}

/// The texts of the catalogs.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'t> {
    pub frameworks: &'t [&'t str],
    pub crosswalk: &'t str,
    pub boundary_rules: &'t str,
    pub glossary: &'t str,
    /// The catalogs' names of records and RECORDS.md's: the one place where they meet.
    pub record_names: &'t str,
}

/// The texts compiled into this Glance.
pub const SHIPPED: Texts<'static> = Texts {
    frameworks: &[
        include_str!("../../seed-data/catalogs/nerc-cip.json"),
        include_str!("../../seed-data/catalogs/iec-62443-2-1.json"),
        include_str!("../../seed-data/catalogs/iec-62443-3-2.json"),
        include_str!("../../seed-data/catalogs/iec-62443-3-3.json"),
        include_str!("../../seed-data/catalogs/iec-62443-4-2.json"),
        include_str!("../../seed-data/catalogs/nist-800-82r3.json"),
    ],
    crosswalk: include_str!("../../seed-data/catalogs/crosswalk.json"),
    boundary_rules: include_str!("../../seed-data/catalogs/boundary-rules.json"),
    glossary: include_str!("../../seed-data/catalogs/glossary.json"),
    record_names: include_str!("../../seed-data/catalogs/record-names.json"),
};

/// Everything the catalogs say.
#[derive(Debug)]
pub struct Catalogs {
    pub frameworks: Vec<Framework>,
    pub crosswalk: Crosswalk,
    pub boundary_rules: Vec<BoundaryRule>,
    pub terms: Vec<Term>,
    /// Where each requirement stands: framework, requirement.
    places: HashMap<String, (usize, usize)>,
    /// Rows of the crosswalk by the ids on either side.
    mapped: HashMap<String, Vec<usize>>,
}

static CATALOGS: LazyLock<Catalogs> =
    LazyLock::new(|| Catalogs::read(&SHIPPED).expect("the catalogs compiled into Glance are whole; a test reads them"));

/// The catalogs of this Glance.
#[must_use]
pub fn catalogs() -> &'static Catalogs {
    &CATALOGS
}

fn parsed<'t, T: Deserialize<'t>>(what: &str, text: &'t str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| format!("{what}: {error}"))
}

impl Catalogs {
    /// Reads catalogs; the error names what is broken.
    pub fn read(texts: &Texts<'_>) -> Result<Self, String> {
        let names: RecordNames = parsed("record names", texts.record_names)?;
        let names: HashMap<String, String> = names.names.into_iter().collect();
        let mut frameworks = Vec::new();
        for text in texts.frameworks {
            let mut framework: Framework = parsed("framework", text)?;
            settle(&mut framework, &names)?;
            frameworks.push(framework);
        }
        let crosswalk: Crosswalk = parsed("crosswalk", texts.crosswalk)?;
        let boundary: Boundary = parsed("boundary rules", texts.boundary_rules)?;
        let glossary: Glossary = parsed("glossary", texts.glossary)?;
        let places = super::integrity::places(&frameworks)?;
        let mut mapped: HashMap<String, Vec<usize>> = HashMap::new();
        for (n, row) in crosswalk.rows.iter().enumerate() {
            for id in [&row.source, &row.target] {
                mapped.entry(id.clone()).or_default().push(n);
            }
        }
        let found =
            Self { frameworks, crosswalk, boundary_rules: boundary.rules, terms: glossary.terms, places, mapped };
        super::integrity::check(&found)?;
        Ok(found)
    }

    #[must_use]
    pub fn framework(&self, id: &str) -> Option<&Framework> {
        self.frameworks.iter().find(|framework| framework.id == id)
    }

    /// The requirement of an id, of whatever framework.
    #[must_use]
    pub fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.places.get(id).map(|(framework, n)| &self.frameworks[*framework].requirements[*n])
    }

    /// The requirement of an id; the error says what would be right.
    pub fn known(&self, id: &str) -> Result<&Requirement, String> {
        let id = id.trim();
        self.requirement(id).ok_or_else(|| {
            let near = self.near(id);
            if near.is_empty() {
                "no framework has a requirement of this id; write it as CIP-005-7 R1.3, SR 5.1 or AC-17".to_owned()
            } else {
                format!("no framework has a requirement of this id; did you mean {}?", near.join(", "))
            }
        })
    }

    /// Ids that begin or end like a mistyped one: another version of the standard, a part left out.
    fn near(&self, id: &str) -> Vec<&str> {
        let squeezed = |text: &str| text.to_uppercase().split_whitespace().collect::<Vec<_>>().join(" ");
        let asked = squeezed(id);
        let (standard, part) = asked.split_once(' ').unwrap_or((asked.as_str(), ""));
        let family = standard.rsplit_once('-').map_or(standard, |(family, _)| family);
        let fits = |known: &str| {
            let known = squeezed(known);
            known == asked
                || !asked.is_empty() && known.starts_with(&format!("{asked}."))
                || family.len() > 4
                    && known.starts_with(family)
                    && !part.is_empty()
                    && known.ends_with(&format!(" {part}"))
        };
        let all = self.frameworks.iter().flat_map(|framework| &framework.requirements);
        all.map(|requirement| requirement.id.as_str()).filter(|known| fits(known)).take(3).collect()
    }

    /// The standard a requirement stands in.
    #[must_use]
    pub fn standard_of(&self, requirement: &Requirement) -> Option<&Standard> {
        self.framework(&requirement.framework)?.standards.iter().find(|known| known.id == requirement.standard)
    }

    /// True when the requirement's standard was in force on the day.
    #[must_use]
    pub fn in_force(&self, requirement: &Requirement, on: Date) -> bool {
        self.standard_of(requirement).is_some_and(|standard| standard.in_force(on))
    }

    /// The parts of a framework that are in force on a day.
    pub fn parts_in_force<'c>(&'c self, framework: &str, on: Date) -> impl Iterator<Item = &'c Requirement> + use<'c> {
        let found = self.framework(framework).into_iter().flat_map(|framework| &framework.requirements);
        found.filter(move |requirement| self.in_force(requirement, on))
    }

    /// Every mapping of a requirement, from its own side; an overlay of 800-53r5 has the mappings of what it overlays.
    #[must_use]
    pub fn mappings_of(&'static self, id: &str) -> Vec<Seen> {
        let rows = self.mapped.get(id).into_iter().flatten().map(|n| &self.crosswalk.rows[*n]);
        rows.map(|row: &'static Mapping| if row.source == id { Seen::forth(row) } else { Seen::back(row) }).collect()
    }

    /// The requirement on the other side of a mapping; none for what is only referred to.
    #[must_use]
    pub fn other(&self, seen: &Seen) -> Option<&Requirement> {
        let overlaid = self.crosswalk.references.iter().find(|known| known.id == seen.framework);
        let wanted = overlaid.map_or(seen.framework, |known| known.overlaid_by.as_str());
        self.requirement(seen.other).filter(|found| found.framework == wanted)
    }

    /// What a framework is called, also one that is only referred to.
    #[must_use]
    pub fn title_of(&self, framework: &str) -> &str {
        let referred = self.crosswalk.references.iter().find(|known| known.id == framework);
        let known = self.framework(framework).map(|known| known.title.as_str());
        known.or(referred.map(|known| known.title.as_str())).unwrap_or_default()
    }

    /// Boundary rules that inform a requirement.
    #[must_use]
    pub fn rules_for(&self, id: &str) -> Vec<&BoundaryRule> {
        self.boundary_rules.iter().filter(|rule| rule.informs.iter().any(|known| known == id)).collect()
    }

    /// A text with its terms explained.
    #[must_use]
    pub fn explained<'t>(&self, text: &'t str) -> Vec<Piece<'t>> {
        pieces(text, &self.terms)
    }
}

/// Gives each requirement its framework, and its records the names they have in Glance.
fn settle(framework: &mut Framework, names: &HashMap<String, String>) -> Result<(), String> {
    for requirement in &mut framework.requirements {
        requirement.framework.clone_from(&framework.id);
        let mut records: Vec<String> = Vec::new();
        for name in &requirement.records {
            let real = names.get(name).ok_or_else(|| format!("{}: no record is called {name}", requirement.id))?;
            if !records.contains(real) {
                records.push(real.clone());
            }
        }
        requirement.records = records;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
