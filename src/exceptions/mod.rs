//! Exceptions: what the organization asked to be excused from, by whom it was granted, and until when.
//!
//! Invariant: nobody approves what they requested, and nothing justifies more than its kind allows (ARCHITECTURE §7).

pub mod actions;
pub mod api;
pub mod model;
pub mod pages;
pub mod records;
mod register;
pub mod rules;
pub mod subjects;

pub use model::{Covered, Exception, ExceptionKind, Standing};
