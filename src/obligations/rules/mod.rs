//! Obligations: for each periodic part and each subject it applies to, when it was last done, when it is due, what was late.
//!
//! Invariant: intervals are judged pairwise; being current today cures no old gap, and an early doing resets the clock
//! (timers 1.2 to 1.4). Nothing known about the start of a clock is said so, and is neither met nor late.

pub mod due;
pub mod duties;
pub mod feed;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::clocks::Interval;
use super::model::{Duty, SubjectKind};
use crate::ids::PerformanceId;
use crate::vocabulary::{Cadence, Date, MonthMode};

crate::words! {
    /// Where an obligation stands on a day, the worst first.
    ObligationState {
        Overdue = "overdue", "Overdue";
        NeverPerformed = "never_performed", "Never performed";
        DueSoon = "due_soon", "Due soon";
        Met = "met", "Met";
    }
}

/// A periodic part of a standard's version.
#[derive(Clone, Debug)]
pub struct Part {
    /// As in the catalog, with version: `CIP-010-4 R3.1`.
    pub id: String,
    pub standard: String,
    pub title: String,
    pub cadence: Cadence,
    /// First and last day on which the version is in force.
    pub effective: Option<Date>,
    pub inactive: Option<Date>,
}

/// What a clock runs for.
#[derive(Clone, Debug)]
pub struct Subject {
    pub kind: SubjectKind,
    pub id: Uuid,
    pub reference: String,
    pub name: String,
    /// The site it stands at, by reference; empty for the organization.
    pub site: String,
    /// The day it went into service, where that is known.
    pub in_service: Option<Date>,
    /// The day it left service.
    pub ended: Option<Date>,
}

/// A performance as the clocks see it: accomplished and not voided.
#[derive(Clone, Debug)]
pub struct Doing {
    pub id: PerformanceId,
    pub reference: String,
    pub duty: Duty,
    /// Parts without version it is limited to; empty for all its duty serves.
    pub parts: Vec<String>,
    pub for_organization: bool,
    pub subjects: BTreeSet<Uuid>,
    pub on: Date,
    pub identified: Option<bool>,
    /// Days between its date and its recording, when more than seven.
    pub days_late: Option<i64>,
}

/// Everything the clocks are judged from.
#[derive(Clone, Debug)]
pub struct Facts {
    pub parts: Vec<Part>,
    pub subjects: Vec<Subject>,
    /// Which part applies to which subject, by place in the two lists.
    pub applies: Vec<(usize, usize)>,
    pub doings: Vec<Doing>,
    pub mode: MonthMode,
    /// The organization's calendar day the judgement is made for.
    pub today: Date,
    /// First and last day of the period whose gaps are asked for.
    pub period: (Date, Date),
    /// The day the organization's record began. What was in service before may have been performed before, unrecorded.
    pub recorded_since: Date,
}

/// Days on which a performance was late: from the day after it was due; open while it still is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lapse {
    pub from: Date,
    /// The day it was performed, or on which the duty ended.
    pub until: Option<Date>,
}

/// One clock on one day.
#[derive(Clone, Debug)]
pub struct Obligation<'f> {
    pub part: &'f Part,
    pub subject: &'f Subject,
    pub interval: Interval,
    pub last: Option<&'f Doing>,
    /// None while nothing is known about when the clock began.
    pub due: Option<Date>,
    pub state: ObligationState,
    /// Late intervals that touch the period, the earliest first.
    pub gaps: Vec<Lapse>,
    /// The day it was judged for: the asked one, or the last of a version or a subject that ended before.
    pub judged_on: Date,
}

impl Obligation<'_> {
    /// Days until it is due; negative when it is late.
    #[must_use]
    pub fn days_left(&self) -> Option<i64> {
        self.due.map(|due| due.days_since(self.judged_on))
    }

    /// True while the part is in force and its subject in service on the day judged for.
    #[must_use]
    pub fn runs_on(&self, day: Date) -> bool {
        self.judged_on == day
    }
}

/// Every obligation, in the order of `facts.applies`.
#[must_use]
pub fn obligations(facts: &Facts) -> Vec<Obligation<'_>> {
    let mut by_subject: HashMap<Option<Uuid>, Vec<&Doing>> = HashMap::new();
    for doing in facts.doings.iter().filter(|doing| doing.on <= facts.today) {
        if doing.for_organization {
            by_subject.entry(None).or_default().push(doing);
        }
        for subject in &doing.subjects {
            by_subject.entry(Some(*subject)).or_default().push(doing);
        }
    }
    by_subject.values_mut().for_each(|doings| doings.sort_by_key(|doing| (doing.on, doing.id)));
    let none = Vec::new();
    let judged = |(part, subject): &(usize, usize)| {
        let (part, subject) = (facts.parts.get(*part)?, facts.subjects.get(*subject)?);
        let key = (subject.kind != SubjectKind::Organization).then_some(subject.id);
        judge(facts, part, subject, by_subject.get(&key).unwrap_or(&none))
    };
    facts.applies.iter().filter_map(judged).collect()
}

/// One clock. None for a part that no duty serves, and for what ended before the period or begins later.
fn judge<'f>(facts: &Facts, part: &'f Part, subject: &'f Subject, doings: &[&'f Doing]) -> Option<Obligation<'f>> {
    let served = duties::serving(&part.id).filter(|served| served.each == subject.kind)?;
    let ended = [part.inactive, subject.ended].into_iter().flatten().min().filter(|end| *end < facts.today);
    let judged_on = ended.unwrap_or(facts.today);
    if judged_on < facts.period.0.min(facts.today) || part.effective.is_some_and(|effective| effective > judged_on) {
        return None;
    }
    let family = duties::family(&part.id);
    let fits = |doing: &&&Doing| {
        let names =
            doing.parts.is_empty() || doing.parts.iter().any(|named| family == *named || within(&family, named));
        doing.on <= judged_on && served.duties.contains(&doing.duty) && names
    };
    let fitting: Vec<&Doing> = doings.iter().filter(fits).copied().collect();
    // What went into service under the eyes of the record starts its clock on that day (timers 4, planned change).
    let start = subject.in_service.filter(|day| *day >= facts.recorded_since && *day <= judged_on);
    let mut clock = Clock::begun(&part.cadence, facts.mode, start)?;
    for doing in &fitting {
        clock.performed(doing.on, doing.identified);
    }
    let (interval, due, mut gaps) = clock.read(judged_on, ended);
    clip(&mut gaps, part.effective, facts);
    Some(Obligation {
        part,
        subject,
        interval,
        last: fitting.last().copied(),
        due,
        state: state(due, judged_on, interval),
        gaps,
        judged_on,
    })
}

/// A part named by its group covers the topics of the group.
fn within(part: &str, group: &str) -> bool {
    part.strip_prefix(group).is_some_and(|rest| rest.starts_with('.'))
}

fn state(due: Option<Date>, on: Date, interval: Interval) -> ObligationState {
    match due {
        None => ObligationState::NeverPerformed,
        Some(due) if on > due => ObligationState::Overdue,
        Some(due) if due.days_since(on) <= interval.warnings()[0] => ObligationState::DueSoon,
        Some(_) => ObligationState::Met,
    }
}

/// Keeps what touches the period, from the day the version took effect.
fn clip(gaps: &mut Vec<Lapse>, effective: Option<Date>, facts: &Facts) {
    for gap in gaps.iter_mut() {
        gap.from = effective.map_or(gap.from, |effective| gap.from.max(effective));
    }
    let (first, last) = facts.period;
    gaps.retain(|gap| {
        let until = gap.until.unwrap_or(facts.today);
        gap.from <= until && gap.from <= last && until >= first
    });
}

/// A clock as it is wound from performance to performance.
struct Clock<'c> {
    cadence: &'c Cadence,
    mode: MonthMode,
    interval: Interval,
    due: Option<Date>,
    gaps: Vec<Lapse>,
}

impl<'c> Clock<'c> {
    fn begun(cadence: &'c Cadence, mode: MonthMode, start: Option<Date>) -> Option<Self> {
        let interval = Interval::of(cadence, true)?;
        let due = start.map(|day| interval.due(day, mode));
        Some(Self { cadence, mode, interval, due, gaps: Vec::new() })
    }

    /// A doing, late or early, starts a new interval on its own day.
    fn performed(&mut self, on: Date, identified: Option<bool>) {
        if let Some(due) = self.due.filter(|due| on > *due) {
            self.gaps.push(Lapse { from: due.plus_days(1), until: Some(on) });
        }
        // Unless somebody said that nothing was identified, the shorter interval runs.
        self.interval = Interval::of(self.cadence, identified != Some(false)).unwrap_or(self.interval);
        self.due = Some(self.interval.due(on, self.mode));
    }

    fn read(mut self, on: Date, ended: Option<Date>) -> (Interval, Option<Date>, Vec<Lapse>) {
        if let Some(due) = self.due.filter(|due| on > *due) {
            self.gaps.push(Lapse { from: due.plus_days(1), until: ended });
        }
        (self.interval, self.due, self.gaps)
    }
}
