//! From verdicts to a part's status.
//!
//! Invariant: pure; the first of these that matches (ARCHITECTURE, from verdicts to a part's status): no applicable subject;
//! a mandatory failure; something undecided or in need of a person; something justified; something due soon; else no failing
//! record was found. Advisory failures never make a part failing.

use crate::checks::facts::{Facts, Over};
use crate::checks::judging::{Outcomes, RULES};
use crate::checks::scope::Applies;
use crate::checks::{Class, Outcome, Status, Verdict};
use crate::frameworks::model::{Automatable, Requirement};
use crate::frameworks::rules::Applicability;
use crate::vocabulary::Date;

/// What a person judged about a part, where a judgment stands at the instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attested {
    Adequate,
    NotAdequate,
}

/// How many verdicts came out so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub pass: usize,
    pub fail: usize,
    pub justified: usize,
    pub due_soon: usize,
    pub indeterminate: usize,
}

impl Counts {
    fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Pass => self.pass += 1,
            Outcome::Fail => self.fail += 1,
            Outcome::Justified => self.justified += 1,
            Outcome::DueSoon => self.due_soon += 1,
            Outcome::Indeterminate => self.indeterminate += 1,
            Outcome::NotApplicable => {}
        }
    }

    #[must_use]
    pub fn all(&self) -> usize {
        self.pass + self.fail + self.justified + self.due_soon + self.indeterminate
    }
}

/// Where a requirement part stands.
#[derive(Clone, Debug)]
pub struct Standing {
    pub part: &'static Requirement,
    pub status: Status,
    /// Records the part applies to, the entity included.
    pub applicable: usize,
    /// Records for which that cannot be decided.
    pub undecided: usize,
    /// Mandatory verdicts.
    pub mandatory: Counts,
    /// Advisory verdicts.
    pub advisory: Counts,
    /// Only a person can say more.
    pub needs_person: bool,
    /// A sentence with what decided.
    pub because: String,
}

impl Standing {
    /// Before the organization's first record a state is indeterminate: a period that begins earlier says so.
    #[must_use]
    pub fn since(mut self, from: Date, recorded: Option<Date>) -> Self {
        let is_good = matches!(self.status, Status::NoFailingRecord | Status::DueSoon | Status::Justified);
        if let Some(recorded) = recorded.filter(|recorded| from < *recorded)
            && is_good
            && informing(&self.part.id).next().is_some()
        {
            self.status = Status::Indeterminate;
            self.because = format!("nothing is recorded before {recorded}; since then: {}", self.because);
        }
        self
    }
}

/// What is known of a part besides the outcomes.
pub struct Asked<'a> {
    pub part: &'static Requirement,
    pub applies: &'a Applies<'a>,
    pub attested: Option<Attested>,
    /// Places of rules and subjects whose failure an exception justifies for this part.
    pub justified: &'a dyn Fn(usize, usize) -> bool,
    /// Verdicts about the part's periodic duties.
    pub duties: &'a [Verdict],
}

/// Numbers of the rules that inform a part.
pub fn informing(part: &str) -> impl Iterator<Item = usize> {
    RULES.iter().enumerate().filter(move |(_, rule)| rule.check.requirements.contains(&part)).map(|(number, _)| number)
}

/// Where a part stands.
#[must_use]
pub fn stand(facts: &Facts, outcomes: &Outcomes, asked: &Asked<'_>) -> Standing {
    let (mut mandatory, mut advisory) = (Counts::default(), Counts::default());
    for number in informing(&asked.part.id) {
        let rule = RULES[number];
        let counts = if rule.check.class == Class::Mandatory { &mut mandatory } else { &mut advisory };
        for (place, outcome) in outcomes.column(number).iter().enumerate() {
            if *outcome == Outcome::NotApplicable {
                continue;
            }
            let applies = asked.applies.to(facts, rule.over, place);
            if let Some(outcome) = in_scope(*outcome, &applies, || (asked.justified)(number, place)) {
                counts.add(outcome);
            }
        }
    }
    for verdict in asked.duties {
        mandatory.add(verdict.outcome);
    }
    let (applicable, undecided) = asked.applies.counted();
    let decided = !asked.duties.is_empty() || is_decided(&asked.part.id);
    let person = !(decided && asked.part.automatable == Some(Automatable::Full));
    let needs_person = person && asked.attested.is_none() && applicable > 0;
    let mut standing = Standing {
        part: asked.part,
        status: Status::NoFailingRecord,
        applicable,
        undecided,
        mandatory,
        advisory,
        needs_person,
        because: String::new(),
    };
    (standing.status, standing.because) = status(&standing, asked.attested, facts.count(Over::Asset) == 0);
    standing
}

/// What an outcome counts for in a part; none for what the part does not apply to.
fn in_scope(outcome: Outcome, applies: &Applicability, justified: impl Fn() -> bool) -> Option<Outcome> {
    match (outcome, applies) {
        (Outcome::NotApplicable, _) | (_, Applicability::NotApplicable) => None,
        (_, Applicability::Unknown(_)) => Some(Outcome::Indeterminate),
        (Outcome::Fail, Applicability::Applies) if justified() => Some(Outcome::Justified),
        (outcome, Applicability::Applies) => Some(outcome),
    }
}

/// Parts that the checks of today decide from records alone; every other part also needs a person.
const DECIDED: [&str; 1] = ["CIP-007-6 R1.1"];

fn is_decided(part: &str) -> bool {
    DECIDED.contains(&part)
}

fn several(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

fn status(standing: &Standing, attested: Option<Attested>, empty: bool) -> (Status, String) {
    let Standing { applicable, undecided, mandatory, advisory, .. } = standing;
    if *applicable == 0 && *undecided == 0 {
        let because = if empty { "the record holds nothing it could apply to" } else { "it applies to no record" };
        let status = if empty { Status::Indeterminate } else { Status::NotApplicable };
        return (status, because.to_owned());
    }
    let (status, because) = if mandatory.fail > 0 {
        (Status::Failing, several(mandatory.fail, "failing record"))
    } else if attested == Some(Attested::NotAdequate) {
        (Status::Failing, "a person judged it not adequate".to_owned())
    } else if mandatory.indeterminate > 0 || *undecided > 0 && *applicable == 0 {
        let open = mandatory.indeterminate.max(*undecided);
        (Status::Indeterminate, format!("{} undecided", several(open, "record")))
    } else {
        without_failure(standing, attested)
    };
    match advisory.fail {
        0 => (status, because),
        count => (status, format!("{because}; {}", several(count, "advisory failure"))),
    }
}

/// Where a part stands in which nothing mandatory fails or is undecided.
fn without_failure(standing: &Standing, attested: Option<Attested>) -> (Status, String) {
    let mandatory = &standing.mandatory;
    if standing.needs_person {
        return (Status::Indeterminate, "needs a person: no attestation stands".to_owned());
    }
    if mandatory.justified > 0 {
        return (Status::Justified, format!("{} justified by an exception", several(mandatory.justified, "failure")));
    }
    if mandatory.due_soon > 0 {
        return (Status::DueSoon, format!("{} due soon", several(mandatory.due_soon, "record")));
    }
    let judged = match (mandatory.all(), attested) {
        (0, _) => "attested by a person".to_owned(),
        (count, Some(_)) => format!("{} judged, attested by a person", several(count, "record")),
        (count, None) => format!("{} judged", several(count, "record")),
    };
    (Status::NoFailingRecord, judged)
}

#[cfg(test)]
mod tests {
    use super::{Attested, Counts, Standing, status};
    use crate::checks::Status;
    use crate::frameworks::catalogs;
    use crate::vocabulary::Date;

    fn standing(mandatory: Counts, needs_person: bool) -> Standing {
        Standing {
            part: catalogs().requirement("CIP-007-6 R1.1").expect("a part of the catalog"),
            status: Status::NoFailingRecord,
            applicable: 3,
            undecided: 0,
            mandatory,
            advisory: Counts { fail: 2, ..Counts::default() },
            needs_person,
            because: String::new(),
        }
    }

    #[test]
    fn the_first_that_matches() {
        let counts =
            |pass, fail, justified, due_soon, indeterminate| Counts { pass, fail, justified, due_soon, indeterminate };
        let adequate = Some(Attested::Adequate);
        for (mandatory, person, attested, expected) in [
            (counts(9, 1, 1, 1, 1), true, adequate, Status::Failing),
            (counts(9, 0, 1, 1, 1), false, Some(Attested::NotAdequate), Status::Failing),
            (counts(9, 0, 1, 1, 1), false, adequate, Status::Indeterminate),
            (counts(9, 0, 0, 0, 0), true, None, Status::Indeterminate),
            (counts(9, 0, 1, 1, 0), false, None, Status::Justified),
            (counts(9, 0, 0, 1, 0), false, None, Status::DueSoon),
            (counts(9, 0, 0, 0, 0), false, None, Status::NoFailingRecord),
        ] {
            let (found, because) = status(&standing(mandatory, person), attested, false);
            assert_eq!(found, expected, "{mandatory:?} {because}");
            assert!(because.ends_with("; 2 advisory failures"), "{because}");
        }
        let nothing = Standing { applicable: 0, ..standing(Counts::default(), false) };
        assert_eq!(status(&nothing, None, false).0, Status::NotApplicable);
        assert_eq!(status(&nothing, None, true).0, Status::Indeterminate);
    }

    #[test]
    fn before_the_first_record_is_indeterminate() {
        let date = |text| Date::parse(text).expect("a date");
        let good = standing(Counts { pass: 1, ..Counts::default() }, false);
        let early = good.clone().since(date("2025-01-01"), Some(date("2025-09-21")));
        assert_eq!(early.status, Status::Indeterminate);
        assert_eq!(good.since(date("2025-10-01"), Some(date("2025-09-21"))).status, Status::NoFailingRecord);
    }
}
