//! What was judged last, per organization, so that a page need not judge everything again.
//!
//! Invariant: what is kept is worth exactly the tree size it names. A newer head brings it onward by what changed; an
//! older instant is judged on its own and not kept.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::Mutex;

use super::gathering;
use super::standing::{Beside, Standings};
use crate::checks::facts::Facts;
use crate::checks::judging::Outcomes;
use crate::checks::scope::Scope;
use crate::ids::OrganizationId;
use crate::storage::{Result, Snapshot};
use crate::vocabulary::Moment;

/// What one organization's record comes to at one head.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Leaves in the journal.
    pub size: i64,
    pub facts: Facts,
    pub outcomes: Outcomes,
    pub beside: Beside,
    pub standings: Standings,
}

type Place = Arc<Mutex<Option<Arc<Judged>>>>;

/// What every process keeps in mind.
#[derive(Clone, Default)]
pub struct Memory(Arc<std::sync::Mutex<HashMap<OrganizationId, Place>>>);

/// Time alone changes answers; what was judged this long ago is judged again where time counts.
const FRESH_SECONDS: i64 = 60;

impl Judged {
    /// Judges everything at the snapshot.
    pub async fn cold(at: &mut Snapshot, moment: Moment) -> Result<Self> {
        let facts = gathering::whole(at, moment).await?;
        let outcomes = Outcomes::of(&facts);
        Self::complete(at, facts, outcomes).await
    }

    async fn onward(mut self, at: &mut Snapshot, moment: Moment) -> Result<Self> {
        let Some(touched) = gathering::onward(at, &mut self.facts, self.size, moment).await? else {
            return Self::cold(at, moment).await;
        };
        self.outcomes.again(&self.facts, &touched);
        self.outcomes.later(&self.facts);
        Self::complete(at, self.facts, self.outcomes).await
    }

    async fn complete(at: &mut Snapshot, facts: Facts, outcomes: Outcomes) -> Result<Self> {
        let day = facts.zone.day(facts.at);
        let scope = Scope::of(&facts);
        let beside = gathering::beside(at, &scope, day, None).await?;
        let standings = Standings::of(&facts, &outcomes, &scope, day, &beside);
        Ok(Self { size: at.tree_size(), facts, outcomes, beside, standings })
    }
}

impl Memory {
    fn place(&self, organization: OrganizationId) -> Place {
        let mut kept = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(kept.entry(organization).or_default())
    }

    /// What the record at the snapshot comes to; `moment` is now, or the instant the page shows.
    pub async fn judged(&self, at: &mut Snapshot, moment: Moment) -> Result<Arc<Judged>> {
        if !at.is_newest() {
            return Ok(Arc::new(Judged::cold(at, moment).await?));
        }
        let place = self.place(at.organization());
        let mut kept = place.lock().await;
        let known = kept.take();
        let next = match known {
            Some(known) if known.size == at.tree_size() && is_fresh(&known, moment) => known,
            Some(known) if known.size <= at.tree_size() => {
                let owned = Arc::try_unwrap(known).unwrap_or_else(|shared| (*shared).clone());
                Arc::new(owned.onward(at, moment).await?)
            }
            newer => {
                *kept = newer;
                return Ok(Arc::new(Judged::cold(at, moment).await?));
            }
        };
        *kept = Some(Arc::clone(&next));
        Ok(next)
    }
}

fn is_fresh(judged: &Judged, moment: Moment) -> bool {
    let age = moment.micros_since(judged.facts.at);
    (0..FRESH_SECONDS * 1_000_000).contains(&age)
}
