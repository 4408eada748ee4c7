//! What can go wrong in storage, in the words the layers above act on.
//!
//! Invariant: no SQL text, path or driver message reaches a person; those stay in the source for the log.

pub type Result<T, E = Failure> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Somebody else changed the record first.
    #[error("the {kind} was changed by somebody else in the meantime")]
    Stale { kind: &'static str, id: String },
    /// A reference or another unique value is taken.
    #[error("already taken ({0})")]
    Taken(String),
    /// A value points at a record that does not exist in this organization.
    #[error("points at a record that does not exist")]
    Dangling,
    /// The instant asked for is in the future.
    #[error("the instant asked for is in the future")]
    Future,
    /// The database cannot be reached or is overloaded; asking again later may help.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// No space is left for the database.
    #[error("no space is left for the database")]
    Full(#[source] sqlx::Error),
    /// The installation does not hold what Glance demands of it.
    #[error("{0}")]
    Unfit(String),
    /// Stored content cannot be read back: damage, or a newer Glance wrote it.
    #[error("stored content cannot be read: {0}")]
    Damaged(String),
    /// A mistake in Glance.
    #[error("storage failed")]
    Bug(#[source] sqlx::Error),
    /// A mistake in Glance: a statement and its values do not fit.
    #[error("a statement and its values do not fit: {0}")]
    Misbound(String),
    #[error("the migration failed: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("a file could not be used: {0}")]
    File(#[from] std::io::Error),
}

impl Failure {
    /// True when asking again later may help.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Failure::Unavailable(_) | Failure::Full(_))
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::WorkerCrashed => Failure::Unavailable(error),
            sqlx::Error::Database(cause) => {
                let code = cause.code().unwrap_or_default().into_owned();
                if cause.is_unique_violation() {
                    Failure::Taken(cause.constraint().unwrap_or_else(|| cause.message()).to_owned())
                } else if cause.is_foreign_key_violation() {
                    Failure::Dangling
                } else {
                    by_code(&code, error)
                }
            }
            _ => Failure::Bug(error),
        }
    }
}

/// SQLite result codes (primary code in the low byte) and PostgreSQL SQLSTATE classes.
fn by_code(code: &str, error: sqlx::Error) -> Failure {
    let sqlite = code.parse::<u32>().ok().filter(|_| code.len() < 5).map(|code| code & 0xff);
    match (sqlite, code) {
        (Some(5 | 6 | 10 | 14), _) => Failure::Unavailable(error),
        (Some(13), _) | (_, "53100") => Failure::Full(error),
        (Some(11 | 26), _) => Failure::Damaged(error.to_string()),
        (_, code) if ["08", "40", "53", "57", "55"].iter().any(|class| code.starts_with(class)) => {
            Failure::Unavailable(error)
        }
        _ => Failure::Bug(error),
    }
}
