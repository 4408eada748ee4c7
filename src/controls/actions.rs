//! What can be done with narratives and attestations, and how a starter set is adopted.
//!
//! Invariant: one narrative a requirement; an attestation has two acts in its life at most: made, withdrawn.

use super::model::{Attestation, Control, Narrative, Withdrawal};
use super::{records, starter};
use crate::frameworks::RequirementId;
use crate::ids::{AttestationId, NarrativeId};
use crate::register;
use crate::storage::{Change, Kept, Result};
use crate::vocabulary::fold;

/// Writes a requirement's narrative: the first, or the next version of the one that was read.
pub async fn narrate(
    change: &mut Change,
    read: Option<&Kept<Narrative>>,
    requirement: &RequirementId,
    text: &str,
    why: &str,
) -> Result<NarrativeId> {
    let narrative = Narrative { requirement: requirement.clone(), text: text.to_owned() };
    match read {
        None => change.insert("narrative.create", &narrative, why).await,
        Some(kept) if kept.content == narrative => Ok(kept.id),
        Some(kept) => change.supersede("narrative.update", kept, &narrative, why).await.map(|_| kept.id),
    }
}

/// Records what a person judged.
pub async fn attest(change: &mut Change, attestation: &Attestation) -> Result<AttestationId> {
    change.insert("attestation.create", attestation, &attestation.statement).await
}

/// Takes an attestation back. It stays readable, with who took it back and why.
pub async fn withdraw(change: &mut Change, read: &Kept<Attestation>, by: &str, why: &str) -> Result<i64> {
    let mut attestation = read.content.clone();
    attestation.withdrawn = Some(Withdrawal { by: by.to_owned(), at: change.moment(), reason: why.to_owned() });
    change.supersede("attestation.withdraw", read, &attestation, why).await
}

/// Enters the chosen controls of the starter set, leaving out those whose reference is taken; gives how many.
pub async fn adopt(change: &mut Change, chosen: &[&str], why: &str) -> Result<usize> {
    let wanted: Vec<Control> = starter::set()
        .controls
        .iter()
        .filter(|one| chosen.contains(&one.reference.as_str()))
        .map(starter::Offer::control)
        .collect();
    let references: Vec<String> = wanted.iter().map(|control| control.reference.folded()).collect();
    let taken = register::records::by_references::<Control>(change.reading().await?, &references).await?;
    let taken: Vec<String> = taken.iter().map(|kept| fold::folded(kept.reference.as_str())).collect();
    let mut adopted = 0;
    for control in wanted.iter().filter(|control| !taken.contains(&control.reference.folded())) {
        register::actions::enter(change, control, why).await?;
        adopted += 1;
    }
    Ok(adopted)
}

/// The narrative that stands for a requirement, inside a change.
pub async fn standing_narrative(change: &mut Change, requirement: &RequirementId) -> Result<Option<Kept<Narrative>>> {
    records::narrative(change.reading().await?, requirement.as_str()).await
}
