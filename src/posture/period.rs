//! An audit period: where did a mandatory check fail within it, and when.
//!
//! Invariant: state is judged at the beginning, at each moment one of its inputs changed, as the version rows say, and at each
//! moment that moves it without a write: access begins and ends when its record says. So being right today cures no earlier
//! gap (ARCHITECTURE: over a period). Before the first record there is no subject.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::gathering;
use crate::assets::{Asset, Service};
use crate::checks::facts::{Facts, Over, Touched};
use crate::checks::judging::{Outcomes, RULES};
use crate::checks::rule::Rule;
use crate::checks::{Class, Outcome};
use crate::conduits::{Conduit, PermittedFlow};
use crate::ids::Id;
use crate::personnel::{Account, Authorization, Circumstance, Person};
use crate::remote_access::Grant;
use crate::sites::Site;
use crate::storage::{Audited, Kept, Result, Snapshot};
use crate::systems::System;
use crate::vocabulary::Moment;
use crate::zones::Zone;

/// A time in which a rule failed for one subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Place of the rule in [`RULES`].
    pub rule: usize,
    pub place: usize,
    pub from: Moment,
    /// None while it still fails.
    pub until: Option<Moment>,
}

/// A version that begins within the period, as it is put into the facts.
type Step = Box<dyn FnOnce(&mut Facts, Uuid) -> Touched + Send>;
type Steps = BTreeMap<Moment, Vec<(Uuid, Step)>>;

async fn collect<T: Audited + Send + 'static>(
    at: &mut Snapshot,
    from: Moment,
    steps: &mut Steps,
    put: fn(&mut Facts, Uuid, T) -> Touched,
) -> Result<()> {
    collect_by(at, from, steps, |kept| kept.recorded_from, put).await
}

async fn collect_by<T: Audited + Send + 'static>(
    at: &mut Snapshot,
    from: Moment,
    steps: &mut Steps,
    moment: fn(&Kept<T>) -> Moment,
    put: fn(&mut Facts, Uuid, T) -> Touched,
) -> Result<()> {
    for kept in at.since::<T>(from).await? {
        let moment = moment(&kept);
        let (id, content) = (kept.id.uuid(), kept.content);
        let step: Step = Box::new(move |facts, id| put(facts, id, content));
        steps.entry(moment).or_default().push((id, step));
    }
    Ok(())
}

/// When a grant's version counts: access under an exceptional circumstance began before anybody entered it.
fn counts_from(kept: &Kept<Grant>) -> Moment {
    let begins = kept.begins().filter(|_| kept.version == 1);
    begins.map_or(kept.recorded_from, |begins| begins.min(kept.recorded_from))
}

/// Every version that begins after a moment, of whatever rules without gaps of their own look at.
async fn steps(end: &mut Snapshot, from: Moment) -> Result<Steps> {
    let mut steps = Steps::new();
    collect::<Site>(end, from, &mut steps, Facts::put_site).await?;
    collect::<System>(end, from, &mut steps, Facts::put_system).await?;
    collect::<Zone>(end, from, &mut steps, Facts::put_zone).await?;
    collect::<Asset>(end, from, &mut steps, Facts::put_asset).await?;
    collect::<Service>(end, from, &mut steps, Facts::put_service).await?;
    collect::<Conduit>(end, from, &mut steps, Facts::put_conduit).await?;
    collect::<PermittedFlow>(end, from, &mut steps, Facts::put_permitted).await?;
    collect::<Person>(end, from, &mut steps, Facts::put_person).await?;
    collect::<Circumstance>(end, from, &mut steps, Facts::put_circumstance).await?;
    collect::<Authorization>(end, from, &mut steps, Facts::put_authorization).await?;
    collect::<Account>(end, from, &mut steps, Facts::put_account).await?;
    collect_by::<Grant>(end, from, &mut steps, counts_from, Facts::put_grant).await?;
    Ok(steps)
}

/// Times in which mandatory checks failed between the instant of `begin` and that of `end`, judged from the moment `from` to
/// the moment `to`, and the facts that the places are of. The facts are those of the end.
pub async fn failures(
    begin: &mut Snapshot,
    end: &mut Snapshot,
    (from, to): (Moment, Moment),
) -> Result<(Facts, Vec<Span>)> {
    let facts = gathering::begun(begin, end, from).await?;
    let steps = steps(end, begin.instant()).await?;
    let mut walk = Walk { outcomes: Outcomes::of(&facts), facts, open: Open::default() };
    walk.open.compare(&walk.outcomes, None, from);
    for (moment, changes) in steps {
        walk.wait(moment);
        walk.step(moment, changes);
    }
    walk.wait(to.plus_micros(1));
    let Walk { mut facts, open, .. } = walk;
    facts.at = to;
    let spans = open.finish().into_iter().filter_map(|span| while_it_let_in(&facts, span)).collect();
    Ok((facts, spans))
}

/// Where a walk over a period stands.
struct Walk {
    facts: Facts,
    outcomes: Outcomes,
    open: Open,
}

impl Walk {
    /// Takes the versions of a moment in.
    fn step(&mut self, moment: Moment, changes: Vec<(Uuid, Step)>) {
        self.facts.at = moment.max(self.facts.at);
        let mut touched = Touched::new();
        for (id, step) in changes {
            touched.extend(step(&mut self.facts, id));
        }
        touched.extend(self.facts.settle_boundary());
        self.look(touched);
    }

    /// Stops at every moment before another that moves something without a write.
    fn wait(&mut self, before: Moment) {
        while let Some(next) = self.facts.next_moment().filter(|next| *next < before) {
            self.facts.at = next;
            self.look(Touched::new());
        }
    }

    fn look(&mut self, mut touched: Touched) {
        touched.extend(self.facts.settle_scope());
        self.outcomes.again(&self.facts, &touched);
        self.open.compare(&self.outcomes, Some(&touched), self.facts.at);
    }
}

/// A grant is asked about before it lets somebody in, and its end may be entered late: its failure is one for as long as it let
/// somebody in.
fn while_it_let_in(facts: &Facts, span: Span) -> Option<Span> {
    if RULES[span.rule].over != Over::Grant {
        return Some(span);
    }
    let grant = &facts.access.grants.at(span.place).record;
    let from = grant.begins().map_or(span.from, |begins| begins.max(span.from));
    let until = [span.until, grant.ceased().filter(|ceased| *ceased <= facts.at)].into_iter().flatten().min();
    let lasted = from <= facts.at && until.is_none_or(|until| from < until);
    lasted.then_some(Span { from, until, ..span })
}

/// Failures that began and did not end yet.
#[derive(Default)]
struct Open {
    began: BTreeMap<(usize, usize), Moment>,
    ended: Vec<Span>,
}

impl Open {
    /// Compares what fails with what failed: everywhere, or at the places a change touched.
    fn compare(&mut self, outcomes: &Outcomes, touched: Option<&Touched>, at: Moment) {
        let by_versions = |rule: &Rule| rule.check.class == Class::Mandatory && rule.gaps.is_none();
        let mandatory = RULES.iter().enumerate().filter(|(_, rule)| by_versions(rule));
        for (number, rule) in mandatory {
            let column = outcomes.column(number);
            let places: Vec<usize> = match touched {
                None => (0..column.len()).collect(),
                Some(touched) => touched.range((rule.over, 0)..=(rule.over, usize::MAX)).map(|(_, at)| *at).collect(),
            };
            for place in places {
                self.note((number, place), column[place] == Outcome::Fail, at);
            }
        }
    }

    fn note(&mut self, key: (usize, usize), fails: bool, at: Moment) {
        if fails {
            self.began.entry(key).or_insert(at);
        } else if let Some(from) = self.began.remove(&key) {
            self.ended.push(Span { rule: key.0, place: key.1, from, until: Some(at) });
        }
    }

    fn finish(mut self) -> Vec<Span> {
        let still = self.began.into_iter().map(|((rule, place), from)| Span { rule, place, from, until: None });
        self.ended.extend(still);
        self.ended.sort_by_key(|span| (span.rule, span.place, span.from));
        self.ended
    }
}
