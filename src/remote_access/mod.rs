//! Remote access: who may reach what, through which gateway and until when; and the sessions gateways told of, judged
//! against that.
//!
//! Invariant: a session's verdict is computed and never kept.

pub mod actions;
pub mod entering;
pub mod judging;
pub mod model;
pub mod pages;
pub mod records;
pub mod rules;
pub mod steps;
pub mod surroundings;

pub use model::{Grant, Session, SessionBatch};
