//! Rows out of one database and into another, whichever the engines: the heart of backup, restore and moving house.
//!
//! Invariant: one read transaction sees everything dumped; a restore is one write transaction into an installation that
//! holds nothing. Sessions, links, leases and answered submissions stay behind.

use futures_util::StreamExt;
use serde_json::Value;
use uuid::Uuid;

use super::engine::EngineKind;
use super::pending::{Pending, Shape};
use super::statement::{Open, PlatformSql, Side, Text};
use super::verify::AuditedKind;
use super::versions::{Cell, Kind};
use super::{Failure, Result, Store};
use crate::ids::{Id, OrganizationId};

/// A table as a dump knows it.
#[derive(Clone, Copy, Debug)]
pub struct DumpTable {
    pub name: &'static str,
    columns: &'static [&'static str],
    kinds: &'static [Column],
    more: &'static [(&'static str, Kind)],
    platform: bool,
}

/// The type of a dumped column.
#[derive(Clone, Copy, Debug)]
enum Column {
    T,
    N,
    I,
    B,
}
use Column::{B, I, N, T};

macro_rules! tables {
    ($($platform:literal, $name:literal { $($column:literal $kind:ident),+ };)+) => {
        &[$(DumpTable {
            name: $name,
            columns: &[$($column),+],
            kinds: &[$($kind),+],
            more: &[],
            platform: $platform,
        }),+]
    };
}

/// Platform tables, in an order their keys allow.
const PLATFORM: &[DumpTable] = tables! {
    true, "organizations" { "id" I, "slug" T, "name" T, "created_at" N, "closed_at" N, "time_zone" T };
    true, "users" { "id" I, "login" T, "name" T, "password" T, "totp" B, "totp_step" N, "failures" N, "failed_at" N, "created_at" N, "disabled_at" N };
    true, "recovery_codes" { "user_id" I, "digest" B, "used_at" N };
    true, "memberships" { "user_id" I, "organization_id" I, "roles" T };
    true, "tokens" { "id" T, "organization_id" I, "name" T, "roles" T, "scopes" T, "digest" B, "address_salt" B, "created_by" T, "created_at" N, "expires_at" N, "used_at" N, "revoked_at" N };
};

/// What an organization has before its records.
const JOURNAL: &[DumpTable] = tables! {
    false, "journal_heads" { "organization_id" I, "size" N, "frontier" B, "root" B, "last_at" N, "last_leaf" B, "origin" T };
    false, "journal_entries" { "organization_id" I, "seq" N, "at" N, "act" T, "kind" T, "subject" T, "actor" T, "leaf" B, "hash" B };
    false, "terms" { "organization_id" I, "term" T, "kind" T, "id" I, "recorded_from" N, "recorded_until" N };
    false, "counters" { "organization_id" I, "kind" T, "rows_open" N };
};

/// What belongs to records and stands after them.
const BELONGINGS: &[DumpTable] = tables! {
    false, "asset_systems" { "organization_id" I, "asset_id" I, "system_id" I, "recorded_from" N, "recorded_until" N };
    false, "asset_standings" { "organization_id" I, "id" I, "impact" T, "recorded_from" N, "recorded_until" N };
    false, "interface_addresses" { "organization_id" I, "interface_id" I, "asset_id" I, "address" T, "recorded_from" N, "recorded_until" N };
    false, "performance_subjects" { "organization_id" I, "performance_id" I, "subject_id" I, "recorded_from" N, "recorded_until" N };
    false, "performance_standings" { "organization_id" I, "id" I, "days_late" N, "recorded_from" N, "recorded_until" N };
    false, "review_items" { "organization_id" I, "review_id" I, "n" N, "kind" T, "subject_id" I, "person_id" I, "reference" T, "reference_folded" T, "holder_folded" T, "doubtful" N, "record" T, "recorded_from" N };
    false, "review_standings" { "organization_id" I, "review_id" I, "n" N, "decision_id" I, "decision" T, "recorded_from" N, "recorded_until" N };
    false, "sightings" { "organization_id" I, "batch_id" I, "address" T, "address_key" T, "mac" T, "first_seen" N, "last_seen" N, "conversations" N, "peers" N, "protocols" T, "ports" T, "recorded_from" N, "vendor" T, "product" T, "model" T, "firmware" T, "serial" T, "name" T, "software" T };
    false, "batch_spans" { "organization_id" I, "batch_id" I, "sensor_id" I, "data_from" N, "data_until" N, "recorded_from" N };
    false, "flow_deltas" { "organization_id" I, "batch_id" I, "flow_id" I, "sensor_id" I, "source" T, "source_key" T, "destination" T, "destination_key" T, "protocol" T, "port" N, "service" T, "first_seen" N, "last_seen" N, "connections" N, "answered" N, "refused" N, "sent" N, "received" N, "states" N, "recorded_from" N, "operations" N };
    false, "flow_totals" { "organization_id" I, "id" I, "sensor_id" I, "source" T, "source_key" T, "destination" T, "destination_key" T, "protocol" T, "port" N, "service" T, "first_seen" N, "last_seen" N, "connections" N, "answered" N, "refused" N, "sent" N, "received" N, "states" N, "reached" T, "recorded_from" N, "recorded_until" N, "operations" N };
    false, "session_events" { "organization_id" I, "batch_id" I, "n" N, "session_id" I, "kind" T, "at" N, "record" T, "recorded_from" N };
    false, "remote_sessions" { "organization_id" I, "id" I, "gateway_id" I, "batch_id" I, "session_key" T, "account_folded" T, "vendor_folded" T, "kind" T, "started_at" N, "last_activity_at" N, "ended_at" N, "record" T, "recorded_from" N, "recorded_until" N };
    false, "grant_targets" { "organization_id" I, "grant_id" I, "asset_id" I, "recorded_from" N, "recorded_until" N };
    false, "grant_systems" { "organization_id" I, "grant_id" I, "system_id" I, "recorded_from" N, "recorded_until" N };
    false, "saved_views" { "organization_id" I, "id" I, "user_id" I, "collection" T, "name" T, "name_folded" T, "query" T, "shared" N, "changed_at" N };
    false, "observed_hosts" { "organization_id" I, "id" I, "address" T, "address_key" T, "mac" T, "first_seen" N, "last_seen" N, "conversations" N, "peers" N, "protocols" T, "ports" T, "vendor" T, "product" T, "model" T, "firmware" T, "serial" T, "name" T, "software" T, "kind" T, "search" T, "sensor_id" I, "recorded_from" N, "recorded_until" N };
};

const IDENTITY: (&[&str], &[Column]) = (&["organization_id", "id"], &[I, I]);
const VERSION: (&[&str], &[Column]) = (
    &["organization_id", "id", "version", "recorded_from", "recorded_until", "recorded_by", "reason", "record", "salt"],
    &[I, I, N, N, N, T, T, T, B],
);

/// Every table of a dump, in an order in which rows can be written.
#[must_use]
pub fn tables(kinds: &[AuditedKind]) -> Vec<DumpTable> {
    let of_kind = |kind: &AuditedKind| {
        let table = kind.table;
        let (columns, kinds) = IDENTITY;
        let identity = DumpTable { name: table.identity, columns, kinds, more: &[], platform: false };
        let (columns, kinds) = VERSION;
        [identity, DumpTable { name: table.versions, columns, kinds, more: table.columns, platform: false }]
    };
    let records = kinds.iter().flat_map(of_kind);
    PLATFORM.iter().chain(JOURNAL).copied().chain(records).chain(BELONGINGS.iter().copied()).collect()
}

impl DumpTable {
    fn every_column(&self) -> impl Iterator<Item = (&'static str, Column)> + '_ {
        let more = self.more.iter().map(|(name, kind)| {
            let column = match kind {
                Kind::Text => T,
                Kind::Id => I,
                Kind::Number | Kind::Flag => N,
            };
            (*name, column)
        });
        self.columns.iter().copied().zip(self.kinds.iter().copied()).chain(more)
    }

    /// One row as a JSON array; the two engines spell identifiers and bytes differently (per engine: backup).
    fn text(&self, engine: EngineKind) -> String {
        let columns: Vec<String> = self
            .every_column()
            .map(|(name, column)| match (engine, column) {
                (_, T | N) => name.to_owned(),
                (EngineKind::Sqlite, I | B) => format!("CASE WHEN {name} IS NULL THEN NULL ELSE hex({name}) END"),
                (EngineKind::Postgres, I) => format!("replace({name}::text, '-', '')"),
                (EngineKind::Postgres, B) => format!("encode({name}, 'hex')"),
            })
            .collect();
        let row = match engine {
            EngineKind::Sqlite => format!("json_array({})", columns.join(", ")),
            EngineKind::Postgres => format!("json_build_array({})::text", columns.join(", ")),
        };
        let own = if self.platform { "" } else { " WHERE organization_id = $1" };
        format!("SELECT {row} AS line FROM {}{own}", self.name)
    }

    /// The cells of a dumped row; none when it does not fit the table.
    fn cells(&self, row: &Value) -> Option<Vec<Cell>> {
        let row = row.as_array()?;
        let flags: Vec<bool> =
            self.columns.iter().map(|_| false).chain(self.more.iter().map(|(_, kind)| *kind == Kind::Flag)).collect();
        if row.len() != flags.len() {
            return None;
        }
        self.every_column().zip(row).zip(flags).map(|(((_, column), value), flag)| cell(column, flag, value)).collect()
    }
}

fn cell(column: Column, flag: bool, value: &Value) -> Option<Cell> {
    Some(match (column, value) {
        (N, Value::Bool(known)) if flag => Cell::Flag(Some(*known)),
        (N, Value::Number(number)) if flag => Cell::Flag(Some(number.as_i64()? != 0)),
        (N, Value::Null) if flag => Cell::Flag(None),
        (N, Value::Number(number)) => Cell::Number(Some(number.as_i64()?)),
        (N, Value::Null) => Cell::Number(None),
        (T, Value::String(text)) => Cell::text(text.clone()),
        (T, Value::Null) => Cell::Text(None),
        (I, Value::String(text)) => Cell::Id(Some(Uuid::try_parse(text).ok()?)),
        (I, Value::Null) => Cell::Id(None),
        (B, Value::String(text)) => Cell::Bytes(unhex(text)?),
        (B, Value::Null) => Cell::NoBytes,
        _ => return None,
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len() / 2).map(|n| u8::from_str_radix(text.get(n * 2..n * 2 + 2)?, 16).ok()).collect()
}

const EVERY: PlatformSql = PlatformSql::new("SELECT id FROM organizations ORDER BY id");

/// Gives every row of the installation to `each`, table by table, from one instant.
pub async fn dump(
    store: &Store,
    kinds: &[AuditedKind],
    mut each: impl FnMut(&str, &str) -> std::io::Result<()>,
) -> Result<()> {
    let mut open = store.open_read().await?;
    let organizations: Vec<(OrganizationId,)> = open.statement(Side::Platform, Text::Fixed(EVERY.text())).all().await?;
    for table in tables(kinds) {
        if table.platform {
            dump_one(&mut open, &table, Side::Platform, &mut each).await?;
            continue;
        }
        for (organization,) in &organizations {
            dump_one(&mut open, &table, Side::Organization(*organization), &mut each).await?;
        }
    }
    Ok(())
}

async fn dump_one(
    open: &mut Open,
    table: &DumpTable,
    side: Side,
    each: &mut impl FnMut(&str, &str) -> std::io::Result<()>,
) -> Result<()> {
    let mut statement = open.statement(side, Text::Built(table.text(open.kind())));
    if let Side::Organization(organization) = side {
        statement = statement.bind(organization);
    }
    let mut rows = statement.stream::<(String,)>().await?;
    while let Some(row) = rows.next().await {
        each(table.name, &row?.0)?;
    }
    Ok(())
}

/// An open restore: nothing is there until it is committed.
pub struct Restore {
    open: Open,
    tables: Vec<DumpTable>,
    pending: Pending,
    side: Side,
    table: &'static str,
    pub rows: u64,
}

impl Restore {
    /// Begins in an installation that holds nothing; refuses any other.
    pub async fn begin(store: &Store, kinds: &[AuditedKind]) -> Result<Self> {
        let mut open = store.open_write().await?;
        let found: Vec<(OrganizationId,)> = open.statement(Side::Platform, Text::Fixed(EVERY.text())).all().await?;
        if !found.is_empty() {
            return Err(Failure::Unfit("the installation is not empty; restore into a new one".to_owned()));
        }
        let (tables, pending) = (tables(kinds), Pending::default());
        Ok(Self { open, tables, pending, side: Side::Platform, table: "", rows: 0 })
    }

    /// Takes a row of a table.
    pub async fn row(&mut self, table: &str, row: &Value) -> Result<()> {
        let wrong = || Failure::Damaged(format!("the backup holds a row that does not fit the table {table}"));
        let table = *self.tables.iter().find(|known| known.name == table).ok_or_else(wrong)?;
        let cells = table.cells(row).ok_or_else(wrong)?;
        let side = match (table.platform, cells.first()) {
            (true, _) => Side::Platform,
            (false, Some(Cell::Id(Some(id)))) => Side::Organization(OrganizationId::from_uuid(*id)),
            _ => return Err(wrong()),
        };
        if side != self.side || table.name != self.table || self.pending.is_large() {
            self.pending.flush(&mut self.open, self.side).await?;
        }
        (self.side, self.table) = (side, table.name);
        self.pending.push(Shape { table: table.name, columns: table.columns, more: table.more }, cells);
        self.rows += 1;
        Ok(())
    }

    /// Makes it so.
    pub async fn commit(mut self) -> Result<u64> {
        self.pending.flush(&mut self.open, self.side).await?;
        self.open.commit().await?;
        Ok(self.rows)
    }
}
