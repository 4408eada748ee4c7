//! Drift of the traffic: what passes between zones at two instants, by its ends and service.
//!
//! Invariant: what vanished was seen not long before the first instant and not again by the second; a changed verdict is
//! told with the one before, whether traffic, inventory or policy changed it.

use std::collections::BTreeMap;

use super::How;
use crate::boundary::drawing::inside;
use crate::checks::facts::Facts;
use crate::conduits::judging::Call;
use crate::vocabulary::Moment;

/// Traffic folded by its ends and service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Tells it apart: ends and service, without the verdict.
    pub key: String,
    pub words: String,
    /// Verdicts in words; several where flows of it differ.
    pub verdict: String,
    /// Every flow of it is permitted.
    pub permitted: bool,
    pub count: u64,
    pub first: Moment,
    pub last: Moment,
}

/// Traffic that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drifted {
    pub how: How,
    pub seen: Seen,
    /// The verdict before, where it changed.
    pub before: String,
}

/// What passes between zones at an instant.
#[must_use]
pub fn seen(facts: &Facts) -> Vec<Seen> {
    let mut folded: BTreeMap<String, Seen> = BTreeMap::new();
    let living = facts.crossings.iter().map(|held| &held.record).filter(|crossing| crossing.flows > 0);
    let mut sorted: Vec<_> = living.collect();
    sorted.sort_by_key(|crossing| (crossing.call == Call::Permitted, crossing.gravity, crossing.id));
    for crossing in sorted {
        let words = crossing.words();
        let (verdict, permitted) = (inside(crossing.call.label()), crossing.call == Call::Permitted);
        let count = u64::try_from(crossing.count).unwrap_or(0);
        let Some(known) = folded.get_mut(&words) else {
            let (first, last, key) = (crossing.first, crossing.last, words.clone());
            folded.insert(key.clone(), Seen { key, words, verdict, permitted, count, first, last });
            continue;
        };
        if !known.verdict.split("; ").any(|said| said == verdict) {
            known.verdict = format!("{}; {verdict}", known.verdict);
        }
        known.permitted &= permitted;
        known.count += count;
        known.first = known.first.min(crossing.first);
        known.last = known.last.max(crossing.last);
    }
    folded.into_values().collect()
}

/// What differs between what was known before, at `from`, and after: what is not permitted first. What was last seen before
/// `since` was gone already.
#[must_use]
pub fn sift(before: &[Seen], after: &[Seen], (since, from): (Moment, Moment)) -> Vec<Drifted> {
    let known: BTreeMap<&str, &Seen> = before.iter().map(|seen| (seen.key.as_str(), seen)).collect();
    let now: BTreeMap<&str, &Seen> = after.iter().map(|seen| (seen.key.as_str(), seen)).collect();
    let drifted = |how, seen: &Seen, before: &str| Drifted { how, seen: seen.clone(), before: before.to_owned() };
    let mut found: Vec<Drifted> = after
        .iter()
        .filter_map(|seen| match known.get(seen.key.as_str()) {
            None => Some(drifted(How::Appeared, seen, "")),
            Some(was) if was.verdict != seen.verdict => Some(drifted(How::Changed, seen, &was.verdict)),
            Some(_) if seen.last > since && seen.last <= from => Some(drifted(How::Vanished, seen, "")),
            Some(_) => None,
        })
        .collect();
    // What is folded otherwise now, such as one of many addresses, is no longer told apart.
    let gone = before.iter().filter(|seen| seen.last > since && !now.contains_key(seen.key.as_str()));
    found.extend(gone.map(|seen| drifted(How::Vanished, seen, "")));
    found.sort_by(|one, other| {
        (one.how, one.seen.permitted, &one.seen.words).cmp(&(other.how, other.seen.permitted, &other.seen.words))
    });
    found
}
