//! Somebody with the database's files: changes rows behind Glance's back, triggers and row security out of the way.

use glance::storage::engine::Location;
use rand::RngExt;
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};

use super::{Bed, postgres_url, setting};

/// A connection that obeys no trigger.
pub enum Tamper {
    File(SqliteConnection),
    Server(PgConnection),
}

/// Columns of a table that tampering touches, by how they are changed.
pub struct Columns {
    pub texts: Vec<&'static str>,
    pub numbers: Vec<&'static str>,
    pub bytes: Vec<&'static str>,
}

impl Tamper {
    pub async fn with(bed: &Bed) -> Self {
        match &bed.location {
            Location::File(path) => {
                let mut connection = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
                let triggers: Vec<(String,)> = sqlx::query_as("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                    .fetch_all(&mut connection)
                    .await
                    .unwrap();
                for (name,) in triggers {
                    connection.execute(sqlx::AssertSqlSafe(format!("DROP TRIGGER {name}"))).await.unwrap();
                }
                connection.execute("PRAGMA foreign_keys = OFF").await.unwrap();
                Tamper::File(connection)
            }
            Location::Url(url) => {
                let database = url.rsplit('/').next().unwrap();
                let admin = setting("GLANCE_TEST_POSTGRES_ADMIN_URL");
                let role = admin.trim_start_matches("postgres://").split('@').next().unwrap().to_owned();
                let mut connection = PgConnection::connect(&postgres_url(&role, database)).await.unwrap();
                connection.execute("SET session_replication_role = replica").await.unwrap();
                Tamper::Server(connection)
            }
        }
    }

    /// A connection of the schema's owner, triggers and all.
    pub async fn guarded(bed: &Bed) -> Self {
        match &bed.location {
            Location::File(path) => {
                Tamper::File(SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap())
            }
            Location::Url(url) => {
                let database = url.rsplit('/').next().unwrap();
                let admin = setting("GLANCE_TEST_POSTGRES_ADMIN_URL");
                let role = admin.trim_start_matches("postgres://").split('@').next().unwrap().to_owned();
                Tamper::Server(PgConnection::connect(&postgres_url(&role, database)).await.unwrap())
            }
        }
    }

    /// As [`Tamper::run`], when it may be refused.
    pub async fn try_run(&mut self, text: String) -> Result<u64, sqlx::Error> {
        let text = sqlx::AssertSqlSafe(text);
        Ok(match self {
            Tamper::File(connection) => connection.execute(text).await?.rows_affected(),
            Tamper::Server(connection) => connection.execute(text).await?.rows_affected(),
        })
    }

    pub async fn run(&mut self, text: String) -> u64 {
        let text = sqlx::AssertSqlSafe(text);
        match self {
            Tamper::File(connection) => connection.execute(text).await.unwrap().rows_affected(),
            Tamper::Server(connection) => connection.execute(text).await.unwrap().rows_affected(),
        }
    }

    /// A literal of these bytes in the engine's own words.
    pub fn bytes_literal(&self, bytes: &[u8]) -> String {
        let hex = glance::storage::versions::hex(bytes);
        match self {
            Tamper::File(_) => format!("X'{hex}'"),
            Tamper::Server(_) => format!("'\\x{hex}'::bytea"),
        }
    }

    pub async fn read_bytes(&mut self, text: String) -> Vec<u8> {
        let text = sqlx::AssertSqlSafe(text);
        match self {
            Tamper::File(connection) => sqlx::query_scalar(text).fetch_one(connection).await.unwrap(),
            Tamper::Server(connection) => sqlx::query_scalar(text).fetch_one(connection).await.unwrap(),
        }
    }

    pub async fn read_text(&mut self, text: String) -> String {
        let text = sqlx::AssertSqlSafe(text);
        match self {
            Tamper::File(connection) => sqlx::query_scalar(text).fetch_one(connection).await.unwrap(),
            Tamper::Server(connection) => sqlx::query_scalar(text).fetch_one(connection).await.unwrap(),
        }
    }

    pub async fn count(&mut self, table: &str) -> i64 {
        let text = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        match self {
            Tamper::File(connection) => sqlx::query_scalar(text).fetch_one(connection).await.unwrap(),
            Tamper::Server(connection) => sqlx::query_scalar(text).fetch_one(connection).await.unwrap(),
        }
    }
}

/// Flips one bit.
pub fn flipped(bytes: &[u8], rng: &mut impl rand::Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = rng.random_range(0..bytes.len());
    bytes[at] ^= 1 << rng.random_range(0..8);
    bytes
}
