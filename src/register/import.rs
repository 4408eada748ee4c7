//! Files into a register: preview what would change, then change it, all or nothing.
//!
//! Invariant: idempotent by key; a refusal changes nothing; every column is used or listed; every problem names its line.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use super::{Difference, Layout, Lookup, Problem, Register, actions, draft, records};
use crate::sheets::{Row, Sheet};
use crate::storage::{Change, Kept, Result, Snapshot};
use crate::vocabulary::{Origin, fold};

/// A value that was refused and where it stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefusedValue {
    pub line: u64,
    pub column: String,
    pub value: String,
    pub problem: String,
}

/// A record that would begin.
pub struct Fresh<K> {
    pub line: u64,
    pub label: String,
    pub record: K,
}

/// A record that would change.
pub struct Changed<K: Register> {
    pub line: u64,
    pub label: String,
    pub kept: Kept<K>,
    pub record: K,
    pub differences: Vec<Difference>,
}

/// What an import would do.
pub struct Plan<K: Register> {
    pub rows: usize,
    pub fresh: Vec<Fresh<K>>,
    pub changed: Vec<Changed<K>>,
    pub unchanged: usize,
    pub refused: Vec<RefusedValue>,
    /// Columns that were not used, with why.
    pub unused: Vec<(String, &'static str)>,
    /// The layout the columns were read by.
    pub layout: &'static str,
}

/// What an import did.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    pub rows: usize,
    pub created: usize,
    pub updated: usize,
    pub unchanged: usize,
    pub refused: Vec<RefusedValue>,
    pub unused_columns: Vec<String>,
}

impl<K: Register> Plan<K> {
    #[must_use]
    pub fn report(&self) -> Report {
        Report {
            rows: self.rows,
            created: self.fresh.len(),
            updated: self.changed.len(),
            unchanged: self.unchanged,
            refused: self.refused.clone(),
            unused_columns: self.unused.iter().map(|(name, why)| format!("{name} ({why})")).collect(),
        }
    }
}

/// A row as field texts.
struct Texts {
    line: u64,
    texts: BTreeMap<String, String>,
}

/// How the columns of a sheet are read.
struct Reading {
    layout: &'static str,
    /// For each column the fields it gives.
    fields: Vec<Vec<&'static str>>,
    value: fn(&str, &str) -> String,
    unused: Vec<(String, &'static str)>,
}

fn heading(name: &str) -> String {
    fold::folded(name).replace(['_', '-'], " ")
}

fn reading<K: Register>(header: &[String]) -> Reading {
    let names: Vec<String> = header.iter().map(|name| heading(name)).collect();
    let own =
        |name: &String| K::FIELDS.iter().find(|field| heading(field.name) == *name || heading(field.label) == *name);
    let is_own = K::KEY.iter().all(|key| names.contains(&heading(key)));
    let foreign = K::LAYOUTS
        .iter()
        .find(|layout| !is_own && layout.marks.iter().all(|mark| names.iter().any(|name| name == mark)));
    if let Some(layout) = foreign {
        return by_layout(header, &names, layout);
    }
    let mut unused = Vec::new();
    let fields = names.iter().zip(header).map(|(name, shown)| match own(name) {
        Some(field) if field.editable => vec![field.name],
        Some(_) => {
            unused.push((shown.clone(), "follows from an act of its own"));
            Vec::new()
        }
        None if K::DERIVED.iter().any(|(derived, label)| heading(derived) == *name || heading(label) == *name) => {
            unused.push((shown.clone(), "derived"));
            Vec::new()
        }
        None => {
            unused.push((shown.clone(), "not a field"));
            Vec::new()
        }
    });
    Reading { layout: "Glance", fields: fields.collect(), value: |_, text| text.to_owned(), unused }
}

fn by_layout(header: &[String], names: &[String], layout: &'static Layout) -> Reading {
    let of = |name: &String| -> Vec<&'static str> {
        layout.columns.iter().filter(|(theirs, _)| theirs == name).map(|(_, ours)| *ours).collect()
    };
    let fields: Vec<Vec<&'static str>> = names.iter().map(of).collect();
    let unused = header.iter().zip(&fields).filter(|(_, fields)| fields.is_empty());
    Reading {
        layout: layout.name,
        unused: unused.map(|(name, _)| (name.clone(), "has no place here")).collect(),
        value: layout.value,
        fields,
    }
}

fn texts(row: &Row, reading: &Reading) -> Texts {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for (cell, fields) in row.cells.iter().zip(&reading.fields) {
        for field in fields {
            let text = (reading.value)(field, cell.trim());
            let known = texts.entry((*field).to_owned()).or_default();
            if known.is_empty() {
                *known = text;
            }
        }
    }
    Texts { line: row.line, texts }
}

/// Works out what a sheet would change, without changing anything.
pub async fn plan<K: Register>(at: &mut Snapshot, sheet: &Sheet) -> Result<Plan<K>> {
    let reading = reading::<K>(&sheet.header);
    let rows: Vec<Texts> = sheet.rows.iter().map(|row| texts(row, &reading)).collect();
    let mut plan = Plan {
        rows: rows.len(),
        fresh: Vec::new(),
        changed: Vec::new(),
        unchanged: 0,
        refused: Vec::new(),
        unused: reading.unused,
        layout: reading.layout,
    };
    for key in K::KEY {
        if !reading.fields.iter().any(|fields| fields.contains(key)) {
            let problem = format!("the column is missing; it tells {} apart", K::WORDS.title);
            plan.refused.push(RefusedValue { line: 1, column: (*key).to_owned(), value: String::new(), problem });
        }
    }
    if plan.refused.is_empty() {
        judge(at, &rows, &mut plan).await?;
    }
    Ok(plan)
}

async fn judge<K: Register>(at: &mut Snapshot, rows: &[Texts], plan: &mut Plan<K>) -> Result<()> {
    let lookup = records::lookup_for::<K>(at, [], rows.iter().map(|row| &row.texts)).await?;
    let keyed: Vec<K> = rows.iter().map(|row| keyed(row, &lookup)).collect();
    let present = K::present(at, &keyed).await?;
    let mut known: HashMap<String, Kept<K>> =
        present.into_iter().map(|kept| (kept.content.key(&lookup), kept)).collect();
    let mut lookup = lookup;
    let own = records::lookup_for::<K>(at, known.values().map(|kept| &kept.content), []).await?;
    lookup.extend(&own);
    let mut seen: HashSet<String> = HashSet::new();
    for (row, keyed) in rows.iter().zip(&keyed) {
        let key = keyed.key(&lookup);
        if !seen.insert(key.clone()) {
            let value = keyed.label(&lookup);
            let problem = "stands twice in the file".to_owned();
            plan.refused.push(RefusedValue { line: row.line, column: K::KEY[0].to_owned(), value, problem });
            continue;
        }
        place(plan, row, known.remove(&key), &lookup);
    }
    weigh(at, plan).await
}

/// Refuses what only other records can tell is wrong.
async fn weigh<K: Register>(at: &mut Snapshot, plan: &mut Plan<K>) -> Result<()> {
    let fresh = plan.fresh.iter().map(|fresh| (fresh.line, (None, &fresh.record)));
    let changed = plan.changed.iter().map(|changed| (changed.line, (Some(changed.kept.id), &changed.record)));
    let (lines, records): (Vec<u64>, Vec<_>) = fresh.chain(changed).unzip();
    let weighed = K::weigh(at, &records).await?;
    let found: Vec<RefusedValue> =
        lines.into_iter().zip(weighed).flat_map(|(line, draft)| refused(line, draft.problems)).collect();
    let wrong: HashSet<u64> = found.iter().map(|refused| refused.line).collect();
    plan.fresh.retain(|fresh| !wrong.contains(&fresh.line));
    plan.changed.retain(|changed| !wrong.contains(&changed.line));
    plan.refused.extend(found);
    Ok(())
}

fn refused(line: u64, problems: Vec<Problem>) -> impl Iterator<Item = RefusedValue> {
    let at_line = move |Problem { field, value, problem }| RefusedValue { line, column: field, value, problem };
    problems.into_iter().map(at_line)
}

/// The record with only what tells it apart.
fn keyed<K: Register>(row: &Texts, lookup: &Lookup) -> K {
    let mut record = K::default();
    for field in K::FIELDS.iter().filter(|field| K::KEY.contains(&field.name)) {
        if let Some(text) = row.texts.get(field.name) {
            let _ = (field.write)(&mut record, text, lookup);
        }
    }
    record
}

fn place<K: Register>(plan: &mut Plan<K>, row: &Texts, known: Option<Kept<K>>, lookup: &Lookup) {
    let mut record = known.as_ref().map_or_else(K::default, |kept| kept.content.clone());
    let mut texts = row.texts.clone();
    if known.is_none() {
        record.begin(Origin::Import);
        // An empty cell leaves a new record's beginnings as they are.
        texts.retain(|_, text| !text.is_empty());
    }
    let drafted = draft::apply(&mut record, &texts, lookup);
    if !drafted.is_good() {
        plan.refused.extend(refused(row.line, drafted.problems));
        return;
    }
    let (line, label) = (row.line, record.label(lookup));
    match known {
        None => plan.fresh.push(Fresh { line, label, record }),
        Some(kept) if kept.content == record => plan.unchanged += 1,
        Some(kept) => {
            let differences = draft::differences(&kept.content, &record, lookup);
            plan.changed.push(Changed { line, label, kept, record, differences });
        }
    }
}

/// Writes what was planned in the same change. Nothing when something was refused, unless `partial`.
pub async fn carry_out<K: Register>(change: &mut Change, plan: &Plan<K>, partial: bool, why: &str) -> Result<Report> {
    let report = plan.report();
    if !plan.refused.is_empty() && !partial {
        return Ok(Report { created: 0, updated: 0, unchanged: report.unchanged, ..report });
    }
    for fresh in &plan.fresh {
        actions::enter(change, &fresh.record, why).await?;
    }
    for changed in &plan.changed {
        actions::revise(change, &changed.kept, &changed.record, why).await?;
    }
    Ok(report)
}
