//! What a check says: a verdict about a subject, and the status that verdicts add up to.
//!
//! Invariant: pure. The words never say "compliant": they say that no failing record was found, or which ones fail.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::vocabulary::{Date, Moment};

crate::words! {
    /// What a check found about one subject.
    Outcome {
        Pass = "pass", "Pass";
        Fail = "fail", "Fail";
        Justified = "justified", "Justified";
        DueSoon = "due_soon", "Due soon";
        NotApplicable = "not_applicable", "Not applicable";
        Indeterminate = "indeterminate", "Indeterminate";
    }
}

impl Outcome {
    /// The status whose shape and color it is shown with.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Outcome::Pass => Status::NoFailingRecord.word(),
            Outcome::Fail => Status::Failing.word(),
            Outcome::Justified => Status::Justified.word(),
            Outcome::DueSoon => Status::DueSoon.word(),
            Outcome::NotApplicable => Status::NotApplicable.word(),
            Outcome::Indeterminate => Status::Indeterminate.word(),
        }
    }
}

crate::words! {
    /// How much a check weighs: only a mandatory one makes a requirement part failing.
    Class {
        Mandatory = "mandatory", "Mandatory";
        Advisory = "advisory", "Advisory";
        Information = "information", "Information";
    }
}

crate::words! {
    /// The status of a requirement part.
    Status {
        NotApplicable = "not_applicable", "Not applicable";
        Failing = "failing", "Failing";
        Indeterminate = "indeterminate", "Indeterminate";
        Justified = "justified", "Justified";
        DueSoon = "due_soon", "Due soon";
        NoFailingRecord = "no_failing_record", "No failing record";
    }
}

crate::words! {
    /// How urgent a finding is, the worst first.
    Severity {
        Critical = "critical", "Critical";
        High = "high", "High";
        Medium = "medium", "Medium";
        Low = "low", "Low";
    }
}

/// The record a verdict is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// The kind of record, as on the wire: `asset`, `system`, `organization`.
    pub kind: String,
    pub id: Uuid,
    /// What people call it.
    pub reference: String,
}

/// Calendar days, both included, on which something was not as it should be; open while it still is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    pub from: Date,
    pub until: Option<Date>,
}

impl Gap {
    /// True when any of its days lies within these, both included.
    #[must_use]
    pub fn meets(&self, from: Date, to: Date) -> bool {
        self.from <= to && self.until.is_none_or(|until| from <= until)
    }

    /// Gaps in words: `from 2026-01-02 to 2026-01-05, from 2026-03-01 on`.
    #[must_use]
    pub fn told(gaps: &[Gap]) -> String {
        let told = gaps.iter().map(|gap| match gap.until {
            Some(until) => format!("from {} to {until}", gap.from),
            None => format!("from {} on", gap.from),
        });
        told.collect::<Vec<_>>().join(", ")
    }
}

/// How often something was observed, first and last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighted {
    pub count: i64,
    pub first: Moment,
    pub last: Moment,
}

/// A check: what it asks, how much it weighs, and what says so.
#[derive(Debug, PartialEq, Eq)]
pub struct Check {
    /// Its code, such as `GL-INV-01`; it never changes once released.
    pub code: &'static str,
    /// The sentence that holds when the check passes.
    pub sentence: &'static str,
    pub class: Class,
    /// Severity of a finding that this check opens.
    pub severity: Severity,
    /// Ids of the requirement parts it informs, as in the catalogs.
    pub requirements: &'static [&'static str],
    /// Standard and part, or the reasoning aid, that asks for it.
    pub source: &'static str,
}

/// What one check says about one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub check: &'static Check,
    pub subject: Subject,
    pub outcome: Outcome,
    /// A sentence with the values that decided.
    pub because: String,
    /// What failures of the check with one cause have in common; empty where the subject itself is the cause.
    pub cause: String,
    pub gap: Option<Gap>,
    /// How urgent this failure is, where the check's own severity does not say it.
    pub severity: Option<Severity>,
    /// How often and when it was observed, where it was.
    pub seen: Option<Sighted>,
}

impl Verdict {
    /// How urgent a finding of it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity.unwrap_or(self.check.severity)
    }
}
