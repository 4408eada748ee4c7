//! The auditor's eye: what somebody who is here only to audit may look at, decided in one place after the gate's policy.
//!
//! Invariant: closed by default. Whoever holds an action by the auditor's role alone passes only where the eye says so; every
//! other address answers like one that does not exist, for reading and for writing alike.

use futures_util::future::BoxFuture;

use super::{App, Caller, Failure};
use crate::vocabulary::Moment;

/// What an auditor asks for.
#[derive(Clone, Copy, Debug)]
pub struct Sought<'r> {
    /// True for a request that changes nothing.
    pub is_read: bool,
    /// The path of the address, as it was sent.
    pub path: &'r str,
    pub as_of: Option<Moment>,
}

/// What the eye says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Goes on to the page; the address is where the auditor's view begins.
    Page { home: String },
    /// Leads to the address that may be seen.
    Elsewhere(String),
    /// As if nothing were there.
    Nothing,
}

/// Decides what a caller who is here only to audit sees of an address.
pub type Eye = for<'c> fn(&'c App, &'c Caller, Sought<'c>) -> BoxFuture<'c, Result<Seen, Failure>>;
