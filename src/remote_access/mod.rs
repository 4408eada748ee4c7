//! Remote access: who may reach what, through which gateway and until when; and the sessions gateways told of, judged
//! against that.
//!
//! Invariant: a session's verdict is computed and never kept.

pub mod actions;
pub mod active;
pub mod entering;
pub mod explaining;
pub mod folding;
pub mod gateways;
pub mod importing;
pub mod judging;
pub mod lines;
pub mod live;
pub mod model;
pub mod pages;
pub mod reading;
pub mod records;
pub mod rules;
pub mod steps;
pub mod surroundings;
pub mod taking;
pub mod wording;

pub use model::{Grant, Session, SessionBatch};
