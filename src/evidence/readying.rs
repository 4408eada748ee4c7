//! How ready an engagement is, measured from the record and kept for the next page while nothing changed.
//!
//! Invariant: measured by the functions a package's own limits are written from, over the same days and the same instant, so
//! the numbers are the same. What is kept is worth exactly the tree size it names.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::answering::answers;
use super::gathering;
use super::model::Period;
use super::readiness::{Numbers, Readiness};
use super::scope::{Scope, Scoped};
use crate::checks::Status;
use crate::engagements::Engagement;
use crate::frameworks::Requirement;
use crate::ids::{EngagementId, OrganizationId};
use crate::organizations::OrganizationProfile;
use crate::storage::{AsOf, Kept, Result, Snapshot, Store};
use crate::vocabulary::{Date, TimeZone};

/// Most engagements whose readiness is kept at a time.
const MOST_KEPT: usize = 64;

/// A part in scope.
#[derive(Debug)]
pub struct PartReady {
    pub part: &'static Requirement,
    /// The days its version answers for.
    pub span: Period,
    pub status: Status,
    pub because: String,
    pub readiness: Readiness,
    /// Evidence files that answer it.
    pub files: usize,
}

/// How ready an engagement is.
#[derive(Debug)]
pub struct Ready {
    /// Leaves of the journal it was measured at.
    size: i64,
    /// Version of the engagement it was measured for.
    version: i64,
    /// The days judged.
    pub days: Period,
    pub numbers: Numbers,
    pub parts: Vec<PartReady>,
    /// Why nothing can be measured yet; empty when it was.
    pub problem: String,
}

/// What was measured last, by engagement.
#[derive(Debug, Default)]
pub struct Measured(Mutex<HashMap<(OrganizationId, EngagementId), Arc<Ready>>>);

impl Measured {
    /// How ready an engagement is at the snapshot.
    pub async fn ready(&self, store: &Store, at: &mut Snapshot, kept: &Kept<Engagement>) -> Result<Arc<Ready>> {
        let key = (at.organization(), kept.id);
        let known = self.kept().get(&key).map(Arc::clone);
        if let Some(known) = known.filter(|known| known.size == at.tree_size() && known.version == kept.version) {
            return Ok(known);
        }
        let found = Arc::new(measure(store, at, kept).await?);
        if at.is_newest() {
            let mut all = self.kept();
            if all.len() >= MOST_KEPT {
                all.clear();
            }
            all.insert(key, Arc::clone(&found));
        }
        Ok(found)
    }

    /// The engagements somebody asked about, for measuring them again before anybody waits.
    #[must_use]
    pub fn asked(&self) -> Vec<(OrganizationId, EngagementId)> {
        self.kept().keys().copied().collect()
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<(OrganizationId, EngagementId), Arc<Ready>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn measure(store: &Store, at: &mut Snapshot, kept: &Kept<Engagement>) -> Result<Ready> {
    let (size, version, organization) = (at.tree_size(), kept.version, at.organization());
    let zone = at.find::<OrganizationProfile>(organization).await?.map_or(TimeZone::UTC, |kept| kept.zone());
    let today = zone.day(at.instant());
    let asked = Period { from: kept.period_from.unwrap_or(today), to: kept.period_to.unwrap_or(today) };
    let nothing = |days: Period, problem: String| {
        let (numbers, parts) = (Numbers::default(), Vec::new());
        Ready { size, version, days, numbers, parts, problem }
    };
    let (days, scoped) = match reach(kept, asked, today) {
        Ok(found) => found,
        Err(problem) => return Ok(nothing(asked, problem)),
    };
    // Opened at the leaf's own moment, as a package is: what the calendar says then is part of the instant, too.
    let mut then = store.snapshot(organization, AsOf::At(at.instant())).await?;
    let judged = gathering::judge(store, &mut then, zone, days).await?;
    let answers = answers(&mut then, &judged, &scoped, days).await?;
    let numbers = Numbers::of(answers.parts.iter().map(|part| &part.readiness));
    let parts = answers.parts.into_iter().map(|part| PartReady {
        part: part.scoped.requirement,
        span: part.scoped.span,
        status: part.standing.status,
        because: part.standing.because,
        readiness: part.readiness,
        files: part.evidence.len(),
    });
    Ok(Ready { size, version, days, numbers, parts: parts.collect(), problem: String::new() })
}

/// The days judged and the parts in scope, or why there are none yet.
fn reach(engagement: &Engagement, asked: Period, today: Date) -> std::result::Result<(Period, Vec<Scoped>), String> {
    if asked.from > today {
        return Err(format!("The period begins on {}; there is nothing to judge before.", asked.from));
    }
    let days = Period { from: asked.from, to: asked.to.min(today) };
    let scope = Scope::of(&engagement.scope);
    Ok((days, scope.parts(days)?))
}
