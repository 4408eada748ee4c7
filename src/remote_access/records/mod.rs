//! How grants are kept, and sessions with the batches they came in.
//!
//! Invariant: events are appended once and never change; a session's row at an instant is what its events recorded until
//! then add up to.

pub mod batches;
pub mod concerned;
pub mod grants;
pub mod links;
pub mod paths;
pub mod sessions;

use crate::storage::{AsOfSql, OrgSql};

/// Texts of this slice that know no instant.
pub const STATEMENTS: &[OrgSql] = &[sessions::CLOSE, sessions::EVENTS_OF];

/// Texts of this slice that know an instant.
pub const INSTANT_STATEMENTS: &[AsOfSql] = &[
    batches::SAME,
    batches::WORD,
    batches::WORDS,
    paths::OF_PEOPLE,
    paths::OF_VENDORS,
    sessions::EVERY,
    sessions::OF_BATCH,
    sessions::ONE,
    sessions::OPEN,
];
