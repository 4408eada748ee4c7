//! Comparing versions with what their leaves promise, and columns with the JSON they were projected from.
//!
//! Invariant: every promised version is there once, closed when the next begins, and nothing is there that no leaf promises.

use std::fmt::Write;

use futures_util::StreamExt;
use uuid::Uuid;

use super::Report;
use super::leaves::{AllPromised, Promised};
use crate::storage::canonical::is_canonical;
use crate::storage::engine::EngineKind;
use crate::storage::versions::{commitment, hash_text};
use crate::storage::{Audited, Cell, Kind, Result, Snapshot, Table};
use crate::vocabulary::Moment;

/// An audited kind without its type: what strict verification needs of it.
#[derive(Clone, Copy)]
pub struct AuditedKind {
    pub table: Table,
    project: fn(&str) -> Option<Vec<Cell>>,
}

impl AuditedKind {
    #[must_use]
    pub const fn of<T: Audited>() -> Self {
        Self {
            table: T::TABLE,
            project: |record| serde_json::from_str::<T>(record).ok().map(|content| content.columns()),
        }
    }
}

#[derive(sqlx::FromRow)]
struct StrictRow {
    id: Uuid,
    version: i64,
    recorded_from: Moment,
    recorded_until: Moment,
    recorded_by: String,
    reason: String,
    record: String,
    salt: Vec<u8>,
    projected: String,
}

pub(super) async fn compare(
    at: &mut Snapshot,
    kinds: &[AuditedKind],
    mut promised: AllPromised,
    report: &mut Report,
) -> Result<()> {
    for kind in kinds {
        compare_kind(at, kind, &mut promised, report).await?;
        count_identities(at, kind, report).await?;
    }
    let mut missing: Vec<_> = promised.into_iter().map(|((id, version), leaf)| (leaf.kind, id, version)).collect();
    missing.sort();
    for (kind, id, version) in missing.into_iter().take(super::MOST_PROBLEMS) {
        report.problem(format!("{kind} {id} version {version} is missing"));
    }
    Ok(())
}

async fn compare_kind(
    at: &mut Snapshot,
    kind: &AuditedKind,
    promised: &mut AllPromised,
    report: &mut Report,
) -> Result<()> {
    let text = strict_text(&kind.table, at.engine());
    let project = kind.project;
    let rows = at.built_of_organization(text).stream::<StrictRow>().await?;
    let mut rows = super::hashed(rows, move |row| Version::read(row, project));
    let mut before: Option<Version> = None;
    while let Some(some) = rows.next().await {
        for version in some? {
            let name = || format!("{} {} version {}", kind.table.kind, version.id, version.number);
            match promised.remove(&(version.id, version.number)).filter(|leaf| leaf.kind == kind.table.kind) {
                None => report.problem(format!("{}: no leaf promises it", name())),
                Some(leaf) => {
                    version.problems(&leaf).for_each(|problem| report.problem(format!("{}: {problem}", name())));
                }
            }
            if !follows(before.as_ref(), &version) {
                report.problem(format!("{}: does not begin where the version before it ends", name()));
            }
            report.versions += 1;
            before = Some(version);
        }
    }
    Ok(())
}

/// A version as several threads prepare it.
struct Version {
    id: Uuid,
    number: i64,
    recorded_from: Moment,
    recorded_until: Moment,
    recorded_by: String,
    reason: String,
    /// The commitment that its content and salt give.
    content: String,
    canonical: bool,
    /// The columns say what the content says.
    projected: bool,
}

impl Version {
    fn read(row: &StrictRow, project: fn(&str) -> Option<Vec<Cell>>) -> Self {
        Self {
            id: row.id,
            number: row.version,
            recorded_from: row.recorded_from,
            recorded_until: row.recorded_until,
            recorded_by: row.recorded_by.clone(),
            reason: row.reason.clone(),
            content: hash_text(&commitment(&row.salt, row.record.as_bytes())),
            canonical: is_canonical(row.record.as_bytes()),
            projected: project(&row.record).is_some_and(|cells| told(&cells) == row.projected),
        }
    }

    fn problems(&self, leaf: &Promised) -> impl Iterator<Item = &'static str> + use<> {
        [
            (self.content == leaf.after, "its content is not what was committed to"),
            (self.canonical, "its content is not in canonical form"),
            (self.projected, "its columns do not say what its content says"),
            (self.recorded_from == leaf.at, "it was recorded at another moment"),
            (self.recorded_by == leaf.actor, "it was recorded by somebody else"),
            (self.reason == leaf.why, "it was recorded for another reason"),
        ]
        .into_iter()
        .filter(|(holds, _)| !holds)
        .map(|(_, problem)| problem)
    }
}

/// Versions of a record run 1, 2, 3 without gaps in time, and the last one is open.
fn follows(before: Option<&Version>, next: &Version) -> bool {
    let begins = match before.filter(|before| before.id == next.id) {
        Some(before) => next.number == before.number + 1 && next.recorded_from == before.recorded_until,
        None => next.number == 1 && before.is_none_or(|before| before.recorded_until == Moment::OPEN),
    };
    begins && next.recorded_from < next.recorded_until
}

async fn count_identities(at: &mut Snapshot, kind: &AuditedKind, report: &mut Report) -> Result<()> {
    let text = format!(
        "SELECT (SELECT COUNT(*) FROM {} i WHERE i.organization_id = $1), \
         (SELECT COUNT(*) FROM {} v WHERE v.organization_id = $1 AND v.recorded_until = 9000000000000000)",
        kind.table.identity, kind.table.versions
    );
    let (identities, open): (i64, i64) = at.built_of_organization(text).one().await?;
    if identities != open {
        report.problem(format!("{}: {identities} records, {open} of them with an open version", kind.table.kind));
    }
    Ok(())
}

/// The columns of a row as one text, made alike by both engines.
fn strict_text(table: &Table, engine: EngineKind) -> String {
    let mut projected = String::from("''");
    for (name, kind) in table.columns {
        let shown = match (kind, engine) {
            (Kind::Text, _) => format!("v.{name}"),
            (Kind::Number, _) => format!("CAST(v.{name} AS TEXT)"),
            (Kind::Flag, _) => format!("CASE WHEN v.{name} THEN '1' ELSE '0' END"),
            (Kind::Id, EngineKind::Sqlite) => format!("lower(hex(v.{name}))"),
            (Kind::Id, EngineKind::Postgres) => format!("replace(CAST(v.{name} AS TEXT), '-', '')"),
        };
        let _ = write!(projected, " || CASE WHEN v.{name} IS NULL THEN '-' ELSE '=' || {shown} END || '\u{1f}'");
    }
    format!(
        "SELECT v.id, v.version, v.recorded_from, v.recorded_until, v.recorded_by, v.reason, v.record, v.salt, {projected} AS projected \
         FROM {} v WHERE v.organization_id = $1 ORDER BY v.id, v.version",
        table.versions
    )
}

/// The same text from projected cells.
fn told(cells: &[Cell]) -> String {
    cells.iter().fold(String::new(), |mut text, cell| {
        match cell {
            Cell::Text(Some(value)) => text.extend(["=", value]),
            Cell::Number(Some(value)) => text.extend(["=", &value.to_string()]),
            Cell::Flag(Some(value)) => text.extend(["=", if *value { "1" } else { "0" }]),
            Cell::Id(Some(value)) => text.extend(["=", &value.simple().to_string()]),
            Cell::Text(None)
            | Cell::Number(None)
            | Cell::Flag(None)
            | Cell::Id(None)
            | Cell::Bytes(_)
            | Cell::NoBytes => {
                text.push('-');
            }
        }
        text.push('\u{1f}');
        text
    })
}
