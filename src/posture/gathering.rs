//! Facts from a snapshot: read whole, or brought up to a later head by reading only what changed.
//!
//! Invariant: both ways give the same facts. Kinds that no rule looks at are passed over.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use futures_util::StreamExt;
use uuid::Uuid;

use super::rules::Attested;
use super::standing::Beside;
use super::{access, records};
use crate::assets::{Asset, Service};
use crate::checks::facts::{Facts, Host, Limits, Touched, Watch};
use crate::checks::scope::Scope;
use crate::checks::{clocks, exceptions};
use crate::conduits::{Conduit, PermittedFlow};
use crate::controls::model::{Attestation, Judgment};
use crate::exceptions::Exception;
use crate::flows::model::{Decision, Discovery, Sensor};
use crate::flows::records::{flows, hosts::host_id, observed, sensors};
use crate::frameworks::records::access_points;
use crate::frameworks::{RequirementId, catalogs};
use crate::ids::{BatchId, Id};
use crate::obligations;
use crate::organizations::OrganizationProfile;
use crate::sites::Site;
use crate::storage::{Audited, Kept, Result, Snapshot};
use crate::systems::System;
use crate::vocabulary::due::due_calendar_months;
use crate::vocabulary::{Date, Moment, MonthMode, TimeZone};
use crate::zones::Zone;

/// More changed records than this are not worth picking out.
const MOST_CHANGES: i64 = 5_000;

/// Puts every record of a kind.
pub(super) async fn all<T: Audited>(at: &mut Snapshot, mut put: impl FnMut(Uuid, T)) -> Result<()> {
    let mut rows = at.each::<T>().await?;
    while let Some(row) = rows.next().await {
        let kept = row?.kept::<T>()?;
        put(kept.id.uuid(), kept.content);
    }
    Ok(())
}

/// Everything rules look at, judged at `moment`.
pub async fn whole(at: &mut Snapshot, moment: Moment) -> Result<Facts> {
    let profile = at.find::<OrganizationProfile>(at.organization()).await?;
    gathered(at, moment, profile).await
}

/// The same at the beginning of a period: before its first record an organization has no profile, and what comes within the
/// period is judged by the one at its end.
pub async fn begun(begin: &mut Snapshot, end: &mut Snapshot, moment: Moment) -> Result<Facts> {
    let organization = begin.organization();
    let profile = match begin.find::<OrganizationProfile>(organization).await? {
        Some(profile) => Some(profile),
        None => end.find::<OrganizationProfile>(organization).await?,
    };
    gathered(begin, moment, profile).await
}

async fn gathered(at: &mut Snapshot, moment: Moment, profile: Option<Kept<OrganizationProfile>>) -> Result<Facts> {
    let organization = at.organization();
    let none = Limits { verify_within_days: u16::MAX, ..Limits::default() };
    let called = profile.as_ref().map_or_else(String::new, |kept| kept.slug.clone());
    let (zone, limits) = profile.map_or((TimeZone::UTC, none), |kept| (kept.zone(), limits(&kept)));
    let mut facts = Facts::new(organization.uuid(), moment, zone, limits);
    facts.called = called;
    all::<Site>(at, |id, site| drop(facts.put_site(id, site))).await?;
    all::<System>(at, |id, system| drop(facts.put_system(id, system))).await?;
    all::<Zone>(at, |id, zone| drop(facts.put_zone(id, zone))).await?;
    all::<Conduit>(at, |id, conduit| drop(facts.put_conduit(id, conduit))).await?;
    all::<PermittedFlow>(at, |id, flow| drop(facts.put_permitted(id, flow))).await?;
    all::<Asset>(at, |id, asset| drop(facts.lay_asset(id, asset))).await?;
    all::<Service>(at, |id, service| drop(facts.put_service(id, service))).await?;
    facts.access_points = access_points(at).await?;
    watch(at, &mut facts).await?;
    ends(at, &mut facts).await?;
    flows::take(at, None, &mut facts.boundary.traffic).await?;
    facts.boundary.moved();
    facts.settle_boundary();
    access::take_all(at, &mut facts).await?;
    facts.settle_access();
    Ok(facts)
}

/// The limits in a profile.
fn limits(profile: &OrganizationProfile) -> Limits {
    Limits {
        verify_within_days: profile.verify_within_days,
        dmz_required: profile.dmz_required,
        public_forbidden: profile.public_forbidden,
        unused_after_days: profile.unused_after_days,
        longest_grant: profile.longest_grant,
        idle_minutes: profile.idle_minutes,
        gateway_fresh_minutes: profile.gateway_fresh_minutes,
        month_mode: profile.month_mode,
    }
}

/// The addresses and cards of the inventory.
async fn ends(at: &mut Snapshot, facts: &mut Facts) -> Result<()> {
    let mut ends: Vec<_> = observed::ends(at).await?.into_iter().map(|(end, asset)| (end, asset.uuid())).collect();
    ends.sort_unstable();
    if *facts.boundary.ends != ends {
        facts.boundary.ends = Arc::new(ends);
        facts.boundary.moved();
        facts.access.moved();
    }
    Ok(())
}

/// What holds at the end of a period, of what no version row inside it says: the calendar, the limits, what sensors saw.
pub(super) async fn settle(at: &mut Snapshot, facts: &mut Facts) -> Result<()> {
    if let Some(profile) = at.find::<OrganizationProfile>(at.organization()).await? {
        (facts.zone, facts.limits) = (profile.zone(), limits(&profile));
    }
    facts.access_points = access_points(at).await?;
    ends(at, facts).await?;
    flows::take(at, None, &mut facts.boundary.traffic).await?;
    facts.boundary.moved();
    facts.settle_boundary();
    access::take_all(at, facts).await?;
    facts.settle_access();
    watch(at, facts).await.map(drop)
}

/// What sensors saw, and when they last spoke; gives what differs.
async fn watch(at: &mut Snapshot, facts: &mut Facts) -> Result<Touched> {
    let mut touched = Touched::new();
    let last: HashMap<_, Moment> = sensors::sensors_last_data(at).await?.into_iter().collect();
    let mut names = HashMap::new();
    for kept in at.every::<Sensor>().await? {
        names.insert(kept.id, kept.reference.to_string());
        let watch = Watch { last_data: last.get(&kept.id).copied(), sensor: kept.content };
        touched.extend(facts.put_sensor(kept.id.uuid(), watch));
    }
    let aside: HashSet<String> = at
        .every::<Discovery>()
        .await?
        .into_iter()
        .filter(|kept| kept.decision == Decision::Rejected)
        .map(|kept| kept.content.address)
        .collect();
    for seen in observed::observed(at).await? {
        let host = Host {
            zone: facts.zone_of(&seen.address),
            set_aside: aside.contains(&seen.address),
            last_seen: seen.last,
            sensor: names.get(&seen.sensor).cloned().unwrap_or_default(),
            asset: seen.asset.map(Id::uuid),
            address: seen.address,
        };
        touched.extend(facts.put_host(host_id(&host.address), host));
    }
    Ok(touched)
}

/// What leaves moved.
pub struct Moved {
    pub touched: Touched,
    /// Something that is read beside the facts may be another.
    pub beside: bool,
}

/// Kinds that are read beside the facts.
const BESIDE: [&str; 4] = ["account", "attestation", "exception", "performance"];

/// Brings facts of `from` leaves up to the snapshot; gives what that can move, or none when reading everything is better.
pub async fn onward(at: &mut Snapshot, facts: &mut Facts, from: i64, moment: Moment) -> Result<Option<Moved>> {
    if at.tree_size() - from > MOST_CHANGES {
        return Ok(None);
    }
    facts.at = moment;
    let changed: BTreeSet<(String, String)> = records::changed(at, from).await?.into_iter().collect();
    let mut touched = Touched::new();
    let any = |kinds: &[&str]| changed.iter().any(|(kind, _)| kinds.contains(&kind.as_str()));
    if any(&["interface"]) {
        let points = access_points(at).await?;
        facts.shape += u64::from(points != facts.access_points);
        touched.extend(facts.put_access_points(points));
        ends(at, facts).await?;
    }
    let beside = any(&BESIDE);
    let decided = any(&access::DECIDING);
    let watched = any(&["batch", "discovery", "interface", "sensor", "zone"]);
    for (kind, subject) in changed {
        if kind == "organization" {
            return Ok(None);
        }
        if let Ok(id) = Uuid::parse_str(&subject) {
            touched.extend(put_again(at, facts, &kind, id).await?);
            touched.extend(access::put_again(at, facts, &kind, id).await?);
        }
    }
    // A host lies in a zone as that is by now.
    if watched {
        touched.extend(watch(at, facts).await?);
    }
    if decided {
        touched.extend(access::take_discrepancies(at, facts).await?);
    }
    touched.extend(facts.settle_boundary());
    touched.extend(facts.settle_access());
    Ok(Some(Moved { touched, beside }))
}

/// The last day on which a judgment of days up to `to` still says how things stand: fifteen calendar months, the longest
/// yearly interval of the CIP standards, after which whoever judged has to look again.
fn lasts(to: Date) -> Date {
    due_calendar_months(to, 15, MonthMode::EndOfMonth)
}

/// The days of a period on which the version of a part was in force: what an attestation to it has to cover.
fn answered(part: &RequirementId, (from, to): (Date, Date)) -> (Date, Date) {
    let standard = part.requirement().and_then(|found| catalogs().standard_of(found));
    let effective = standard.and_then(|standard| standard.effective).map_or(from, |effective| effective.max(from));
    let inactive = standard.and_then(|standard| standard.inactive).map_or(to, |inactive| inactive.min(to));
    (effective, inactive)
}

/// What decides beside the facts: who attested what, and where the clocks stand.
pub async fn beside(at: &mut Snapshot, scope: &Scope, day: Date, period: Option<(Date, Date)>) -> Result<Beside> {
    let mut beside = Beside::default();
    if at.tree_size() == 0 {
        return Ok(beside);
    }
    let stands = |kept: &Attestation| match period {
        Some(period) => {
            let (from, to) = answered(&kept.requirement, period);
            kept.covers_all(from, to)
        }
        None => kept.withdrawn.is_none() && kept.to <= day && day <= lasts(kept.to),
    };
    for kept in at.every::<Attestation>().await? {
        if stands(&kept) {
            let attested = match kept.judgment {
                Judgment::Adequate => Attested::Adequate,
                Judgment::NotAdequate => Attested::NotAdequate,
            };
            beside.attested.insert(kept.requirement.as_str().to_owned(), attested);
        }
    }
    beside.day = Some(day);
    let approved: Vec<_> = at.every::<Exception>().await?.into_iter().filter(|kept| kept.approved.is_some()).collect();
    let profile = at.find::<OrganizationProfile>(at.organization()).await?;
    let (zone, months) = profile.map_or((TimeZone::UTC, MonthMode::EndOfMonth), |kept| (kept.zone(), kept.month_mode));
    let asked = approved.iter().map(|kept| (kept.id.uuid(), &kept.content));
    beside.excuses = exceptions::verdicts(asked, day, zone, months);
    beside.exceptions = approved.into_iter().map(|kept| kept.content).collect();
    let clocked = obligations::records::facts::facts(at, scope.around(), period).await?;
    beside.recorded_since = Some(clocked.recorded_since);
    beside.clocks = clocks::verdicts(&obligations::rules::obligations(&clocked));
    for verdict in beside.clocks.iter().chain(&beside.excuses) {
        for part in verdict.check.requirements {
            beside.duties.entry(part).or_default().push(verdict.clone());
        }
    }
    beside.clocked = Some(clocked);
    Ok(beside)
}

async fn put_again(at: &mut Snapshot, facts: &mut Facts, kind: &str, id: Uuid) -> Result<Touched> {
    Ok(match kind {
        "site" => read::<Site>(at, id).await?.map(|site| facts.put_site(id, site)),
        "system" => read::<System>(at, id).await?.map(|system| facts.put_system(id, system)),
        "zone" => read::<Zone>(at, id).await?.map(|zone| facts.put_zone(id, zone)),
        "asset" => read::<Asset>(at, id).await?.map(|asset| facts.put_asset(id, asset)),
        "service" => read::<Service>(at, id).await?.map(|service| facts.put_service(id, service)),
        "conduit" => read::<Conduit>(at, id).await?.map(|conduit| facts.put_conduit(id, conduit)),
        "permitted_flow" => read::<PermittedFlow>(at, id).await?.map(|flow| facts.put_permitted(id, flow)),
        "batch" => {
            flows::take(at, Some(BatchId::from_uuid(id)), &mut facts.boundary.traffic).await?;
            facts.boundary.moved();
            None
        }
        _ => None,
    }
    .unwrap_or_default())
}

pub(super) async fn read<T: Audited>(at: &mut Snapshot, id: Uuid) -> Result<Option<T>> {
    Ok(at.find::<T>(T::Id::from_uuid(id)).await?.map(|kept| kept.content))
}
