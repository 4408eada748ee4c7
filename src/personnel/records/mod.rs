//! How people, vendors, appointments, circumstances, authorizations and accounts are kept.
//!
//! Invariant: where a record stands is a column as far as no day decides it; what a day decides is computed.

pub mod accounts;
pub mod appointments;
pub mod authorizations;
pub mod circumstances;
pub mod offices;
pub mod people;
pub mod vendors;

use crate::storage::AsOfSql;

/// Texts that know an instant, for the test that prepares every statement.
pub const INSTANT_STATEMENTS: &[AsOfSql] = offices::INSTANT_STATEMENTS;
