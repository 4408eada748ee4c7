//! The mapping: rows of the crosswalk that touch the scope, as Glance's experts judged them.
//!
//! Invariant: a row says what the crosswalk says, with its rationale and how sure it is, and no more: coverage is stated
//! only where the relationship itself says that the whole target is covered. A catalog that is only referred to stands in
//! the back matter and is not copied.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::catalog;
use super::document::{Document, document, own, plain};
use super::identity::{token, uuid};
use super::material::Material;
use crate::frameworks::crosswalk::{Mapping, Relationship};
use crate::frameworks::{Requirement, catalogs};

/// Rows of the crosswalk by the frameworks they go between.
#[derive(Default)]
pub struct Mapped(BTreeMap<(&'static str, &'static str), Vec<&'static Mapping>>);

impl Mapped {
    /// Requirements of Glance's own catalogs on either side.
    pub fn requirements(&self) -> impl Iterator<Item = &'static Requirement> + '_ {
        let sides = self.0.values().flatten().flat_map(|row| {
            [(row.source_framework.as_str(), row.source.as_str()), (row.target_framework.as_str(), row.target.as_str())]
        });
        sides.filter_map(|(framework, id)| catalogs().requirement(id).filter(|found| found.framework == framework))
    }
}

/// The rows with a part of the scope on either side.
pub fn rows(material: &Material<'_>) -> Mapped {
    let mut found = Mapped::default();
    let touches = |row: &&Mapping| material.holds(&row.source) || material.holds(&row.target);
    for row in catalogs().crosswalk.rows.iter().filter(touches) {
        found.0.entry((&row.source_framework, &row.target_framework)).or_default().push(row);
    }
    found
}

/// Where the catalogs are published that Glance only refers to.
const PUBLISHED: [(&str, &str); 2] = [
    (
        "nist-800-53r5",
        "https://raw.githubusercontent.com/usnistgov/oscal-content/main/nist.gov/SP800-53/rev5/json/NIST_SP-800-53_rev5_catalog.json",
    ),
    (
        "csf-2.0",
        "https://raw.githubusercontent.com/usnistgov/oscal-content/main/nist.gov/CSF/v2.0/json/NIST_CSF_v2.0_catalog.json",
    ),
];

/// The document; none where no row touches the scope.
pub fn document_of(material: &Material<'_>, mapped: &Mapped) -> Option<Document> {
    if mapped.0.is_empty() {
        return None;
    }
    let crosswalk = &catalogs().crosswalk;
    let mappings: Vec<Value> = mapped.0.iter().map(|(pair, rows)| mapping(*pair, rows)).collect();
    let referred =
        crosswalk.references.iter().filter(|one| mapped.0.keys().any(|pair| pair.0 == one.id || pair.1 == one.id));
    let resources: Vec<Value> = referred
        .map(|one| {
            let published = PUBLISHED.iter().filter(|(id, _)| *id == one.id);
            json!({
                "uuid": uuid("framework", &one.id),
                "title": plain(&one.title),
                "rlinks": published.map(|(_, href)| json!({"href": href})).collect::<Vec<_>>(),
                "remarks": "Referred to, not copied; Glance did not read the file, so no digest is given.",
            })
        })
        .collect();
    let back_matter = if resources.is_empty() { Value::Null } else { json!({"resources": resources}) };
    let body = json!({
        "provenance": {
            "method": "human",
            "matching-rationale": "functional",
            "status": "not-complete",
            "mapping-description": plain(&format!("{} {} {}", crosswalk.reading, crosswalk.r#use, crosswalk.rule)),
            "props": [own("crosswalk", &crosswalk.generated)],
        },
        "mappings": mappings,
        "back-matter": back_matter,
    });
    Some(document(material, "mapping-collection", "mapping.json", "Crosswalk of the parts in scope", body))
}

fn mapping((source, target): (&str, &str), rows: &[&Mapping]) -> Value {
    json!({
        "uuid": uuid("mapping", &format!("{source}:{target}")),
        "status": "not-complete",
        "source-resource": resource(source),
        "target-resource": resource(target),
        "maps": rows.iter().map(|row| map(row)).collect::<Vec<_>>(),
    })
}

/// A catalog beside this document, or one that the back matter refers to.
fn resource(framework: &str) -> Value {
    let href = match catalogs().framework(framework) {
        Some(_) => format!("./{}", catalog::name(framework)),
        None => format!("#{}", uuid("framework", framework)),
    };
    json!({"type": "catalog", "href": href})
}

/// The id a catalog knows a requirement by: NIST's catalog of the CSF keeps its capitals.
fn known_as(framework: &str, id: &str) -> String {
    if framework == "csf-2.0" { id.to_owned() } else { token(id) }
}

fn map(row: &Mapping) -> Value {
    let whole =
        matches!(row.relationship, Relationship::EqualTo | Relationship::EquivalentTo | Relationship::SupersetOf);
    let side = |framework: &str, id: &str| json!([{"type": "control", "id-ref": known_as(framework, id)}]);
    json!({
        "uuid": uuid("map", &row.id),
        "matching-rationale": "functional",
        "relationship": row.relationship.word(),
        "sources": side(&row.source_framework, &row.source),
        "targets": side(&row.target_framework, &row.target),
        "confidence-score": {"category": row.confidence.word()},
        "coverage": if whole { json!({"target-coverage": 1}) } else { Value::Null },
        "props": [own("row", &row.id), own("basis", &row.basis)],
        "remarks": plain(&row.rationale),
    })
}
