//! What an object store's errors mean to the layers above.
//!
//! Invariant: a full disk is told as one, a store that cannot be reached as passing; the cause stays for the log.

use std::error::Error;
use std::io::ErrorKind;

use crate::storage::Failure;

/// An error of the directory on this host.
pub(super) fn near(error: object_store::Error) -> Failure {
    let kind = kind(&error).unwrap_or(ErrorKind::Other);
    Failure::File(std::io::Error::new(kind, error))
}

/// An error of a store somewhere else.
pub(super) fn far(error: object_store::Error) -> Failure {
    match kind(&error) {
        Some(ErrorKind::StorageFull) => near(error),
        _ => Failure::Unavailable(sqlx::Error::Io(std::io::Error::other(error))),
    }
}

/// The kind of the first input or output error in the chain.
fn kind(error: &object_store::Error) -> Option<ErrorKind> {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(one) = cause {
        if let Some(found) = one.downcast_ref::<std::io::Error>() {
            return Some(found.kind());
        }
        cause = one.source();
    }
    None
}
