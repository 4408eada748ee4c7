//! Somebody's act upon a record: who asked for it, who decided, when and why.
//!
//! Invariant: a record keeps the name beside the person, so it can be read after the person left.

use serde::{Deserialize, Serialize};

use super::Member;
use crate::vocabulary::{Moment, TimeZone};

/// Somebody's act upon a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// None where a program asked, on nobody's behalf.
    pub by: Option<Member>,
    /// Who it was, in words.
    pub name: String,
    pub at: Moment,
    pub reason: String,
}

impl Act {
    /// The act in words, in the organization's zone.
    #[must_use]
    pub fn told(&self, zone: TimeZone) -> String {
        let why = if self.reason.is_empty() { String::new() } else { format!(": {}", self.reason) };
        format!("{}, {}{why}", self.name, zone.told(self.at))
    }
}
