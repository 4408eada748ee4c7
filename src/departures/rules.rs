//! What follows from a termination or a transfer: which abilities it ends, by when, and who may say what about them.
//!
//! Invariant: pure. A due moment is computed from the times of the record in the organization's zone, and never typed.

pub mod clocks;
pub mod entering;
pub mod held;
pub mod removal;
pub mod wording;

pub use clocks::{Deadline, Gap, Missing, Part, State, deadlines};
pub use entering::Determination;
pub use removal::Removal;
