//! How saved views are kept: plain rows, a person's own preference.
//!
//! Invariant: only its owner changes or removes a view.

use uuid::Uuid;

use super::SavedView;
use crate::ids::{Id, UserId, ViewId};
use crate::storage::pending::Shape;
use crate::storage::{Cell, Change, OrgSql, Result, Snapshot};
use crate::vocabulary::fold;

const EVERY: OrgSql = OrgSql::new(
    "SELECT id, user_id, collection, name, query, shared FROM saved_views WHERE organization_id = $1 ORDER BY name_folded, id",
);
const REVISE: OrgSql = OrgSql::new(
    "UPDATE saved_views SET name = $4, name_folded = $5, shared = $6, changed_at = $7 WHERE organization_id = $1 AND id = $2 AND user_id = $3",
);
const REMOVE: OrgSql = OrgSql::new("DELETE FROM saved_views WHERE organization_id = $1 AND id = $2 AND user_id = $3");
const VIEWS: Shape = Shape::new(
    "saved_views",
    &["organization_id", "id", "user_id", "collection", "name", "name_folded", "query", "shared", "changed_at"],
);

/// Texts of this file, for the test that prepares every statement.
pub const STATEMENTS: &[OrgSql] = &[EVERY, REVISE, REMOVE];

/// Every view of the organization, by name.
pub async fn every(at: &mut Snapshot) -> Result<Vec<SavedView>> {
    let rows: Vec<(Uuid, Uuid, String, String, String, i64)> = at.plain(&EVERY).all().await?;
    let view = |(id, owner, collection, name, query, shared)| SavedView {
        id: ViewId::from_uuid(id),
        owner: UserId::from_uuid(owner),
        collection,
        name,
        query,
        shared: shared != 0,
    };
    Ok(rows.into_iter().map(view).collect())
}

pub async fn insert(change: &mut Change, view: &SavedView) -> Result<()> {
    let row = vec![
        Cell::Id(Some(change.organization().uuid())),
        Cell::Id(Some(view.id.uuid())),
        Cell::Id(Some(view.owner.uuid())),
        Cell::text(view.collection.clone()),
        Cell::text(view.name.clone()),
        Cell::text(fold::folded(&view.name)),
        Cell::text(view.query.clone()),
        Cell::number(i64::from(view.shared)),
        Cell::moment(change.moment()),
    ];
    change.push(VIEWS, row).await
}

/// Another name and reach; false when the view is not the person's.
pub async fn revise(change: &mut Change, id: ViewId, owner: UserId, name: &str, shared: bool) -> Result<bool> {
    let moment = change.moment();
    let at = change.reading().await?;
    let done = at
        .plain(&REVISE)
        .bind(id.uuid())
        .bind(owner.uuid())
        .bind(name.to_owned())
        .bind(fold::folded(name))
        .bind(i64::from(shared))
        .bind(moment)
        .run()
        .await?;
    Ok(done == 1)
}

/// Removes a view; false when it is not the person's.
pub async fn remove(change: &mut Change, id: ViewId, owner: UserId) -> Result<bool> {
    let at = change.reading().await?;
    Ok(at.plain(&REMOVE).bind(id.uuid()).bind(owner.uuid()).run().await? == 1)
}
