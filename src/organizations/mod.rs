//! Organizations: what each client utility says of itself.
//!
//! Invariant: the profile is an audited record in the organization's own journal; its first leaf begins the journal.

pub mod actions;
pub mod model;
pub mod pages;
pub mod records;

pub use model::{DueDays, LongestGrant, OrganizationProfile};
