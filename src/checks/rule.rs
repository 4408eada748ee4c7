//! A rule: a check, the kind of subject it is asked about, and the function that answers for one subject.
//!
//! Invariant: a rule looks at facts and a place, and nothing else; a list of rules is all that judging knows.

use std::borrow::Cow;

use super::facts::{Facts, Over};
pub use super::model::Sighted;
use super::model::{Check, Gap, Outcome, Severity};

/// What a rule says of one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub outcome: Outcome,
    pub because: Cow<'static, str>,
    /// What failures with one cause have in common; empty where the subject is the cause.
    pub cause: Cow<'static, str>,
    pub gap: Option<Gap>,
    /// How urgent this failure is, where the check's own severity does not say it.
    pub severity: Option<Severity>,
    /// How often and when it was observed, where it was.
    pub seen: Option<Sighted>,
}

/// A check that can be asked.
pub struct Rule {
    pub check: Check,
    pub over: Over,
    /// True when its answer can change by time alone.
    pub clocked: bool,
    pub judge: fn(&Facts, usize) -> Judgement,
    /// Where the records themselves say when something was not as it should be: those days. In a period such a rule is judged
    /// by them, and not by when the records were entered.
    pub gaps: Option<fn(&Facts, usize) -> Vec<Gap>>,
}

/// States a rule: code, class, severity, subject, whether time alone moves it; sentence, source, what it informs; its judge.
macro_rules! rule {
    ($(#[$meta:meta])* $name:ident, $code:literal, $class:ident, $severity:ident, $over:ident, $clocked:literal,
     $sentence:literal, $source:literal, [$($id:literal),* $(,)?], $judge:expr) => {
        $crate::checks::rule::rule!($(#[$meta])* $name, $code, $class, $severity, $over, $clocked, $sentence, $source,
            [$($id),*], $judge, gaps: None);
    };
    ($(#[$meta:meta])* $name:ident, $code:literal, $class:ident, $severity:ident, $over:ident, $clocked:literal,
     $sentence:literal, $source:literal, [$($id:literal),* $(,)?], $judge:expr, gaps: $gaps:expr) => {
        $(#[$meta])*
        pub static $name: $crate::checks::rule::Rule = $crate::checks::rule::Rule {
            check: $crate::checks::model::Check {
                code: $code,
                sentence: $sentence,
                class: $crate::checks::model::Class::$class,
                severity: $crate::checks::model::Severity::$severity,
                requirements: &[$($id),*],
                source: $source,
            },
            over: $crate::checks::facts::Over::$over,
            clocked: $clocked,
            judge: $judge,
            gaps: $gaps,
        };
    };
}
pub(super) use rule;

impl Judgement {
    fn of(outcome: Outcome, because: impl Into<Cow<'static, str>>) -> Self {
        Self { outcome, because: because.into(), cause: Cow::Borrowed(""), gap: None, severity: None, seen: None }
    }

    pub fn pass(because: impl Into<Cow<'static, str>>) -> Self {
        Self::of(Outcome::Pass, because)
    }

    pub fn fail(because: impl Into<Cow<'static, str>>) -> Self {
        Self::of(Outcome::Fail, because)
    }

    pub fn due_soon(because: impl Into<Cow<'static, str>>) -> Self {
        Self::of(Outcome::DueSoon, because)
    }

    pub fn indeterminate(because: impl Into<Cow<'static, str>>) -> Self {
        Self::of(Outcome::Indeterminate, because)
    }

    pub fn not_applicable(because: impl Into<Cow<'static, str>>) -> Self {
        Self::of(Outcome::NotApplicable, because)
    }

    /// Says what this failure has in common with others.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Cow<'static, str>>) -> Self {
        self.cause = cause.into();
        self
    }

    /// Says how urgent this failure is.
    #[must_use]
    pub fn weighing(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Says how often and when it was observed.
    #[must_use]
    pub fn seen(mut self, seen: Sighted) -> Self {
        self.seen = Some(seen);
        self
    }
}
