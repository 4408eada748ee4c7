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

/// Most grants that are read of those with a vendor, and of those without.
const MOST: usize = 500;

/// Grants of vendors that have not run out and may let somebody in, those that run out first. One that is requested may under
/// an exceptional circumstance. (What an index shall not lead by is wrapped.)
pub(super) const OF_VENDORS: AsOfSql = as_of!(
    "SELECT " columns " FROM grant_versions v WHERE v.organization_id = $1 AND " [v] " AND v.valid_until > $3 \
     AND COALESCE(v.status, '') IN ('active', 'requested') AND v.vendor_id IN \
     (SELECT n.id FROM vendor_versions n WHERE n.organization_id = $1 AND " [n] ") ORDER BY COALESCE(v.valid_until, ''), v.id LIMIT 501"
);
/// The same of vendors' people, where the grant names no vendor: led by when grants run out, so that the first are enough. (The
/// status is compared with what it is not: no index leads by that, and PostgreSQL estimates it all the same. Where the column
/// was wrapped it took few rows for granted and walked every grant.)
pub(super) const OF_PEOPLE: AsOfSql = as_of!(
    "SELECT " columns " FROM grant_versions v WHERE v.organization_id = $1 AND " [v] " AND v.valid_until > $3 \
     AND v.status <> 'refused' AND v.status <> 'revoked' AND v.vendor_id IS NULL AND EXISTS (SELECT 1 FROM person_versions p \
     WHERE p.organization_id = $1 AND p.id = v.person_id AND " [p] " AND p.vendor_id IS NOT NULL) ORDER BY v.valid_until, v.id LIMIT 501"
);

/// Vendors' grants that may let somebody in at a moment or later, those that end first; true when there are more than are
/// given.
pub async fn standing(at: &mut Snapshot, from: Moment) -> Result<(Vec<Kept<Grant>>, bool)> {
    let (mut found, mut more): (Vec<Kept<Grant>>, bool) = (Vec::new(), false);
    for sql in [&OF_VENDORS, &OF_PEOPLE] {
        let rows = at.query(sql).bind(from.rfc3339()).all::<VersionRow>().await?;
        more |= rows.len() > MOST;
        for row in rows.into_iter().take(MOST) {
            found.push(row.kept()?);
        }
    }
    found.retain(|grant| grant.holds_on(from));
    found.sort_by_key(|grant| (grant.valid_until, grant.id));
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
