//! How registers are read: by reference, by key, and the lookups their fields need.
//!
//! Invariant: texts are built from the constants of a kind's tables and numbers; a person's text is always bound.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{FieldKind, Lookup, Register, Row};
use crate::as_of;
use crate::ids::Id;
use crate::organizations::OrganizationProfile;
use crate::storage::versions::VersionRow;
use crate::storage::{AsOfSql, Audited, Kept, Result, Snapshot, Table};
use crate::vocabulary::{Moment, fold};

#[derive(sqlx::FromRow)]
pub(super) struct ListRow {
    #[sqlx(flatten)]
    version: VersionRow,
    first: Option<String>,
    second: Option<String>,
}

impl ListRow {
    pub(super) fn row<K: Register>(self) -> Result<Row<K>> {
        let first = if K::DERIVED.first().is_some_and(|(name, _)| *name == "last_data") {
            self.first.and_then(|micros| micros.parse().ok()).map(|micros| Moment::from_micros(micros).rfc3339())
        } else {
            self.first
        };
        Ok(Row { kept: self.version.kept()?, derived: [first, self.second] })
    }
}

/// The kind under which a lookup knows the people who serve the organization, by login.
pub const MEMBER: &str = "member";

/// The lookups a kind's fields need for these records and these texts.
pub async fn lookup_for<'r, K: Register>(
    at: &mut Snapshot,
    records: impl IntoIterator<Item = &'r K>,
    texts: impl IntoIterator<Item = &'r BTreeMap<String, String>>,
) -> Result<Lookup> {
    let mut lookup = linked::<K>(at).await?;
    if K::LINKED_MANY.is_empty() {
        return Ok(lookup);
    }
    let ids: Vec<Uuid> = records.into_iter().flat_map(Register::linked).collect();
    let texts: Vec<&BTreeMap<String, String>> = texts.into_iter().collect();
    for table in K::LINKED_MANY {
        look_up_ids(at, table, &ids, &mut lookup).await?;
        let references: Vec<String> = K::FIELDS
            .iter()
            .filter(|field| matches!(field.kind, FieldKind::Link(kind) | FieldKind::Links(kind) if kind == table.kind))
            .flat_map(|field| texts.iter().filter_map(|given| given.get(field.name)))
            .flat_map(|text| super::field::split(text).map(str::to_owned))
            .collect();
        look_up_references(at, table, &references, &mut lookup).await?;
    }
    Ok(lookup)
}

/// References of all records of the kinds a kind points to, in one query.
pub async fn linked<K: Register>(at: &mut Snapshot) -> Result<Lookup> {
    let mut lookup = Lookup::default();
    if K::NAMES_PEOPLE {
        let organization = at.organization();
        for member in at.platform().members(organization).await? {
            lookup.add(MEMBER, member.user_id.uuid(), member.login);
        }
    }
    if K::COUNTS_MONTHS
        && let Some(profile) = at.find::<OrganizationProfile>(at.organization()).await?
    {
        lookup = lookup.counting(profile.month_mode);
    }
    if K::LINKED.is_empty() {
        return Ok(lookup);
    }
    let rows: Vec<(String, Uuid, String)> = at.references(K::LINKED).all().await?;
    for (kind, id, reference) in rows {
        if let Some(table) = K::LINKED.iter().find(|table| table.kind == kind) {
            lookup.add(table.kind, id, reference);
        }
    }
    Ok(lookup)
}

/// References of these records of a kind.
pub async fn look_up_ids(at: &mut Snapshot, table: &Table, ids: &[Uuid], lookup: &mut Lookup) -> Result<()> {
    let mut wanted: Vec<Uuid> = ids.iter().copied().filter(|id| !lookup.knows(*id)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    for some in wanted.chunks(500) {
        let mut statement = at.projected(table, "v.id, v.reference", &among("v.id", some.len()));
        for id in some {
            statement = statement.bind(*id);
        }
        for (id, reference) in statement.all::<(Uuid, String)>().await? {
            lookup.add(table.kind, id, reference);
        }
    }
    Ok(())
}

/// The records these references name; a reference nobody has is simply not found.
pub async fn look_up_references(
    at: &mut Snapshot,
    table: &Table,
    references: &[String],
    lookup: &mut Lookup,
) -> Result<()> {
    let mut wanted: Vec<String> = references.iter().map(|reference| fold::folded(reference)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    for some in wanted.chunks(500) {
        let mut statement = at.projected(table, "v.id, v.reference", &among("v.reference_folded", some.len()));
        for reference in some {
            statement = statement.bind(reference.clone());
        }
        for (id, reference) in statement.all::<(Uuid, String)>().await? {
            lookup.add(table.kind, id, reference);
        }
    }
    Ok(())
}

/// The open records with these keys: folded references, for kinds that have them.
pub async fn by_references<K: Register>(at: &mut Snapshot, references: &[String]) -> Result<Vec<Kept<K>>> {
    let mut found = Vec::new();
    for some in references.chunks(500) {
        let rest = among("v.reference_folded", some.len());
        let mut statement = at.projected(&K::TABLE, crate::version_columns!(), &rest);
        for reference in some {
            statement = statement.bind(reference.clone());
        }
        for row in statement.all::<VersionRow>().await? {
            found.push(row.kept()?);
        }
    }
    Ok(found)
}

/// The open records of these ids, in no order.
pub async fn by_ids<T: Audited>(at: &mut Snapshot, ids: &[Uuid]) -> Result<Vec<Kept<T>>> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(500) {
        let mut statement = at.projected(&T::TABLE, crate::version_columns!(), &among("v.id", some.len()));
        for id in some {
            statement = statement.bind(*id);
        }
        for row in statement.all::<VersionRow>().await? {
            found.push(row.kept()?);
        }
    }
    Ok(found)
}

const BEGINNING: AsOfSql = as_of!(
    "SELECT t.id, t.term FROM terms t WHERE t.organization_id = $1 AND " [t]
    " AND t.kind = $3 AND t.term >= $4 AND t.term < $5 ORDER BY t.term, t.id LIMIT 60"
);

/// Texts of this file that know an instant, for the test that prepares every statement.
pub const INSTANT_STATEMENTS: &[AsOfSql] = &[BEGINNING];

/// The first records of a kind that have a word beginning like this.
pub async fn beginning(at: &mut Snapshot, kind: &'static str, word: &str) -> Result<Vec<Uuid>> {
    let found: Vec<(Uuid, String)> =
        at.query(&BEGINNING).bind(kind.to_owned()).bind(word.to_owned()).bind(fold::above(word)).all().await?;
    let mut ids: Vec<Uuid> = found.into_iter().map(|(id, _)| id).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

fn among(column: &'static str, count: usize) -> String {
    let numbers: Vec<String> = (3..count + 3).map(|number| format!("${number}")).collect();
    format!(" AND {column} IN ({})", numbers.join(", "))
}
