//! Vendors' ways in that stand open, and the assets sessions are meant to go through.
//!
//! Invariant: few rows are read, each by an index, however many grants there ever were.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::concerned::{among, links};
use crate::as_of;
use crate::assets::model::{INTERMEDIATE, Role};
use crate::assets::records::tag;
use crate::ids::AssetId;
use crate::remote_access::model::Grant;
use crate::storage::versions::VersionRow;
use crate::storage::{AsOfSql, Kept, Result, Snapshot};
use crate::vocabulary::Moment;

/// Most ways that are shown.
pub const MOST: usize = 200;

/// Approved grants of vendors that have not run out, those that do first. (What an index shall not lead by is wrapped.)
pub(super) const OF_VENDORS: AsOfSql = as_of!(
    "SELECT " columns " FROM grant_versions v WHERE v.organization_id = $1 AND " [v] " AND v.valid_until > $3 \
     AND COALESCE(v.status, '') = 'active' AND v.vendor_id IN (SELECT n.id FROM vendor_versions n WHERE n.organization_id = $1 AND " [n] ") \
     ORDER BY COALESCE(v.valid_until, ''), v.id LIMIT 201"
);
/// The same of vendors' people, where the grant names no vendor: led by when grants run out, so that the first are enough.
pub(super) const OF_PEOPLE: AsOfSql = as_of!(
    "SELECT " columns " FROM grant_versions v WHERE v.organization_id = $1 AND " [v] " AND v.valid_until > $3 \
     AND COALESCE(v.status, '') = 'active' AND v.vendor_id IS NULL AND EXISTS (SELECT 1 FROM person_versions p \
     WHERE p.organization_id = $1 AND p.id = v.person_id AND " [p] " AND p.vendor_id IS NOT NULL) ORDER BY v.valid_until, v.id LIMIT 201"
);

/// Vendors' grants that let somebody in at a moment, those that end first; true when there are more than are given.
pub async fn standing(at: &mut Snapshot, now: Moment) -> Result<(Vec<Kept<Grant>>, bool)> {
    let mut found: Vec<Kept<Grant>> = Vec::new();
    for sql in [&OF_VENDORS, &OF_PEOPLE] {
        for row in at.query(sql).bind(now.rfc3339()).all::<VersionRow>().await? {
            found.push(row.kept()?);
        }
    }
    let more = found.len() > MOST;
    found.retain(|grant| grant.opens(now));
    found.sort_by_key(|grant| (grant.valid_until, grant.id));
    found.truncate(MOST);
    Ok((found, more))
}

/// Assets that have the role of a gateway.
pub async fn carriers(at: &mut Snapshot) -> Result<BTreeSet<AssetId>> {
    let rest = format!(" AND v.kind = 'asset'{}", among("v.term", 2));
    let statement = at.projected(&links("terms"), "v.id", &rest);
    let of = |role: Role| tag("role", role.word());
    let [one, other] = INTERMEDIATE.map(of);
    let found: Vec<(AssetId,)> = statement.bind(one).bind(other).all().await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// The impact ratings of assets, by id.
pub async fn impacts(at: &mut Snapshot, ids: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    let mut found = HashMap::new();
    for some in ids.chunks(500) {
        let mut statement = at.projected(&links("asset_standings"), "v.id, v.impact", &among("v.id", some.len()));
        for id in some {
            statement = statement.bind(*id);
        }
        let rows: Vec<(Uuid, Option<String>)> = statement.all().await?;
        found.extend(rows.into_iter().filter_map(|(id, impact)| Some((id, impact?))));
    }
    Ok(found)
}
