//! The log of a finding: what was done, and in the same step what became of the records.
//!
//! Invariant: the entry, the finding's step and the records it verifies, edits or retires are one change: all of it is
//! written or nothing. An asset gets one version however much the entry does with it.

use std::collections::BTreeMap;

use super::acting;
use super::model::{Deed, Finding, RemediationEntry, Touch};
use super::rules::{Refusal, Step, Who};
use crate::assets::{Asset, verifying};
use crate::checks::Subject;
use crate::ids::{AssetId, Id, RemediationEntryId};
use crate::register::{Lookup, Problem, Register, actions, records};
use crate::storage::{Change, Kept, Result};
use crate::vocabulary::Date;

/// What an entry does with one asset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deeds {
    pub verify: bool,
    /// Fields and what they are set to.
    pub set: BTreeMap<String, String>,
    /// The day it left service.
    pub retire: Option<Date>,
}

impl Deeds {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.verify && self.set.is_empty() && self.retire.is_none()
    }
}

/// Why an entry was not logged.
#[derive(Debug)]
pub enum Unlogged {
    Refused(Refusal),
    /// Problems with what an asset was to be set to.
    Invalid(AssetId, Vec<Problem>),
    /// An asset that is not there.
    Missing(AssetId),
}

/// Logs an entry with everything it does.
pub async fn log(
    change: &mut Change,
    read: &Kept<Finding>,
    mut entry: RemediationEntry,
    deeds: &BTreeMap<AssetId, Deeds>,
    who: &Who,
) -> Result<std::result::Result<RemediationEntryId, Unlogged>> {
    let step = Step::Log { finished: entry.finished };
    let why = first_line(&entry.done);
    if let Err(refusal) = acting::take(change, read, &step, who, &why).await? {
        return Ok(Err(Unlogged::Refused(refusal)));
    }
    for (id, deed) in deeds.iter().filter(|(_, deed)| !deed.is_empty()) {
        match touch(change, *id, deed, &entry, &why).await? {
            Ok(touched) => entry.records.extend(touched),
            Err(unlogged) => return Ok(Err(unlogged)),
        }
    }
    change.insert("remediation_entry.create", &entry, &why).await.map(Ok)
}

/// The first line of what was done: the reason of everything the entry writes.
#[must_use]
pub fn first_line(done: &str) -> String {
    done.lines().next().unwrap_or("").chars().take(500).collect()
}

/// Does what the entry says with one asset.
async fn touch(
    change: &mut Change,
    id: AssetId,
    deeds: &Deeds,
    entry: &RemediationEntry,
    why: &str,
) -> Result<std::result::Result<Vec<Touch>, Unlogged>> {
    let Some(kept) = change.reading().await?.find::<Asset>(id).await? else {
        return Ok(Err(Unlogged::Missing(id)));
    };
    let mut asset = kept.content.clone();
    let lookup = records::lookup_for::<Asset>(change.reading().await?, [&kept.content], [&deeds.set]).await?;
    let drafted = actions::drafted(change.reading().await?, Some(id), &mut asset, &deeds.set, &lookup).await?;
    if !drafted.is_good() {
        return Ok(Err(Unlogged::Invalid(id, drafted.problems)));
    }
    let edited = asset != kept.content;
    if let Some(on) = deeds.retire {
        asset.withdraw(on, why);
    } else if deeds.verify {
        verifying::found_true(&mut asset, change.moment(), &entry.name);
    }
    let act = if deeds.retire.is_some() { "retire" } else { ["verify", "update"][usize::from(edited)] };
    let touches = touches(&kept, &asset, deeds, edited, &lookup);
    actions::act(change, act, &kept, &asset, why).await?;
    Ok(Ok(touches))
}

fn touches(kept: &Kept<Asset>, after: &Asset, deeds: &Deeds, edited: bool, lookup: &Lookup) -> Vec<Touch> {
    let record = Subject { kind: "asset".to_owned(), id: kept.id.uuid(), reference: after.reference.to_string() };
    let touch = |deed, set: String| Touch { record: record.clone(), deed, set };
    let mut found = Vec::new();
    if edited {
        let fields = Asset::FIELDS.iter().filter(|field| deeds.set.contains_key(field.name));
        let told: Vec<String> = fields.map(|field| format!("{}: {}", field.label, field.told(after, lookup))).collect();
        found.push(touch(Deed::Edited, told.join("; ")));
    }
    if deeds.retire.is_some() {
        found.push(touch(Deed::Retired, String::new()));
    } else if deeds.verify {
        found.push(touch(Deed::Verified, String::new()));
    }
    found
}
