//! A row as files and the API give it.
//!
//! Invariant: every field, in the order it is described, then what is derived.

use serde_json::{Value, json};

use super::{Lookup, Register, Row};

/// The columns of a file: every field, then what is derived.
#[must_use]
pub fn header<K: Register>() -> Vec<&'static str> {
    K::FIELDS.iter().map(|field| field.name).chain(K::DERIVED.iter().map(|(name, _)| *name)).collect()
}

/// A row of a file.
#[must_use]
pub fn cells<K: Register>(row: &Row<K>, lookup: &Lookup) -> Vec<String> {
    let fields = K::FIELDS.iter().map(|field| (field.read)(&row.kept.content, lookup));
    fields.chain(K::DERIVED.iter().enumerate().map(|(n, _)| row.derived[n].clone().unwrap_or_default())).collect()
}

/// A record as the API gives it.
#[must_use]
pub fn value<K: Register>(row: &Row<K>, lookup: &Lookup) -> Value {
    let mut object = serde_json::Map::new();
    object.insert("id".to_owned(), json!(row.kept.id.to_string()));
    object.insert("version".to_owned(), json!(row.kept.version));
    object.insert("recorded_from".to_owned(), json!(row.kept.recorded_from.rfc3339()));
    object.insert("recorded_by".to_owned(), json!(row.kept.recorded_by));
    for field in K::FIELDS {
        object.insert(field.name.to_owned(), field.json(&row.kept.content, lookup));
    }
    for ((name, _), derived) in K::DERIVED.iter().zip(&row.derived) {
        object.insert((*name).to_owned(), json!(derived));
    }
    Value::Object(object)
}
