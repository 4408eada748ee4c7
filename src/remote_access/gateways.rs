//! Which asset a gateway is.
//!
//! Invariant: a gateway is an asset of the inventory; one that has no such role is taken with a warning, for judging asks for
//! the role again.

use crate::assets::Asset;
use crate::ids::AssetId;
use crate::register::{Register as _, field, records};
use crate::storage::{Result, Snapshot};
use crate::vocabulary::fold;

/// Longer than any reference an asset may have.
const MOST_OF_A_REFERENCE: usize = 200;

/// An asset that tells of sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gateway {
    pub id: AssetId,
    pub reference: String,
    pub warnings: Vec<String>,
}

/// The gateway of a reference; the inner error says why there is none.
pub async fn named(at: &mut Snapshot, reference: &str) -> Result<std::result::Result<Gateway, String>> {
    let reference = match field::line(reference, MOST_OF_A_REFERENCE) {
        Ok(line) => line,
        Err(said) => return Ok(Err(said)),
    };
    let wanted = fold::folded(&reference);
    if wanted.is_empty() {
        return Ok(Err("missing; the reference of the asset that tells of the sessions".to_owned()));
    }
    let Some(kept) = records::by_references::<Asset>(at, &[wanted]).await?.pop() else {
        return Ok(Err(format!("no asset has the reference {reference}; enter the gateway first")));
    };
    let mut warnings = Vec::new();
    if !kept.is_intermediate() {
        warnings.push(format!(
            "{} has neither the role Intermediate System nor Jump host: every interactive session through it is failing (CIP-005-7 R2.1)",
            kept.reference
        ));
    }
    if kept.is_retired() {
        warnings.push(format!("{} is retired, and still tells of sessions", kept.reference));
    }
    Ok(Ok(Gateway { id: kept.id, reference: kept.reference.to_string(), warnings }))
}
