//! What is examined before a grant is asked for, approved or extended, each with where it is written.
//!
//! Invariant: pure. What cannot be known is said to be unknown and never passes; what refuses stops the request and the
//! approval alike.

pub mod around;
pub mod deciding;
mod paths;
mod persons;
mod spans;
mod targets;

pub use around::{Device, Employees, NamedSystem, Placed, Scope, Surroundings, Target};

use super::model::Grant;

crate::words! {
    /// What came of examining a rule.
    Severity {
        Refuse = "refuse", "Refused";
        Unknown = "unknown", "Not known";
        Warn = "warn", "Warning";
        Pass = "pass", "Nothing found";
    }
}

/// What examining one rule came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The field it shows at.
    pub field: &'static str,
    pub severity: Severity,
    /// The value it is about, as people write it.
    pub value: String,
    pub says: String,
    /// Where it is written.
    pub citation: &'static str,
}

/// What was found so far.
#[derive(Debug)]
struct Found<'r> {
    around: &'r Surroundings,
    all: Vec<Finding>,
}

impl Found<'_> {
    fn put(&mut self, severity: Severity, at: (&'static str, &str), says: impl Into<String>, citation: &'static str) {
        let (field, value) = (at.0, at.1.to_owned());
        self.all.push(Finding { field, severity, value, says: says.into(), citation });
    }

    fn refuse(&mut self, at: (&'static str, &str), says: impl Into<String>, citation: &'static str) {
        self.put(Severity::Refuse, at, says, citation);
    }

    /// What is mandatory in the scope of the standard and a matter of judgement outside it. Where the rating of a target is
    /// not known, nothing says that it is outside.
    fn fails(&mut self, at: (&'static str, &str), says: impl Into<String>, citation: &'static str) {
        let severity = if self.around.scope() == Scope::Out { Severity::Warn } else { Severity::Refuse };
        self.put(severity, at, says, citation);
    }

    fn warn(&mut self, at: (&'static str, &str), says: impl Into<String>, citation: &'static str) {
        self.put(Severity::Warn, at, says, citation);
    }

    fn unknown(&mut self, at: (&'static str, &str), says: impl Into<String>, citation: &'static str) {
        self.put(Severity::Unknown, at, says, citation);
    }

    fn pass(&mut self, at: (&'static str, &str), says: impl Into<String>, citation: &'static str) {
        self.put(Severity::Pass, at, says, citation);
    }
}

/// Examines a grant: every rule that has something to say, what refuses first.
#[must_use]
pub fn examine(grant: &Grant, around: &Surroundings) -> Vec<Finding> {
    let mut found = Found { around, all: Vec::new() };
    persons::examine(grant, &mut found);
    targets::examine(grant, &mut found);
    paths::examine(grant, &mut found);
    spans::examine(grant, &mut found);
    found.all.sort_by_key(|finding| finding.severity);
    found.all
}

/// What keeps a grant from being asked for or approved.
#[must_use]
pub fn refusals(grant: &Grant, around: &Surroundings) -> Vec<Finding> {
    let mut found = examine(grant, around);
    found.retain(|finding| finding.severity == Severity::Refuse);
    found
}

#[cfg(test)]
mod tests;
