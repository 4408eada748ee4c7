//! Tabs on the page of an engagement: how ready it is, its packages, the auditors who were let in.
//!
//! Invariant: short, and each leads to the whole.

use crate::engagements::auditors::AuditorAccess;
use crate::engagements::{Engagement, records};
use crate::evidence::readying::Measured;
use crate::evidence::{Package, PackageState};
use crate::register::pages::{Cluster, Section, Tab};
use crate::register::records::by_references;
use crate::register::view::{CellView, RowView};
use crate::storage::{Kept, Snapshot};
use crate::vocabulary::{Date, TimeZone, fold};
use crate::web::{Answer, App, links};

/// How ready an engagement is.
pub const READINESS: Tab = Tab {
    name: "readiness",
    title: "Readiness",
    load: |app, at, slug, reference, as_of, _| Box::pin(readiness(app, at, slug, reference, as_of)),
};

/// The packages of an engagement, the newest first.
pub const PACKAGES: Tab = Tab {
    name: "packages",
    title: "Packages",
    load: |_, at, slug, reference, as_of, _| Box::pin(packages(at, slug, reference, as_of)),
};

/// The auditors who were let in.
pub const AUDITORS: Tab = Tab {
    name: "auditors",
    title: "Auditors",
    load: |_, at, slug, reference, as_of, _| Box::pin(auditors(at, slug, reference, as_of)),
};

async fn engagement(at: &mut Snapshot, reference: &str) -> Answer<Option<Kept<Engagement>>> {
    Ok(by_references::<Engagement>(at, &[fold::folded(reference)]).await?.pop())
}

async fn zone(at: &mut Snapshot) -> Answer<TimeZone> {
    let organization = at.organization();
    let profile = at.find::<crate::organizations::OrganizationProfile>(organization).await?;
    Ok(profile.map_or(TimeZone::UTC, |kept| kept.zone()))
}

fn cell(text: impl Into<String>, class: &'static str, href: Option<String>) -> CellView {
    CellView { text: text.into(), class, href }
}

async fn readiness(app: &App, at: &mut Snapshot, slug: &str, reference: &str, as_of: &str) -> Answer<Option<Section>> {
    let Some(kept) = engagement(at, reference).await? else { return Ok(None) };
    let today = zone(at).await?.day(at.now());
    let due = kept.next_due(today).map(|(what, on)| match on.days_since(today) {
        0 => format!("{what} is due today, {on}."),
        days if days > 0 => format!("{what} is due on {on}, in {days} days."),
        days => format!("{what} was due on {on}, {} days ago.", -days),
    });
    let ready = app.shared::<Measured>().ready(&app.store, at, &kept).await?;
    let numbers = ready.numbers;
    let href = format!("{}/readiness{as_of}", links::record(slug, "engagements", kept.id));
    let label = format!("{} of {} parts ready", numbers.ready, numbers.all());
    let label = if ready.problem.is_empty() { label } else { ready.problem.clone() };
    let lead = cell("What each part lacks, whose that is, and where to mend it", "", Some(href.clone()));
    let cluster = Cluster { label, note: due.unwrap_or_default(), links: vec![lead] };
    Ok(Some(Section {
        title: "Readiness",
        href,
        total: format!("{} parts", numbers.all()),
        clusters: vec![cluster],
        ..Section::default()
    }))
}

async fn packages(at: &mut Snapshot, slug: &str, reference: &str, as_of: &str) -> Answer<Option<Section>> {
    let Some(kept) = engagement(at, reference).await? else { return Ok(None) };
    let zone = zone(at).await?;
    let mut packages = at.every::<Package>().await?;
    packages.retain(|package| package.engagement == Some(kept.id));
    packages.reverse();
    let row = |package: &Kept<Package>| package_row(package, zone, slug, as_of);
    let query = links::query([("engagement", reference)]);
    let joint = as_of.replacen('?', "&", 1);
    Ok(Some(Section {
        title: "Packages",
        href: format!("{}{query}{joint}", links::place(slug, "packages")),
        total: packages.len().to_string(),
        head: vec!["Package", "State", "Effective instant", "SHA-256"],
        rows: packages.iter().take(10).map(row).collect(),
        clusters: Vec::new(),
        note: if packages.is_empty() { "None ordered yet.".to_owned() } else { String::new() },
    }))
}

fn package_row(package: &Kept<Package>, zone: TimeZone, slug: &str, as_of: &str) -> RowView {
    RowView {
        id: package.id.to_string(),
        version: package.version,
        label: package.name.clone(),
        cells: vec![
            cell(&package.name, "ref", Some(format!("{}{as_of}", links::record(slug, "packages", package.id)))),
            cell(package.state.label(), state(package.state), None),
            cell(zone.told(package.instant), "", None),
            cell(package.hex().chars().take(12).collect::<String>(), "ref", None),
        ],
    }
}

fn access_row(access: &Kept<AuditorAccess>, today: Date) -> RowView {
    RowView {
        id: access.id.to_string(),
        version: access.version,
        label: access.name.clone(),
        cells: vec![
            cell(&access.name, "", None),
            cell(access.standing(today).label(), "", None),
            cell(access.from.to_string(), "", None),
            cell(access.until.to_string(), "", None),
            cell(&access.granted_by, "", None),
        ],
    }
}

/// The class of a state in a table: shape and color beside its word.
fn state(state: PackageState) -> &'static str {
    match state {
        PackageState::Ordered => "st indeterminate",
        PackageState::Building => "st due_soon",
        PackageState::Sealed => "st no_failing_record",
        PackageState::Failed => "st failing",
    }
}

async fn auditors(at: &mut Snapshot, slug: &str, reference: &str, as_of: &str) -> Answer<Option<Section>> {
    let Some(kept) = engagement(at, reference).await? else { return Ok(None) };
    let today = zone(at).await?.day(at.now());
    let accesses = records::of_engagement(at, kept.id).await?;
    let row = |access: &Kept<AuditorAccess>| access_row(access, today);
    Ok(Some(Section {
        title: "Auditors",
        href: format!("{}/auditors{as_of}", links::record(slug, "engagements", kept.id)),
        total: accesses.len().to_string(),
        head: vec!["Auditor", "State", "From", "Until", "Let in by"],
        rows: accesses.iter().take(10).map(row).collect(),
        clusters: Vec::new(),
        note: if accesses.is_empty() { "Nobody is let in.".to_owned() } else { String::new() },
    }))
}
