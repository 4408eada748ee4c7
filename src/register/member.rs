//! A person who serves the organization, as a record names them.
//!
//! Invariant: a record keeps the login beside the id, so it can be read after the person left.

use serde::{Deserialize, Serialize};

use super::Lookup;
use crate::ids::UserId;

/// A person of the organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub user: UserId,
    pub login: String,
}

impl Member {
    /// The person with this login; the error is a sentence for who typed it.
    pub fn named(text: &str, lookup: &Lookup) -> Result<Self, String> {
        let login = crate::vocabulary::fold::folded(text);
        let user = lookup.id(super::records::MEMBER, &login).map_err(|_| format!("nobody here signs in as {login}"))?;
        Ok(Self { user, login })
    }
}
