//! How people, vendors, appointments, circumstances, authorizations and accounts are kept.
//!
//! Invariant: where a record stands is a column as far as no day decides it; what a day decides is computed.

pub mod accounts;
pub mod appointments;
pub mod authorizations;
pub mod circumstances;
pub mod people;
pub mod vendors;
