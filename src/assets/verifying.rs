//! Verification: somebody made sure that the record of an asset is true.
//!
//! Invariant: only a person verifies; a token or a host command never does.

use super::model::Asset;
use crate::register::actions::act;
use crate::storage::{Change, Kept, Result};
use crate::vocabulary::Moment;

/// Notes that the record was found true at the change's moment, by the person who is named.
pub async fn verify(change: &mut Change, read: &Kept<Asset>, by: &str, why: &str) -> Result<i64> {
    let mut asset = read.content.clone();
    found_true(&mut asset, change.moment(), by);
    act(change, "verify", read, &asset, why).await
}

/// The same within a version that says more.
pub fn found_true(asset: &mut Asset, at: Moment, by: &str) {
    asset.verified_at = Some(at);
    by.clone_into(&mut asset.verified_by);
}
