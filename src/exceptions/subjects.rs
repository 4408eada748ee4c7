//! The records somebody names in words: `asset:7-PR-01; system:EMS`, a bare reference being an asset's.
//!
//! Invariant: only records of the snapshot's organization are found; a reference that is not there is a problem, never
//! silently left out.

use std::collections::BTreeMap;

use super::model::Covered;
use crate::assets::Asset;
use crate::conduits::{Conduit, PermittedFlow};
use crate::flows::crossings;
use crate::personnel::{Account, Authorization, Person, Vendor};
use crate::register::{Lookup, field, records};
use crate::remote_access::Grant;
use crate::sites::Site;
use crate::storage::{Audited, Result, Snapshot, Table};
use crate::systems::System;
use crate::zones::Zone;

/// Most records one list names.
const MOST: usize = 500;

/// The kind of what flows between zones.
const CROSSING: &str = "crossing";

const TABLES: [Table; 11] = [
    Asset::TABLE,
    System::TABLE,
    Zone::TABLE,
    Site::TABLE,
    Conduit::TABLE,
    PermittedFlow::TABLE,
    Person::TABLE,
    Vendor::TABLE,
    Authorization::TABLE,
    Account::TABLE,
    Grant::TABLE,
];

/// How a form explains such a text.
pub const HELP: &str = "References separated by semicolons: an asset's as it is, others as system:EMS, zone:ESP-7, site:SUB07, conduit:C-1, \
     permitted_flow:PF-1, person:P-1, vendor:V-1, authorization:A-1, account:AC-1, grant:RAG-1.";

/// The records a text names, or what is wrong with it.
pub async fn named(at: &mut Snapshot, text: &str) -> Result<std::result::Result<Vec<Covered>, String>> {
    let mut wanted: Vec<(&'static str, String)> = Vec::new();
    for part in field::split(text) {
        match kind_of(part) {
            Ok((kind, reference)) => wanted.push((kind, reference.to_owned())),
            Err(problem) => return Ok(Err(problem)),
        }
    }
    if wanted.len() > MOST {
        return Ok(Err(format!("more than {MOST} records; cover all of them instead")));
    }
    let mut by_kind: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (kind, reference) in wanted.iter().filter(|(kind, _)| *kind != CROSSING) {
        by_kind.entry(kind).or_default().push(reference.clone());
    }
    let mut lookup = Lookup::default();
    for table in TABLES {
        if let Some(references) = by_kind.get(table.kind) {
            records::look_up_references(at, &table, references, &mut lookup).await?;
        }
    }
    Ok(wanted.into_iter().map(|(kind, reference)| found(&lookup, kind, &reference)).collect())
}

fn found(lookup: &Lookup, kind: &'static str, reference: &str) -> std::result::Result<Covered, String> {
    if kind == CROSSING {
        return crossing(reference);
    }
    let id = lookup.raw_id(kind, reference).ok_or_else(|| format!("no {kind} has the reference {reference}"))?;
    let known = lookup.reference(<crate::ids::AssetId as crate::ids::Id>::from_uuid(id));
    Ok(Covered { kind: kind.to_owned(), id, reference: known })
}

/// What crosses is no record: it is known by its words, and covered only as far as nobody permitted it.
fn crossing(words: &str) -> std::result::Result<Covered, String> {
    let whole = words.split_once(" to ").is_some_and(|(from, rest)| !from.is_empty() && rest.contains(", "));
    if !whole {
        return Err(format!("{words}: name what crosses as the crossings list does, such as CTL to 8.8.8.8, dns"));
    }
    Ok(Covered { kind: CROSSING.to_owned(), id: crossings::id(words, false), reference: words.to_owned() })
}

fn kind_of(part: &str) -> std::result::Result<(&'static str, &str), String> {
    let Some((kind, reference)) = part.split_once(':') else { return Ok((Asset::TABLE.kind, part)) };
    if kind.trim().eq_ignore_ascii_case(CROSSING) {
        return Ok((CROSSING, reference.trim()));
    }
    let known = TABLES.iter().find(|table| table.kind == kind.trim().to_lowercase());
    known.map(|table| (table.kind, reference.trim())).ok_or_else(|| {
        let kinds: Vec<&str> = TABLES.iter().map(|table| table.kind).collect();
        format!("{kind}: not one of: {}, crossing", kinds.join(", "))
    })
}

/// The same records as text.
#[must_use]
pub fn told(subjects: &[Covered]) -> String {
    field::joined(subjects.iter().map(|one| format!("{}:{}", one.kind, one.reference)))
}
