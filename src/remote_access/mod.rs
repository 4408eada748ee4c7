//! Remote access: who may reach what, through which gateway and until when; and the sessions gateways told of, judged
//! against that.
//!
//! Invariant: a session's verdict is computed and never kept.

pub mod explaining;
pub mod judging;
pub mod model;
pub mod records;

pub use model::{Grant, Session, SessionBatch};
