//! Verification: somebody made sure that the record of an asset is true.
//!
//! Invariant: only a person verifies; a token or a host command never does.

use super::model::Asset;
use crate::register::actions::act;
use crate::storage::{Change, Kept, Result};

/// Notes that the record was found true at the change's moment, by the person who is named.
pub async fn verify(change: &mut Change, read: &Kept<Asset>, by: &str, why: &str) -> Result<i64> {
    let mut asset = read.content.clone();
    asset.verified_at = Some(change.moment());
    by.clone_into(&mut asset.verified_by);
    act(change, "verify", read, &asset, why).await
}
