//! The only file that names SQLite and PostgreSQL.
//!
//! Invariant: each two-armed match in the program is here; everything above speaks of a transaction and its
//! values. Safety settings of both engines are set here and asserted when the store opens.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use futures_util::stream::{BoxStream, StreamExt};
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions, PgRow, PgSslMode};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{Arguments, ConnectOptions, Encode, FromRow, Postgres, SqlStr, Sqlite, Transaction, Type};

use super::failure::{Failure, Result};

/// A value both engines can take.
pub trait Value:
    for<'q> Encode<'q, Sqlite> + Type<Sqlite> + for<'q> Encode<'q, Postgres> + Type<Postgres> + Send + 'static
{
}
impl<T> Value for T where
    T: for<'q> Encode<'q, Sqlite> + Type<Sqlite> + for<'q> Encode<'q, Postgres> + Type<Postgres> + Send + 'static
{
}

/// A row both engines can give.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static {}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static {}

/// Which engine a store runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineKind {
    Sqlite,
    Postgres,
}

/// Where the database is.
#[derive(Clone)]
pub enum Location {
    /// A SQLite file.
    File(PathBuf),
    /// A PostgreSQL URL.
    Url(String),
}

impl std::fmt::Debug for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Location::File(path) => write!(f, "{}", path.display()),
            Location::Url(_) => f.write_str("postgres (redacted)"),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) enum Pools {
    Sqlite { write: SqlitePool, read: SqlitePool },
    Postgres(PgPool),
}

/// One open transaction.
pub(super) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Values collected for one statement.
pub(super) enum Args {
    Sqlite(SqliteArguments),
    Postgres(PgArguments),
}

impl Args {
    pub(super) fn add<V: Value>(&mut self, value: V) -> Result<()> {
        match self {
            Args::Sqlite(args) => args.add(value),
            Args::Postgres(args) => args.add(value),
        }
        .map_err(|error| Failure::Misbound(error.to_string()))
    }
}

macro_rules! each {
    ($tx:expr, $args:expr, |$conn:ident, $values:ident| $body:expr) => {
        match ($tx, $args) {
            (Tx::Sqlite($conn), Args::Sqlite($values)) => $body,
            (Tx::Postgres($conn), Args::Postgres($values)) => $body,
            _ => return Err(Failure::Misbound("values of the other engine".to_owned())),
        }
    };
}

impl Tx {
    pub(super) fn kind(&self) -> EngineKind {
        match self {
            Tx::Sqlite(_) => EngineKind::Sqlite,
            Tx::Postgres(_) => EngineKind::Postgres,
        }
    }

    pub(super) fn args(&self) -> Args {
        match self {
            Tx::Sqlite(_) => Args::Sqlite(SqliteArguments::default()),
            Tx::Postgres(_) => Args::Postgres(PgArguments::default()),
        }
    }

    /// Runs a statement and gives the number of rows it touched.
    pub(super) async fn run(&mut self, sql: SqlStr, args: Args) -> Result<u64> {
        Ok(each!(self, args, |conn, values| sqlx::query_with(sql, values).execute(&mut **conn).await?.rows_affected()))
    }

    pub(super) async fn maybe<R: Row>(&mut self, sql: SqlStr, args: Args) -> Result<Option<R>> {
        Ok(each!(self, args, |conn, values| sqlx::query_as_with(sql, values).fetch_optional(&mut **conn).await?))
    }

    pub(super) async fn all<R: Row>(&mut self, sql: SqlStr, args: Args) -> Result<Vec<R>> {
        Ok(each!(self, args, |conn, values| sqlx::query_as_with(sql, values).fetch_all(&mut **conn).await?))
    }

    pub(super) fn stream<R: Row>(&mut self, sql: SqlStr, args: Args) -> Result<BoxStream<'_, Result<R>>> {
        Ok(each!(self, args, |conn, values| sqlx::query_as_with(sql, values)
            .fetch(&mut **conn)
            .map(|row| row.map_err(Failure::from))
            .boxed()))
    }

    /// Parses a text without running it; the test of every registered statement.
    pub(super) async fn prepare(&mut self, sql: SqlStr) -> Result<()> {
        use sqlx::Executor;
        match self {
            Tx::Sqlite(tx) => drop((&mut **tx).prepare(sql).await?),
            Tx::Postgres(tx) => drop((&mut **tx).prepare(sql).await?),
        }
        Ok(())
    }

    pub(super) async fn commit(self) -> Result<()> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await?,
            Tx::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

impl Pools {
    pub(super) fn kind(&self) -> EngineKind {
        match self {
            Pools::Sqlite { .. } => EngineKind::Sqlite,
            Pools::Postgres(_) => EngineKind::Postgres,
        }
    }

    pub(super) async fn open(location: &Location) -> Result<Self> {
        match location {
            Location::File(path) => open_sqlite(path).await,
            Location::Url(url) => open_postgres(url).await,
        }
    }

    /// A transaction that sees one state and cannot write.
    pub(super) async fn begin_read(&self) -> Result<Tx> {
        Ok(match self {
            Pools::Sqlite { read, .. } => Tx::Sqlite(read.begin().await?),
            Pools::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// A transaction that may write. On SQLite it holds the write lock from its first moment.
    pub(super) async fn begin_write(&self) -> Result<Tx> {
        Ok(match self {
            Pools::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?),
        })
    }

    /// Brings the schema up to date (the caller must be the owner on PostgreSQL).
    pub(super) async fn migrate(&self) -> Result<()> {
        match self {
            Pools::Sqlite { write, .. } => SQLITE_MIGRATIONS.run(write).await?,
            Pools::Postgres(pool) => POSTGRES_MIGRATIONS.run(pool).await?,
        }
        Ok(())
    }

    /// The version the schema has to have for this binary.
    pub(super) fn wanted_schema(&self) -> i64 {
        let migrations = match self {
            Pools::Sqlite { .. } => &SQLITE_MIGRATIONS,
            Pools::Postgres(_) => &POSTGRES_MIGRATIONS,
        };
        migrations.iter().map(|migration| migration.version).max().unwrap_or(0)
    }

    pub(super) async fn close(&self) {
        match self {
            Pools::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

static SQLITE_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

/// Oldest SQLite without the WAL-reset corruption bug (fixed in 3.51.3).
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

async fn open_sqlite(path: &Path) -> Result<Pools> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("recursive_triggers", "ON")
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .pragma("mmap_size", "0")
        .pragma("cache_size", "-16384")
        .statement_cache_capacity(256)
        .row_buffer_size(512)
        .disable_statement_logging();
    let pool = |connections| {
        SqlitePoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(8))
            .idle_timeout(None)
            .max_lifetime(None)
    };
    let write = pool(1).connect_with(options.clone()).await?;
    let read = pool(6).min_connections(1).connect_with(options.pragma("query_only", "ON")).await?;
    assert_sqlite(&write).await?;
    Ok(Pools::Sqlite { write, read })
}

async fn assert_sqlite(pool: &SqlitePool) -> Result<()> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(pool).await?;
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found < OLDEST_SQLITE {
        return Err(Failure::Unfit(format!(
            "SQLite {version} can corrupt a database in WAL mode; 3.51.3 or later is needed"
        )));
    }
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(pool).await?;
    let numbers = [
        ("PRAGMA synchronous", 2i64),
        ("PRAGMA foreign_keys", 1),
        ("PRAGMA recursive_triggers", 1),
        ("PRAGMA trusted_schema", 0),
        ("PRAGMA busy_timeout", 5000),
    ];
    for (pragma, wanted) in numbers {
        let found: i64 = sqlx::query_scalar(pragma).fetch_one(pool).await?;
        if found != wanted {
            return Err(Failure::Unfit(format!("SQLite refused {pragma} = {wanted} (it is {found})")));
        }
    }
    if mode != "wal" {
        return Err(Failure::Unfit(format!(
            "SQLite refused journal_mode WAL (it is {mode}); is the data directory on a network file system?"
        )));
    }
    Ok(())
}

async fn open_postgres(url: &str) -> Result<Pools> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| {
            Failure::Unfit("the database URL is not readable; write postgres://user:password@host:5432/name".to_owned())
        })?
        .application_name("glance")
        .statement_cache_capacity(256)
        .disable_statement_logging();
    let host = options.get_host().to_owned();
    let local = matches!(host.as_str(), "localhost" | "127.0.0.1" | "::1") || host.starts_with('/');
    if !local && !matches!(options.get_ssl_mode(), PgSslMode::VerifyFull) {
        return Err(Failure::Unfit("a database on another host needs sslmode=verify-full in its URL".to_owned()));
    }
    let pool =
        PgPoolOptions::new().max_connections(12).acquire_timeout(Duration::from_secs(8)).connect_with(options).await?;
    Ok(Pools::Postgres(pool))
}

/// Refuses a PostgreSQL that may lose acknowledged writes, or a login to which row security does not apply.
pub(super) async fn assert_postgres(pools: &Pools) -> Result<()> {
    let Pools::Postgres(pool) = pools else { return Ok(()) };
    for (setting, bad) in [("fsync", "off"), ("full_page_writes", "off"), ("synchronous_commit", "off")] {
        let found: String = sqlx::query_scalar("SELECT current_setting($1)").bind(setting).fetch_one(pool).await?;
        if found == bad {
            return Err(Failure::Unfit(format!(
                "PostgreSQL runs with {setting} = {bad}: acknowledged writes could be lost"
            )));
        }
    }
    let (superuser, bypass): (bool, bool) =
        sqlx::query_as("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
            .fetch_one(pool)
            .await?;
    let owned: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = current_user AND c.relkind = 'r'",
    )
    .fetch_one(pool)
    .await?;
    if superuser || bypass || owned > 0 {
        return Err(Failure::Unfit(
            "the database login is an owner, a superuser or has BYPASSRLS: row security would not apply; use the application login (see README)".to_owned(),
        ));
    }
    Ok(())
}
