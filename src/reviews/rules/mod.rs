//! What a review asks of a reviewer, when it is due, and when what it found is done with.
//!
//! Invariant: pure.

pub mod closing;
