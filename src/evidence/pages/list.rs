//! The kept packages, the newest first.
//!
//! Invariant: every state is shown with what it means for who waits: how far, why not, or where to fetch it.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;

use super::bytes;
use crate::auth::Action;
use crate::engagements::Engagement;
use crate::evidence::{Package, PackageState, records};
use crate::ids::EngagementId;
use crate::register::people;
use crate::seal::signature;
use crate::storage::{Kept, Snapshot};
use crate::vocabulary::Moment;
use crate::web::extract::Asking;
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

/// A package as a row.
pub struct Row {
    pub href: String,
    /// Where it is fetched, once sealed and for who may.
    pub file: Option<String>,
    pub package: Package,
    /// Reference and address.
    pub engagement: Option<(String, String)>,
    pub by: String,
    pub at: String,
    pub instant: String,
    pub size: String,
    /// The beginning of its digest.
    pub digest: String,
    /// How many sealed packages have the very same bytes.
    pub twins: usize,
}

#[derive(Template)]
#[template(path = "evidence/list.html")]
struct PackagesPage {
    shell: Shell,
    base: String,
    packages: Vec<Row>,
    fingerprint: String,
    may_order: bool,
    engagements: String,
    files: String,
    may_see_files: bool,
    /// Only those of this engagement are shown.
    only: Option<String>,
}

pub async fn list(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let only = asking.text("engagement").to_owned();
    let known = engagements(&mut at).await?;
    let wanted = known.iter().find(|(_, reference)| **reference == only).map(|(id, _)| *id);
    if !only.is_empty() && wanted.is_none() {
        return Err(Failure::field("engagement", &only, "no engagement has this reference"));
    }
    let mut packages = at.every::<Package>().await?;
    packages.retain(|kept| wanted.is_none() || kept.engagement == wanted);
    packages.reverse();
    let packages = rows(&caller, &mut at, packages, &known).await?;
    let slug = &caller.serving()?.slug;
    page::show(&PackagesPage {
        shell: Shell::of(&caller, Place::Evidence, "Evidence").saying(asking.text("done")),
        base: links::place(slug, "packages"),
        packages,
        fingerprint: signature::fingerprint(&app.keys.signing().key.verifying_key()),
        may_order: caller.may_now(Action::OrderPackage),
        engagements: links::place(slug, "engagements"),
        files: links::place(slug, "artifacts"),
        may_see_files: caller.may(Action::ReadArtifacts),
        only: Some(only).filter(|only| !only.is_empty()),
    })
}

/// References of engagements, withdrawn ones too.
pub async fn engagements(at: &mut Snapshot) -> Answer<HashMap<EngagementId, String>> {
    Ok(at.every::<Engagement>().await?.into_iter().map(|kept| (kept.id, kept.reference.to_string())).collect())
}

/// Packages as rows.
pub async fn rows(
    caller: &Caller,
    at: &mut Snapshot,
    packages: Vec<Kept<Package>>,
    known: &HashMap<EngagementId, String>,
) -> Answer<Vec<Row>> {
    let orders = records::orders(at).await?;
    let names = people::names(at, orders.values().map(|order| order.by.as_str())).await?;
    let mut digests: HashMap<String, usize> = HashMap::new();
    for kept in packages.iter().filter(|kept| kept.state == PackageState::Sealed) {
        *digests.entry(kept.digest.clone()).or_default() += 1;
    }
    let slug = caller.serving()?.slug.clone();
    let view = |kept: Kept<Package>| {
        let order = orders.get(&kept.id);
        let twins = digests.get(&kept.digest).map_or(0, |count| count - 1);
        row(caller, &slug, kept, known, (order.map(|order| (names.of(&order.by), order.at)), twins))
    };
    Ok(packages.into_iter().map(view).collect())
}

fn row(
    caller: &Caller,
    slug: &str,
    kept: Kept<Package>,
    known: &HashMap<EngagementId, String>,
    (order, twins): (Option<(String, Moment)>, usize),
) -> Row {
    let query = Shell::of(caller, Place::Evidence, "").query();
    let href = links::record(slug, "packages", kept.id);
    let sealed = kept.state == PackageState::Sealed;
    let engaged = |id: EngagementId| {
        known
            .get(&id)
            .map(|reference| (reference.clone(), format!("{}{query}", links::record(slug, "engagements", id))))
    };
    let (by, at) = order.unwrap_or((String::new(), kept.recorded_from));
    Row {
        file: (sealed && caller.may_now(Action::DownloadPackage)).then(|| format!("{href}/file")),
        engagement: kept.engagement.and_then(engaged),
        by,
        at: caller.told(at),
        instant: caller.told(kept.instant),
        size: kept.size.map_or_else(String::new, bytes),
        digest: kept.hex().chars().take(12).collect(),
        twins,
        href: format!("{href}{query}"),
        package: kept.content,
    }
}
