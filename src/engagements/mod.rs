//! Audit engagements: what an audit asks about, for which days, when answers are due, and who was let in to look.
//!
//! Invariant: an engagement is kept like any other record; an auditor's access is for one engagement, has an end, and is
//! never more than looking.

pub mod actions;
pub mod auditors;
pub mod model;
pub mod pages;
pub mod records;
pub mod register;

pub use auditors::AuditorAccess;
pub use model::Engagement;
