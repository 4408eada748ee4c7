//! The profile: the parts in scope, chosen from the catalogs beside it.
//!
//! Invariant: it chooses exactly what the order's scope holds, whatever applies.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::catalog;
use super::document::{Document, document};
use super::identity::token;
use super::material::Material;

/// The file's name.
pub const NAME: &str = "profile.json";

/// The document.
pub fn document_of(material: &Material<'_>) -> Document {
    let mut chosen: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for standing in &material.parts {
        chosen.entry(&standing.part.framework).or_default().push(token(&standing.part.id));
    }
    let import = |(framework, ids): (&str, Vec<String>)| json!({"href": format!("./{}", catalog::name(framework)), "include-controls": [{"with-ids": ids}]});
    let imports: Vec<Value> = chosen.into_iter().map(import).collect();
    let body = json!({"imports": imports, "merge": {"as-is": true}});
    document(material, "profile", NAME, "Requirement parts in scope", body)
}
