//! The timeline: the journal as people read it, and Today, the first page.
//!
//! Invariant: read-only; what is shown was recorded.

pub mod api;
pub mod pages;
pub mod records;
