//! How grants are kept, and sessions with the batches they came in.
//!
//! Invariant: events are appended once and never change; a session's row at an instant is what its events recorded until
//! then add up to.

pub mod batches;
pub mod grants;
pub mod links;
