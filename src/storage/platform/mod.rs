//! Platform tables: the closed list of what belongs to no organization or leads to one.
//!
//! Invariant: these are the only queries without an organization. The list is `organizations, users, recovery_codes,
//! sessions, memberships, tokens, links, errands`; on PostgreSQL their role has no grant on any other table.

mod errands;
mod links;
mod organizations;
mod sessions;
mod tokens;
mod users;

use super::engine::EngineKind;
use super::statement::{Open, PlatformSql, Side, Statement, Text};

pub use errands::{Errand, Lease, Standing as ErrandStanding, Step};
pub use links::{Link, NewLink};
pub use organizations::{Organization, STATEMENTS};
pub use sessions::{NewSession, Session, Visit};
pub use tokens::{NewToken, Token};
pub use users::{Member, NewUser, User};

/// Tables without row-level security, for the tests that hold the list.
pub const TABLES: &[&str] =
    &["organizations", "users", "recovery_codes", "sessions", "memberships", "tokens", "links", "errands"];

/// Platform tables inside an open transaction.
pub struct Platform<'t> {
    open: &'t mut Open,
}

impl<'t> Platform<'t> {
    pub(super) fn new(open: &'t mut Open) -> Self {
        Self { open }
    }

    fn statement(&mut self, sql: &PlatformSql) -> Statement<'_> {
        self.open.statement(Side::Platform, Text::Fixed(sql.text()))
    }

    /// The newest migration the schema has seen.
    pub async fn schema_version(&mut self) -> super::Result<i64> {
        const NEWEST: PlatformSql = PlatformSql::new("SELECT MAX(version) FROM _sqlx_migrations");
        let (version,): (Option<i64>,) = self.statement(&NEWEST).one().await?;
        Ok(version.unwrap_or(0))
    }

    #[must_use]
    pub fn engine(&self) -> EngineKind {
        self.open.kind()
    }
}

/// Declares the platform texts of a file and lists them for the test that prepares every statement.
macro_rules! platform_sql {
    ($($name:ident = $text:expr;)+) => {
        $(const $name: super::PlatformSql = super::PlatformSql::new($text);)+
        pub(super) const TEXTS: &[&str] = &[$($name.text()),+];
    };
}
use platform_sql;

/// Every platform text, for the test that prepares them on both engines.
#[must_use]
pub fn texts() -> Vec<&'static str> {
    [errands::TEXTS, links::TEXTS, organizations::TEXTS, sessions::TEXTS, tokens::TEXTS, users::TEXTS].concat()
}
