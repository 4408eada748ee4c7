//! What templates show of a form: each field with what was typed, what is wrong, and what may be chosen.
//!
//! Invariant: no rule is decided here; a picker of many asks the server and lists none beforehand.

use std::collections::BTreeMap;

use super::field::split;
use super::view::{Choice, Group, push};
use super::{Draft, FieldKind, Lookup, Register};

/// A field of a form.
pub struct FieldView {
    pub name: &'static str,
    pub label: &'static str,
    pub help: &'static str,
    pub input: &'static str,
    /// The kind of record a reference names, where the server suggests it.
    pub pick: &'static str,
    pub value: String,
    pub choices: Vec<Choice>,
    pub problem: Option<String>,
    /// What somebody else wrote in the meantime.
    pub theirs: Option<String>,
    pub required: bool,
}

/// A form's fields with what was typed, what is wrong, and what somebody else wrote.
#[must_use]
pub fn form<K: Register>(
    texts: &BTreeMap<String, String>,
    draft: &Draft,
    theirs: &BTreeMap<&'static str, String>,
    lookup: &Lookup,
) -> Vec<Group<FieldView>> {
    let mut groups = Vec::new();
    for field in K::FIELDS.iter().filter(|field| field.editable) {
        let value = texts.get(field.name).cloned().unwrap_or_default();
        let view = FieldView {
            name: field.name,
            label: field.label,
            help: field.help,
            input: input(field.kind),
            pick: pick(field.kind),
            choices: form_choices(field.kind, &value, lookup),
            problem: draft.problems.iter().find(|found| found.field == field.name).map(|found| found.problem.clone()),
            theirs: theirs.get(field.name).cloned(),
            required: K::REQUIRED.contains(&field.name),
            value,
        };
        push(&mut groups, field.group, view);
    }
    groups
}

fn input(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Prose => "prose",
        FieldKind::Date => "date",
        FieldKind::Flag => "flag",
        FieldKind::Number => "number",
        FieldKind::Choice(_) => "choice",
        FieldKind::Choices(_) => "choices",
        FieldKind::Link(_) | FieldKind::Links(_) => "link",
        FieldKind::Line(_) | FieldKind::List | FieldKind::Moment => "line",
    }
}

/// The kind a picker asks for.
#[must_use]
pub fn pick(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Link(of) | FieldKind::Links(of) if of != super::records::MEMBER => of,
        _ => "",
    }
}

fn form_choices(kind: FieldKind, value: &str, lookup: &Lookup) -> Vec<Choice> {
    let parts: Vec<&str> = split(value).collect();
    let choice = |(word, label): &(&str, &str)| Choice {
        word: (*word).to_owned(),
        label: (*label).to_owned(),
        chosen: parts.contains(word),
    };
    match kind {
        FieldKind::Choice(choices) | FieldKind::Choices(choices) => choices.iter().map(choice).collect(),
        FieldKind::Flag => [("yes", "Yes"), ("no", "No")].iter().map(choice).collect(),
        FieldKind::Link(of) => lookup.references_of(of).into_iter().map(|known| choice(&(known, known))).collect(),
        _ => Vec::new(),
    }
}
