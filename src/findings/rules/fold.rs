//! Folding verdicts: all failures with one cause are one fact, a failure without a named cause is its record's own.
//!
//! Invariant: pure; the same facts give the same key and the same digest, in whatever order the verdicts come.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::checks::{Check, Class, Outcome, Severity, Subject, Verdict};
use crate::findings::model::MOST_NAMED;
use crate::vocabulary::{Moment, fold};

/// A fact that fails, as one finding says it.
#[derive(Clone, Debug)]
pub struct Fact {
    pub check: &'static Check,
    pub cause: String,
    /// At most [`MOST_NAMED`], in natural order of their references.
    pub touched: Vec<Subject>,
    /// Conversations where they were observed, else records.
    pub count: i64,
    pub severity: Severity,
    /// First and last moment it was observed; none for what records alone tell.
    pub seen: Option<(Moment, Moment)>,
    pub because: String,
    pub digest: String,
}

/// What verdicts say, folded.
#[derive(Debug, Default)]
pub struct Judged {
    /// Checks that were judged, all of their verdicts among those given.
    pub checks: BTreeSet<&'static str>,
    /// Checks that ran and had nothing to judge.
    pub empty: BTreeSet<&'static str>,
    pub failing: BTreeMap<String, Fact>,
    /// Records of which a check cannot say that the fact is gone: something is missing, or an exception stands.
    pub unclear: HashSet<(&'static str, Uuid)>,
}

/// The longest cause a key holds as it is, in bytes.
const CAUSE_BYTES: usize = 120;

/// What folds the verdicts of one fact into one finding.
#[must_use]
pub fn key(check: &str, cause: &str, subject: &Subject) -> String {
    if cause.is_empty() {
        return format!("{check} {} {}", subject.kind, subject.id);
    }
    let kept = fold::truncated(cause, CAUSE_BYTES);
    if kept.len() == cause.len() {
        return format!("{check} = {cause}");
    }
    format!("{check} = {kept} {}", short(&Sha256::digest(cause.as_bytes())))
}

fn short(hash: &[u8]) -> String {
    use std::fmt::Write;
    hash.iter().take(10).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Folds verdicts. Information opens no finding; what is justified or indeterminate opens none either.
#[must_use]
pub fn fold(verdicts: &[Verdict]) -> Judged {
    let mut judged = Judged::default();
    let mut groups: BTreeMap<String, Vec<&Verdict>> = BTreeMap::new();
    for verdict in verdicts.iter().filter(|verdict| verdict.check.class != Class::Information) {
        judged.checks.insert(verdict.check.code);
        match verdict.outcome {
            Outcome::Fail => {
                let key = key(verdict.check.code, &verdict.cause, &verdict.subject);
                groups.entry(key).or_default().push(verdict);
            }
            Outcome::Justified | Outcome::Indeterminate => {
                judged.unclear.insert((verdict.check.code, verdict.subject.id));
            }
            Outcome::Pass | Outcome::DueSoon | Outcome::NotApplicable => {}
        }
    }
    judged.failing = groups.into_iter().filter_map(|(key, group)| Some((key, fact(&group)?))).collect();
    judged
}

fn fact(group: &[&Verdict]) -> Option<Fact> {
    let mut verdicts: Vec<&&Verdict> = group.iter().collect();
    verdicts.sort_by_cached_key(|verdict| (fold::natural(&verdict.subject.reference), verdict.subject.id));
    verdicts.dedup_by_key(|verdict| verdict.subject.id);
    let first = verdicts.first()?;
    let mut hash = Sha256::new();
    for id in verdicts.iter().map(|verdict| verdict.subject.id).collect::<BTreeSet<_>>() {
        hash.update(id.as_bytes());
    }
    hash.update(first.check.requirements.join("\n"));
    let sighted = || verdicts.iter().filter_map(|verdict| verdict.seen);
    let seen = sighted().map(|seen| (seen.first, seen.last)).reduce(|one, two| (one.0.min(two.0), one.1.max(two.1)));
    let severity = verdicts.iter().map(|verdict| verdict.severity()).min().unwrap_or(first.check.severity);
    let records = i64::try_from(verdicts.len()).unwrap_or(i64::MAX);
    let count = if seen.is_some() { sighted().map(|seen| seen.count).sum() } else { records };
    if seen.is_some() {
        hash.update(format!("{count} {seen:?} {severity:?} {}", first.because));
    }
    Some(Fact {
        check: first.check,
        cause: first.cause.clone(),
        touched: verdicts.iter().take(MOST_NAMED).map(|verdict| verdict.subject.clone()).collect(),
        count,
        severity,
        seen,
        because: first.because.clone(),
        digest: short(&hash.finalize()),
    })
}
