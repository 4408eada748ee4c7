//! A snapshot: what one organization's record said at one instant.
//!
//! Invariant: a snapshot's effective instant is the moment of the last leaf at or before the one asked for, so nothing
//! that commits later changes what it shows, and an instant is a tree size.

use futures_util::stream::BoxStream;

use super::engine::{EngineKind, Row};
use super::list::ListQuery;
use super::platform::Platform;
use super::statement::{AsOfSql, Open, OrgSql, Side, Statement, Text};
use super::versions::{Audited, Kept, Table, VersionRow};
use super::{Failure, Result};
use crate::ids::{Id, OrganizationId};
use crate::vocabulary::Moment;

/// The instant a reader asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    Now,
    At(Moment),
}

/// One organization at one instant.
pub struct Snapshot {
    pub(super) open: Open,
    organization: OrganizationId,
    instant: Moment,
    now: Moment,
    size: i64,
    at_head: bool,
}

#[derive(sqlx::FromRow)]
struct InstantRow {
    size: i64,
    last_at: Moment,
}

const HEAD: OrgSql = OrgSql::new("SELECT size, last_at FROM journal_heads WHERE organization_id = $1");
const LAST_BEFORE: OrgSql = OrgSql::new(
    "SELECT seq + 1 AS size, at AS last_at FROM journal_entries WHERE organization_id = $1 AND at <= $2 ORDER BY at DESC, seq DESC LIMIT 1",
);

const COUNTED: OrgSql = OrgSql::new("SELECT rows_open FROM counters WHERE organization_id = $1 AND kind = $2");
const ROOT: OrgSql = OrgSql::new("SELECT root FROM journal_heads WHERE organization_id = $1");

/// Texts of this file, for the test that prepares every statement.
pub const STATEMENTS: &[OrgSql] = &[HEAD, LAST_BEFORE, ROOT, COUNTED];

impl Snapshot {
    pub(super) async fn open(mut open: Open, organization: OrganizationId, as_of: AsOf, now: Moment) -> Result<Self> {
        let side = Side::Organization(organization);
        let head: InstantRow = open
            .statement(side, Text::Fixed(HEAD.text()))
            .bind(organization)
            .maybe()
            .await?
            .ok_or_else(|| Failure::Unfit("the organization has no journal".to_owned()))?;
        let (found, at_head) = match as_of {
            AsOf::At(moment) if moment > now.max(head.last_at) => return Err(Failure::Future),
            AsOf::At(moment) if moment < head.last_at => {
                let found = open
                    .statement(side, Text::Fixed(LAST_BEFORE.text()))
                    .bind(organization)
                    .bind(moment)
                    .maybe()
                    .await?;
                (found.unwrap_or(InstantRow { size: 0, last_at: Moment::ZERO }), false)
            }
            _ => (head, true),
        };
        let now = if let AsOf::At(moment) = as_of { moment } else { now };
        Ok(Self { open, organization, instant: found.last_at, now, size: found.size, at_head })
    }

    /// The newest state, read inside a change whose moment is `instant`.
    pub(super) fn within(open: Open, organization: OrganizationId, instant: Moment, size: u64) -> Self {
        Self { open, organization, instant, now: instant, size: i64::try_from(size).unwrap_or(i64::MAX), at_head: true }
    }

    #[must_use]
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// The effective instant.
    #[must_use]
    pub fn instant(&self) -> Moment {
        self.instant
    }

    /// The moment it was opened for: what is asked of the calendar, such as what is due, is asked as of then.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.now
    }

    /// Number of leaves in the journal at the instant.
    #[must_use]
    pub fn tree_size(&self) -> i64 {
        self.size
    }

    /// True when this is the newest state.
    #[must_use]
    pub fn is_newest(&self) -> bool {
        self.at_head
    }

    pub(super) fn side(&self) -> Side {
        Side::Organization(self.organization)
    }

    /// A query of versions at the instant; `$1` and `$2` are bound.
    pub fn query(&mut self, sql: &AsOfSql) -> Statement<'_> {
        let (side, text) = (self.side(), sql.text(self.at_head));
        self.open.statement(side, Text::Fixed(text)).bind(self.organization).bind(self.instant)
    }

    /// A query of rows that know no instant; `$1` is bound.
    pub fn plain(&mut self, sql: &OrgSql) -> Statement<'_> {
        let side = self.side();
        self.open.statement(side, Text::Fixed(sql.text())).bind(self.organization)
    }

    /// A list put together from fixed fragments.
    pub fn list(&mut self, query: ListQuery) -> Statement<'_> {
        let side = self.side();
        let (text, values) = query.build(self.at_head);
        let statement = self.open.statement(side, Text::Built(text)).bind(self.organization).bind(self.instant);
        values.into_iter().fold(statement, super::list::bind_cell)
    }

    /// A text built by storage itself from fixed pieces; `$1` and `$2` are bound.
    pub(super) fn built(&mut self, text: String) -> Statement<'_> {
        let side = self.side();
        self.open.statement(side, Text::Built(text)).bind(self.organization).bind(self.instant)
    }

    /// A text built by storage itself about all instants; `$1` is bound.
    pub(super) fn built_of_organization(&mut self, text: String) -> Statement<'_> {
        let side = self.side();
        self.open.statement(side, Text::Built(text)).bind(self.organization)
    }

    pub(super) fn engine(&self) -> EngineKind {
        self.open.kind()
    }

    /// The root over all leaves, as the head holds it.
    pub async fn root(&mut self) -> Result<Vec<u8>> {
        let (root,): (Vec<u8>,) = self.plain(&ROOT).one().await?;
        Ok(root)
    }

    /// What the engine itself finds wrong with its file: a page, an index (SQLite; PostgreSQL checks pages as it reads).
    pub(super) async fn engine_problems(&mut self) -> Result<Vec<String>> {
        if self.open.kind() == EngineKind::Postgres {
            return Ok(Vec::new());
        }
        let found: Vec<(String,)> =
            self.open.statement(Side::Platform, Text::Fixed("PRAGMA integrity_check")).all().await?;
        Ok(found.into_iter().map(|(text,)| text).filter(|text| text != "ok").collect())
    }

    /// Some columns of the records of a table at the instant; `columns` and `rest` are put together from constants and
    /// numbers.
    pub(crate) fn projected(&mut self, table: &Table, columns: &str, rest: &str) -> Statement<'_> {
        let text = versions_text(table, columns, self.at_head, rest);
        self.built(text)
    }

    /// Kind, id and reference of all records of these tables at the instant.
    pub(crate) fn references(&mut self, tables: &[Table]) -> Statement<'_> {
        let each: Vec<String> = tables
            .iter()
            .map(|table| {
                let columns = format!("'{}' AS kind, v.id, v.reference", table.kind);
                versions_text(table, &columns, self.at_head, "")
            })
            .collect();
        self.built(each.join(" UNION ALL "))
    }

    /// Number of open records of a kind, now.
    pub async fn counted(&mut self, kind: &'static str) -> Result<i64> {
        let found: Option<(i64,)> = self.plain(&COUNTED).bind(kind.to_owned()).maybe().await?;
        Ok(found.map_or(0, |(rows,)| rows))
    }

    /// Platform tables, in the same transaction.
    pub fn platform(&mut self) -> Platform<'_> {
        Platform::new(&mut self.open)
    }

    /// The record of this id, or none: an id of another organization is none.
    pub async fn find<T: Audited>(&mut self, id: T::Id) -> Result<Option<Kept<T>>> {
        let text = versions_text(&T::TABLE, crate::version_columns!(), self.at_head, " AND v.id = $3");
        self.built(text).bind(id.uuid()).maybe::<VersionRow>().await?.map(VersionRow::kept).transpose()
    }

    /// Every record of the kind, by id. For kinds an organization has few of.
    pub async fn every<T: Audited>(&mut self) -> Result<Vec<Kept<T>>> {
        let text = versions_text(&T::TABLE, crate::version_columns!(), self.at_head, " ORDER BY v.id");
        self.built(text).all::<VersionRow>().await?.into_iter().map(VersionRow::kept).collect()
    }

    /// Every record of the kind, one by one.
    pub async fn each<T: Audited>(&mut self) -> Result<BoxStream<'_, Result<VersionRow>>> {
        let text = versions_text(&T::TABLE, crate::version_columns!(), self.at_head, " ORDER BY v.id");
        self.built(text).stream::<VersionRow>().await
    }

    /// Versions of a kind recorded after a moment and up to the instant, in the order they were recorded.
    pub async fn since<T: Audited>(&mut self, after: Moment) -> Result<Vec<Kept<T>>> {
        let text = format!(
            "SELECT {} FROM {} v WHERE v.organization_id = $1 AND v.recorded_from <= $2 AND v.recorded_from > $3 ORDER BY v.recorded_from, v.id",
            crate::version_columns!(),
            T::TABLE.versions
        );
        self.built(text).bind(after).all::<VersionRow>().await?.into_iter().map(VersionRow::kept).collect()
    }

    /// All versions of a record up to the instant, newest first.
    pub async fn history<T: Audited>(&mut self, id: T::Id) -> Result<Vec<Kept<T>>> {
        let text = format!(
            "SELECT {} FROM {} v WHERE v.organization_id = $1 AND v.recorded_from <= $2 AND v.id = $3 ORDER BY v.version DESC",
            crate::version_columns!(),
            T::TABLE.versions
        );
        self.built(text).bind(id.uuid()).all::<VersionRow>().await?.into_iter().map(VersionRow::kept).collect()
    }

    /// Rows of a text with `rows` of any shape; used by slices whose projection is asked directly.
    pub async fn rows<R: Row>(&mut self, sql: &AsOfSql) -> Result<Vec<R>> {
        self.query(sql).all().await
    }
}

fn versions_text(table: &Table, columns: &str, at_head: bool, rest: &str) -> String {
    let open = if at_head {
        "v.recorded_until = 9000000000000000 AND +v.recorded_from <= $2"
    } else {
        "v.recorded_from <= $2 AND $2 < v.recorded_until"
    };
    format!("SELECT {columns} FROM {} v WHERE v.organization_id = $1 AND {open}{rest}", table.versions)
}
