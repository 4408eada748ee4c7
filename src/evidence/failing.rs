//! Why a package was not built, in words a person can act on.
//!
//! Invariant: nothing half built is ever delivered; each state names what to mend.

use crate::seal::Unsealable;
use crate::storage;
use crate::storage::blobs::State;

/// Why a package was not built.
#[derive(Debug, thiserror::Error)]
pub enum Unbuilt {
    /// Something in the order cannot be: shown beside its field.
    #[error("{field}: {problem}")]
    Field { field: &'static str, value: String, problem: String },
    /// Bytes of an evidence file are not there, or not those that were recorded.
    #[error("{reference} ({name}) is not shipped: {}", .state.told())]
    Bytes { reference: String, name: String, state: State },
    /// A file of the package could not be written.
    #[error("{chapter}: {cause}")]
    Unwritten { chapter: &'static str, cause: Unsealable },
    #[error(transparent)]
    Storage(#[from] storage::Failure),
}

impl Unbuilt {
    #[must_use]
    pub fn field(field: &'static str, value: impl Into<String>, problem: impl Into<String>) -> Self {
        Unbuilt::Field { field, value: value.into(), problem: problem.into() }
    }

    /// True when trying again may help without anybody mending anything.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Unbuilt::Storage(failure) if failure.is_passing())
    }
}

impl From<std::io::Error> for Unbuilt {
    fn from(error: std::io::Error) -> Self {
        Unbuilt::Storage(error.into())
    }
}
