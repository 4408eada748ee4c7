//! From text to a record: field by field, keeping every problem.
//!
//! Invariant: a draft with problems is never written, and what was typed is never lost.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Field, Lookup, Register};

/// What is wrong with one value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    pub field: String,
    pub value: String,
    pub problem: String,
}

/// Problems found on the way from text to a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    pub problems: Vec<Problem>,
}

impl Draft {
    pub fn refuse(&mut self, field: &str, value: &str, problem: impl Into<String>) {
        self.problems.push(Problem {
            field: field.to_owned(),
            value: crate::vocabulary::fold::truncated(value, 200).to_owned(),
            problem: problem.into(),
        });
    }

    /// What is wrong with a field.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&str> {
        self.problems.iter().find(|problem| problem.field == field).map(|problem| problem.problem.as_str())
    }

    #[must_use]
    pub fn is_good(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Writes the given texts into a record and checks the whole. Fields that are not given stay as they are; unknown ones
/// are problems.
pub fn apply<K: Register>(record: &mut K, texts: &BTreeMap<String, String>, lookup: &Lookup) -> Draft {
    let mut draft = Draft::default();
    for (name, text) in texts {
        if !K::FIELDS.iter().any(|field| field.name == name) {
            draft.refuse(name, text, format!("not a field of {} {}", article(K::WORDS.one), K::WORDS.one));
        }
    }
    for field in K::FIELDS {
        let Some(text) = texts.get(field.name) else { continue };
        if (field.read)(record, lookup) == *text {
            continue;
        }
        if !field.editable {
            draft.refuse(field.name, text, "not changed here; it follows from an act of its own");
        } else if text.contains('\0') {
            draft.refuse(field.name, text, "holds a NUL");
        } else if let Err(problem) = (field.write)(record, text, lookup) {
            draft.refuse(field.name, text, problem);
        }
    }
    let missing = |field: &&Field<K>| K::REQUIRED.contains(&field.name) && (field.read)(record, lookup).is_empty();
    for field in K::FIELDS.iter().filter(missing) {
        if !draft.problems.iter().any(|problem| problem.field == field.name) {
            draft.refuse(field.name, "", "missing");
        }
    }
    if draft.is_good() {
        record.check(&mut draft);
    }
    draft
}

#[must_use]
pub fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// Every field as text.
pub fn texts<K: Register>(record: &K, lookup: &Lookup) -> BTreeMap<String, String> {
    K::FIELDS.iter().map(|field| (field.name.to_owned(), (field.read)(record, lookup))).collect()
}

/// One field that differs between two versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    pub field: &'static str,
    pub label: &'static str,
    pub before: String,
    pub after: String,
}

/// The fields in which two records differ, in words for people.
pub fn differences<K: Register>(before: &K, after: &K, lookup: &Lookup) -> Vec<Difference> {
    K::FIELDS
        .iter()
        .filter(|field| (field.read)(before, lookup) != (field.read)(after, lookup))
        .map(|field| Difference {
            field: field.name,
            label: field.label,
            before: field.told(before, lookup),
            after: field.told(after, lookup),
        })
        .collect()
}
