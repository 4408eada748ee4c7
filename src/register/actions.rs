//! What can be done with a record of any register: enter it, revise it, retire it.
//!
//! Invariant: nothing is written from a draft with problems, and what follows from a record is settled in the same change.

use std::collections::BTreeMap;

use super::{Draft, Lookup, Problem, Register, draft, signing};
use crate::storage::{Change, Kept, Result, Snapshot};
use crate::vocabulary::Date;

/// Writes texts into a record and judges the whole, also by what only other records can tell.
pub async fn drafted<K: Register>(
    at: &mut Snapshot,
    id: Option<K::Id>,
    record: &mut K,
    texts: &BTreeMap<String, String>,
    lookup: &Lookup,
) -> Result<Draft> {
    let mut drafted = draft::apply(record, texts, lookup);
    if drafted.is_good() {
        drafted.problems.extend(K::weigh(at, &[(id, record)]).await?.into_iter().flat_map(|weighed| weighed.problems));
    }
    Ok(drafted)
}

/// Enters a new record.
pub async fn enter<K: Register>(change: &mut Change, record: &K, why: &str) -> Result<K::Id> {
    let id = change.new_id::<K::Id>();
    let signed = signing::signed(change, None, record).await?;
    let record = signed.as_ref().unwrap_or(record);
    let completed = K::completed(change, None, record).await?;
    let record = completed.as_ref().unwrap_or(record);
    change.insert_as(id, &format!("{}.create", K::WORDS.kind), record, why).await?;
    K::settle(change, id, None, record).await?;
    Ok(id)
}

/// Writes the next version of a record that was read before. Nothing changes when nothing differs.
pub async fn revise<K: Register>(change: &mut Change, read: &Kept<K>, record: &K, why: &str) -> Result<i64> {
    if read.content == *record {
        return Ok(read.version);
    }
    let signed = signing::signed(change, Some(&read.content), record).await?;
    let record = signed.as_ref().unwrap_or(record);
    let completed = K::completed(change, Some(&read.content), record).await?;
    act(change, "update", read, completed.as_ref().unwrap_or(record), why).await
}

/// Why a record may not leave service yet.
pub async fn stays<K: Register>(at: &mut Snapshot, read: &Kept<K>, on: Date, why: &str) -> Result<Vec<Problem>> {
    let mut record = read.content.clone();
    record.withdraw(on, why);
    let weighed = K::weigh(at, &[(Some(read.id), &record)]).await?;
    Ok(weighed.into_iter().flat_map(|draft| draft.problems).collect())
}

/// Takes a record out of service. Its reference stays taken; nothing is erased.
pub async fn retire<K: Register>(change: &mut Change, read: &Kept<K>, on: Date, why: &str) -> Result<i64> {
    let mut record = read.content.clone();
    record.withdraw(on, why);
    act(change, "retire", read, &record, why).await
}

/// Writes the next version under an act of its own name.
pub async fn act<K: Register>(change: &mut Change, act: &str, read: &Kept<K>, record: &K, why: &str) -> Result<i64> {
    if read.content == *record {
        return Ok(read.version);
    }
    let version = change.supersede(&format!("{}.{act}", K::WORDS.kind), read, record, why).await?;
    K::settle(change, read.id, Some(&read.content), record).await?;
    Ok(version)
}
