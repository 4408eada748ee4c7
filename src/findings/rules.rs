//! The life of a finding: who may do which step, with what.
//!
//! Invariant: pure. The steps are the only way from one state to another; a refusal says what would be right.

pub mod fold;
pub mod meeting;

use super::model::{Finding, State, Verification};
use crate::checks::Severity;
use crate::ids::{ArtifactId, ExceptionId};
use crate::organizations::DueDays;
use crate::register::Member;
use crate::vocabulary::{Date, Moment};

/// A step a person takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Looked at: how bad it is, who has it, until when.
    Triage {
        severity: Severity,
        owner: Option<Member>,
        due: Option<Date>,
        extent: String,
    },
    /// Somebody began to work on it.
    Start,
    /// Something was done; with `finished`, nothing is left to do.
    Log {
        finished: bool,
    },
    /// A second person says that it is remediated, with evidence.
    Attest {
        evidence: String,
        artifacts: Vec<ArtifactId>,
    },
    Close,
    /// An exception that stands excuses it.
    Accept {
        exception: ExceptionId,
        stands: bool,
    },
    Reopen,
}

/// Who takes a step; a program is nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who(pub Option<Member>);

/// Why a step was not taken, and the field of the form it shows at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub field: &'static str,
    pub problem: String,
}

fn refusal<T>(field: &'static str, problem: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { field, problem: problem.into() })
}

/// The finding after a step, or why the step is refused. `why` is the reason the person gave.
pub fn after(finding: &Finding, step: &Step, who: &Who, why: &str, at: Moment) -> Result<Finding, Refusal> {
    let mut next = finding.clone();
    match step {
        Step::Triage { severity, owner, due, extent } => {
            from(finding, &[State::Open, State::Triaged], "triaged")?;
            next.severity = Some(*severity);
            next.owner.clone_from(owner);
            next.due = *due;
            next.extent.clone_from(extent);
            next.state = State::Triaged;
        }
        Step::Start => {
            from(finding, &[State::Open, State::Triaged], "started")?;
            next.owner = next.owner.or_else(|| who.0.clone());
            next.state = State::InRemediation;
        }
        Step::Log { finished } => log(&mut next, *finished, who, at)?,
        Step::Attest { evidence, artifacts } => attest(&mut next, evidence, artifacts, who, at)?,
        Step::Close => close(&mut next, why)?,
        Step::Accept { exception, stands } => accept(&mut next, *exception, *stands)?,
        Step::Reopen => {
            from(finding, &[State::Verified, State::Closed, State::Accepted], "reopened")?;
            reasoned(why)?;
            reopen(&mut next);
        }
    }
    Ok(next)
}

/// States a step may begin in.
fn from(finding: &Finding, states: &[State], word: &str) -> Result<(), Refusal> {
    if states.contains(&finding.state) {
        return Ok(());
    }
    let named: Vec<String> = states.iter().map(|state| state.label().to_lowercase()).collect();
    let state = finding.state.label().to_lowercase();
    refusal("state", format!("a finding that is {state} cannot be {word}; only one that is {}", named.join(" or ")))
}

fn reasoned(why: &str) -> Result<(), Refusal> {
    if why.trim().is_empty() { refusal("reason", "missing; say why, for the history") } else { Ok(()) }
}

fn log(next: &mut Finding, finished: bool, who: &Who, at: Moment) -> Result<(), Refusal> {
    let states = [State::Open, State::Triaged, State::InRemediation, State::Remediated];
    from(next, &states, "worked on")?;
    next.owner = next.owner.take().or_else(|| who.0.clone());
    if finished {
        next.state = State::Remediated;
        next.remediated_by.clone_from(&who.0);
        next.remediated_at = Some(at);
    } else if next.state != State::Remediated {
        next.state = State::InRemediation;
    }
    Ok(())
}

fn attest(next: &mut Finding, evidence: &str, artifacts: &[ArtifactId], who: &Who, at: Moment) -> Result<(), Refusal> {
    from(next, &[State::Remediated], "verified")?;
    let Some(member) = &who.0 else { return refusal("evidence", "only a person attests, never a program") };
    if next.was_remediated_by(member.user) {
        return refusal("evidence", "you logged the remediation; another person has to verify it");
    }
    if evidence.trim().is_empty() && artifacts.is_empty() {
        return refusal("evidence", "missing; say what you saw, or attach it");
    }
    next.state = State::Verified;
    next.verification = Some(Verification {
        by: Some(member.clone()),
        at,
        evidence: evidence.trim().to_owned(),
        artifacts: artifacts.to_vec(),
    });
    Ok(())
}

/// A finding of a check closes when the record is right; saying so is not enough.
fn close(next: &mut Finding, why: &str) -> Result<(), Refusal> {
    if next.is_still_found() {
        let records = next.touched_told(10);
        return refusal("state", format!("{} still fails for {records}; set the record right first", next.check));
    }
    from(next, &[State::Verified, State::Open, State::Triaged], "closed")?;
    reasoned(why)?;
    why.trim().clone_into(&mut next.outcome);
    next.state = State::Closed;
    Ok(())
}

fn accept(next: &mut Finding, exception: ExceptionId, stands: bool) -> Result<(), Refusal> {
    from(next, &[State::Open, State::Triaged, State::InRemediation, State::Remediated], "accepted")?;
    if !stands {
        return refusal(
            "exception",
            "not approved, or not in force today; only a standing exception excuses a finding",
        );
    }
    next.accepted_under = Some(exception);
    next.state = State::Accepted;
    Ok(())
}

/// Back to the beginning, with what is known kept.
fn reopen(next: &mut Finding) {
    next.state = State::Open;
    next.reopen_count += 1;
    (next.verification, next.remediated_by, next.remediated_at, next.accepted_under) = (None, None, None, None);
    next.outcome.clear();
}

/// The organization's days for a severity.
#[must_use]
pub fn due_days(days: &DueDays, severity: Severity) -> u16 {
    match severity {
        Severity::Critical => days.critical,
        Severity::High => days.high,
        Severity::Medium => days.medium,
        Severity::Low => days.low,
    }
}

/// A day some days after another.
#[must_use]
pub fn days_after(day: Date, days: u16) -> Date {
    let later = day.naive() + chrono::TimeDelta::days(i64::from(days));
    Date::parse(&later.to_string()).unwrap_or(day)
}

#[cfg(test)]
mod tests;
