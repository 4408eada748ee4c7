//! Personnel: the people who reach operational technology, whom they work for, who decides for whom, what they are
//! authorized to, and the accounts they use.
//!
//! Invariant: a person is not a sign-in user of Glance; where somebody is both, the person says so.

pub mod actions;
pub mod api;
pub mod model;
pub mod pages;
pub mod records;
pub mod rules;

pub use model::{Account, Appointment, Authorization, Circumstance, Person, Vendor};
