//! Readiness: how ready each part in scope is for an audit, what it lacks, whose that is, and where to mend it.
//!
//! Invariant: pure, and asked by the readiness page and by the package's own limits alike, so their numbers are the same.
//! Readiness says whether an answer is complete, never whether it is good: a part with failing records can be ready.

use super::model::Period;
use super::words::several;
use crate::checks::Status;
use crate::controls::{Attestation, Control};
use crate::posture::rules::Standing;
use crate::web::links;

crate::words! {
    /// How ready an answer is, the worst first.
    State {
        Missing = "missing", "Missing";
        Indeterminate = "indeterminate", "Indeterminate";
        Stale = "stale", "Stale";
        Ready = "ready", "Ready";
    }
}

/// Where something that is lacking is mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mend {
    /// An evidence file is attached.
    Evidence,
    /// The narrative is written.
    Narrative,
    /// A person attests.
    Attestation,
    /// The records that are undecided are completed.
    Records,
}

impl Mend {
    /// What to do, in words.
    #[must_use]
    pub const fn told(self) -> &'static str {
        match self {
            Mend::Evidence => "attach an evidence file",
            Mend::Narrative => "write the narrative",
            Mend::Attestation => "attest, or have somebody attest",
            Mend::Records => "complete the records that leave it open",
        }
    }

    /// The page on which it is done, for a part of an organization.
    #[must_use]
    pub fn link(self, slug: &str, part: &str) -> String {
        let page = links::requirement(slug, part);
        match self {
            Mend::Evidence | Mend::Records => page,
            Mend::Narrative => format!("{page}/narrative"),
            Mend::Attestation => format!("{page}/attestation"),
        }
    }
}

/// Something a part lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    pub state: State,
    pub what: String,
    /// Whose it is: the owner of a control that answers the part; empty where no control names one.
    pub whose: String,
    pub mend: Mend,
}

/// How ready a part is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    pub state: State,
    pub lacks: Vec<Lack>,
}

/// What is known of a part's answer.
pub struct Answer<'a> {
    pub standing: &'a Standing,
    /// The days the part answers for.
    pub span: Period,
    pub narrated: bool,
    /// Attestations that were not withdrawn.
    pub attestations: Vec<&'a Attestation>,
    pub controls: Vec<&'a Control>,
    /// Number of evidence files, and the newest day any of them speaks of.
    pub files: usize,
    pub newest: String,
}

impl Answer<'_> {
    fn whose(&self) -> String {
        let owners = self.controls.iter().map(|control| control.owner.as_str());
        owners.map(str::trim).find(|owner| !owner.is_empty()).unwrap_or("").to_owned()
    }
}

/// How ready an answer is.
#[must_use]
pub fn judge(answer: &Answer<'_>) -> Readiness {
    let mut lacks = Vec::new();
    if answer.standing.status != Status::NotApplicable {
        lacks.extend(evidence(answer));
        if !answer.narrated {
            lacks.push(lack(answer, State::Missing, "no narrative says how it is met", Mend::Narrative));
        }
        lacks.extend(open(answer));
    }
    let state = lacks.iter().map(|lack| lack.state).min().unwrap_or(State::Ready);
    Readiness { state, lacks }
}

fn lack(answer: &Answer<'_>, state: State, what: impl Into<String>, mend: Mend) -> Lack {
    Lack { state, what: what.into(), whose: answer.whose(), mend }
}

fn evidence(answer: &Answer<'_>) -> Option<Lack> {
    let asked = &answer.standing.part.evidence;
    let from = answer.span.from.to_string();
    if answer.files == 0 {
        let asked = asked.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
        let asked = if asked.is_empty() { String::new() } else { format!("; asked for: {asked}") };
        return Some(lack(answer, State::Missing, format!("no evidence file{asked}"), Mend::Evidence));
    }
    let stale = !answer.newest.is_empty() && answer.newest < from;
    let what = || format!("the newest evidence speaks of {}, before {from}", answer.newest);
    stale.then(|| lack(answer, State::Stale, what(), Mend::Evidence))
}

/// What leaves the part's status open.
fn open(answer: &Answer<'_>) -> Vec<Lack> {
    let Standing { status, mandatory, undecided, needs_person, because, .. } = answer.standing;
    let mut found = Vec::new();
    let undecided = if *status == Status::Indeterminate { *undecided } else { 0 };
    match mandatory.indeterminate.max(undecided) {
        0 => {}
        count => {
            let what = format!("{} undecided", several(count, "record"));
            found.push(lack(answer, State::Indeterminate, what, Mend::Records));
        }
    }
    if *needs_person {
        found.push(unattested(answer));
    }
    if found.is_empty() && *status == Status::Indeterminate {
        found.push(lack(answer, State::Indeterminate, because.clone(), Mend::Records));
    }
    found
}

/// No attestation stands for all of the days: one that ended is stale, none at all leaves the part open.
fn unattested(answer: &Answer<'_>) -> Lack {
    let Period { from, to } = answer.span;
    let last = answer.attestations.iter().map(|one| one.to).max();
    if let Some(last) = last.filter(|last| *last >= from) {
        let what = format!("no attestation covers {from} to {to}; the last ends on {last}");
        lack(answer, State::Stale, what, Mend::Attestation)
    } else {
        let what = format!("needs a person: no attestation covers {from} to {to}");
        lack(answer, State::Indeterminate, what, Mend::Attestation)
    }
}

/// How many parts are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    pub ready: usize,
    pub indeterminate: usize,
    pub missing: usize,
    pub stale: usize,
}

impl Numbers {
    #[must_use]
    pub fn of<'r>(all: impl IntoIterator<Item = &'r Readiness>) -> Self {
        let mut numbers = Self::default();
        for one in all {
            match one.state {
                State::Ready => numbers.ready += 1,
                State::Indeterminate => numbers.indeterminate += 1,
                State::Missing => numbers.missing += 1,
                State::Stale => numbers.stale += 1,
            }
        }
        numbers
    }

    #[must_use]
    pub fn all(&self) -> usize {
        self.ready + self.indeterminate + self.missing + self.stale
    }

    /// The numbers as a sentence.
    #[must_use]
    pub fn told(&self) -> String {
        let Self { ready, indeterminate, missing, stale } = self;
        format!("{} parts: {ready} ready, {indeterminate} indeterminate, {missing} missing, {stale} stale", self.all())
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Mend, Numbers, State, judge};
    use crate::checks::Status;
    use crate::controls::model::Judgment;
    use crate::controls::{Attestation, Control};
    use crate::evidence::model::Period;
    use crate::frameworks::{RequirementId, catalogs};
    use crate::posture::rules::{Counts, Standing};
    use crate::vocabulary::Date;

    fn standing(status: Status, needs_person: bool, open: usize) -> Standing {
        Standing {
            part: catalogs().requirement("CIP-007-6 R2.1").expect("a part of the catalog"),
            status,
            applicable: 3,
            undecided: 0,
            mandatory: Counts { indeterminate: open, ..Counts::default() },
            advisory: Counts::default(),
            needs_person,
            because: "2 records undecided".to_owned(),
        }
    }

    fn answer(standing: &Standing) -> Answer<'_> {
        Answer {
            standing,
            span: Period::parse("2026-01-01..2026-09-30").expect("a period"),
            narrated: true,
            attestations: Vec::new(),
            controls: Vec::new(),
            files: 1,
            newest: "2026-09-30".to_owned(),
        }
    }

    #[test]
    fn states_follow_from_what_is_lacking() {
        let good = standing(Status::NoFailingRecord, false, 0);
        let failing = standing(Status::Failing, false, 0);
        let (person, open) = (standing(Status::Indeterminate, true, 0), standing(Status::Indeterminate, false, 2));
        let none = standing(Status::NotApplicable, false, 0);
        let state = |answer: Answer<'_>| judge(&answer).state;
        assert_eq!(state(answer(&good)), State::Ready);
        assert_eq!(state(answer(&failing)), State::Ready);
        assert_eq!(state(Answer { files: 0, ..answer(&none) }), State::Ready);
        assert_eq!(state(Answer { files: 0, ..answer(&good) }), State::Missing);
        assert_eq!(state(Answer { narrated: false, ..answer(&person) }), State::Missing);
        assert_eq!(state(Answer { newest: "2025-12-31".to_owned(), ..answer(&good) }), State::Stale);
        assert_eq!(state(answer(&open)), State::Indeterminate);
        assert_eq!(state(answer(&person)), State::Indeterminate);
        let numbers = Numbers::of([&judge(&answer(&good)), &judge(&answer(&open))]);
        assert_eq!(numbers.told(), "2 parts: 1 ready, 1 indeterminate, 0 missing, 0 stale");
    }

    #[test]
    fn an_attestation_that_ended_is_stale_and_has_an_owner() {
        let person = standing(Status::Indeterminate, true, 0);
        let day = |text: &str| Date::parse(text).expect("a date");
        let attestation = Attestation {
            requirement: RequirementId::parse("CIP-007-6 R2.1").expect("an id"),
            from: day("2026-01-01"),
            to: day("2026-06-30"),
            judgment: Judgment::Adequate,
            artifacts: std::collections::BTreeSet::new(),
            statement: "Seen.".to_owned(),
            by: "A".to_owned(),
            withdrawn: None,
        };
        let control = Control { owner: "Grid operations".to_owned(), ..Control::default() };
        let found = judge(&Answer { attestations: vec![&attestation], controls: vec![&control], ..answer(&person) });
        let lack = &found.lacks[0];
        assert_eq!((found.state, lack.mend, lack.whose.as_str()), (State::Stale, Mend::Attestation, "Grid operations"));
        assert!(lack.what.contains("2026-06-30"), "{}", lack.what);
        assert_eq!(
            lack.mend.link("larkspur", "CIP-007-6 R2.1"),
            "/o/larkspur/requirements/CIP-007-6%20R2.1/attestation"
        );
    }
}
