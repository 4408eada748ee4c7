//! Sealing: signed notes, signatures other tools verify, and the bag an auditor checks without Glance.
//!
//! Invariant: pure over bytes and keys. The same order and key give the same bytes.

pub mod archive;
pub mod bag;
pub mod history;
pub mod note;
pub mod signature;
pub mod verifier;
