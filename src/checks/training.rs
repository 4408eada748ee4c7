//! May somebody have the access they have: trained before and since, with a personnel risk assessment that still counts.
//!
//! Invariant: asked about access that CIP-004-7 asks about, day by day; a day of access without a training or an assessment
//! stays a gap when they are made good. Under a CIP Exceptional Circumstance the first training may follow (R2.2); R3 knows no
//! such exception.

use uuid::Uuid;

use super::concern::{Asking, Concern, concern_of_record};
use super::facts::Facts;
use super::model::{Gap, Outcome};
use super::rule::{Judgement, rule};
use crate::ids::{CircumstanceId, Id};
use crate::personnel::model::{AuthorizationKind, Party, Person, Suitability};
use crate::personnel::rules::standing::{assessment_counts_until, training_counts_until};
use crate::vocabulary::{Date, Moment};

/// Days before the due day from which it is due soon.
const SOON_DAYS: i64 = 30;

/// Days on which somebody had access, the last of them included; none while it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Days {
    from: Date,
    until: Option<Date>,
}

/// When somebody had access that CIP-004-7 asks about.
#[derive(Default)]
struct Held {
    days: Vec<Days>,
    /// Access to something that is not rated.
    open: bool,
}

/// Whether what may be excepted is: nothing is asked while a circumstance lasts under which access was given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Excepting {
    Yes,
    No,
}

impl Held {
    fn of(facts: &Facts, person: Uuid, excepting: Excepting) -> Self {
        let mut held = Self::default();
        for (id, one) in facts.access.authorizations_of(person) {
            let opens = matches!(one.kind, Some(AuthorizationKind::Electronic | AuthorizationKind::UnescortedPhysical));
            if let Some(from) = one.provisioned_at.filter(|_| opens) {
                held.add(facts, id, (from, one.removed_at), one.circumstance.filter(|_| excepting == Excepting::Yes));
            }
        }
        for (id, one) in facts.access.grants_of(person) {
            if let Some(from) = one.begins().filter(|_| one.refused.is_none()) {
                held.add(facts, id, (from, one.ceased()), one.circumstance.filter(|_| excepting == Excepting::Yes));
            }
        }
        held.days.sort_unstable();
        held
    }

    fn add(&mut self, facts: &Facts, id: Uuid, (from, until): (Moment, Option<Moment>), under: Option<CircumstanceId>) {
        let circumstance = under.and_then(|id| facts.access.circumstances.get(id.uuid()));
        let from = match circumstance.filter(|one| one.lasts(from)) {
            Some(lasting) => match lasting.ended_at {
                Some(ended) => ended,
                None => return,
            },
            None => from,
        };
        if from > facts.at || until.is_some_and(|until| until <= from) {
            return;
        }
        match concern_of_record(facts, Asking::Personnel, id) {
            Concern::Yes => {
                let until = until.filter(|until| *until <= facts.at);
                let until = until.map(|until| facts.zone.day(until.plus_micros(-1)));
                self.days.push(Days { from: facts.zone.day(from), until });
            }
            Concern::Open => self.open |= until.is_none_or(|until| until > facts.at),
            Concern::No => {}
        }
    }

    fn has_now(&self) -> bool {
        self.days.iter().any(|days| days.until.is_none())
    }

    /// The days of access among these that have come, each once.
    fn within(&self, lapses: &[Days], today: Date) -> Vec<Gap> {
        let both = self.days.iter().flat_map(|held| lapses.iter().filter_map(|lapse| meet(*held, *lapse)));
        let mut found: Vec<Days> = both.filter(|days| days.from <= today).collect();
        found.sort_unstable();
        let mut joined: Vec<Gap> = Vec::new();
        for days in found {
            match joined.last_mut() {
                Some(last) if last.until.is_none_or(|until| days.from <= until.plus_days(1)) => {
                    last.until = last.until.zip(days.until).map(|(one, other)| one.max(other));
                }
                _ => joined.push(Gap { from: days.from, until: days.until }),
            }
        }
        joined
    }
}

fn meet(one: Days, other: Days) -> Option<Days> {
    let from = one.from.max(other.from);
    let until = [one.until, other.until].into_iter().flatten().min();
    until.is_none_or(|until| from <= until).then_some(Days { from, until })
}

/// Days before anything was done: all of them where nothing was.
fn before_first(done: &[Date]) -> Days {
    Days { from: Date::EPOCH, until: done.iter().min().map(|first| first.plus_days(-1)) }
}

/// Days on which what was done counted no more and was not done again.
fn lapses(done: &[Date], counts_until: impl Fn(Date) -> Date) -> Vec<Days> {
    let mut done = done.to_vec();
    done.sort_unstable();
    let next = |at: usize| done.get(at + 1).map(|next| next.plus_days(-1));
    let each = done.iter().enumerate().map(|(at, on)| Days { from: counts_until(*on).plus_days(1), until: next(at) });
    each.filter(|days| days.until.is_none_or(|until| days.from <= until)).collect()
}

fn trained_until(facts: &Facts, on: Date) -> Date {
    training_counts_until(on, facts.limits.month_mode)
}

/// Asks about somebody who has access now that the standard asks about.
fn with_access(facts: &Facts, place: usize, excepting: Excepting, ask: impl FnOnce(&Person) -> Judgement) -> Judgement {
    let person = facts.access.people.at(place);
    let held = Held::of(facts, person.id, excepting);
    if held.has_now() {
        return ask(&person.record);
    }
    if held.open && ask(&person.record).outcome != Outcome::NotApplicable {
        return Judgement::indeterminate("they have access to a system that is not rated, or says nothing of ERC");
    }
    Judgement::not_applicable("they have no access that the standard asks about")
}

fn gaps(facts: &Facts, place: usize, excepting: Excepting, lapses: impl FnOnce(&Person) -> Vec<Days>) -> Vec<Gap> {
    let person = facts.access.people.at(place);
    let lapses = lapses(&person.record);
    if lapses.is_empty() {
        Vec::new()
    } else {
        Held::of(facts, person.id, excepting).within(&lapses, facts.zone.day(facts.at))
    }
}

/// By the day on which what was done last counts no more.
fn current(facts: &Facts, done: Date, until: Date, what: &str) -> Judgement {
    let today = facts.zone.day(facts.at);
    if until < today {
        Judgement::fail(format!("{what} {done}, which counted until {until}"))
    } else if until < today.plus_days(SOON_DAYS) {
        Judgement::due_soon(format!("{what} {done}, which counts until {until}"))
    } else {
        Judgement::pass(format!("{what} {done}"))
    }
}

rule!(
    TRAINED,
    "GL-PER-05",
    Mandatory,
    High,
    Person,
    true,
    "Training is completed before access is given, but for a CIP Exceptional Circumstance",
    "CIP-004-7 R2 part 2.2",
    ["CIP-004-7 R2.2", "AT-3", "AT-4", "ORG 1.5"],
    |facts, place| with_access(facts, place, Excepting::Yes, |person| {
        match person.trained_by(facts.zone.day(facts.at)) {
            Some(on) => Judgement::pass(format!("trained {on}")),
            None => Judgement::fail("they have access, and no training is recorded"),
        }
    }),
    gaps: Some(|facts, place| gaps(facts, place, Excepting::Yes, |person| vec![before_first(&person.trained)]))
);
rule!(
    TRAINED_AGAIN,
    "GL-PER-06",
    Mandatory,
    High,
    Person,
    true,
    "Whoever has access was trained within the last 15 calendar months",
    "CIP-004-7 R2 part 2.3",
    ["CIP-004-7 R2.3", "AT-3", "AT-4", "ORG 1.5"],
    |facts, place| with_access(facts, place, Excepting::No, |person| {
        match person.trained_by(facts.zone.day(facts.at)) {
            Some(on) => current(facts, on, trained_until(facts, on), "trained last"),
            None => Judgement::not_applicable("never trained, which another check judges"),
        }
    }),
    gaps: Some(|facts, place| gaps(facts, place, Excepting::No, |person| {
        lapses(&person.trained, |on| trained_until(facts, on))
    }))
);
rule!(
    ASSESSED,
    "GL-PER-07",
    Mandatory,
    High,
    Person,
    true,
    "On each day of access a personnel risk assessment was completed within the seven years before",
    "CIP-004-7 R3 part 3.5",
    ["CIP-004-7 R3.5", "PS-3", "ORG 1.2"],
    |facts, place| with_access(facts, place, Excepting::No, |person| {
        match person.assessed_by(facts.zone.day(facts.at)) {
            Some(on) => current(facts, on, assessment_counts_until(on), "assessed last"),
            None => Judgement::fail("they have access, and no personnel risk assessment is recorded"),
        }
    }),
    gaps: Some(|facts, place| gaps(facts, place, Excepting::No, |person| {
        let mut found = vec![before_first(&person.assessed)];
        found.extend(lapses(&person.assessed, assessment_counts_until));
        found
    }))
);

/// Asks about the last assessment of somebody who has access.
fn assessed(facts: &Facts, place: usize, ask: impl FnOnce(&Person) -> Judgement) -> Judgement {
    with_access(facts, place, Excepting::No, |person| {
        if person.assessed.is_empty() {
            return Judgement::not_applicable("no personnel risk assessment is recorded, which another check judges");
        }
        ask(person)
    })
}

rule!(
    IDENTITY,
    "GL-PER-08",
    Mandatory,
    Medium,
    Person,
    true,
    "The personnel risk assessment confirmed the identity of whoever has access",
    "CIP-004-7 R3 part 3.1",
    ["CIP-004-7 R3.1", "PS-3", "IA-12"],
    |facts, place| assessed(facts, place, |person| match person.identity_confirmed {
        Some(true) => Judgement::pass("their identity was confirmed"),
        Some(false) => Judgement::fail("their identity was not confirmed"),
        None => Judgement::indeterminate("whether their identity was confirmed is not recorded"),
    })
);
rule!(
    SEVEN_YEARS,
    "GL-PER-09",
    Mandatory,
    Medium,
    Person,
    true,
    "The personnel risk assessment covers seven years of criminal history, or says why not all of them",
    "CIP-004-7 R3 part 3.2",
    ["CIP-004-7 R3.2", "PS-3", "ORG 1.2"],
    |facts, place| assessed(facts, place, |person| match person.seven_years_checked {
        Some(true) => Judgement::pass("seven years were checked"),
        _ if !person.partial_reason.trim().is_empty() =>
            Judgement::pass("why not all of seven years were checked is recorded"),
        Some(false) => Judgement::fail("not all of seven years were checked, and no reason is recorded"),
        None => Judgement::indeterminate("whether seven years were checked is not recorded"),
    })
);
rule!(
    SUITABLE,
    "GL-PER-10",
    Mandatory,
    High,
    Person,
    true,
    "Whoever has access was found eligible by recorded criteria",
    "CIP-004-7 R3 part 3.3",
    ["CIP-004-7 R3.3", "PS-3"],
    |facts, place| assessed(facts, place, |person| match person.suitability {
        Some(Suitability::Ineligible) => Judgement::fail("found ineligible"),
        Some(Suitability::Eligible) if person.criteria.trim().is_empty() => {
            Judgement::indeterminate("found eligible, and by which criteria is not recorded")
        }
        Some(Suitability::Eligible) => Judgement::pass("found eligible"),
        None => Judgement::indeterminate("what came of the assessment is not recorded"),
    })
);
rule!(
    VERIFIED,
    "GL-PER-11",
    Mandatory,
    Medium,
    Person,
    true,
    "The assessment of whoever works for a contractor or a vendor was verified",
    "CIP-004-7 R3 part 3.4",
    ["CIP-004-7 R3.4", "PS-7"],
    |facts, place| assessed(facts, place, |person| match person.party {
        Some(Party::Employee) => Judgement::not_applicable("an employee"),
        None => Judgement::indeterminate("for whom they work is not recorded"),
        Some(_) if person.verified_by.trim().is_empty() || person.verified_on.is_none() => {
            Judgement::fail("who verified their employer's assessment, and when, is not recorded")
        }
        Some(_) => Judgement::pass("verified"),
    })
);
