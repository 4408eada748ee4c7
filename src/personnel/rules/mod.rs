//! What people may decide, and what access takes.
//!
//! Invariant: pure. A refusal names the part of the standard it follows from, what is missing and since when.

pub mod offices;
