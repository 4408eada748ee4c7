//! People who use Glance: sign-in users and the roles they have in an organization.
//!
//! Invariant: which roles somebody had when is an audited record of the organization; credentials are not.

pub mod actions;
pub mod api;
pub mod credentials;
pub mod inviting;
pub mod model;
pub mod pages;
pub mod records;
pub mod refusals;
pub mod signing_in;

pub use model::Membership;
