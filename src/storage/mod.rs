//! Keeping: one SQL text on two engines, version rows and a Merkle journal, one organization at a time.
//!
//! Invariant: rows are read through a [`Snapshot`] of one organization at one instant and written through a
//! [`Change`] that commits version rows and journal leaves together. Storage never imports a slice.

pub mod actor;
pub mod backup;
pub mod blobs;
mod canonical;
pub mod change;
pub mod engine;
pub mod failure;
pub mod journal;
pub mod list;
pub mod merkle;
pub mod paging;
pub mod pending;
pub mod platform;
pub mod snapshot;
pub mod statement;
pub mod store;
pub mod submissions;
pub mod values;
pub mod verify;
pub mod versions;

pub use actor::{Actor, ActorKind};
pub use blobs::Blobs;
pub use change::Change;
pub use failure::{Failure, Result};
pub use snapshot::{AsOf, Snapshot};
pub use statement::{AsOfSql, OrgSql, Statement};
pub use store::Store;
pub use versions::{Audited, Cell, Kept, Kind, Table};
