//! What a check's newest word does to a finding: opens it, keeps it, reopens it, verifies it, closes it.
//!
//! Invariant: pure; nothing changes when nothing differs, so a night without news writes no version.

use super::fold::Fact;
use super::{days_after, due_days, reopen};
use crate::checks::Subject;
use crate::findings::model::{Finding, MOST_NAMED, Source, State, Verification};
use crate::organizations::DueDays;
use crate::vocabulary::{Date, Moment, fold};

/// Why a finding closed that nobody had worked on.
pub const GONE: &str = "The fact is gone.";

/// Why a finding closed whose check judges nothing any more.
pub const NOTHING_JUDGED: &str = "Every record the check judged is gone.";

/// The longest title, in characters.
const TITLE: usize = 200;

/// A finding for a fact that was not known; its reference is given when it is written.
#[must_use]
pub fn opened(fact: &Fact, key: &str, days: &DueDays, on: Date, at: Moment) -> Finding {
    let mut finding = Finding {
        title: title(fact),
        severity: Some(fact.severity),
        source: Source::Check,
        check: fact.check.code.to_owned(),
        cause: fact.cause.clone(),
        fold: key.to_owned(),
        due: Some(days_after(on, due_days(days, fact.severity))),
        first_seen: Some(fact.seen.map_or(at, |(first, _)| first)),
        ..Finding::default()
    };
    tell(&mut finding, fact, at);
    finding
}

/// A sentence's words within another: only its first letter changes, for the others may stand for names.
fn lowered(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn title(fact: &Fact) -> String {
    let said = match (fact.cause.is_empty(), fact.touched.first()) {
        // What was observed is told by its verdict, the words before its numbers.
        _ if fact.seen.is_some() => {
            let verdict = fact.because.split(" (").next().unwrap_or_default();
            format!("{}: {}", fact.cause, lowered(verdict))
        }
        (true, Some(subject)) => format!("{}: {}", subject.reference, fact.because),
        _ => format!("Not so for {}: {}", fact.cause, fact.check.sentence),
    };
    let line: String = said.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.chars().count() <= TITLE { line } else { line.chars().take(TITLE - 1).chain(['…']).collect() }
}

/// Takes over what the check says now.
fn tell(finding: &mut Finding, fact: &Fact, at: Moment) {
    finding.requirements = fact.check.requirements.iter().map(|id| (*id).to_owned()).collect();
    finding.touched.clone_from(&fact.touched);
    finding.count = fact.count;
    fold::truncated(&fact.because, 2_000).clone_into(&mut finding.because);
    finding.seen.clone_from(&fact.digest);
    finding.last_seen = Some(fact.seen.map_or(at, |(_, last)| last));
    finding.gone_since = None;
    // What was observed may have become graver than it was when somebody judged it.
    if fact.seen.is_some() && finding.severity.is_none_or(|known| fact.severity < known) {
        finding.severity = Some(fact.severity);
    }
}

/// A fact with what it touched before and nobody answered: that stays on its finding, though the check no longer tells it.
#[must_use]
pub fn with_unanswered(fact: &Fact, mut unanswered: Vec<Subject>) -> Fact {
    let mut fact = fact.clone();
    unanswered.retain(|one| fact.touched.iter().all(|known| known.id != one.id));
    if unanswered.is_empty() {
        return fact;
    }
    fact.count += i64::try_from(unanswered.len()).unwrap_or(i64::MAX);
    fact.touched.truncate(MOST_NAMED.saturating_sub(unanswered.len()));
    fact.touched.append(&mut unanswered);
    fact.touched.sort_by_cached_key(|one| (fold::natural(&one.reference), one.id));
    fact
}

/// What becomes of a known finding whose fact fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failing {
    /// The same as before.
    Unchanged,
    /// The same fact, with other records.
    Updated(Box<Finding>),
    /// It had been done with, and is back.
    Reopened(Box<Finding>),
}

/// A known finding meets its fact again. A verified finding whose fact never went (somebody attested before the check
/// could see it) comes back only when the fact says something new.
#[must_use]
pub fn fails(finding: &Finding, fact: &Fact, days: &DueDays, on: Date, at: Moment) -> Failing {
    let differs = finding.seen != fact.digest || finding.gone_since.is_some();
    // What was observed before somebody had done with it is what they did away with; only what was seen since is back.
    let before = fact.seen.zip(done_with(finding)).is_some_and(|((_, last), done)| last <= done);
    if before && finding.is_settled() {
        return Failing::Unchanged;
    }
    let returns = match finding.state {
        State::Accepted => true,
        State::Verified | State::Closed => differs,
        State::Open | State::Triaged | State::InRemediation | State::Remediated => false,
    };
    if !differs && !returns {
        return Failing::Unchanged;
    }
    let mut next = finding.clone();
    tell(&mut next, fact, at);
    if returns {
        reopen(&mut next);
        next.due = Some(days_after(on, due_days(days, next.severity.unwrap_or(fact.severity))));
        return Failing::Reopened(Box::new(next));
    }
    Failing::Updated(Box::new(next))
}

/// When somebody said that a finding was done with.
fn done_with(finding: &Finding) -> Option<Moment> {
    let attested = finding.verification.as_ref().filter(|verified| verified.by.is_some());
    attested.map(|verified| verified.at).or(finding.remediated_at)
}

/// A finding a person opened, whose exception stands no more: it is to be done again.
#[must_use]
pub fn lapsed(finding: &Finding, days: &DueDays, on: Date) -> Finding {
    let mut next = finding.clone();
    reopen(&mut next);
    next.due = next.severity.map(|severity| days_after(on, due_days(days, severity)));
    next
}

/// A known finding whose fact the check does not find any more; none when that changes nothing. What somebody works on
/// waits for their word; what nobody worked on is closed.
#[must_use]
pub fn gone(finding: &Finding, outcome: &str, at: Moment) -> Option<Finding> {
    if finding.gone_since.is_some() && finding.state != State::Remediated {
        return None;
    }
    let mut next = finding.clone();
    next.gone_since = next.gone_since.or(Some(at));
    next.seen.clear();
    match finding.state {
        State::Open | State::Triaged | State::Accepted => {
            next.state = State::Closed;
            outcome.clone_into(&mut next.outcome);
        }
        State::Remediated => {
            next.state = State::Verified;
            let evidence = format!("{} finds nothing any more.", finding.check);
            next.verification = Some(Verification { by: None, at, evidence, artifacts: Vec::new() });
        }
        State::InRemediation | State::Verified => {}
        State::Closed => return None,
    }
    Some(next)
}
