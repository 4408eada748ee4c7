//! What becomes of an order: ordered, building, sealed or failed, each a version with its leaf.
//!
//! Invariant: the order and its errand commit together; a package is said to be sealed only by who holds the errand's lease,
//! and only when its file lies whole where it is served from.

use super::building::Sealed;
use super::failing::Unbuilt;
use super::model::{Package, PackageState, Period};
use super::order::{Engaged, Order};
use super::scope::Scope;
use super::{gathering, naming};
use crate::auth::keys::Keys;
use crate::engagements::Engagement;
use crate::ids::{EngagementId, ErrandId, Id, OrganizationId, PackageId};
use crate::register::Draft;
use crate::seal::signature;
use crate::storage::change::Author;
use crate::storage::platform::Errand;
use crate::storage::{AsOf, Change, Failure, Kept, Result, Store};
use crate::vocabulary::Moment;

/// The kind of the errands that build packages.
pub const ERRAND: &str = "package.build";

/// What somebody orders.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub engagement: Option<EngagementId>,
    pub scope: Scope,
    pub period: Period,
    pub as_of: AsOf,
}

/// Plans the package that is wanted, or says what about the order cannot be. The instant is fixed before the order's own
/// leaf is written, so the same instant can be ordered again to the same bytes.
pub async fn plan(
    store: &Store,
    keys: &Keys,
    organization: OrganizationId,
    wanted: Wanted,
) -> Result<std::result::Result<Package, Draft>> {
    let mut draft = Draft::default();
    let engaged = engaged(store, organization, wanted.engagement, &mut draft).await?;
    let package = PackageId::from_uuid(uuid::Uuid::nil());
    let (scope, period) = (wanted.scope.clone(), wanted.period);
    let order = Order { scope, engagement: engaged.clone(), ..Order::of(organization, package, period, wanted.as_of) };
    let asked = match gathering::ask(store, &order).await {
        Ok(asked) => asked,
        Err(Unbuilt::Field { field, value, problem }) => {
            draft.refuse(field, &value, problem);
            return Ok(Err(draft));
        }
        Err(Unbuilt::Storage(failure)) => return Err(failure),
        Err(other) => return Err(Failure::Unfit(other.to_string())),
    };
    if !draft.is_good() {
        return Ok(Err(draft));
    }
    let name = name(&asked.profile.ncr, &order.audit_id(), asked.at.instant());
    let key = signature::fingerprint(&keys.signing().key.verifying_key());
    Ok(Ok(planned(wanted, engaged, (asked.at.instant(), asked.at.tree_size()), (name, key))))
}

fn planned(
    wanted: Wanted,
    engaged: Option<Engaged>,
    (instant, tree_size): (Moment, i64),
    (name, key): (String, String),
) -> Package {
    Package {
        state: PackageState::Ordered,
        name,
        engagement: wanted.engagement,
        engaged,
        scope: wanted.scope,
        period: wanted.period,
        instant,
        tree_size,
        size: None,
        digest: String::new(),
        key,
        manifest: String::new(),
        bcsi: true,
        problem: String::new(),
    }
}

/// What is printed of the engagement that is named, if one is.
async fn engaged(
    store: &Store,
    organization: OrganizationId,
    id: Option<EngagementId>,
    draft: &mut Draft,
) -> Result<Option<Engaged>> {
    let Some(id) = id else { return Ok(None) };
    let found = store.snapshot(organization, AsOf::Now).await?.find::<Engagement>(id).await?;
    if found.is_none() {
        draft.refuse("engagement", "", "no engagement has this id");
    }
    Ok(found.map(|kept| printed(&kept)))
}

/// What a package prints of an engagement.
fn printed(kept: &Kept<Engagement>) -> Engaged {
    Engaged {
        id: kept.reference.to_string(),
        audit_id: kept.audit_id.clone(),
        title: kept.name.clone(),
        region: kept.region.clone(),
        notice_on: kept.notice_on,
        team: kept.team.clone(),
    }
}

/// What the folder will be called (PACKAGE, layout), until it is sealed.
fn name(ncr: &str, audit: &str, instant: Moment) -> String {
    let ncr: String = ncr.chars().filter(char::is_ascii_alphanumeric).collect();
    let ncr = if ncr.is_empty() { "NCR-NONE".to_owned() } else { ncr };
    format!("GLANCE-{ncr}-{}-{}", naming::cleaned(audit, 40), instant.compact())
}

/// The order a package is built from: what it was ordered for, at its instant.
#[must_use]
pub fn order_of(organization: OrganizationId, kept: &Kept<Package>) -> Order {
    Order {
        scope: kept.scope.clone(),
        engagement: kept.engaged.clone(),
        ..Order::of(organization, kept.id, kept.period, AsOf::At(kept.instant))
    }
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
    Sealed(Sealed),
    Failed(String),
}

/// Ends a build in one change with its errand; false when the lease is another's by now, and nothing is written.
pub async fn end(store: &Store, author: Author, (errand, who): (&Errand, &str), ending: Ending) -> Result<bool> {
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
        Ending::Sealed(sealed) => {
            next = next.sealed(&sealed);
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

impl Package {
    /// The same once its file is sealed.
    #[must_use]
    pub fn sealed(self, sealed: &Sealed) -> Self {
        Package {
            state: PackageState::Sealed,
            name: sealed.name.clone(),
            instant: sealed.instant,
            tree_size: sealed.tree_size,
            size: i64::try_from(sealed.size).ok(),
            digest: sealed.digest.clone(),
            key: sealed.key.clone(),
            manifest: sealed.manifest.clone(),
            problem: String::new(),
            ..self
        }
    }
}
