//! What was judged last, per organization, so that a page need not judge everything again.
//!
//! Invariant: what is kept is worth exactly the tree size it names. A newer head brings it onward by what changed; an
//! older instant is judged on its own and not kept.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::Mutex;

use super::standing::{Beside, Standings};
use super::{gathering, period};
use crate::checks::accounts::systems_followed;
use crate::checks::facts::{Facts, Over};
use crate::checks::judging::{Outcomes, RULES};
use crate::checks::rule::Rule;
use crate::checks::scope::Scope;
use crate::checks::{Class, Gap, Outcome};
use crate::flows::crossings::Crossing;
use crate::ids::OrganizationId;
use crate::storage::{Result, Snapshot};
use crate::vocabulary::{Date, Moment};

/// Times in which a rule failed for the subject at a place, the earliest first.
pub type Gaps = HashMap<(usize, usize), Vec<Gap>>;

/// What one organization's record comes to at one head.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Leaves in the journal.
    pub size: i64,
    pub facts: Facts,
    pub outcomes: Outcomes,
    /// Times within the period asked for in which a rule failed for a subject, by place; none without a period.
    pub gaps: Gaps,
    pub scope: Arc<Scope>,
    pub beside: Beside,
    pub standings: Standings,
}

type Place = Arc<Mutex<Option<Arc<Judged>>>>;

/// What every process keeps in mind.
#[derive(Default)]
pub struct Memory {
    judged: std::sync::Mutex<HashMap<OrganizationId, Place>>,
    /// The head up to which findings followed the checks.
    followed: std::sync::Mutex<HashMap<OrganizationId, (i64, Moment)>>,
}

/// Time alone changes answers; what was judged this long ago is judged again where time counts.
const FRESH_SECONDS: i64 = 60;
/// And findings follow what time changed this often.
const FOLLOWED_SECONDS: i64 = 900;

impl Judged {
    /// Judges everything at the snapshot.
    pub async fn cold(at: &mut Snapshot, moment: Moment) -> Result<Self> {
        let facts = gathering::whole(at, moment).await?;
        let outcomes = Outcomes::of(&facts);
        Self::complete(at, facts, outcomes, None, Gaps::new()).await
    }

    /// Judges a period: the state at the end, and every mandatory failure in between. `begin` is the record as the period
    /// begins, at the moment `from`; `at` the record as it ends, at `moment`.
    pub async fn over(
        begin: &mut Snapshot,
        at: &mut Snapshot,
        (from, moment): (Moment, Moment),
        days: (Date, Date),
    ) -> Result<Self> {
        let (mut facts, spans) = period::failures(begin, at, (from, moment)).await?;
        facts.at = moment;
        gathering::settle(at, &mut facts).await?;
        let mut outcomes = Outcomes::of(&facts);
        let mut gaps = Gaps::new();
        for span in spans {
            outcomes.mark(span.rule, span.place, Outcome::Fail);
            // What ends as a day begins lasted to the day before.
            let until = span.until.map(|until| facts.zone.day(until.plus_micros(-1)));
            let gap = Gap { from: facts.zone.day(span.from), until };
            gaps.entry((span.rule, span.place)).or_default().push(gap);
        }
        crossed(&mut facts, &mut outcomes, &mut gaps, from);
        lapsed(&facts, &mut outcomes, &mut gaps, days);
        Self::complete(at, facts, outcomes, Some(days), gaps).await
    }

    async fn onward(mut self, at: &mut Snapshot, moment: Moment) -> Result<Self> {
        let (shape, day) = (self.facts.shape, self.facts.zone.day(self.facts.at));
        let Some(moved) = gathering::onward(at, &mut self.facts, self.size, moment).await? else {
            return Self::cold(at, moment).await;
        };
        self.outcomes.again(&self.facts, &moved.touched);
        let today = self.facts.zone.day(moment);
        self.outcomes.later(&self.facts, day != today);
        let reshaped = shape != self.facts.shape;
        if reshaped {
            self.scope = Arc::new(Scope::of(&self.facts));
        }
        if reshaped || moved.beside || day != today {
            self.beside = gathering::beside(at, &self.scope, today, None).await?;
            self.beside.leave_to_accounts(&systems_followed(&self.facts));
        }
        self.standings = Standings::of(&self.facts, &self.outcomes, &self.scope, (today, today), &self.beside);
        self.size = at.tree_size();
        Ok(self)
    }

    async fn complete(
        at: &mut Snapshot,
        facts: Facts,
        outcomes: Outcomes,
        period: Option<(Date, Date)>,
        gaps: Gaps,
    ) -> Result<Self> {
        let day = facts.zone.day(facts.at);
        let scope = Arc::new(Scope::of(&facts));
        let mut beside = gathering::beside(at, &scope, day, period).await?;
        beside.leave_to_accounts(&systems_followed(&facts));
        let standings = Standings::of(&facts, &outcomes, &scope, period.unwrap_or((day, day)), &beside);
        Ok(Self { size: at.tree_size(), facts, outcomes, gaps, scope, beside, standings })
    }
}

/// What crossed without leave within the period stays a gap, though it is not seen any more as the period ends: each
/// crossing is asked about as its sensor had it when it was last seen.
fn crossed(facts: &mut Facts, outcomes: &mut Outcomes, gaps: &mut Gaps, from: Moment) {
    let mandatory = |rule: &&Rule| rule.over == Over::Crossing && rule.check.class == Class::Mandatory;
    for place in 0..facts.crossings.len() {
        let known = facts.crossings.at(place).clone();
        let (first, last) = (known.record.first, known.record.last);
        if last < from || last > facts.at {
            continue;
        }
        facts.crossings.put(known.id, Crossing { watched_until: last, ..known.record.clone() });
        for (number, rule) in RULES.iter().enumerate().filter(|(_, rule)| mandatory(rule)) {
            if (rule.judge)(facts, place).outcome == Outcome::Fail {
                outcomes.mark(number, place, Outcome::Fail);
                let gap = Gap { from: facts.zone.day(first.max(from)), until: Some(facts.zone.day(last)) };
                gaps.insert((number, place), vec![gap]);
            }
        }
        facts.crossings.put(known.id, known.record);
    }
}

/// What the records themselves say was not as it should be on days of the period, though it may be right as it ends: a
/// training that came late, an ability removed late, a session without a grant.
fn lapsed(facts: &Facts, outcomes: &mut Outcomes, gaps: &mut Gaps, (from, to): (Date, Date)) {
    let mandatory = RULES.iter().enumerate().filter(|(_, rule)| rule.check.class == Class::Mandatory);
    for (number, rule, lapses) in mandatory.filter_map(|(number, rule)| Some((number, rule, rule.gaps?))) {
        for place in 0..facts.count(rule.over) {
            let met: Vec<Gap> = lapses(facts, place).into_iter().filter(|gap| gap.meets(from, to)).collect();
            if !met.is_empty() {
                outcomes.mark(number, place, Outcome::Fail);
                gaps.insert((number, place), met);
            }
        }
    }
}

impl Memory {
    fn place(&self, organization: OrganizationId) -> Place {
        let mut kept = self.judged.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(kept.entry(organization).or_default())
    }

    /// True when findings followed the checks at this head not long before `now`: time alone changes answers.
    #[must_use]
    pub fn is_followed(&self, organization: OrganizationId, size: i64, now: Moment) -> bool {
        let known = self.followed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let recent = |at: Moment| now.micros_since(at) < FOLLOWED_SECONDS * 1_000_000;
        known.get(&organization).is_some_and(|(until, at)| *until == size && recent(*at))
    }

    /// Says up to which head findings followed the checks.
    pub fn followed(&self, organization: OrganizationId, size: i64, now: Moment) {
        let mut known = self.followed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        known.insert(organization, (size, now));
    }

    /// What the record at the snapshot comes to; `moment` is now, or the instant the page shows.
    pub async fn judged(&self, at: &mut Snapshot, moment: Moment) -> Result<Arc<Judged>> {
        if !at.is_newest() {
            return Ok(Arc::new(Box::pin(Judged::cold(at, moment)).await?));
        }
        let place = self.place(at.organization());
        let mut kept = place.lock().await;
        let next = match kept.take() {
            None => Arc::new(Box::pin(Judged::cold(at, moment)).await?),
            Some(known) if known.size == at.tree_size() && is_fresh(&known, moment) => known,
            Some(known) if known.size <= at.tree_size() => {
                let owned = Arc::try_unwrap(known).unwrap_or_else(|shared| (*shared).clone());
                Arc::new(Box::pin(owned.onward(at, moment)).await?)
            }
            Some(newer) => {
                *kept = Some(newer);
                return Ok(Arc::new(Box::pin(Judged::cold(at, moment)).await?));
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
