//! Flows: what sensors saw. Sensors, batches of observations, the flows and hosts in them, and what people decide about hosts.
//!
//! Invariant: nothing enters the inventory by itself. A batch is the audited record behind its rows.

pub mod actions;
pub mod api;
pub mod called;
pub mod crossings;
pub mod deciding;
pub mod folding;
pub mod found;
pub mod importing;
pub mod intake;
pub mod listing;
pub mod model;
pub mod operations;
pub mod pages;
pub mod reading;
pub mod records;
pub mod rules;
pub mod states;
pub mod traffic;
pub mod wording;

pub use model::{Batch, Decision, Discovery, Sensor};
