//! What stands around grants, gathered from a snapshot.
//!
//! Invariant: as many queries for a thousand grants as for one, but for one more for each named system and each gateway of a
//! vendor; only records of the snapshot's organization, at its instant.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::model::Grant;
use super::records::paths;
use super::rules::around::gone;
use super::rules::{Device, Employees, NamedSystem, Placed, Surroundings, Target};
use crate::as_of;
use crate::assets::Asset;
use crate::conduits::Conduit;
use crate::ids::{AssetId, CircumstanceId, ConduitId, GrantId, Id, PersonId, SystemId, VendorId, ZoneId};
use crate::organizations::OrganizationProfile;
use crate::personnel::rules::access::asks_of_device;
use crate::personnel::{Circumstance, Person, Vendor};
use crate::register::records;
use crate::storage::versions::VersionRow;
use crate::storage::{AsOfSql, Audited, Result, Snapshot};
use crate::systems::System;
use crate::vocabulary::{Impact, Moment, MonthMode, TimeZone};
use crate::zones::Zone;

const MEMBERS: AsOfSql = as_of!(
    "SELECT l.asset_id FROM asset_systems l WHERE l.organization_id = $1 AND " [l] " AND l.system_id = $3 ORDER BY l.asset_id"
);
const EMPLOYEES_THROUGH: AsOfSql = as_of!(
    "SELECT v.id FROM grant_versions v WHERE v.organization_id = $1 AND " [v] " AND v.via_id = $3 AND v.status = 'active' \
     AND v.valid_until > $4 AND NOT v.retired AND EXISTS (SELECT 1 FROM person_versions p WHERE p.organization_id = $1 AND " [p]
    " AND p.id = v.person_id AND p.party = 'employee') ORDER BY v.id LIMIT 1"
);
const EMPLOYEES: AsOfSql = as_of!(
    "SELECT v.id FROM grant_versions v WHERE v.organization_id = $1 AND " [v] " AND v.via_id IS NOT NULL AND v.status = 'active' \
     AND v.valid_until > $3 AND NOT v.retired AND EXISTS (SELECT 1 FROM person_versions p WHERE p.organization_id = $1 AND " [p]
    " AND p.id = v.person_id AND p.party = 'employee') ORDER BY v.id LIMIT 1"
);

/// Texts of this file that know an instant, for the test that prepares every statement.
pub const INSTANT_STATEMENTS: &[AsOfSql] = &[MEMBERS, EMPLOYEES_THROUGH, EMPLOYEES];

/// Whose a grant is: a person's, or a vendor's where it names no person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Holder {
    Person(PersonId),
    Vendor(VendorId),
}

impl Holder {
    fn of(grant: &Grant) -> Option<Self> {
        grant.person.map(Self::Person).or(grant.vendor.map(Self::Vendor))
    }
}

/// What stands around some grants.
#[derive(Debug)]
pub struct Gathered {
    now: Moment,
    profile: Option<OrganizationProfile>,
    people: BTreeMap<PersonId, Person>,
    vendors: BTreeMap<VendorId, Vendor>,
    assets: BTreeMap<AssetId, Asset>,
    impacts: BTreeMap<AssetId, Impact>,
    systems: BTreeMap<SystemId, System>,
    members: BTreeMap<SystemId, Vec<AssetId>>,
    zones: BTreeMap<ZoneId, Zone>,
    conduits: BTreeMap<ConduitId, Conduit>,
    circumstances: BTreeMap<CircumstanceId, Circumstance>,
    others: BTreeMap<Holder, Vec<(GrantId, Grant)>>,
    employees: BTreeMap<AssetId, Employees>,
}

async fn by_id<T: Audited>(at: &mut Snapshot, wanted: BTreeSet<T::Id>) -> Result<BTreeMap<T::Id, T>>
where
    T::Id: Ord,
{
    let ids: Vec<Uuid> = wanted.into_iter().map(Id::uuid).collect();
    let found = records::by_ids::<T>(at, &ids).await?;
    Ok(found.into_iter().map(|kept| (kept.id, kept.content)).collect())
}

/// Gathers what stands around these grants.
pub async fn gather(at: &mut Snapshot, grants: &[&Grant]) -> Result<Gathered> {
    let (now, organization) = (at.now(), at.organization());
    let profile = at.find::<OrganizationProfile>(organization).await?.map(|kept| kept.content);
    let people = by_id::<Person>(at, grants.iter().filter_map(|grant| grant.person).collect()).await?;
    let named = grants.iter().filter_map(|grant| grant.vendor);
    let vendors =
        by_id::<Vendor>(at, named.chain(people.values().filter_map(|person| person.vendor)).collect()).await?;
    let members = members(at, grants).await?;
    let wanted: BTreeSet<AssetId> = grants
        .iter()
        .flat_map(|grant| grant.targets.iter().copied().chain(grant.via).chain(grant.encryption_end))
        .chain(members.values().flatten().copied())
        .collect();
    let impacts = impacts(at, &wanted).await?;
    let assets = by_id::<Asset>(at, wanted).await?;
    let named = grants.iter().flat_map(|grant| grant.systems.iter().copied());
    let systems = named.chain(assets.values().flat_map(|asset| asset.systems.iter().copied())).collect();
    Ok(Gathered {
        now,
        profile,
        vendors,
        members,
        impacts,
        systems: by_id::<System>(at, systems).await?,
        zones: by_id::<Zone>(at, assets.values().filter_map(|asset| asset.zone).collect()).await?,
        conduits: by_id::<Conduit>(at, grants.iter().filter_map(|grant| grant.conduit).collect()).await?,
        circumstances: by_id::<Circumstance>(at, grants.iter().filter_map(|grant| grant.circumstance).collect())
            .await?,
        others: others(at, grants, now).await?,
        employees: employees(at, grants, now).await?,
        people,
        assets,
    })
}

async fn members(at: &mut Snapshot, grants: &[&Grant]) -> Result<BTreeMap<SystemId, Vec<AssetId>>> {
    let systems: BTreeSet<SystemId> = grants.iter().flat_map(|grant| grant.systems.iter().copied()).collect();
    let mut members = BTreeMap::new();
    for system in systems {
        let found: Vec<(AssetId,)> = at.query(&MEMBERS).bind(system).all().await?;
        members.insert(system, found.into_iter().map(|(id,)| id).collect());
    }
    Ok(members)
}

async fn impacts(at: &mut Snapshot, assets: &BTreeSet<AssetId>) -> Result<BTreeMap<AssetId, Impact>> {
    let ids: Vec<Uuid> = assets.iter().map(|id| id.uuid()).collect();
    let known = |(id, word): (Uuid, String)| Some((AssetId::from_uuid(id), Impact::parse(&word).ok()?));
    Ok(paths::impacts(at, &ids).await?.into_iter().filter_map(known).collect())
}

/// Grants that are not over of the same people, and of vendors without a person.
async fn others(at: &mut Snapshot, grants: &[&Grant], now: Moment) -> Result<BTreeMap<Holder, Vec<(GrantId, Grant)>>> {
    let people: BTreeSet<Uuid> = grants.iter().filter_map(|grant| grant.person).map(Id::uuid).collect();
    let alone = grants.iter().filter(|grant| grant.person.is_none());
    let vendors: BTreeSet<Uuid> = alone.filter_map(|grant| grant.vendor).map(Id::uuid).collect();
    let mut found: BTreeMap<Holder, Vec<(GrantId, Grant)>> = BTreeMap::new();
    for (column, ids) in [("v.person_id", people), ("v.person_id IS NULL AND v.vendor_id", vendors)] {
        let ids: Vec<Uuid> = ids.into_iter().collect();
        for some in ids.chunks(500) {
            let numbers: Vec<String> = (4..some.len() + 4).map(|number| format!("${number}")).collect();
            let rest = format!(
                " AND v.valid_until > $3 AND NOT v.retired AND {column} IN ({}) ORDER BY v.reference_key, v.id",
                numbers.join(", ")
            );
            let mut statement = at.projected(&Grant::TABLE, crate::version_columns!(), &rest).bind(now.rfc3339());
            for id in some {
                statement = statement.bind(*id);
            }
            for row in statement.all::<VersionRow>().await? {
                let kept = row.kept::<Grant>()?;
                if let Some(holder) = Holder::of(&kept.content) {
                    found.entry(holder).or_default().push((kept.id, kept.content));
                }
            }
        }
    }
    Ok(found)
}

/// Whether employees go through the gateways these grants go through.
async fn employees(at: &mut Snapshot, grants: &[&Grant], now: Moment) -> Result<BTreeMap<AssetId, Employees>> {
    let gateways: BTreeSet<AssetId> = grants.iter().filter_map(|grant| grant.via).collect();
    if gateways.is_empty() {
        return Ok(BTreeMap::new());
    }
    let any: Option<(Uuid,)> = at.query(&EMPLOYEES).bind(now.rfc3339()).maybe().await?;
    let mut employees = BTreeMap::new();
    for gateway in gateways {
        let statement = at.query(&EMPLOYEES_THROUGH).bind(gateway.uuid()).bind(now.rfc3339());
        let same: Option<(Uuid,)> = if any.is_some() { statement.maybe().await? } else { None };
        let found = match (same, any) {
            (Some(_), _) => Employees::Same,
            (None, Some(_)) => Employees::Others,
            (None, None) => Employees::None,
        };
        employees.insert(gateway, found);
    }
    Ok(employees)
}

impl Gathered {
    /// What stands around one of the grants; `asking` when it is asked for, not decided about.
    #[must_use]
    pub fn around(&self, id: Option<GrantId>, grant: &Grant, asking: bool) -> Surroundings {
        let person = grant.person.and_then(|person| self.people.get(&person)).cloned();
        let vendor = grant.vendor.or(person.as_ref().and_then(|person| person.vendor));
        let others = Holder::of(grant).and_then(|holder| self.others.get(&holder)).into_iter().flatten();
        let device = |device: Option<AssetId>| device.and_then(|device| self.device(device));
        let (zone, months, longest, idle) = self.policy();
        Surroundings {
            now: self.now,
            zone,
            months,
            longest,
            idle_minutes: idle,
            vendor: vendor.and_then(|vendor| self.vendors.get(&vendor)).cloned(),
            targets: self.targets(grant),
            systems: grant.systems.iter().filter_map(|system| self.system(*system)).collect(),
            via: device(grant.via),
            encryption_end: device(grant.encryption_end),
            conduit: grant.conduit.and_then(|conduit| self.conduits.get(&conduit)).cloned(),
            circumstance: grant.circumstance.and_then(|one| self.circumstances.get(&one)).cloned(),
            others: others.filter(|(other, _)| Some(*other) != id).cloned().collect(),
            employees: grant.via.and_then(|via| self.employees.get(&via)).copied().unwrap_or(Employees::None),
            person,
            asking,
        }
    }

    fn policy(&self) -> (TimeZone, MonthMode, crate::organizations::LongestGrant, i64) {
        self.profile.as_ref().map_or_else(
            || (TimeZone::UTC, MonthMode::EndOfMonth, crate::organizations::LongestGrant::default(), 0),
            |profile| (profile.zone(), profile.month_mode, profile.longest_grant, i64::from(profile.idle_minutes)),
        )
    }

    fn placed(&self, asset: &Asset) -> Option<Placed> {
        let zone = self.zones.get(&asset.zone?)?;
        Some(Placed { reference: zone.reference.to_string(), outside: zone.is_outside() })
    }

    fn device(&self, id: AssetId) -> Option<Device> {
        let asset = self.assets.get(&id)?;
        let (reference, roles) = (asset.reference.to_string(), asset.roles.clone());
        Some(Device { reference, roles, zone: self.placed(asset), gone: gone(asset) })
    }

    fn system(&self, id: SystemId) -> Option<NamedSystem> {
        let system = self.systems.get(&id)?;
        let members = self.members.get(&id).map_or(0, Vec::len);
        Some(NamedSystem { id, reference: system.reference.to_string(), members, retired_on: system.retired_on })
    }

    /// The assets a grant names, then the members of the systems it names, each once.
    fn targets(&self, grant: &Grant) -> Vec<Target> {
        let members = grant.systems.iter().filter_map(|system| self.members.get(system)).flatten();
        let members: BTreeSet<AssetId> = members.copied().filter(|id| !grant.targets.contains(id)).collect();
        let named = grant.targets.iter().map(|id| (*id, true));
        let all = named.chain(members.into_iter().map(|id| (id, false)));
        all.filter_map(|(id, named)| self.target(id, named)).collect()
    }

    fn target(&self, id: AssetId, named: bool) -> Option<Target> {
        let asset = self.assets.get(&id)?;
        let systems = || asset.systems.iter().filter_map(|system| self.systems.get(system));
        let zone = self.placed(asset);
        Some(Target {
            id,
            reference: asset.reference.to_string(),
            name: asset.name.clone(),
            impact: self.impacts.get(&id).copied(),
            asked: asks_of_device(asset, systems(), zone.as_ref().and_then(|zone| zone.outside)),
            categories: asset.categories.clone(),
            member_of: asset.systems.clone(),
            zone,
            systems: systems().map(|system| system.reference.to_string()).collect(),
            gone: gone(asset),
            named,
        })
    }
}
