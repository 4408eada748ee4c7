//! Changing many records at once: choose, confirm with the count, apply, and say what was refused.
//!
//! Invariant: each record is judged by itself; one refusal never hides in a success.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;

use super::super::{FieldKind, Lookup, Register, Words, actions, filling, records};
use crate::storage::Change;
use crate::web::extract::Filled;
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

/// Most records changed at once.
const MOST: usize = 2_000;

/// What became of one record.
pub struct Verdict {
    pub label: String,
    pub href: String,
    pub said: String,
    pub done: bool,
}

impl Verdict {
    fn missing(id: &str) -> Self {
        Self { label: id.to_owned(), href: String::new(), said: "does not exist".to_owned(), done: false }
    }
}

#[derive(Template)]
#[template(path = "register/bulk.html")]
struct BulkPage {
    shell: Shell,
    words: Words,
    ids: Vec<String>,
    field: String,
    label: &'static str,
    value: String,
    choices: Vec<(&'static str, &'static str)>,
    /// The kind of record the value names, where the server suggests it.
    pick: &'static str,
    base: String,
    verdicts: Vec<Verdict>,
    changed: usize,
    asking: bool,
}

pub async fn bulk<K: Register>(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let ids: Vec<String> = super::super::field::split(&filled.take("ids")).map(str::to_owned).collect();
    let (field, value, reason) = (filled.take("field"), filled.take("value"), filled.take("reason"));
    if ids.is_empty() || ids.len() > MOST {
        return Err(Failure::field("ids", &ids.len().to_string(), format!("select 1 to {MOST} rows")));
    }
    let fields = super::list::bulk_fields::<K>();
    let Some((_, label)) = fields.iter().find(|(name, _)| *name == field) else {
        return Err(Failure::field("field", &field, "not a field that can be set for many"));
    };
    let mut view = bulk_page::<K>(&caller, ids, field, label, value)?;
    if filled.take("confirmed") == "yes" && !reason.trim().is_empty() {
        let mut change = caller.change(&app).await?;
        view.verdicts = apply::<K>(&mut change, &view, reason.trim()).await?;
        view.changed = view.verdicts.iter().filter(|verdict| verdict.done).count();
        view.asking = false;
        change.commit().await?;
    }
    page::show(&view)
}

fn bulk_page<K: Register>(
    caller: &Caller,
    ids: Vec<String>,
    field: String,
    label: &'static str,
    value: String,
) -> Answer<BulkPage> {
    let kind = K::FIELDS.iter().find(|known| known.name == field).map(|field| field.kind);
    let choices = match kind {
        Some(FieldKind::Choice(choices)) => choices.to_vec(),
        Some(FieldKind::Flag) => vec![("yes", "Yes"), ("no", "No")],
        _ => Vec::new(),
    };
    Ok(BulkPage {
        shell: Shell::of(caller, super::place::<K>(), format!("Set {label}")),
        words: K::WORDS,
        ids,
        field,
        label,
        value,
        choices,
        pick: kind.map_or("", filling::pick),
        base: links::place(&caller.serving()?.slug, K::WORDS.collection),
        verdicts: Vec::new(),
        changed: 0,
        asking: true,
    })
}

async fn apply<K: Register>(change: &mut Change, view: &BulkPage, reason: &str) -> Answer<Vec<Verdict>> {
    let texts = BTreeMap::from([(view.field.clone(), view.value.clone())]);
    let lookup = records::lookup_for::<K>(change.reading().await?, [], [&texts]).await?;
    let mut verdicts = Vec::new();
    for text in &view.ids {
        verdicts.push(one::<K>(change, view, text, (&texts, &lookup), reason).await?);
    }
    Ok(verdicts)
}

/// One record's verdict.
async fn one<K: Register>(
    change: &mut Change,
    view: &BulkPage,
    id: &str,
    wanted: (&BTreeMap<String, String>, &Lookup),
    reason: &str,
) -> Answer<Verdict> {
    let found = match super::parse_id::<K>(id) {
        Some(id) => change.reading().await?.find::<K>(id).await?,
        None => None,
    };
    let Some(kept) = found else { return Ok(Verdict::missing(id)) };
    let (record, said) = judged(change, kept.id, &kept.content, wanted).await?;
    if let Some(record) = &record {
        actions::revise(change, &kept, record, reason).await?;
    }
    let done = record.is_some();
    Ok(Verdict { label: kept.content.label(wanted.1), href: format!("{}/{}", view.base, kept.id), said, done })
}

/// The record as it would be, when it would change, and what to say of it.
async fn judged<K: Register>(
    change: &mut Change,
    id: K::Id,
    known: &K,
    (texts, lookup): (&BTreeMap<String, String>, &Lookup),
) -> Answer<(Option<K>, String)> {
    let mut record = known.clone();
    let drafted = actions::drafted(change.reading().await?, Some(id), &mut record, texts, lookup).await?;
    Ok(match drafted.problems.first() {
        Some(problem) => (None, problem.problem.clone()),
        None if record == *known => (None, "unchanged".to_owned()),
        None => (Some(record), "changed".to_owned()),
    })
}
