//! Findings follow the checks: what fails at the head opens or reopens findings, what passes verifies or closes them.
//!
//! Invariant: nothing is written when nothing differs; what was followed at a head is not followed again.

use crate::findings::following::{self, Followed};
use crate::ids::OrganizationId;
use crate::posture::{Memory, verdicts};
use crate::storage::{Actor, AsOf, Result, Store};

/// Lets an organization's findings follow its checks as they stand now.
pub async fn follow(store: &Store, memory: &Memory, organization: OrganizationId) -> Result<Followed> {
    let now = store.clock().now();
    let mut at = store.snapshot(organization, AsOf::Now).await?;
    let judged = memory.judged(&mut at, now).await?;
    drop(at);
    if memory.is_followed(organization, judged.size, now) {
        return Ok(Followed::default());
    }
    let open = verdicts::telling(&judged);
    let mut change = store.change(organization, store.author(Actor::job("checks"))).await?;
    let moment = change.moment();
    let long_ago =
        |session| judged.facts.access.sessions.get(session).is_none_or(|seen| seen.is_long_ago(judged.facts.at));
    let followed = following::follow_all(&mut change, &open, &verdicts::codes(), &long_ago, moment).await?;
    let written = followed.opened + followed.reopened + followed.verified + followed.updated + followed.closed;
    let size = if written > 0 {
        change.commit().await?;
        store.snapshot(organization, AsOf::Now).await?.tree_size()
    } else {
        judged.size
    };
    // Whoever wrote in between is followed by the next run: only the run's own leaves are passed over.
    let own = judged.size + i64::try_from(written).unwrap_or(0);
    memory.followed(organization, if size == own { size } else { judged.size }, now);
    Ok(followed)
}
