//! Gathering the dossier: one snapshot at one effective instant, and what the record comes to over the period until then.
//!
//! Invariant: everything is asked of the same instant; what cannot be ordered is told with its field before anything is
//! read. The same instant gives the same dossier whenever it is gathered.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use super::answering::{Answers, answers};
use super::dossier::{AssetLine, Dossier, Previous};
use super::failing::Unbuilt;
use super::model::{Package, PackageState, Period};
use super::order::Order;
use super::records;
use super::scope::Scoped;
use crate::assets::Asset;
use crate::assets::rules::rating;
use crate::exceptions::Exception;
use crate::findings::{Finding, RemediationEntry};
use crate::flows::Sensor;
use crate::ids::{Id, OrganizationId};
use crate::organizations::OrganizationProfile;
use crate::posture::Judged;
use crate::seal::note::Checkpoint;
use crate::storage::{AsOf, Audited, Failure, Kept, Result, Snapshot, Store};
use crate::vocabulary::{TimeZone, fold};

/// A snapshot at its effective instant, with what was asked of it.
pub struct Asked {
    pub at: Snapshot,
    pub profile: Kept<OrganizationProfile>,
    /// The days judged: the period, up to the day of the instant.
    pub days: Period,
    pub scoped: Vec<Scoped>,
}

/// Opens the snapshot of an order at its effective instant, or says which field cannot be.
pub async fn ask(store: &Store, order: &Order) -> std::result::Result<Asked, Unbuilt> {
    let told = if let AsOf::At(moment) = order.as_of { moment.rfc3339() } else { String::new() };
    let asked = match store.snapshot(order.organization, order.as_of).await {
        Err(Failure::Future) => return Err(Unbuilt::field("as_of", told, "in the future; the record ends now")),
        found => found?,
    };
    let instant = asked.instant();
    drop(asked);
    // Opened again at the leaf's own moment: what the calendar says then is part of the instant, too.
    let mut at = store.snapshot(order.organization, AsOf::At(instant)).await?;
    let Some(profile) = at.find::<OrganizationProfile>(order.organization).await? else {
        let problem = format!("before the organization's record, which {}", begun(store, order.organization).await?);
        return Err(Unbuilt::field("as_of", told, problem));
    };
    let zone = profile.zone();
    let day = zone.day(instant);
    if order.period.from > day {
        let problem = format!("begins on {}, after the record it is asked of ends on {day}", order.period.from);
        return Err(Unbuilt::field("period", order.period.to_string(), problem));
    }
    let days = Period { from: order.period.from, to: order.period.to.min(day) };
    let scoped = order.scope.parts(days);
    let scoped = scoped.map_err(|problem| Unbuilt::field("scope", order.scope.told(), problem))?;
    Ok(Asked { at, profile, days, scoped })
}

/// When an organization's record begins, in words.
async fn begun(store: &Store, organization: OrganizationId) -> Result<String> {
    let mut now = store.snapshot(organization, AsOf::Now).await?;
    let profiles = now.history::<OrganizationProfile>(organization).await?;
    Ok(profiles.last().map_or_else(
        || "has not begun".to_owned(),
        |first| format!("begins on {}", first.zone().told(first.recorded_from)),
    ))
}

/// What the record comes to over the days of an order, at its instant. It follows from organization, tree size and days
/// alone, so whoever asks often may keep it under these.
pub async fn judge(store: &Store, at: &mut Snapshot, zone: TimeZone, days: Period) -> Result<Judged> {
    let instant = at.instant();
    let from = zone.first_of(days.from).min(instant);
    let mut begin = store.snapshot(at.organization(), AsOf::At(from)).await?;
    Judged::over(&mut begin, at, (from, instant), (days.from, days.to)).await
}

/// What proves the record at the instant.
pub struct Proved {
    pub checkpoint: Checkpoint,
    pub note: String,
    /// Fingerprint of the signing key.
    pub key: String,
}

/// Reads the dossier of an order.
pub async fn dossier(store: &Store, asked: &mut Asked, order: Order, proved: Proved) -> Result<(Dossier, Answers)> {
    let judged = judge(store, &mut asked.at, asked.profile.zone(), asked.days).await?;
    let mut answers = answers(&mut asked.at, &judged, &asked.scoped, asked.days).await?;
    let mut dossier = begun_with(asked, order, proved, judged).await?;
    let at = &mut asked.at;
    dossier.parts = std::mem::take(&mut answers.parts);
    dossier.performances = std::mem::take(&mut answers.performances);
    dossier.artifacts = std::mem::take(&mut answers.artifacts);
    (dossier.findings, dossier.entries) = findings(at, &dossier).await?;
    super::finding_files::gather(at, &mut dossier, &mut answers).await?;
    dossier.exceptions = exceptions(at, &dossier).await?;
    dossier.access = super::holding::held(at, &dossier).await?;
    let shipped: Vec<_> = dossier.artifacts.keys().copied().collect();
    dossier.received_by = records::received_by(at, &shipped).await?;
    dossier.named = named(at, &dossier).await?;
    Ok((dossier, answers))
}

/// The dossier with what is there whatever the scope.
async fn begun_with(asked: &mut Asked, order: Order, proved: Proved, judged: Judged) -> Result<Dossier> {
    let at = &mut asked.at;
    Ok(Dossier {
        order,
        profile: asked.profile.clone(),
        zone: asked.profile.zone(),
        instant: at.instant(),
        tree_size: at.tree_size(),
        checkpoint: proved.checkpoint,
        note: proved.note,
        key: proved.key,
        previous: previous(at).await?,
        days: asked.days,
        parts: Vec::new(),
        sites: sorted(at, |site: &crate::sites::Site| site.reference.as_str()).await?,
        systems: sorted(at, |system: &crate::systems::System| system.reference.as_str()).await?,
        zones: sorted(at, |zone: &crate::zones::Zone| zone.reference.as_str()).await?,
        conduits: sorted(at, |conduit: &crate::conduits::Conduit| conduit.reference.as_str()).await?,
        permitted: sorted(at, |flow: &crate::conduits::PermittedFlow| flow.reference.as_str()).await?,
        access: super::holding::Held::default(),
        assets: assets(at, &judged).await?,
        access_points: records::access_points(at).await?,
        performances: Vec::new(),
        findings: Vec::new(),
        entries: Vec::new(),
        exceptions: Vec::new(),
        finding_files: Vec::new(),
        artifacts: BTreeMap::new(),
        received_by: BTreeMap::new(),
        judged: Arc::new(judged),
        named: BTreeMap::new(),
        disclosed: Vec::new(),
    })
}

async fn sorted<T: Audited>(at: &mut Snapshot, reference: fn(&T) -> &str) -> Result<Vec<Kept<T>>> {
    let mut found = at.every::<T>().await?;
    found.sort_by_cached_key(|kept| (fold::natural(reference(&kept.content)), kept.id.uuid()));
    Ok(found)
}

/// Every asset's version, and its rating from the facts (the rule of its list).
async fn assets(at: &mut Snapshot, judged: &Judged) -> Result<Vec<AssetLine>> {
    let facts = &judged.facts;
    let mut within: BTreeMap<Uuid, Option<crate::vocabulary::Impact>> = BTreeMap::new();
    for held in facts.zones.iter().filter(|held| held.record.esp == Some(true)) {
        within.insert(held.id, facts.inside(held.id).filter_map(|asset| facts.own_rating(asset)).max());
    }
    let lines = records::asset_versions(at).await?.into_iter().map(|(id, version)| {
        let rated = facts.assets.get(id.uuid()).and_then(|asset: &Asset| {
            let esp = asset.zone.and_then(|zone| within.get(&zone.uuid()).copied().flatten());
            rating(facts.own_rating(asset), &asset.categories, esp)
        });
        AssetLine { id, version, impact: rated }
    });
    Ok(lines.collect())
}

/// The latest package sealed at or before the instant.
async fn previous(at: &mut Snapshot) -> Result<Option<Previous>> {
    let packages = at.every::<Package>().await?;
    let sealed = packages.into_iter().filter(|kept| kept.state == PackageState::Sealed);
    let last = sealed.max_by_key(|kept| (kept.recorded_from, kept.id));
    Ok(last.map(|kept| Previous {
        name: kept.name.clone(),
        tree_size: kept.tree_size,
        digest: kept.digest.clone(),
        manifest: kept.manifest.clone(),
    }))
}

/// Findings of parts in scope that were not settled before the period, and the entries of their logs.
async fn findings(at: &mut Snapshot, dossier: &Dossier) -> Result<(Vec<Kept<Finding>>, Vec<Kept<RemediationEntry>>)> {
    let mut findings = at.every::<Finding>().await?;
    let everything = dossier.order.scope.names().is_empty();
    findings.retain(|kept| {
        let bears = kept.requirements.iter().any(|id| dossier.part(id).is_some());
        let alive = !kept.is_settled() || dossier.zone.day(kept.recorded_from) >= dossier.days.from;
        alive && (bears || everything && kept.requirements.is_empty())
    });
    findings.sort_by_cached_key(|kept| (fold::natural(kept.reference.as_str()), kept.id));
    let wanted: std::collections::HashSet<_> = findings.iter().map(|kept| kept.id).collect();
    let mut entries = at.every::<RemediationEntry>().await?;
    entries.retain(|kept| wanted.contains(&kept.finding));
    entries.sort_by_key(|kept| (kept.at, kept.id));
    Ok((findings, entries))
}

/// Exceptions that touch the days judged and parts in scope.
async fn exceptions(at: &mut Snapshot, dossier: &Dossier) -> Result<Vec<Kept<Exception>>> {
    let mut found = at.every::<Exception>().await?;
    let days = dossier.days;
    found.retain(|kept| {
        let touches = kept.requirements.is_empty() || kept.requirements.iter().any(|id| dossier.part(id).is_some());
        touches && kept.from.is_none_or(|from| from <= days.to) && kept.expires.is_none_or(|last| last >= days.from)
    });
    found.sort_by_cached_key(|kept| (fold::natural(kept.reference.as_str()), kept.id));
    Ok(found)
}

/// The version of everything a row or a verdict may name.
async fn named(at: &mut Snapshot, dossier: &Dossier) -> Result<BTreeMap<Uuid, (&'static str, i64)>> {
    fn of<T: Audited>(named: &mut BTreeMap<Uuid, (&'static str, i64)>, all: &[Kept<T>]) {
        named.extend(all.iter().map(|kept| (kept.id.uuid(), (T::TABLE.kind, kept.version))));
    }
    let mut found = BTreeMap::new();
    of(&mut found, std::slice::from_ref(&dossier.profile));
    of(&mut found, &dossier.sites);
    of(&mut found, &dossier.systems);
    of(&mut found, &dossier.zones);
    of(&mut found, &dossier.conduits);
    of(&mut found, &dossier.permitted);
    of(&mut found, &at.every::<Sensor>().await?);
    dossier.access.name(&mut found);
    found.extend(dossier.assets.iter().map(|line| (line.id.uuid(), (Asset::TABLE.kind, line.version))));
    Ok(found)
}
