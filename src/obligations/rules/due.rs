//! The due list: obligations that one doing would meet, told as one; and the gaps they left.
//!
//! Invariant: pure. Only clocks that still run are due; gaps are told of those that ended too.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::{Doing, Lapse, Obligation, ObligationState, Part, Subject, duties};
use crate::ids::PerformanceId;
use crate::obligations::clocks::Interval;
use crate::obligations::model::{Duty, SubjectKind};
use crate::vocabulary::{Date, fold};

crate::words! {
    /// How far ahead a due list looks; what is late stands in each that looks ahead.
    Window {
        Overdue = "overdue", "Overdue";
        Week = "7", "Within 7 days";
        Month = "30", "Within 30 days";
        Season = "90", "Within 90 days";
        Never = "never", "Never performed";
        All = "all", "All";
    }
}

/// What one doing would meet: parts with the same duty, subject and due day.
#[derive(Clone, Debug)]
pub struct Due<'f> {
    pub duty: Duty,
    pub subject: &'f Subject,
    pub parts: Vec<&'f Part>,
    pub interval: Interval,
    pub last: Option<&'f Doing>,
    pub due: Option<Date>,
    pub state: ObligationState,
    /// Days until it is due; negative when it is late.
    pub days_left: Option<i64>,
    pub gaps: Vec<Lapse>,
}

/// Late days of one duty for one subject.
#[derive(Clone, Debug)]
pub struct Late<'f> {
    pub duty: Duty,
    pub subject: &'f Subject,
    pub parts: Vec<&'f Part>,
    pub lapse: Lapse,
    /// Days from the one it was due to the one it was done, or to today.
    pub days: i64,
}

/// What a due list is asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub window: Window,
    /// A standard without version; empty for all.
    pub standard: String,
    /// A subject's or its site's reference; empty for all.
    pub subject: String,
}

impl Wanted {
    fn concerns(&self, subject: &Subject, parts: &[&Part]) -> bool {
        let is = |reference: &str| fold::folded(reference) == fold::folded(&self.subject);
        let subject = self.subject.is_empty() || is(&subject.reference) || is(&subject.site);
        subject && (self.standard.is_empty() || parts.iter().any(|part| part.standard == self.standard))
    }

    #[must_use]
    pub fn holds(&self, due: &Due<'_>) -> bool {
        self.window.holds(due) && self.concerns(due.subject, &due.parts)
    }

    #[must_use]
    pub fn holds_late(&self, late: &Late<'_>) -> bool {
        self.concerns(late.subject, &late.parts)
    }
}

impl Window {
    #[must_use]
    pub fn holds(self, due: &Due<'_>) -> bool {
        let within = |days: i64| due.days_left.is_some_and(|left| left <= days);
        match self {
            Window::Overdue => due.state == ObligationState::Overdue,
            Window::Week => within(7),
            Window::Month => within(30),
            Window::Season => within(90),
            Window::Never => due.state == ObligationState::NeverPerformed,
            Window::All => true,
        }
    }
}

fn duty_of(part: &Part) -> Option<Duty> {
    duties::serving(&part.id)?.duties.first().copied()
}

/// What is due, the earliest first; what was never performed at the end.
#[must_use]
pub fn due_list<'f>(obligations: &[Obligation<'f>], today: Date) -> Vec<Due<'f>> {
    let mut found: BTreeMap<(Duty, Uuid, Option<Date>, ObligationState), Due<'f>> = BTreeMap::new();
    for one in obligations.iter().filter(|one| one.runs_on(today)) {
        let Some(duty) = duty_of(one.part) else { continue };
        let due = found.entry((duty, one.subject.id, one.due, one.state)).or_insert_with(|| Due {
            duty,
            subject: one.subject,
            parts: Vec::new(),
            interval: one.interval,
            last: one.last,
            due: one.due,
            state: one.state,
            days_left: one.days_left(),
            gaps: Vec::new(),
        });
        due.parts.push(one.part);
        due.gaps.extend(one.gaps.iter().filter(|gap| !due.gaps.contains(gap)).copied().collect::<Vec<_>>());
    }
    let mut found: Vec<Due<'f>> = found.into_values().collect();
    found.sort_by_cached_key(|due| {
        (due.due.is_none(), due.due, due.duty.label(), fold::natural(&due.subject.reference))
    });
    found
}

/// What one performance would meet for all of several subjects: the same duty, due on the same day.
#[derive(Clone, Debug)]
pub struct Together<'f> {
    /// As for the first of them.
    pub due: Due<'f>,
    pub subjects: Vec<&'f Subject>,
    /// Late intervals that have ended, of all of them.
    pub gaps: usize,
}

/// Puts together what a list tells of several subjects alike, in its order.
#[must_use]
pub fn together<'f>(list: &[&Due<'f>]) -> Vec<Together<'f>> {
    let mut found: Vec<Together<'f>> = Vec::new();
    let mut places: HashMap<Alike<'f>, usize> = HashMap::new();
    for due in list {
        let gaps = due.gaps.iter().filter(|gap| gap.until.is_some()).count();
        let place = *places.entry(alike(due)).or_insert(found.len());
        if let Some(known) = found.get_mut(place) {
            known.subjects.push(due.subject);
            known.gaps += gaps;
        } else {
            found.push(Together { due: (*due).clone(), subjects: vec![due.subject], gaps });
        }
    }
    found
}

/// Duty, due day, state, kind of subject, last doing, parts.
type Alike<'f> = (Duty, Option<Date>, ObligationState, SubjectKind, Option<PerformanceId>, Vec<&'f str>);

fn alike<'f>(due: &Due<'f>) -> Alike<'f> {
    let parts = due.parts.iter().map(|part| part.id.as_str()).collect();
    (due.duty, due.due, due.state, due.subject.kind, due.last.map(|last| last.id), parts)
}

/// Every gap, the newest first.
#[must_use]
pub fn late_list<'f>(obligations: &[Obligation<'f>], today: Date) -> Vec<Late<'f>> {
    let mut found: BTreeMap<(Duty, Uuid, Date, Option<Date>), Late<'f>> = BTreeMap::new();
    for one in obligations {
        let Some(duty) = duty_of(one.part) else { continue };
        for lapse in &one.gaps {
            let late = found.entry((duty, one.subject.id, lapse.from, lapse.until)).or_insert_with(|| Late {
                duty,
                subject: one.subject,
                parts: Vec::new(),
                lapse: *lapse,
                days: lapse.until.unwrap_or(today).days_since(lapse.from) + 1,
            });
            late.parts.push(one.part);
        }
    }
    let mut found: Vec<Late<'f>> = found.into_values().collect();
    found.sort_by_cached_key(|late| (std::cmp::Reverse(late.lapse.from), fold::natural(&late.subject.reference)));
    found
}

/// Parts in few words: the first, and how many more.
#[must_use]
pub fn told_parts(parts: &[&Part]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.id.clone(),
        [first, rest @ ..] => format!("{} and {} more", first.id, rest.len()),
    }
}
