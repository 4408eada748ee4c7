//! Sealing: signed notes, signatures other tools verify, and the bag an auditor checks without Glance.
//!
//! Invariant: the same order and key give the same bytes; a payload of any size passes through the disk, not through memory.

pub mod archive;
pub mod bag;
pub mod history;
pub mod names;
pub mod note;
pub mod signature;
mod spool;
mod unsealable;
pub mod verifier;

pub use spool::{PREFIX, Spool, Spooled, Writer};
pub use unsealable::Unsealable;
