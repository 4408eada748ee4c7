//! Pages of remote access.
//!
//! Invariant: what is shown is judged at the page's instant, by the record as it stood then.

pub mod grants;
pub mod sessions;
