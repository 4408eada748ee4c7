//! Settings: flag, else environment, else default; checked once, before anything opens.
//!
//! Invariant: an unknown `GLANCE_` variable or a bad value stops the start with a sentence; secrets never print.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::storage::Blobs;
use crate::storage::engine::Location;

/// Variables Glance knows. Names that begin with `GLANCE_TEST_` belong to the test run.
const KNOWN: [&str; 7] = [
    "GLANCE_DATA",
    "GLANCE_DATABASE_URL",
    "GLANCE_LISTEN",
    "GLANCE_PUBLIC_URL",
    "GLANCE_LOG",
    "GLANCE_BLOB_URL",
    "GLANCE_MIGRATION_URL",
];

/// Where an installation is, common to all commands.
#[derive(Clone, Debug, clap::Args)]
pub struct Place {
    /// Data directory: the SQLite file, keys, packages and evidence files
    #[arg(long, env = "GLANCE_DATA", default_value = "./glance-data", global = true, hide_env_values = true)]
    pub data: PathBuf,
    /// `PostgreSQL` instead of SQLite: <postgres://user:password@host:5432/name>
    #[arg(long, env = "GLANCE_DATABASE_URL", global = true, hide_env_values = true)]
    pub database_url: Option<Redacted>,
    /// One JSON document on standard output; words for people go to standard error
    #[arg(long, global = true)]
    pub json: bool,
}

/// A text that prints as nothing.
#[derive(Clone)]
pub struct Redacted(String);

impl std::fmt::Debug for Redacted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(redacted)")
    }
}

impl std::str::FromStr for Redacted {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl Place {
    /// The database of the installation.
    #[must_use]
    pub fn location(&self) -> Location {
        match &self.database_url {
            Some(url) => Location::Url(url.0.clone()),
            None => Location::File(self.data.join("glance.db")),
        }
    }

    /// The database as its owner, for migrations.
    #[must_use]
    pub fn owner_location(&self) -> Location {
        match std::env::var("GLANCE_MIGRATION_URL") {
            Ok(url) => Location::Url(url),
            Err(_) => self.location(),
        }
    }

    /// Where the bytes of evidence files are: the data directory, or what `GLANCE_BLOB_URL` says.
    pub fn blobs(&self) -> Result<Blobs, String> {
        let url = std::env::var("GLANCE_BLOB_URL").ok();
        Blobs::at(url.as_deref(), &self.data).map_err(|problem| format!("GLANCE_BLOB_URL: {problem}"))
    }
}

/// Where people reach a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(pub String);

/// The public address: http only on loopback, because TLS belongs to the proxy.
pub fn public_url(given: Option<&str>, listen: SocketAddr) -> Result<PublicUrl, String> {
    match given.map(|url| url.trim_end_matches('/')) {
        None if listen.ip().is_loopback() => Ok(PublicUrl(format!("http://{listen}"))),
        None => Err(format!("listening on {listen} needs GLANCE_PUBLIC_URL, an https address people use")),
        Some(url) if url.starts_with("https://") && !url[8..].contains('/') => Ok(PublicUrl(url.to_owned())),
        Some(url) if url.starts_with("http://") && listen.ip().is_loopback() && !url[7..].contains('/') => {
            Ok(PublicUrl(url.to_owned()))
        }
        Some(url) => {
            Err(format!("GLANCE_PUBLIC_URL={url} is not an https address without a path (http is for loopback only)"))
        }
    }
}

/// Refuses variables Glance does not know, so that a slip of the pen is not a silent default.
pub fn check_environment(names: impl Iterator<Item = String>) -> Result<(), String> {
    for name in names.filter(|name| name.starts_with("GLANCE_") && !name.starts_with("GLANCE_TEST_")) {
        if !KNOWN.contains(&name.as_str()) {
            return Err(format!("{name} is not a setting; Glance knows {}", KNOWN.join(", ")));
        }
    }
    Ok(())
}

/// Makes the data directory, for its owner only.
pub fn make_directory(data: &Path) -> Result<(), String> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data)
        .map_err(|error| format!("{}: {error}", data.display()))
}

#[cfg(test)]
mod tests {
    use super::{check_environment, public_url};

    #[test]
    fn addresses() {
        let (here, everywhere) = ("127.0.0.1:8080".parse().unwrap(), "0.0.0.0:8080".parse().unwrap());
        assert_eq!(public_url(None, here).unwrap().0, "http://127.0.0.1:8080");
        assert!(public_url(None, everywhere).is_err());
        assert!(public_url(Some("http://glance.example"), everywhere).is_err());
        assert_eq!(public_url(Some("https://glance.example/"), everywhere).unwrap().0, "https://glance.example");
    }

    #[test]
    fn unknown_variables() {
        let names = |names: &[&str]| check_environment(names.iter().map(|name| (*name).to_owned()));
        assert!(names(&["PATH", "GLANCE_DATA", "GLANCE_TEST_X"]).is_ok());
        assert!(names(&["GLANCE_DATABSE_URL"]).unwrap_err().contains("GLANCE_DATABSE_URL"));
    }
}
