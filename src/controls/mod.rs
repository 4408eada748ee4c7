//! Controls: what the organization itself does, in its own words, mapped to the requirements it answers.
//!
//! Invariant: a control names only requirements that exist; a narrative is one per requirement; an attestation is made by
//! a person and is withdrawn, never edited.

pub mod actions;
pub mod api;
pub mod model;
pub mod pages;
pub mod records;
pub mod rules;
pub mod starter;

pub use model::{Attestation, Control, Narrative};
