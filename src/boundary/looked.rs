//! Which crossings somebody looks for, as an address says it.
//!
//! Invariant: pure; the unexpected come first, the gravest of them on top, and the order is the same for the same facts.

use crate::checks::facts::Facts;
use crate::conduits::judging::Call;
use crate::flows::crossings::{Crossing, Gravity};
use crate::vocabulary::fold;
use crate::web::extract::Asking;
use crate::web::{Answer, Failure, links};

/// What narrows the list.
#[derive(Clone, Debug, Default)]
pub struct Looked {
    pub verdict: Option<Call>,
    pub severity: Option<Gravity>,
    /// Reference of a zone at either end.
    pub zone: String,
    pub words: String,
}

/// A gravity as findings spell it.
#[must_use]
pub fn gravity_word(gravity: Gravity) -> &'static str {
    match gravity {
        Gravity::Critical => "critical",
        Gravity::High => "high",
        Gravity::Medium => "medium",
        Gravity::Low => "low",
    }
}

const GRAVITIES: [Gravity; 4] = [Gravity::Critical, Gravity::High, Gravity::Medium, Gravity::Low];
const NAMES: [&str; 8] = ["verdict", "severity", "zone", "q", "after", "limit", "as_of", "done"];

impl Looked {
    /// What an address asks for; a name or a value that means nothing is refused.
    pub fn at(asking: &Asking) -> Answer<Self> {
        if let Some((name, value)) = asking.0.iter().find(|(name, _)| !NAMES.contains(&name.as_str())) {
            return Err(Failure::field(name, value, "not a filter of this list"));
        }
        let verdict = Some(asking.text("verdict"))
            .filter(|text| !text.is_empty())
            .map(|text| Call::parse(text).map_err(|problem| Failure::field("verdict", text, problem)));
        let severity = Some(asking.text("severity")).filter(|text| !text.is_empty()).map(|text| {
            let known = GRAVITIES.into_iter().find(|one| gravity_word(*one) == text);
            known.ok_or_else(|| Failure::field("severity", text, "not one of: critical, high, medium, low"))
        });
        Ok(Self {
            verdict: verdict.transpose()?,
            severity: severity.transpose()?,
            zone: asking.text("zone").trim().to_owned(),
            words: asking.text("q").trim().to_owned(),
        })
    }

    #[must_use]
    pub fn narrowed(&self) -> bool {
        self.verdict.is_some() || self.severity.is_some() || !self.zone.is_empty() || !self.words.is_empty()
    }

    /// The words of the verdict asked for; empty for any.
    #[must_use]
    pub fn verdict_word(&self) -> &'static str {
        self.verdict.map_or("", Call::word)
    }

    /// The word of the severity asked for; empty for any.
    #[must_use]
    pub fn severity_word(&self) -> &'static str {
        self.severity.map_or("", gravity_word)
    }

    /// Verdicts one can ask for.
    #[must_use]
    pub fn verdicts() -> Vec<Call> {
        Call::ALL.iter().copied().filter(|call| !matches!(call, Call::WithinZone | Call::NotEvaluable)).collect()
    }

    /// The query of the address that asks for the same.
    #[must_use]
    pub fn query(&self, more: &[(&str, &str)]) -> String {
        let own = [
            ("verdict", self.verdict_word()),
            ("severity", self.severity_word()),
            ("zone", self.zone.as_str()),
            ("q", self.words.as_str()),
        ];
        links::query(own.into_iter().chain(more.iter().copied()))
    }

    /// The crossings that are meant.
    #[must_use]
    pub fn found<'f>(&self, facts: &'f Facts) -> Vec<&'f Crossing> {
        let (zone, words) = (fold::folded(&self.zone), fold::folded(&self.words));
        let named = |one: &Crossing| {
            let ends = [(&one.from_words, one.from), (&one.to_words, one.to)];
            ends.into_iter().any(|(text, id)| id.is_some() && fold::folded(text) == zone)
        };
        let fits = |one: &&Crossing| {
            one.flows > 0
                && self.verdict.is_none_or(|call| one.call == call)
                && self.severity.is_none_or(|gravity| one.gravity == gravity && one.call.is_unexpected())
                && (zone.is_empty() || named(one))
                && (words.is_empty() || fold::folded(&one.words()).contains(&words))
        };
        let mut found: Vec<&Crossing> = facts.crossings.iter().map(|held| &held.record).filter(fits).collect();
        found.sort_by_cached_key(|one| {
            (!one.call.is_unexpected(), one.gravity, std::cmp::Reverse(one.last), one.words())
        });
        found
    }
}
