//! Conduits: which zones may speak with each other, over what, why, and who said so.
//!
//! Invariant: a conduit and each flow it permits count only while another person than the requester has approved them, and
//! an expired permission permits nothing.

pub mod actions;
pub mod api;
pub mod judging;
pub mod model;
pub mod pages;
pub mod permits;
pub mod policy;
pub mod protocols;
pub mod records;
pub mod rules;

pub use model::{Conduit, PermittedFlow};
