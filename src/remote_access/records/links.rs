//! What a grant reaches, as rows: the assets and the systems it names.
//!
//! Invariant: the rows at an instant are what the grant's record names then; a row is closed once and never changed.

use std::collections::BTreeSet;

use crate::as_of;
use crate::fragment;
use crate::ids::{AssetId, GrantId, Id};
use crate::register::{Filter, FilterInput};
use crate::remote_access::model::Grant;
use crate::storage::pending::Shape;
use crate::storage::versions::VersionRow;
use crate::storage::{AsOfSql, Cell, Change, Kept, OrgSql, Result, Snapshot};
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
/// Grants that are not over and name one of these assets.
const REACHING: AsOfSql = as_of!(
    "SELECT " columns " FROM grant_versions v WHERE v.organization_id = $1 AND " [v] " AND NOT v.retired AND v.valid_until > $3 \
     AND v.id IN (SELECT t.grant_id FROM grant_targets t WHERE t.organization_id = $1 AND " [t] " AND t.asset_id IN \
     ($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)) ORDER BY v.reference_key, v.id LIMIT 26"
);
/// Assets the statement has room for.
const ROOM: usize = 16;

/// Texts of this file, for the test that prepares every statement.
pub const STATEMENTS: &[OrgSql] = &[CLOSE_TARGET, CLOSE_SYSTEM];
/// Texts of this file that know an instant.
pub const INSTANT_STATEMENTS: &[AsOfSql] = &[REACHING];

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

/// Grants that are not over at a moment and name one of the first of these assets, by reference; one more than a page shows.
pub async fn reaching(at: &mut Snapshot, assets: &[AssetId], now: Moment) -> Result<Vec<Kept<Grant>>> {
    let Some(last) = assets.first() else { return Ok(Vec::new()) };
    let mut statement = at.query(&REACHING).bind(now.rfc3339());
    for place in 0..ROOM {
        statement = statement.bind(*assets.get(place).unwrap_or(last));
    }
    statement.all::<VersionRow>().await?.into_iter().map(VersionRow::kept).collect()
}
