//! What becomes of an order: ordered, building, sealed or failed, each a version with its leaf.
//!
//! Invariant: the order and its errand commit together; a package is said to be sealed only by who holds the errand's lease,
//! and only when its file lies whole where it is served from.

use super::model::{Package, PackageState, Period};
use crate::auth::keys::Keys;
use crate::engagements::Engagement;
use crate::frameworks::{Scoped, scoping};
use crate::ids::{EngagementId, ErrandId, Id, OrganizationId, PackageId};
use crate::organizations::OrganizationProfile;
use crate::register::Draft;
use crate::seal::signature;
use crate::storage::change::Author;
use crate::storage::platform::Errand;
use crate::storage::{AsOf, Change, Failure, Kept, Result, Store};

/// The kind of the errands that build packages.
pub const ERRAND: &str = "package.build";

/// What somebody orders.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub engagement: Option<EngagementId>,
    pub scope: Vec<Scoped>,
    pub period: Period,
    pub as_of: AsOf,
}

/// Plans the package that is wanted, or says what about the order cannot be.
pub async fn plan(
    store: &Store,
    keys: &Keys,
    organization: OrganizationId,
    wanted: Wanted,
) -> Result<std::result::Result<Package, Draft>> {
    let mut draft = Draft::default();
    let mut at = match store.snapshot(organization, wanted.as_of).await {
        Err(Failure::Future) => {
            draft.refuse("as_of", "", "in the future; choose a moment that has been");
            return Ok(Err(draft));
        }
        other => other?,
    };
    let Some(profile) = at.find::<OrganizationProfile>(organization).await? else {
        draft.refuse("as_of", &told(wanted.as_of), "before the organization's first record");
        return Ok(Err(draft));
    };
    let (instant, tree_size) = (at.instant(), at.tree_size());
    drop(at);
    let Period { from, to } = wanted.period;
    let last = profile.zone().day(instant);
    if from > last {
        draft.refuse("period", &from.to_string(), format!("begins after the instant, which is on {last}"));
    }
    if scoping::parts(&wanted.scope, from, to).is_empty() {
        let given = wanted.scope.iter().map(ToString::to_string).collect::<Vec<_>>().join(";");
        draft.refuse("scope", &given, format!("names no part that was in force from {from} to {to}"));
    }
    let engagement = match wanted.engagement {
        None => None,
        Some(id) => store.snapshot(organization, AsOf::Now).await?.find::<Engagement>(id).await?,
    };
    if wanted.engagement.is_some() && engagement.is_none() {
        draft.refuse("engagement", "", "no engagement has this id");
    }
    if !draft.is_good() {
        return Ok(Err(draft));
    }
    let audit = engagement.map_or_else(String::new, |kept| kept.content.audit_id);
    Ok(Ok(Package {
        state: PackageState::Ordered,
        name: name(&profile.ncr, &audit, wanted.period, instant),
        engagement: wanted.engagement,
        scope: wanted.scope,
        period: wanted.period,
        instant,
        tree_size,
        size: None,
        digest: String::new(),
        key: signature::fingerprint(&keys.signing().key.verifying_key()),
        bcsi: true,
        problem: String::new(),
    }))
}

fn told(as_of: AsOf) -> String {
    match as_of {
        AsOf::Now => String::new(),
        AsOf::At(at) => at.rfc3339(),
    }
}

/// The folder's name: registry id, audit id or period, instant (PACKAGE, layout).
fn name(ncr: &str, audit: &str, period: Period, instant: crate::vocabulary::Moment) -> String {
    let clean = |text: &str, most: usize| -> String {
        text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(most).collect()
    };
    let ncr = Some(clean(ncr, 20)).filter(|text| !text.is_empty()).unwrap_or_else(|| "NCR-NONE".to_owned());
    let audit = Some(clean(audit, 40)).filter(|text| !text.is_empty()).unwrap_or_else(|| period.compact());
    format!("GLANCE-{ncr}-{audit}-{}", instant.compact())
}

/// Orders what was planned: the package and the errand that builds it.
pub async fn order(change: &mut Change, package: &Package, why: &str) -> Result<PackageId> {
    let id = change.insert("package.order", package, why).await?;
    send(change, id).await?;
    Ok(id)
}

/// Sends an errand for a package.
pub async fn send(change: &mut Change, id: PackageId) -> Result<()> {
    let (errand, organization, due) = (change.new_id::<ErrandId>(), change.organization(), change.moment());
    change.reading().await?.platform().order_errand(errand, organization, ERRAND, id.uuid(), due).await
}

/// Orders a failed package once more.
pub async fn again(change: &mut Change, read: &Kept<Package>, why: &str) -> Result<bool> {
    if read.state != PackageState::Failed {
        return Ok(false);
    }
    let next = Package { state: PackageState::Ordered, problem: String::new(), ..read.content.clone() };
    change.supersede("package.retry", read, &next, why).await?;
    send(change, read.id).await?;
    Ok(true)
}

/// Says that the build began; gives the package to build, or none when there is nothing to do any more.
pub async fn begin(store: &Store, author: Author, errand: &Errand) -> Result<Option<Kept<Package>>> {
    let mut change = store.change(errand.organization_id, author).await?;
    let id = PackageId::from_uuid(errand.subject);
    let Some(read) = change.reading().await?.find::<Package>(id).await? else { return Ok(None) };
    match read.state {
        PackageState::Sealed | PackageState::Failed => return Ok(None),
        // Another process began and did not end: its lease ran out.
        PackageState::Building => return Ok(Some(read)),
        PackageState::Ordered => {}
    }
    let next = Package { state: PackageState::Building, ..read.content.clone() };
    change.supersede("package.build", &read, &next, "").await?;
    change.commit().await?;
    store.snapshot(errand.organization_id, AsOf::Now).await?.find::<Package>(id).await
}

/// What a build came to.
#[derive(Clone, Debug)]
pub enum Ending {
    /// Size and digest of the file, and the name of the folder inside.
    Sealed {
        size: i64,
        digest: String,
        name: String,
        key: String,
    },
    Failed(String),
}

/// Ends a build in one change with its errand; false when the lease is another's by now, and nothing is written.
/// `deliver` puts the file in its place and is called when the lease is known to hold.
pub async fn end(
    store: &Store,
    author: Author,
    (errand, who): (&Errand, &str),
    ending: Ending,
    deliver: impl FnOnce() -> std::io::Result<()>,
) -> Result<bool> {
    let mut change = store.change(errand.organization_id, author).await?;
    let at = change.moment();
    let problem = if let Ending::Failed(why) = &ending { Some(why.clone()) } else { None };
    let mut tables = change.reading().await?.platform();
    if !tables.finish_errand(errand.id, who, at, problem.as_deref()).await? {
        return Ok(false);
    }
    let id = PackageId::from_uuid(errand.subject);
    let read = change.reading().await?.find::<Package>(id).await?.ok_or(Failure::Dangling)?;
    let mut next = read.content.clone();
    match ending {
        Ending::Sealed { size, digest, name, key } => {
            deliver()?;
            next = Package { state: PackageState::Sealed, size: Some(size), digest, name, key, ..next };
            next.problem.clear();
            change.supersede("package.seal", &read, &next, "").await?;
        }
        Ending::Failed(why) => {
            next = Package { state: PackageState::Failed, problem: why.clone(), ..next };
            change.supersede("package.fail", &read, &next, &why).await?;
        }
    }
    change.commit().await?;
    Ok(true)
}
