//! A user's part in one organization.
//!
//! Invariant: no credential is ever part of a record.

use serde::{Deserialize, Serialize};

use crate::ids::UserId;

/// Which roles a user has in the organization; none once they left it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub user: UserId,
    pub login: String,
    pub name: String,
    /// Wire words of roles, sorted, separated by a space.
    pub roles: String,
}
