//! Disclosing record versions: each that the package uses, with the leaf that commits to it, in the order of the log.
//!
//! Invariant: read page by page, so memory does not grow with the log; a version without its leaf, or a leaf without its
//! record, stops the build.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::failing::Unbuilt;
use super::records::{self, LeafRow};
use super::used::Used;
use crate::seal::history::{Disclosed, History};
use crate::storage::versions::{VersionRow, commitment};
use crate::storage::{Failure, Result, Snapshot};

/// Leaves read at a time.
const PAGE: i64 = 4_000;

/// A record version that the package discloses, as its manifest lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub kind: &'static str,
    pub id: Uuid,
    pub version: i64,
    pub commitment: [u8; 32],
}

/// A wanted leaf on its way.
struct Found {
    row: LeafRow,
    id: Uuid,
    kind: &'static str,
    version: i64,
}

/// Discloses every version used; gives them in the order of their leaves.
pub async fn disclose(
    at: &mut Snapshot,
    used: &Used,
    history: &mut History<'_>,
) -> std::result::Result<Vec<Told>, Unbuilt> {
    let mut told = Vec::with_capacity(used.len());
    let mut from = 0;
    while from < at.tree_size() {
        let leaves = records::leaves(at, from, PAGE).await?;
        from += PAGE;
        let wanted: Vec<Found> = leaves.into_iter().filter_map(|row| found(used, row)).collect();
        let mut rows = rows(at, &wanted).await?;
        for Found { row, id, kind, version } in wanted {
            let VersionRow { record, salt, .. } = rows
                .remove(&id)
                .filter(|found| found.version == version)
                .ok_or_else(|| Failure::Damaged(format!("{kind} {id} version {version}: its record is not there")))?;
            told.push(Told { kind, id, version, commitment: commitment(&salt, record.as_bytes()) });
            let seq = u64::try_from(row.seq).unwrap_or(0);
            let (kind, id) = (kind.to_owned(), id.hyphenated().to_string());
            let one = Disclosed { seq, leaf: row.leaf, kind, id, version, salt, record };
            history.disclose(&one).map_err(|cause| Unbuilt::Unwritten { chapter: "history", cause })?;
        }
    }
    if told.len() == used.len() { Ok(told) } else { Err(missing(used, &told).into()) }
}

fn missing(used: &Used, told: &[Told]) -> Failure {
    let known: std::collections::BTreeSet<Uuid> = told.iter().map(|one| one.id).collect();
    let lost = used.iter().find(|(id, _)| !known.contains(id));
    let named = lost.map_or_else(String::new, |(id, (kind, version))| format!("{kind} {id} version {version}: "));
    Failure::Damaged(format!("{named}a record without its leaf"))
}

/// A leaf that commits to a version used.
fn found(used: &Used, row: LeafRow) -> Option<Found> {
    let id = Uuid::parse_str(&row.subject).ok()?;
    let (kind, version) = *used.get(&id)?;
    let fits = kind == row.kind && revision(&row.leaf).as_deref() == Some(version.to_string().as_str());
    fits.then_some(Found { row, id, kind, version })
}

fn revision(leaf: &[u8]) -> Option<String> {
    let leaf: serde_json::Value = serde_json::from_slice(leaf).ok()?;
    leaf["obj"]["rev"].as_str().map(str::to_owned)
}

/// The records of these leaves, by id.
async fn rows(at: &mut Snapshot, wanted: &[Found]) -> Result<BTreeMap<Uuid, VersionRow>> {
    let mut by_kind: BTreeMap<&'static str, Vec<Uuid>> = BTreeMap::new();
    for one in wanted {
        by_kind.entry(one.kind).or_default().push(one.id);
    }
    let mut found = BTreeMap::new();
    for (kind, ids) in by_kind {
        found.extend(records::versions(at, kind, &ids).await?.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}
