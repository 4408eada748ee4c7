//! A verdict as an exception asks about it: exceptions stand below the checks and do not know them.
//!
//! Invariant: pure; what an exception may justify is decided in one place, `exceptions::rules`.

use super::model::{Class, Verdict};
use crate::exceptions::Exception;
use crate::exceptions::rules::{self, Failing, PartFacts};
use crate::vocabulary::Date;

/// The failing verdict in the form exceptions know.
#[must_use]
pub fn failing(verdict: &Verdict) -> Failing<'_> {
    Failing {
        check: verdict.check.code,
        mandatory: verdict.check.class == Class::Mandatory,
        requirements: verdict.check.requirements,
        subject_kind: &verdict.subject.kind,
        subject: verdict.subject.id,
        gap: verdict.gap.map(|gap| (gap.from, gap.until)),
    }
}

/// True when the exception justifies the failing verdict on this day, for a part whose text allows this.
#[must_use]
pub fn justifies(exception: &Exception, verdict: &Verdict, part: PartFacts, on: Date) -> bool {
    rules::justifies(exception, &failing(verdict), part, on)
}
