//! Access as a whole: who can reach what, from where, until when and why; and what waits, what runs out, who is in.
//!
//! Invariant: reads only; everything shown is computed from records of other slices at the page's instant.

mod grounds;
pub mod pages;
pub mod reach;
pub mod records;

pub use pages::{PERSON, VENDOR};
