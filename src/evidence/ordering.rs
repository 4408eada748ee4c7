//! Ordering a package and waiting until it is sealed.
//!
//! Invariant: the order and the seal are leaves of the journal. The order's instant is fixed before its own leaf is written,
//! so the same instant can be ordered again to the same bytes.

use super::building::{self, Means, Sealed};
use super::failing::Unbuilt;
use super::model::{Package, PackageState, Period};
use super::order::Order;
use super::scope::Scope;
use crate::ids::{Id, OrganizationId, PackageId};
use crate::storage::change::Author;
use crate::storage::{AsOf, Failure};
use crate::vocabulary::Moment;

/// What is ordered.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub organization: OrganizationId,
    pub scope: Scope,
    pub period: Period,
    pub as_of: AsOf,
}

/// A package as the record keeps it once it is sealed.
pub struct Done {
    pub id: PackageId,
    pub package: Package,
    pub sealed: Sealed,
}

/// Orders, builds and seals a package.
pub async fn at_once(means: Means<'_>, wanted: Wanted, author: Author, why: &str) -> Result<Done, Unbuilt> {
    let Wanted { organization, scope, period, as_of } = wanted;
    let nowhere = PackageId::from_uuid(uuid::Uuid::nil());
    let mut order = Order { scope, reason: why.to_owned(), ..Order::of(organization, nowhere, period, as_of) };
    let asked = super::gathering::ask(means.store, &order).await?;
    let (instant, tree_size) = (asked.at.instant(), asked.at.tree_size());
    drop(asked);
    order.as_of = AsOf::At(instant);
    let package = ordered(period, instant, tree_size);
    let mut change = means.store.change(organization, author.clone()).await?;
    let id = change.insert("package.order", &package, why).await?;
    change.commit().await?;
    order.package = id;
    let sealed = building::build(means, order, &|_| {}).await?;
    let package = package.sealed(&sealed);
    let mut change = means.store.change(organization, author).await?;
    let ordered = change.reading().await?.find::<Package>(id).await?.ok_or(Failure::Dangling)?;
    change.supersede("package.seal", &ordered, &package, why).await?;
    change.commit().await?;
    Ok(Done { id, package, sealed })
}

fn ordered(period: Period, instant: Moment, tree_size: i64) -> Package {
    Package {
        state: PackageState::Ordered,
        name: String::new(),
        period,
        instant,
        tree_size,
        size: None,
        digest: String::new(),
        key: String::new(),
        manifest: String::new(),
        bcsi: true,
    }
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
            ..self
        }
    }
}
