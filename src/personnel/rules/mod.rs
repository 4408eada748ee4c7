//! What personnel records must say, what people may decide, and what access takes.
//!
//! Invariant: pure. A refusal names the part of the standard it follows from, what is missing and since when.

pub mod access;
pub mod deciding;
pub mod entering;
pub mod offices;
pub mod standing;
