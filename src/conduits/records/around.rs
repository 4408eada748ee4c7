//! What stands around conduits and permitted flows: their zones, the assets they name, each other.
//!
//! Invariant: only records of the snapshot's organization are found, at its instant.

use std::collections::{BTreeMap, BTreeSet};

use crate::assets::Asset;
use crate::conduits::model::{Conduit, PermittedFlow};
use crate::conduits::rules::entering::Placed;
use crate::ids::{AssetId, ConduitId, ZoneId};
use crate::register::{Register as _, records};
use crate::storage::versions::VersionRow;
use crate::storage::{Audited as _, Kept, Result, Snapshot};
use crate::zones::Zone;

/// Permitted flows of these conduits that are not retired, in the order of their references.
pub async fn flows_of(
    at: &mut Snapshot,
    conduits: impl Iterator<Item = ConduitId>,
) -> Result<Vec<Kept<PermittedFlow>>> {
    let wanted: Vec<ConduitId> = conduits.collect::<BTreeSet<_>>().into_iter().collect();
    let mut found = Vec::new();
    for some in wanted.chunks(500) {
        let numbers: Vec<String> = (3..some.len() + 3).map(|number| format!("${number}")).collect();
        let rest =
            format!(" AND v.conduit_id IN ({}) AND NOT v.retired ORDER BY v.reference_key, v.id", numbers.join(", "));
        let mut statement = at.projected(&PermittedFlow::TABLE, crate::version_columns!(), &rest);
        for id in some {
            statement = statement.bind(*id);
        }
        for row in statement.all::<VersionRow>().await? {
            found.push(row.kept()?);
        }
    }
    Ok(found)
}

/// Conduits by id.
pub async fn conduits(
    at: &mut Snapshot,
    wanted: impl Iterator<Item = ConduitId>,
) -> Result<BTreeMap<ConduitId, Conduit>> {
    let ids: Vec<uuid::Uuid> = wanted.collect::<BTreeSet<_>>().into_iter().map(crate::ids::Id::uuid).collect();
    let found = records::by_ids::<Conduit>(at, &ids).await?;
    Ok(found.into_iter().map(|kept| (kept.id, kept.content)).collect())
}

/// Zones by id.
pub async fn zones(at: &mut Snapshot, wanted: impl Iterator<Item = ZoneId>) -> Result<BTreeMap<ZoneId, Zone>> {
    let ids: Vec<uuid::Uuid> = wanted.collect::<BTreeSet<_>>().into_iter().map(crate::ids::Id::uuid).collect();
    let found = records::by_ids::<Zone>(at, &ids).await?;
    Ok(found.into_iter().map(|kept| (kept.id, kept.content)).collect())
}

/// Where assets live.
pub async fn assets(at: &mut Snapshot, wanted: impl Iterator<Item = AssetId>) -> Result<BTreeMap<AssetId, Placed>> {
    let ids: Vec<uuid::Uuid> = wanted.collect::<BTreeSet<_>>().into_iter().map(crate::ids::Id::uuid).collect();
    let found = records::by_ids::<Asset>(at, &ids).await?;
    let placed = |asset: &Asset| Placed {
        reference: asset.reference.to_string(),
        zone: asset.zone,
        retired: asset.is_retired(),
    };
    Ok(found.into_iter().map(|kept| (kept.id, placed(&kept.content))).collect())
}
