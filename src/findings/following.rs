//! Findings follow the checks: what fails opens or reopens one, what passes verifies or closes one.
//!
//! Invariant: run twice on the same verdicts, the second run writes nothing. The verdicts given for a check are all of its
//! verdicts: what is not among them is gone.

use std::collections::HashMap;

use uuid::Uuid;

use super::actions::{policy, write};
use super::model::{Finding, Source, State};
use super::records::{self, KnownRow, state_of};
use super::rules::fold::{Fact, Judged, fold};
use super::rules::meeting::{self, Failing};
use crate::checks::{Subject, Verdict};
use crate::exceptions::Exception;
use crate::ids::FindingId;
use crate::organizations::{DueDays, OrganizationProfile};
use crate::storage::{Change, Kept, Result};
use crate::vocabulary::{Date, Moment};

/// What became of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Followed {
    pub opened: u64,
    pub reopened: u64,
    pub unchanged: u64,
    pub verified: u64,
    /// The same fact, with other records.
    pub updated: u64,
    /// Gone before anybody worked on it.
    pub closed: u64,
}

/// Sessions that no check asks about any more, for they ended long ago.
pub type LongAgo<'a> = &'a (dyn Fn(Uuid) -> bool + Sync);

/// What a run needs throughout.
struct Run<'a> {
    days: DueDays,
    /// The same for what was observed: it is evaluated within days of its own.
    observed: DueDays,
    on: Date,
    at: Moment,
    long_ago: LongAgo<'a>,
    followed: Followed,
}

impl Run<'_> {
    /// Days after which a finding of this fact is due.
    fn days_of(&self, fact: &Fact) -> &DueDays {
        if fact.seen.is_some() { &self.observed } else { &self.days }
    }

    /// Sessions of a finding that are long ago: that has mended nothing, so a person says what came of them.
    fn long_ago(&self, finding: &Finding) -> Vec<Subject> {
        let sessions = finding.touched.iter().filter(|subject| subject.kind == "session");
        sessions.filter(|subject| (self.long_ago)(subject.id)).cloned().collect()
    }

    /// Those of them that nobody answered for.
    fn unanswered(&self, finding: &Finding) -> Vec<Subject> {
        let answered = finding.gone_since.is_some() || finding.is_settled();
        if answered { Vec::new() } else { self.long_ago(finding) }
    }
}

/// Folds verdicts into findings. `verdicts` holds, for each check that occurs, all of its verdicts.
pub async fn follow(change: &mut Change, verdicts: &[Verdict], at: Moment) -> Result<Followed> {
    follow_all(change, verdicts, &[], &|_| false, at).await
}

/// As [`follow`], for a run of these checks: one without any verdict judges nothing any more.
pub async fn follow_all(
    change: &mut Change,
    verdicts: &[Verdict],
    ran: &[&'static str],
    long_ago: LongAgo<'_>,
    at: Moment,
) -> Result<Followed> {
    let mut judged = fold(verdicts);
    judged.empty = ran.iter().filter(|code| !judged.checks.contains(**code)).copied().collect();
    let id = change.organization();
    let days = policy(change).await?;
    let profile = change.reading().await?.find::<OrganizationProfile>(id).await?;
    let observed = profile.as_ref().map_or(days, |kept| days.within(kept.evaluation_days));
    let zone = profile.map_or_else(Default::default, |kept| kept.zone());
    let on = Date::parse(&zone.date(at)).unwrap_or(Date::EPOCH);
    let mut run = Run { days, observed, on, at, long_ago, followed: Followed::default() };
    let mut known = HashMap::new();
    for check in judged.checks.iter().chain(&judged.empty) {
        for row in records::of_check(change.reading().await?, check).await? {
            known.insert(row.fold_key.clone(), row);
        }
    }
    meet(change, &mut run, &judged, &known).await?;
    let gone = known.into_values().filter(|row| !judged.failing.contains_key(&row.fold_key)).filter(may_be_gone);
    let ids: Vec<FindingId> = gone.map(|row| row.id).collect();
    for kept in records::by_ids(change.reading().await?, &ids).await? {
        let_go(change, &mut run, &judged, &kept).await?;
    }
    lapse(change, &mut run).await?;
    Ok(run.followed)
}

/// What somebody opened by hand and an exception excused comes back when the exception ends; a check's comes back by its
/// own verdicts.
async fn lapse(change: &mut Change, run: &mut Run<'_>) -> Result<()> {
    for kept in records::accepted(change.reading().await?).await? {
        let Some(id) = kept.accepted_under.filter(|_| kept.source == Source::Person) else { continue };
        let exception = change.reading().await?.find::<Exception>(id).await?;
        if exception.as_ref().is_some_and(|exception| exception.stands(run.on)) {
            continue;
        }
        let named = exception.map_or_else(|| id.to_string(), |exception| exception.reference.to_string());
        let next = meeting::lapsed(&kept, &run.days, run.on);
        let why = format!("The exception {named} stands no more.");
        change.supersede("finding.reopen", &kept, &next, &why).await?;
        run.followed.reopened += 1;
    }
    Ok(())
}

fn may_be_gone(row: &KnownRow) -> bool {
    !row.seen_digest.is_empty() || state_of(&row.state_key) == State::Remediated
}

/// Facts that fail: the known ones that say nothing new are passed over without reading their records.
async fn meet(
    change: &mut Change,
    run: &mut Run<'_>,
    judged: &Judged,
    known: &HashMap<String, KnownRow>,
) -> Result<()> {
    let differs = |key: &String, fact: &Fact| {
        known.get(key).is_none_or(|row| row.seen_digest != fact.digest || state_of(&row.state_key) == State::Accepted)
    };
    let differing: Vec<&String> =
        judged.failing.iter().filter(|(key, fact)| differs(key, fact)).map(|(key, _)| key).collect();
    run.followed.unchanged += (judged.failing.len() - differing.len()) as u64;
    let kept = records::by_keys(change.reading().await?, &differing).await?;
    for key in differing {
        let fact = &judged.failing[key];
        if let Some(kept) = kept.get(key) {
            again(change, run, kept, fact).await?;
        } else {
            let finding = meeting::opened(fact, key, run.days_of(fact), run.on, run.at);
            write(change, finding, "finding.open", &fact.because).await?;
            run.followed.opened += 1;
        }
    }
    Ok(())
}

async fn again(change: &mut Change, run: &mut Run<'_>, kept: &Kept<Finding>, fact: &Fact) -> Result<()> {
    let fact = &meeting::with_unanswered(fact, run.unanswered(kept));
    match meeting::fails(kept, fact, run.days_of(fact), run.on, run.at) {
        Failing::Unchanged => run.followed.unchanged += 1,
        Failing::Updated(next) => {
            change.supersede("finding.update", kept, &*next, "The check says something new.").await?;
            run.followed.updated += 1;
        }
        Failing::Reopened(next) => {
            change.supersede("finding.reopen", kept, &*next, "The fact is back.").await?;
            run.followed.reopened += 1;
        }
    }
    Ok(())
}

/// A fact that is not among the failing ones: gone, unless the check cannot say so.
async fn let_go(change: &mut Change, run: &mut Run<'_>, judged: &Judged, kept: &Kept<Finding>) -> Result<()> {
    let check = judged.checks.get(kept.check.as_str()).copied().unwrap_or_default();
    let empty = judged.empty.contains(kept.check.as_str());
    let outcome = if empty { meeting::NOTHING_JUDGED } else { meeting::GONE };
    let unclear = kept.touched.iter().any(|subject| judged.unclear.contains(&(check, subject.id)));
    let waits = kept.state != State::Remediated && !run.long_ago(kept).is_empty();
    let next = if unclear || waits { None } else { meeting::gone(kept, outcome, run.at) };
    let Some(next) = next else {
        run.followed.unchanged += 1;
        return Ok(());
    };
    let (act, count) = match next.state {
        State::Verified => ("finding.verify", &mut run.followed.verified),
        State::Closed => ("finding.close", &mut run.followed.closed),
        _ => ("finding.update", &mut run.followed.updated),
    };
    *count += 1;
    let why = if empty {
        format!("{} judges nothing any more: {}", kept.check, outcome)
    } else {
        format!("{} finds nothing any more.", kept.check)
    };
    change.supersede(act, kept, &next, &why).await.map(drop)
}
