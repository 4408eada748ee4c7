//! Access in the facts, from a snapshot: people and what they were given, departures, sessions.
//!
//! Invariant: read whole or brought up by what changed, the facts are the same.

use uuid::Uuid;

use super::gathering::{all, read};
use crate::checks::facts::{Facts, Touched};
use crate::departures::Departure;
use crate::ids::{Id, SessionBatchId};
use crate::personnel::{Account, Appointment, Authorization, Circumstance, Person, Vendor};
use crate::remote_access::Grant;
use crate::remote_access::records::{batches, sessions};
use crate::reviews::records::discrepancies::discrepancies;
use crate::storage::{Result, Snapshot};

/// Puts everything around access.
pub(super) async fn take_all(at: &mut Snapshot, facts: &mut Facts) -> Result<()> {
    all::<Vendor>(at, |id, vendor| drop(facts.put_vendor(id, vendor))).await?;
    all::<Person>(at, |id, person| drop(facts.put_person(id, person))).await?;
    all::<Appointment>(at, |id, appointment| drop(facts.put_appointment(id, appointment))).await?;
    all::<Circumstance>(at, |id, circumstance| drop(facts.put_circumstance(id, circumstance))).await?;
    all::<Authorization>(at, |id, authorization| drop(facts.put_authorization(id, authorization))).await?;
    all::<Account>(at, |id, account| drop(facts.put_account(id, account))).await?;
    all::<Grant>(at, |id, grant| drop(facts.put_grant(id, grant))).await?;
    all::<Departure>(at, |id, departure| drop(facts.put_departure(id, departure))).await?;
    sessions::each(at, None, |id, session| facts.access.put_session(id.uuid(), session)).await?;
    take_gateways(at, facts).await?;
    take_discrepancies(at, facts).await.map(drop)
}

/// Kinds of records that make or close a discrepancy.
pub(super) const DECIDING: [&str; 5] = ["review", "authorization", "account", "grant", "conduit"];

/// Puts what completed reviews found to be wrong; gives what that can move.
pub(super) async fn take_discrepancies(at: &mut Snapshot, facts: &mut Facts) -> Result<Touched> {
    Ok(facts.put_discrepancies(discrepancies(at).await?))
}

/// Puts the last word of each gateway; gives what that can move.
async fn take_gateways(at: &mut Snapshot, facts: &mut Facts) -> Result<Touched> {
    let words = batches::last_word(at).await?.into_iter().map(|(gateway, word)| (gateway.uuid(), word));
    Ok(facts.put_gateways(words.collect()))
}

/// Puts the sessions of a batch as they stand by now.
async fn take_batch(at: &mut Snapshot, facts: &mut Facts, batch: SessionBatchId) -> Result<Touched> {
    sessions::each(at, Some(batch), |id, session| facts.access.put_session(id.uuid(), session)).await?;
    take_gateways(at, facts).await
}

/// Puts one record again that a leaf is about; gives what that can move.
pub(super) async fn put_again(at: &mut Snapshot, facts: &mut Facts, kind: &str, id: Uuid) -> Result<Touched> {
    Ok(match kind {
        "vendor" => read::<Vendor>(at, id).await?.map(|vendor| facts.put_vendor(id, vendor)),
        "person" => read::<Person>(at, id).await?.map(|person| facts.put_person(id, person)),
        "appointment" => read::<Appointment>(at, id).await?.map(|one| facts.put_appointment(id, one)),
        "circumstance" => read::<Circumstance>(at, id).await?.map(|one| facts.put_circumstance(id, one)),
        "authorization" => read::<Authorization>(at, id).await?.map(|one| facts.put_authorization(id, one)),
        "account" => read::<Account>(at, id).await?.map(|account| facts.put_account(id, account)),
        "grant" => read::<Grant>(at, id).await?.map(|grant| facts.put_grant(id, grant)),
        "departure" => read::<Departure>(at, id).await?.map(|departure| facts.put_departure(id, departure)),
        "session_batch" => Some(take_batch(at, facts, SessionBatchId::from_uuid(id)).await?),
        _ => None,
    }
    .unwrap_or_default())
}
