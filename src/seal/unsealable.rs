//! Why a package could not be sealed, in words the person who ordered it can act on.
//!
//! Invariant: names the file it is about; a full disk is told from damage, and neither leaves half a package behind.

use crate::storage::Failure;

/// What stopped a build.
#[derive(Debug, thiserror::Error)]
pub enum Unsealable {
    /// Package rule 7: a name some system cannot keep.
    #[error("{path}: {why}")]
    Name { path: String, why: String },
    /// What was to be written cannot be said in its form, or does not hold what was promised of it.
    #[error("{path}: {why}")]
    Content { path: String, why: String },
    #[error("no space is left on the disk of the build folder, writing {path}; free some and order again")]
    Full { path: String, source: std::io::Error },
    #[error("{path} could not be written or read back: {source}")]
    File { path: String, source: std::io::Error },
}

impl Unsealable {
    /// A file's content that cannot be shipped.
    pub fn content(path: impl Into<String>, why: impl Into<String>) -> Self {
        Unsealable::Content { path: path.into(), why: why.into() }
    }

    pub(super) fn name(path: &str, why: impl Into<String>) -> Self {
        Unsealable::Name { path: path.to_owned(), why: why.into() }
    }

    /// What the file system said while a file was written or read.
    pub fn file(path: &str, source: std::io::Error) -> Self {
        use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        let path = path.to_owned();
        if matches!(source.kind(), StorageFull | QuotaExceeded | FileTooLarge) {
            Unsealable::Full { path, source }
        } else {
            Unsealable::File { path, source }
        }
    }
}

impl From<Unsealable> for Failure {
    fn from(unsealable: Unsealable) -> Self {
        Failure::Unfit(unsealable.to_string())
    }
}
