//! What access is made of, read at the snapshot's instant for one kind of review.
//!
//! Invariant: a handful of reads, whatever the number of rows; what was removed long ago is left where it lies.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use crate::assets::Asset;
use crate::conduits::Conduit;
use crate::departures::Departure;
use crate::departures::model::DepartureKind;
use crate::ids::{AssetId, Id};
use crate::organizations::OrganizationProfile;
use crate::personnel::{Account, Authorization, Circumstance, Person, Vendor};
use crate::register::records::by_ids;
use crate::remote_access::Grant;
use crate::reviews::model::ReviewKind;
use crate::reviews::rules::population::{Access, Holder, Stated};
use crate::sites::Site;
use crate::storage::versions::VersionRow;
use crate::storage::{Audited, Kept, Result, Snapshot};
use crate::systems::System;
use crate::vocabulary::TimeZone;
use crate::zones::Zone;

/// Everything a review of this kind looks at.
pub async fn access(at: &mut Snapshot, kind: ReviewKind) -> Result<Access> {
    let organization = at.organization();
    let zone = at.find::<OrganizationProfile>(organization).await?.map_or(TimeZone::UTC, |profile| profile.zone());
    let mut access = Access::none(at.now(), zone.day(at.now()));
    if kind == ReviewKind::ConduitReview {
        access.conduits = stated(at.every::<Conduit>().await?);
        access.zones = references::<Zone>(at).await?.into_iter().map(|(id, told)| (Id::from_uuid(id), told)).collect();
        return Ok(access);
    }
    access.systems = references::<System>(at).await?.into_iter().map(|(id, told)| (Id::from_uuid(id), told)).collect();
    access.sites = references::<Site>(at).await?.into_iter().map(|(id, told)| (Id::from_uuid(id), told)).collect();
    people(at, &mut access, zone).await?;
    if kind != ReviewKind::PrivilegeReview {
        let rest = " AND v.status IN ('authorized', 'provisioned')";
        access.authorizations = stated(some::<Authorization>(at, rest).await?);
        let lasts = |kept: &Kept<Circumstance>| kept.lasts(access.at);
        access.lasting =
            at.every::<Circumstance>().await?.iter().filter(|kept| lasts(kept)).map(|kept| kept.id).collect();
    }
    if kind != ReviewKind::BcsiReview {
        access.accounts = stated(at.every::<Account>().await?);
    }
    if kind == ReviewKind::AuthorizationVerification {
        grants(at, &mut access).await?;
    }
    assets(at, &mut access).await?;
    Ok(access)
}

fn stated<T: Audited>(found: Vec<Kept<T>>) -> Vec<Stated<T>> {
    found.into_iter().map(|kept| Stated { id: kept.id.uuid(), version: kept.version, record: kept.content }).collect()
}

/// The records of a kind that fit a condition put together of constants.
async fn some<T: Audited>(at: &mut Snapshot, rest: &'static str) -> Result<Vec<Kept<T>>> {
    let rows = at.projected(&T::TABLE, crate::version_columns!(), rest).all::<VersionRow>().await?;
    rows.into_iter().map(VersionRow::kept).collect()
}

async fn references<T: Audited>(at: &mut Snapshot) -> Result<Vec<(Uuid, String)>> {
    at.projected(&T::TABLE, "v.id, v.reference", "").all().await
}

async fn people(at: &mut Snapshot, access: &mut Access, zone: TimeZone) -> Result<()> {
    for kept in at.every::<Person>().await? {
        let told = if kept.name.is_empty() { kept.reference.to_string() } else { kept.name.clone() };
        access.people.insert(kept.id, Holder { told, retired_on: kept.retired_on, left_on: None });
    }
    for kept in at.every::<Departure>().await? {
        let termination = kept.kind == Some(DepartureKind::Termination) && kept.retired_on.is_none();
        if let (true, Some(person), Some(action)) = (termination, kept.person, kept.action_at)
            && let Some(holder) = access.people.get_mut(&person)
        {
            holder.left_on = holder.left_on.max(Some(zone.day(action)));
        }
    }
    Ok(())
}

/// Grants that may hold now; those that ran out before yesterday are not read.
async fn grants(at: &mut Snapshot, access: &mut Access) -> Result<()> {
    let vendors = at.every::<Vendor>().await?;
    access.vendors = vendors.into_iter().map(|kept| (kept.id, kept.name.clone())).collect();
    let rest = " AND v.status IN ('active', 'requested') AND v.valid_until >= $3";
    let yesterday = access.at.plus_seconds(-86_400).rfc3339();
    let rows = at.projected(&Grant::TABLE, crate::version_columns!(), rest).bind(yesterday[..10].to_owned());
    let rows = rows.all::<VersionRow>().await?;
    access.grants = stated(rows.into_iter().map(VersionRow::kept).collect::<Result<_>>()?);
    Ok(())
}

/// The assets accounts and grants name.
async fn assets(at: &mut Snapshot, access: &mut Access) -> Result<()> {
    let of_accounts = access.accounts.iter().filter_map(|one| one.record.asset);
    let of_grants = access.grants.iter().flat_map(|one| one.record.targets.iter().copied());
    let wanted: BTreeSet<AssetId> = of_accounts.chain(of_grants).collect();
    let wanted: Vec<Uuid> = wanted.into_iter().map(Id::uuid).collect();
    let found = by_ids::<Asset>(at, &wanted).await?;
    access.assets = found
        .into_iter()
        .map(|kept| (kept.id, (kept.reference.to_string(), kept.content.systems)))
        .collect::<HashMap<_, _>>();
    Ok(())
}
