//! Remote access as pages.
//!
//! Invariant: a page shows what the rules say and decides nothing itself.

pub mod grants;
