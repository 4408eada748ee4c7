//! What templates show of registers: lists, records and forms as plain values.
//!
//! Invariant: no rule is decided here; text comes from the fields' own reading.

use std::collections::BTreeMap;

use super::field::split;
pub use super::filling::{FieldView, form};
use super::{Asked, Field, FieldKind, FilterInput, Lookup, Register, Row};
use crate::storage::list::Direction;
use crate::vocabulary::Moment;
use crate::web::links;

/// A value to choose: word, label, chosen.
pub struct Choice {
    pub word: String,
    pub label: String,
    pub chosen: bool,
}

/// A filter as a list shows it.
pub struct FilterView {
    pub name: &'static str,
    pub label: &'static str,
    pub choices: Vec<Choice>,
    pub is_date: bool,
    /// The kind of record it names, where the server suggests it.
    pub pick: &'static str,
    pub value: String,
    /// The value in words, for the chip.
    pub told: String,
    /// The list without this filter.
    pub without: String,
}

/// A column of a list.
pub struct ColumnView {
    pub name: &'static str,
    pub label: &'static str,
    pub shown: bool,
    pub sort_href: Option<String>,
    /// `ascending` or `descending` when the list is sorted by it.
    pub sorted: Option<&'static str>,
}

/// A cell of a list.
pub struct CellView {
    pub text: String,
    pub class: &'static str,
    pub href: Option<String>,
}

/// A row of a list.
pub struct RowView {
    pub id: String,
    pub version: i64,
    pub label: String,
    pub cells: Vec<CellView>,
}

/// A group of fields.
pub struct Group<T> {
    pub name: &'static str,
    pub fields: Vec<T>,
}

/// A fact of a record.
pub struct Fact {
    pub label: &'static str,
    pub help: &'static str,
    pub values: Vec<CellView>,
}

/// The address of a list with other values in its query.
#[must_use]
pub fn list_href<K: Register>(slug: &str, query: &BTreeMap<String, String>, changes: &[(&str, &str)]) -> String {
    let mut all: BTreeMap<&str, &str> = query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    for (name, value) in changes {
        all.insert(name, value);
    }
    all.remove("done");
    format!("{}{}", links::place(slug, K::WORDS.collection), links::query(all))
}

/// The columns that are shown: what the address asks for, else the kind's own.
#[must_use]
pub fn columns<K: Register>(asked: &str) -> Vec<(&'static str, &'static str)> {
    let every = every_column::<K>();
    let wanted: Vec<&str> = if asked.is_empty() { K::COLUMNS.to_vec() } else { asked.split([';', ',']).collect() };
    let found: Vec<_> =
        wanted.into_iter().filter_map(|name| every.iter().find(|(known, _)| *known == name).copied()).collect();
    if found.is_empty() { every } else { found }
}

/// Every column a list can show: fields and derived values.
#[must_use]
pub fn every_column<K: Register>() -> Vec<(&'static str, &'static str)> {
    K::FIELDS.iter().map(|field| (field.name, field.label)).chain(K::DERIVED.iter().copied()).collect()
}

/// The head of a list.
#[must_use]
pub fn column_views<K: Register>(slug: &str, query: &BTreeMap<String, String>) -> Vec<ColumnView> {
    let asked = query.get("columns").map_or("", String::as_str);
    let sort = query.get("sort").map_or(K::SORTS[0].name, String::as_str);
    let (by, direction) = match sort.strip_prefix('-') {
        Some(name) => (name, Direction::Descending),
        None => (sort, Direction::Ascending),
    };
    let shown = columns::<K>(asked);
    let view = |(name, label): (&'static str, &'static str), is_shown: bool| {
        let sortable = K::SORTS.iter().any(|sort| sort.name == name);
        let here = by == name;
        let next = if here && direction == Direction::Ascending { format!("-{name}") } else { name.to_owned() };
        let sorted = here.then_some(if direction == Direction::Ascending { "ascending" } else { "descending" });
        let sort_href = sortable.then(|| list_href::<K>(slug, query, &[("sort", &next), ("after", "")]));
        ColumnView { name, label, shown: is_shown, sort_href, sorted }
    };
    let hidden = every_column::<K>().into_iter().filter(|column| !shown.contains(column));
    shown.iter().map(|column| view(*column, true)).chain(hidden.map(|column| view(column, false))).collect()
}

/// The filters of a list.
#[must_use]
pub fn filter_views<K: Register>(
    slug: &str,
    asked: &Asked,
    query: &BTreeMap<String, String>,
    lookup: &Lookup,
) -> Vec<FilterView> {
    let choice = |word: &str, label: &str, value: &str| Choice {
        word: word.to_owned(),
        label: label.to_owned(),
        chosen: word == value,
    };
    K::FILTERS
        .iter()
        .map(|filter| {
            let value = asked.filters.get(filter.name).cloned().unwrap_or_default();
            let choices: Vec<Choice> = match filter.input {
                FilterInput::Choice(choices) => {
                    choices.iter().map(|(word, label)| choice(word, label, &value)).collect()
                }
                FilterInput::Link(kind) => {
                    let known = lookup.references_of(kind);
                    known.into_iter().map(|reference| choice(reference, reference, &value)).collect()
                }
                FilterInput::Date => Vec::new(),
            };
            let told = choices
                .iter()
                .find(|choice| choice.chosen)
                .map_or_else(|| value.clone(), |choice| choice.label.clone());
            let without = list_href::<K>(slug, query, &[(filter.name, ""), ("after", "")]);
            let is_date = matches!(filter.input, FilterInput::Date);
            let pick = match filter.input {
                FilterInput::Link(kind) if choices.is_empty() => kind,
                _ => "",
            };
            FilterView { name: filter.name, label: filter.label, choices, is_date, pick, value, told, without }
        })
        .collect()
}

/// A row of a list, cell by cell.
#[must_use]
pub fn row_view<K: Register>(
    row: &Row<K>,
    columns: &[(&'static str, &'static str)],
    lookup: &Lookup,
    slug: &str,
    as_of: &str,
) -> RowView {
    let href = format!("{}{as_of}", links::record(slug, K::WORDS.collection, row.kept.id));
    let cells = columns
        .iter()
        .enumerate()
        .map(|(n, (name, _))| {
            let mut cell = cell::<K>(row, name, lookup, slug, as_of);
            if n == 0 {
                cell.href = Some(href.clone());
            }
            cell
        })
        .collect();
    RowView { id: row.kept.id.to_string(), version: row.kept.version, label: row.kept.content.label(lookup), cells }
}

fn cell<K: Register>(row: &Row<K>, name: &str, lookup: &Lookup, slug: &str, as_of: &str) -> CellView {
    if let Some(at) = K::DERIVED.iter().position(|(known, _)| *known == name) {
        let text = row.derived[at].clone().unwrap_or_default();
        let text = match name {
            "impact" => capital(&text),
            _ => Moment::parse(&text).map_or(text, |at| lookup.time_zone().told(at)),
        };
        return CellView { text, class: if name == "address" { "ref" } else { "" }, href: None };
    }
    let Some(field) = K::FIELDS.iter().find(|field| field.name == name) else {
        return CellView { text: String::new(), class: "", href: None };
    };
    let mut views = value_views(field, &row.kept.content, lookup, slug, as_of);
    let mark = K::mark(name, &(field.read)(&row.kept.content, lookup));
    let class = if !mark.is_empty() {
        mark
    } else if K::KEY.contains(&field.name) || matches!(name, "firmware" | "serial" | "addresses" | "mac") {
        "ref"
    } else if matches!(field.kind, FieldKind::Prose) {
        "wide"
    } else if matches!(field.kind, FieldKind::Number) {
        "num"
    } else {
        ""
    };
    match (views.len(), views.pop()) {
        // A list has room for the day only.
        (1, Some(view)) if Moment::parse(&(field.read)(&row.kept.content, lookup)).is_some() => {
            CellView { text: view.text[..10].to_owned(), class, ..view }
        }
        (1, Some(view)) => CellView { class, ..view },
        (0, _) | (_, None) => CellView { text: String::new(), class, href: None },
        (_, Some(last)) => {
            let mut texts: Vec<String> = views.into_iter().map(|view| view.text).collect();
            texts.push(last.text);
            CellView { text: texts.join(", "), class, href: None }
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The values of a field, each with where it leads.
#[must_use]
pub fn value_views<K: Register>(
    field: &Field<K>,
    record: &K,
    lookup: &Lookup,
    slug: &str,
    as_of: &str,
) -> Vec<CellView> {
    let text = (field.read)(record, lookup);
    if text.is_empty() {
        return Vec::new();
    }
    if let FieldKind::Link(kind) | FieldKind::Links(kind) = field.kind {
        let linked = |reference: &str| {
            let id = lookup.raw_id(kind, reference).filter(|_| kind != super::records::MEMBER);
            let href = id.map(|id| format!("{}{as_of}", links::record(slug, &links::collection(kind), id)));
            CellView { text: reference.to_owned(), class: "ref", href }
        };
        return split(&text).map(linked).collect();
    }
    vec![CellView { text: field.told(record, lookup), class: "", href: None }]
}

/// The facts of a record, in its groups.
#[must_use]
pub fn facts<K: Register>(row: &Row<K>, lookup: &Lookup, slug: &str, as_of: &str) -> Vec<Group<Fact>> {
    let mut groups: Vec<Group<Fact>> = Vec::new();
    for field in K::FIELDS {
        let values = value_views(field, &row.kept.content, lookup, slug, as_of);
        push(&mut groups, field.group, Fact { label: field.label, help: field.help, values });
    }
    for ((_, label), value) in K::DERIVED.iter().zip(&row.derived) {
        let text = value.as_deref().unwrap_or_default();
        let text = Moment::parse(text).map_or_else(|| capital(text), |at| lookup.time_zone().told(at));
        let values = if text.is_empty() { Vec::new() } else { vec![CellView { text, class: "", href: None }] };
        let group = groups.get(K::DERIVED_IN).map_or("Derived", |group| group.name);
        push(&mut groups, group, Fact { label, help: "Derived; nobody types it.", values });
    }
    groups
}

pub(super) fn push<T>(groups: &mut Vec<Group<T>>, name: &'static str, item: T) {
    match groups.iter_mut().find(|group| group.name == name) {
        Some(group) => group.fields.push(item),
        None => groups.push(Group { name, fields: vec![item] }),
    }
}
