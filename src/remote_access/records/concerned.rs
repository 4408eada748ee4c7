//! What is known around few sessions: whose their accounts are, the grants of these people and vendors, the assets their
//! gateways and targets are.
//!
//! Invariant: judging some sessions by this gives what judging them by everything gives, and reads no more than concerns
//! them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use uuid::Uuid;

use crate::assets::Asset;
use crate::conduits::records::around::zones;
use crate::ids::{AssetId, Id, PersonId, VendorId};
use crate::organizations::OrganizationProfile;
use crate::personnel::model::{Person, Vendor};
use crate::register::records::{beginning, by_ids};
use crate::remote_access::judging::Around;
use crate::remote_access::model::{Grant, Session};
use crate::storage::versions::VersionRow;
use crate::storage::{Audited as _, Result, Snapshot, Table};
use crate::vocabulary::{end, fold};
use crate::zones::model::Zone;

/// Link rows that close as versions do.
pub(super) const fn links(rows: &'static str) -> Table {
    Table { kind: "", identity: rows, versions: rows, columns: &[] }
}

const LOGINS: Table = links("person_logins");
const ADDRESSES: Table = links("interface_addresses");
const TERMS: Table = links("terms");

/// A vendor whose grant names no person. (What an index shall not lead by is wrapped.)
const ALONE: &str = "CASE WHEN v.person_id IS NULL THEN 1 ELSE 0 END = 1 AND v.vendor_id";

/// Everything that judging some sessions needs, and what it was read from.
#[derive(Default)]
pub struct Concerned {
    pub around: Around,
    pub people: HashMap<PersonId, Person>,
    pub vendors: HashMap<VendorId, Vendor>,
    pub assets: BTreeMap<AssetId, Asset>,
    /// How long a gateway's word counts as fresh.
    pub fresh_minutes: u16,
}

/// What is known around these sessions.
pub async fn concerned(at: &mut Snapshot, sessions: &[&Session]) -> Result<Concerned> {
    let organization = at.organization();
    let profile = at.find::<OrganizationProfile>(organization).await?;
    let (idle, fresh_minutes) =
        profile.map_or((0, 0), |profile| (i64::from(profile.idle_minutes), profile.gateway_fresh_minutes));
    let mut known = Concerned { around: Around::new(idle), fresh_minutes, ..Concerned::default() };
    people(at, sessions, &mut known).await?;
    vendors(at, sessions, &mut known).await?;
    grants(at, &mut known).await?;
    assets(at, sessions, &mut known).await?;
    Ok(known)
}

pub(super) fn among(column: &str, count: usize) -> String {
    let numbers: Vec<String> = (3..count + 3).map(|number| format!("${number}")).collect();
    format!(" AND {column} IN ({})", numbers.join(", "))
}

/// Values of one column where another is among these texts.
async fn where_among(
    at: &mut Snapshot,
    table: &Table,
    (wanted, column, also): (&str, &str, &str),
    texts: &BTreeSet<String>,
) -> Result<Vec<(String, Uuid)>> {
    let texts: Vec<&String> = texts.iter().collect();
    let mut found = Vec::new();
    for some in texts.chunks(500) {
        let rest = format!("{also}{}", among(column, some.len()));
        let mut statement = at.projected(table, &format!("{column}, {wanted}"), &rest);
        for text in some {
            statement = statement.bind((*text).clone());
        }
        found.extend(statement.all::<(String, Uuid)>().await?);
    }
    Ok(found)
}

async fn people(at: &mut Snapshot, sessions: &[&Session], known: &mut Concerned) -> Result<()> {
    let logins: BTreeSet<String> = sessions.iter().map(|session| fold::folded(&session.account)).collect();
    let found = where_among(at, &LOGINS, ("v.person_id", "v.login", ""), &logins).await?;
    let ids: BTreeSet<Uuid> = found.into_iter().map(|(_, id)| id).collect();
    for kept in by_ids::<Person>(at, &ids.into_iter().collect::<Vec<_>>()).await? {
        known.around.lay_person(kept.id, &kept.content);
        known.people.insert(kept.id, kept.content);
    }
    Ok(())
}

/// The vendors of these people, and those a gateway names by reference or name.
async fn vendors(at: &mut Snapshot, sessions: &[&Session], known: &mut Concerned) -> Result<()> {
    let mut ids: BTreeSet<Uuid> =
        known.people.values().filter_map(|person| person.vendor).map(VendorId::uuid).collect();
    let words: BTreeSet<String> =
        sessions.iter().map(|session| fold::folded(&session.vendor)).filter(|word| !word.is_empty()).collect();
    let found = where_among(at, &Vendor::TABLE, ("v.id", "v.reference_folded", ""), &words).await?;
    ids.extend(found.iter().map(|(_, id)| *id));
    for word in words.iter().filter(|word| !found.iter().any(|(reference, _)| reference == *word)) {
        if let Some(first) = fold::words(word).next() {
            ids.extend(beginning(at, Vendor::TABLE.kind, &first).await?);
        }
    }
    for kept in by_ids::<Vendor>(at, &ids.into_iter().collect::<Vec<_>>()).await? {
        known.around.put_vendor(kept.id, &kept.name, kept.reference.as_str());
        known.vendors.insert(kept.id, kept.content);
    }
    Ok(())
}

/// Grants of these people, and of these vendors where they name no person.
async fn grants(at: &mut Snapshot, known: &mut Concerned) -> Result<()> {
    let people: Vec<Uuid> = known.people.keys().map(|id| id.uuid()).collect();
    let vendors: Vec<Uuid> = known.vendors.keys().map(|id| id.uuid()).collect();
    let mut rows: BTreeMap<Uuid, Grant> = BTreeMap::new();
    for (column, ids) in [("v.person_id", &people), (ALONE, &vendors)] {
        for some in ids.chunks(500) {
            let rest = among(column, some.len());
            let mut statement = at.projected(&Grant::TABLE, crate::version_columns!(), &rest);
            for id in some {
                statement = statement.bind(*id);
            }
            for row in statement.all::<VersionRow>().await? {
                rows.insert(row.id, row.kept::<Grant>()?.content);
            }
        }
    }
    for (id, grant) in rows {
        known.around.lay_grant(Id::from_uuid(id), Arc::new(grant));
    }
    Ok(())
}

async fn assets(at: &mut Snapshot, sessions: &[&Session], known: &mut Concerned) -> Result<()> {
    let words: BTreeSet<&str> = sessions.iter().flat_map(|session| &session.targets).map(String::as_str).collect();
    let (mut addresses, mut names) = (BTreeSet::new(), BTreeSet::new());
    for word in words {
        match word.parse::<std::net::IpAddr>() {
            Ok(address) => drop(addresses.insert(address.to_string())),
            Err(_) => drop(names.insert(fold::folded(word))),
        }
    }
    let mut ids: BTreeSet<Uuid> = sessions.iter().map(|session| session.gateway.uuid()).collect();
    let found = where_among(at, &ADDRESSES, ("v.asset_id", "v.address", ""), &addresses).await?;
    for (address, id) in found {
        ids.insert(id);
        if let Ok(address) = address.parse() {
            known.around.put_address(end::packed(address), AssetId::from_uuid(id));
        }
    }
    ids.extend(named(at, &names).await?);
    let ids: Vec<Uuid> = ids.into_iter().collect();
    known.assets = by_ids::<Asset>(at, &ids).await?.into_iter().map(|kept| (kept.id, kept.content)).collect();
    let perimeters = zones(at, known.assets.values().filter_map(|asset| asset.zone)).await?;
    for (id, asset) in &known.assets {
        let zone = asset.zone.and_then(|zone| perimeters.get(&zone));
        known.around.put_asset(*id, asset, zone.and_then(Zone::is_outside));
    }
    Ok(())
}

/// Assets that may go by these folded names: their reference, their name, their host name.
async fn named(at: &mut Snapshot, names: &BTreeSet<String>) -> Result<BTreeSet<Uuid>> {
    let keys: BTreeSet<String> = names.iter().map(|name| fold::natural(name)).collect();
    let words: BTreeSet<String> = names.iter().filter_map(|name| fold::words(name).next()).collect();
    let by_word = ("v.id", "v.term", " AND v.kind = 'asset'");
    let mut found = where_among(at, &Asset::TABLE, ("v.id", "v.reference_folded", ""), names).await?;
    found.extend(where_among(at, &Asset::TABLE, ("v.id", "v.name_key", ""), &keys).await?);
    // A host name is one word; what is the first word of many names leads to none of them.
    let whole: BTreeSet<String> = words.into_iter().filter(|word| names.contains(word)).collect();
    found.extend(where_among(at, &TERMS, by_word, &whole).await?);
    Ok(found.into_iter().map(|(_, id)| id).collect())
}
