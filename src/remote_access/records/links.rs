//! What a grant reaches, as rows: the assets and the systems it names.
//!
//! Invariant: the rows at an instant are what the grant's record names then; a row is closed once and never changed.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::concerned::{among, links};
use crate::fragment;
use crate::ids::{GrantId, Id};
use crate::register::records::by_ids;
use crate::register::{Filter, FilterInput};
use crate::remote_access::model::Grant;
use crate::remote_access::rules::Surroundings;
use crate::storage::pending::Shape;
use crate::storage::{Audited as _, Cell, Change, Kept, OrgSql, Result, Snapshot};
use crate::vocabulary::{Moment, fold};

const TARGETS: Shape =
    Shape::new("grant_targets", &["organization_id", "grant_id", "asset_id", "recorded_from", "recorded_until"]);
const SYSTEMS: Shape =
    Shape::new("grant_systems", &["organization_id", "grant_id", "system_id", "recorded_from", "recorded_until"]);
const CLOSE_TARGET: OrgSql = OrgSql::new(
    "UPDATE grant_targets SET recorded_until = $4 WHERE organization_id = $1 AND grant_id = $2 AND asset_id = $3 \
     AND recorded_until = 9000000000000000",
);
const CLOSE_SYSTEM: OrgSql = OrgSql::new(
    "UPDATE grant_systems SET recorded_until = $4 WHERE organization_id = $1 AND grant_id = $2 AND system_id = $3 \
     AND recorded_until = 9000000000000000",
);
/// Rows of other grants a page shows.
const MOST: usize = 25;

/// Texts of this file, for the test that prepares every statement.
pub const STATEMENTS: &[OrgSql] = &[CLOSE_TARGET, CLOSE_SYSTEM];

/// Keeps grants that reach an asset, given by its reference: that name it, or a system it belongs to.
pub const REACHES_ASSET: Filter = Filter {
    name: "asset",
    label: "Reaches asset",
    input: FilterInput::Link("asset"),
    condition: fragment!(
        "v.id IN (SELECT t.grant_id FROM grant_targets t JOIN asset_versions a ON a.organization_id = $1 AND a.id = t.asset_id \
         AND " [a] " WHERE t.organization_id = $1 AND " [t] " AND a.reference_folded = ? UNION ALL SELECT s.grant_id FROM grant_systems s \
         JOIN asset_systems l ON l.organization_id = $1 AND l.system_id = s.system_id AND " [l] " JOIN asset_versions b ON \
         b.organization_id = $1 AND b.id = l.asset_id AND " [b] " WHERE s.organization_id = $1 AND " [s] " AND b.reference_folded = ?)"
    ),
    values: |text| Ok(vec![Cell::text(fold::folded(text)), Cell::text(fold::folded(text))]),
};

/// Keeps grants that name a system, given by its reference.
pub const REACHES_SYSTEM: Filter = Filter {
    name: "system",
    label: "Reaches system",
    input: FilterInput::Link("system"),
    condition: fragment!(
        "v.id IN (SELECT s.grant_id FROM grant_systems s JOIN system_versions y ON y.organization_id = $1 AND y.id = s.system_id \
         AND " [y] " WHERE s.organization_id = $1 AND " [s] " AND y.reference_folded = ?)"
    ),
    values: |text| Ok(vec![Cell::text(fold::folded(text))]),
};

/// Writes the rows of what a grant reaches.
pub(super) async fn settle(change: &mut Change, id: GrantId, before: Option<&Grant>, after: &Grant) -> Result<()> {
    let (none, nothing) = (BTreeSet::new(), BTreeSet::new());
    let old = before.map_or(&none, |before| &before.targets);
    linked(change, id, (TARGETS, &CLOSE_TARGET), old, &after.targets).await?;
    let old = before.map_or(&nothing, |before| &before.systems);
    linked(change, id, (SYSTEMS, &CLOSE_SYSTEM), old, &after.systems).await
}

async fn linked<I: Id + Ord>(
    change: &mut Change,
    id: GrantId,
    (shape, close): (Shape, &OrgSql),
    old: &BTreeSet<I>,
    new: &BTreeSet<I>,
) -> Result<()> {
    let moment = change.moment();
    for gone in old.difference(new) {
        change.reading().await?.plain(close).bind(id.uuid()).bind(gone.uuid()).bind(moment).run().await?;
    }
    for come in new.difference(old) {
        let row = vec![
            Cell::Id(Some(change.organization().uuid())),
            Cell::id(Some(id)),
            Cell::id(Some(*come)),
            Cell::moment(moment),
            Cell::moment(Moment::OPEN),
        ];
        change.push(shape, row).await?;
    }
    Ok(())
}

/// Grants that are not over and reach what a grant reaches, but for those that are known: the first by reference, and how many
/// there are.
pub async fn reaching(
    at: &mut Snapshot,
    around: &Surroundings,
    besides: &BTreeSet<GrantId>,
) -> Result<(Vec<Kept<Grant>>, usize)> {
    let assets: BTreeSet<Uuid> = around.targets.iter().map(|target| target.id.uuid()).collect();
    let member_of = around.targets.iter().flat_map(|target| target.member_of.iter().copied());
    let systems: BTreeSet<Uuid> =
        around.systems.iter().map(|system| system.id).chain(member_of).map(Id::uuid).collect();
    let mut ids = naming(at, ("grant_targets", "v.asset_id"), assets).await?;
    ids.extend(naming(at, ("grant_systems", "v.system_id"), systems).await?);
    let ids: Vec<GrantId> = ids.difference(besides).copied().collect();
    let mut open: Vec<(String, Uuid)> = Vec::new();
    for some in ids.chunks(500) {
        let numbers: Vec<String> = (4..some.len() + 4).map(|number| format!("${number}")).collect();
        let rest = format!(
            " AND v.valid_until > $3 AND v.status IN ('active', 'requested') AND NOT v.retired AND v.id IN ({})",
            numbers.join(", ")
        );
        let mut statement = at.projected(&Grant::TABLE, "v.reference_key, v.id", &rest).bind(around.now.rfc3339());
        for id in some {
            statement = statement.bind(id.uuid());
        }
        open.extend(statement.all::<(String, Uuid)>().await?);
    }
    open.sort();
    let first: Vec<Uuid> = open.iter().take(MOST).map(|(_, id)| *id).collect();
    let mut found = by_ids::<Grant>(at, &first).await?;
    found.sort_by_key(|kept| first.iter().position(|id| *id == kept.id.uuid()));
    Ok((found, open.len()))
}

/// Grants that name one of these assets or systems.
async fn naming(
    at: &mut Snapshot,
    (rows, column): (&'static str, &str),
    named: BTreeSet<Uuid>,
) -> Result<BTreeSet<GrantId>> {
    let named: Vec<Uuid> = named.into_iter().collect();
    let mut found = BTreeSet::new();
    for some in named.chunks(500) {
        let mut statement = at.projected(&links(rows), "v.grant_id", &among(column, some.len()));
        for id in some {
            statement = statement.bind(*id);
        }
        found.extend(statement.all::<(Uuid,)>().await?.into_iter().map(|(id,)| GrantId::from_uuid(id)));
    }
    Ok(found)
}
