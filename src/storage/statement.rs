//! SQL texts that say whose rows they touch, and the statement that runs them.
//!
//! Invariant: a text about an organization's rows names `organization_id = $1` (checked when Glance is compiled), and a
//! statement whose placeholders and values differ in number never reaches a database.

use futures_util::stream::BoxStream;
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

use super::engine::{Args, EngineKind, Row, Tx, Value};
use super::failure::{Failure, Result};
use crate::ids::OrganizationId;

/// A text about one organization's rows: `$1` is the organization.
#[derive(Clone, Copy, Debug)]
pub struct OrgSql(&'static str);

impl OrgSql {
    /// Refuses, when compiled, a text that does not hold to one organization: every table of versions it names
    /// needs its own `organization_id = $1`; an insert begins its columns with `organization_id`.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        let predicates = count(text, "organization_id = $1");
        let insert = starts(text, "INSERT INTO ") && count(text, " (organization_id, ") >= 1;
        assert!(predicates >= 1 || insert, "the text does not name its organization");
        assert!(
            insert || predicates >= count(text, "_versions "),
            "a table of versions is read without its organization"
        );
        Self(text)
    }

    #[must_use]
    pub const fn text(&self) -> &'static str {
        self.0
    }
}

/// One query as a pair of texts, for the newest state and for a past instant: `$1` organization, `$2` instant.
#[derive(Clone, Copy, Debug)]
pub struct AsOfSql {
    pub(super) now: OrgSql,
    pub(super) then: OrgSql,
}

impl AsOfSql {
    #[must_use]
    pub const fn new(now: &'static str, then: &'static str) -> Self {
        assert!(
            count(then, "recorded_from <= $2") >= 1 && count(then, "$2 < ") >= 1,
            "the text does not name its instant"
        );
        Self { now: OrgSql::new(now), then: OrgSql::new(then) }
    }

    #[must_use]
    pub(super) const fn text(&self, at_head: bool) -> &'static str {
        if at_head { self.now.0 } else { self.then.0 }
    }

    /// Both texts, for the test that prepares every statement.
    #[must_use]
    pub const fn texts(&self) -> [&'static str; 2] {
        [self.now.0, self.then.0]
    }
}

/// Writes one query for now and for then: `[v]` stands for "alias `v` is the version valid at the instant", and `columns`
/// for the columns of a version row under the alias `v`.
#[macro_export]
macro_rules! as_of {
    (@now [$alias:ident]) => { concat!(stringify!($alias), ".recorded_until = 9000000000000000 AND +", stringify!($alias), ".recorded_from <= $2") };
    (@now columns) => { $crate::version_columns!() };
    (@then columns) => { $crate::version_columns!() };
    (@now $text:literal) => { $text };
    (@then [$alias:ident]) => { concat!(stringify!($alias), ".recorded_from <= $2 AND $2 < ", stringify!($alias), ".recorded_until") };
    (@then $text:literal) => { $text };
    ($($part:tt)+) => {
        $crate::storage::statement::AsOfSql::new(
            concat!($($crate::as_of!(@now $part)),+),
            concat!($($crate::as_of!(@then $part)),+),
        )
    };
}

/// A text about platform tables, made only in `storage/platform`.
#[derive(Clone, Copy, Debug)]
pub struct PlatformSql(&'static str);

impl PlatformSql {
    pub(super) const fn new(text: &'static str) -> Self {
        Self(text)
    }

    #[must_use]
    pub const fn text(&self) -> &'static str {
        self.0
    }
}

const fn starts(text: &str, with: &str) -> bool {
    at(text.as_bytes(), 0, with.as_bytes())
}

const fn at(text: &[u8], offset: usize, part: &[u8]) -> bool {
    if offset + part.len() > text.len() {
        return false;
    }
    let mut i = 0;
    while i < part.len() {
        if text[offset + i] != part[i] {
            return false;
        }
        i += 1;
    }
    true
}

const fn count(text: &str, part: &str) -> usize {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    let (mut found, mut i) = (0, 0);
    while i < text.len() {
        if at(text, i, part) {
            found += 1;
        }
        i += 1;
    }
    found
}

/// Whose tables a statement may touch. On PostgreSQL each is a role of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Organization(OrganizationId),
    Platform,
}

/// An open transaction and the side it stands on.
pub(super) struct Open {
    tx: Tx,
    side: Option<Side>,
}

impl Open {
    pub(super) fn new(tx: Tx) -> Self {
        Self { tx, side: None }
    }

    pub(super) fn kind(&self) -> EngineKind {
        self.tx.kind()
    }

    pub(super) async fn commit(self) -> Result<()> {
        self.tx.commit().await
    }

    /// Takes the role and the organization of a side (PostgreSQL; SQLite has neither).
    pub(super) async fn stand(&mut self, side: Side) -> Result<()> {
        if self.side == Some(side) || self.tx.kind() == EngineKind::Sqlite {
            return Ok(());
        }
        let mut args = self.tx.args();
        let text = match side {
            Side::Organization(organization) => {
                args.add(crate::ids::Id::uuid(organization).hyphenated().to_string())?;
                "SELECT set_config('role', 'glance_app', true), set_config('glance.organization', $1, true)"
            }
            Side::Platform => "SELECT set_config('role', 'glance_platform', true)",
        };
        self.tx.run(text.into_sql_str(), args).await?;
        self.side = Some(side);
        Ok(())
    }

    pub(super) fn statement(&mut self, side: Side, text: Text) -> Statement<'_> {
        let args = self.tx.args();
        Statement { open: self, side, wanted: text.wanted(), text, args: Ok(args), bound: 0 }
    }

    pub(super) async fn prepare(&mut self, side: Side, text: &'static str) -> Result<()> {
        self.stand(side).await?;
        self.tx.prepare(text.into_sql_str()).await
    }
}

/// The text of a statement: fixed, or put together by storage from fixed pieces.
pub(super) enum Text {
    Fixed(&'static str),
    Built(String),
    /// With so many bare `?` (SQLite looks for the number of each `$n` among all of them).
    Counted(String, usize),
}

impl Text {
    fn as_str(&self) -> &str {
        match self {
            Text::Fixed(text) => text,
            Text::Built(text) | Text::Counted(text, _) => text,
        }
    }

    /// How many values it needs.
    fn wanted(&self) -> usize {
        match self {
            Text::Counted(_, wanted) => *wanted,
            Text::Fixed(_) | Text::Built(_) => placeholders(self.as_str()),
        }
    }

    fn into_sql(self) -> SqlStr {
        match self {
            Text::Fixed(text) => text.into_sql_str(),
            Text::Built(text) | Text::Counted(text, _) => AssertSqlSafe(text).into_sql_str(),
        }
    }
}

/// The highest `$n` in a text.
fn placeholders(text: &str) -> usize {
    text.split('$')
        .skip(1)
        .filter_map(|rest| {
            rest.bytes().take_while(u8::is_ascii_digit).count().checked_sub(1).and_then(|end| rest[..=end].parse().ok())
        })
        .max()
        .unwrap_or(0)
}

/// A text, its values, and the transaction it will run in.
#[must_use = "a statement does nothing until it runs"]
pub struct Statement<'t> {
    open: &'t mut Open,
    side: Side,
    text: Text,
    args: Result<Args>,
    bound: usize,
    wanted: usize,
}

impl<'t> Statement<'t> {
    /// Gives the value of the next placeholder.
    pub fn bind<V: Value>(mut self, value: V) -> Self {
        self.bound += 1;
        if let Ok(args) = &mut self.args
            && let Err(failure) = args.add(value)
        {
            self.args = Err(failure);
        }
        self
    }

    async fn ready(self) -> Result<(&'t mut Tx, SqlStr, Args)> {
        if self.bound != self.wanted {
            return Err(Failure::Misbound(format!(
                "{} placeholders, {} values: {}",
                self.wanted,
                self.bound,
                self.text.as_str()
            )));
        }
        let args = self.args?;
        self.open.stand(self.side).await?;
        Ok((&mut self.open.tx, self.text.into_sql(), args))
    }

    /// Runs it and gives the number of rows touched.
    pub async fn run(self) -> Result<u64> {
        let (tx, sql, args) = self.ready().await?;
        tx.run(sql, args).await
    }

    /// The first row, if there is one.
    pub async fn maybe<R: Row>(self) -> Result<Option<R>> {
        let (tx, sql, args) = self.ready().await?;
        tx.maybe(sql, args).await
    }

    /// The first row; a statement that always gives one.
    pub async fn one<R: Row>(self) -> Result<R> {
        self.maybe().await?.ok_or(Failure::Bug(sqlx::Error::RowNotFound))
    }

    pub async fn all<R: Row>(self) -> Result<Vec<R>> {
        let (tx, sql, args) = self.ready().await?;
        tx.all(sql, args).await
    }

    /// The rows one by one, for answers larger than memory should hold.
    pub async fn stream<R: Row>(self) -> Result<BoxStream<'t, Result<R>>> {
        let (tx, sql, args) = self.ready().await?;
        tx.stream(sql, args)
    }
}

#[cfg(test)]
mod tests {
    use super::{count, placeholders};

    #[test]
    fn counting() {
        assert_eq!(placeholders("SELECT $1, $2 FROM t WHERE a = $12 AND b = $2"), 12);
        assert_eq!(placeholders("SELECT 1"), 0);
        assert_eq!(count("organization_id = $1 AND x.organization_id = $1", "organization_id = $1"), 2);
    }
}
