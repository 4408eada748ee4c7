//! Flows: what sensors saw. Batches of observations, the hosts in them, and what people decide about those.
//!
//! Invariant: nothing enters the inventory by itself. A batch is the audited record behind its rows.

pub mod actions;
pub mod api;
pub mod conn;
pub mod model;
pub mod pages;
pub mod records;
pub mod rules;
pub mod zeek;

pub use model::{Batch, Decision, Discovery};
