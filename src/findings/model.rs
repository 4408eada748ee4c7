//! A finding and an entry of its log.
//!
//! Invariant: pure; the reference is given when the finding is opened and never changes.

use serde::{Deserialize, Serialize};

use crate::checks::{Severity, Subject};
use crate::ids::{ArtifactId, ExceptionId, FindingId, UserId};
use crate::register::Member;
use crate::vocabulary::{Date, Moment, Reference};

crate::words! {
    /// Where a finding stands.
    State {
        Open = "open", "Open";
        Triaged = "triaged", "Triaged";
        InRemediation = "in_remediation", "In remediation";
        Remediated = "remediated", "Remediated";
        Accepted = "accepted", "Accepted";
        Verified = "verified", "Verified";
        Closed = "closed", "Closed";
    }
}

impl State {
    /// True while somebody has to do something about it.
    #[must_use]
    pub const fn is_left_to_do(self) -> bool {
        matches!(self, State::Open | State::Triaged | State::InRemediation | State::Remediated)
    }
}

crate::words! {
    /// Who found it.
    Source {
        Check = "check", "Check";
        Person = "person", "Person";
    }
}

/// Most records a finding names; the others are counted.
pub const MOST_NAMED: usize = 50;

/// How a finding was found to be remediated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// The person who attested; none when the check itself passed.
    pub by: Option<Member>,
    pub at: Moment,
    pub evidence: String,
    #[serde(default)]
    pub artifacts: Vec<ArtifactId>,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Finding {
    pub reference: Reference,
    pub title: String,
    pub severity: Option<Severity>,
    pub state: State,
    pub source: Source,
    /// Code of the check that found it; empty when a person did.
    pub check: String,
    /// What the failing records have in common; empty where the one record is the cause.
    pub cause: String,
    /// What folds the same fact into the same finding.
    pub fold: String,
    /// Ids of the requirement parts it bears on.
    pub requirements: Vec<String>,
    /// Records touched, at most [`MOST_NAMED`] of them.
    pub touched: Vec<Subject>,
    /// Number of records touched; of conversations where those were observed.
    pub count: i64,
    /// The verdict's sentence.
    pub because: String,
    /// What a person says of it.
    pub description: String,
    pub first_seen: Option<Moment>,
    /// When what the check says of it last changed.
    pub last_seen: Option<Moment>,
    /// Since when the check does not find it any more.
    pub gone_since: Option<Moment>,
    /// A digest of what the check last said, to tell a change.
    pub seen: String,
    pub owner: Option<Member>,
    pub due: Option<Date>,
    pub reopen_count: i64,
    pub extent: String,
    pub root_cause: String,
    /// Potential noncompliance: the day it was determined, the day it was self-reported, and the report.
    pub potential_noncompliance: Option<bool>,
    pub determined_on: Option<Date>,
    pub self_reported_on: Option<Date>,
    pub self_report: String,
    pub remediated_by: Option<Member>,
    pub remediated_at: Option<Moment>,
    pub verification: Option<Verification>,
    /// The exception under which it is accepted.
    pub accepted_under: Option<ExceptionId>,
    /// Why it was closed.
    pub outcome: String,
    pub notes: String,
}

impl Default for Finding {
    fn default() -> Self {
        Self {
            reference: Reference::default(),
            title: String::new(),
            severity: None,
            state: State::Open,
            source: Source::Person,
            check: String::new(),
            cause: String::new(),
            fold: String::new(),
            requirements: Vec::new(),
            touched: Vec::new(),
            count: 0,
            because: String::new(),
            description: String::new(),
            first_seen: None,
            last_seen: None,
            gone_since: None,
            seen: String::new(),
            owner: None,
            due: None,
            reopen_count: 0,
            extent: String::new(),
            root_cause: String::new(),
            potential_noncompliance: None,
            determined_on: None,
            self_reported_on: None,
            self_report: String::new(),
            remediated_by: None,
            remediated_at: None,
            verification: None,
            accepted_under: None,
            outcome: String::new(),
            notes: String::new(),
        }
    }
}

impl Finding {
    /// True when nothing is left to do: it hides from the list until asked for.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(self.state, State::Verified | State::Closed)
    }

    /// True while a check still finds it.
    #[must_use]
    pub fn is_still_found(&self) -> bool {
        self.source == Source::Check && self.gone_since.is_none()
    }

    /// True where conversations are counted and not records.
    #[must_use]
    pub fn is_observed(&self) -> bool {
        self.touched.iter().any(|one| one.kind == "crossing")
    }

    /// How many records it touches beyond so many that are named.
    #[must_use]
    pub fn records_beyond(&self, named: usize) -> i64 {
        let named = i64::try_from(named).unwrap_or(i64::MAX);
        let all = if self.is_observed() { i64::try_from(self.touched.len()).unwrap_or(0) } else { self.count };
        (all - named).max(0)
    }

    /// The records touched, in words: the first few by name, the others as a number.
    #[must_use]
    pub fn touched_told(&self, named: usize) -> String {
        let names: Vec<&str> = self.touched.iter().take(named).map(|one| one.reference.as_str()).collect();
        let rest = self.records_beyond(names.len());
        if rest > 0 { format!("{} and {rest} more", names.join(", ")) } else { names.join(", ") }
    }

    /// True when this person said last that the work is done.
    #[must_use]
    pub fn was_remediated_by(&self, user: UserId) -> bool {
        self.remediated_by.as_ref().is_some_and(|member| member.user == user)
    }
}

/// The number in a reference such as `F-00042`.
#[must_use]
pub fn number(reference: &Reference) -> i64 {
    reference.as_str().strip_prefix("F-").and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

crate::words! {
    /// What an entry did with a record in the same step.
    Deed {
        Verified = "verified", "Verified";
        Edited = "edited", "Edited";
        Retired = "retired", "Retired";
    }
}

/// A record an entry changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touch {
    pub record: Subject,
    pub deed: Deed,
    /// What was set to what, in words; empty unless edited.
    pub set: String,
}

/// An entry of a finding's log: what was done. It is never changed afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemediationEntry {
    pub finding: FindingId,
    pub done: String,
    pub place: String,
    /// When it was done; the version says when it was logged.
    pub at: Moment,
    pub by: Option<Member>,
    pub name: String,
    pub minutes: Option<i64>,
    /// True when nothing is left to do.
    pub finished: bool,
    pub evidence: Vec<ArtifactId>,
    pub records: Vec<Touch>,
}
