//! Judging: every rule asked about every subject, and again only about what a change can move.
//!
//! Invariant: the outcomes are those of the rules over the facts, however they were reached. The sentence of a verdict is
//! made when it is read, from the same rule and the same facts.

use super::facts::{Facts, Touched};
use super::model::{Outcome, Verdict};
use super::rule::{Judgement, Rule};
use super::{
    access_points, categorization, conduits, crossings, dmz, erc, inventory, levels, monitoring, observation,
    permissions, references, subjects, using, zoning,
};

/// Changes when a rule is added or answers differently; trends and as-of pages name it.
pub const RULE_SET: &str = "2026-12";

/// Every rule.
pub static RULES: &[&Rule] = &[
    &inventory::MAKE,
    &inventory::SERIAL,
    &inventory::OWNER,
    &inventory::SITE,
    &inventory::ZONE,
    &inventory::FIRMWARE,
    &inventory::VERIFIED,
    &inventory::SUPPORTED,
    &inventory::LEVEL,
    &inventory::SERVICES,
    &inventory::BASELINE_PORTS,
    &categorization::SITE_DECIDED,
    &categorization::SITE_COVERED,
    &categorization::SYSTEM_RATED,
    &categorization::SYSTEM_AGREES,
    &categorization::SYSTEM_ANSWERED,
    &categorization::SYSTEM_ERC,
    &categorization::SYSTEM_MEMBERS,
    &categorization::BCA_PLACED,
    &categorization::ESP_CATEGORIZED,
    &categorization::PCA_RATED,
    &observation::KNOWN,
    &observation::KNOWN_M,
    &observation::RETIRED,
    &observation::SPEAKING,
    &crossings::BYPASS,
    &crossings::BYPASS_M,
    &crossings::INTERACTIVE,
    &crossings::INTERACTIVE_M,
    &crossings::EVERYTHING_M,
    &crossings::PERMITTED,
    &crossings::TUNNEL,
    &crossings::INITIATOR,
    &crossings::LEGACY,
    &crossings::UNKNOWN,
    &zoning::PLACED_M,
    &zoning::IN_ESP,
    &zoning::UNMIXED,
    &zoning::UNMIXED_M,
    &zoning::DESCRIBED,
    &zoning::SAFETY,
    &zoning::WIRELESS,
    &zoning::TRANSIENT,
    &zoning::TRANSIENT_AUTHORIZED,
    &levels::DISJOINT,
    &levels::ACHIEVED,
    &levels::ASSESSED,
    &levels::ISLAND,
    &conduits::DIRECT,
    &conduits::DIRECT_M,
    &conduits::ADJACENT,
    &conduits::PUBLIC,
    &conduits::PUBLIC_M,
    &conduits::DESCRIBED,
    &conduits::DESCRIBED_M,
    &conduits::REVIEWED,
    &permissions::NAMED,
    &permissions::NAMED_M,
    &permissions::PROTECTED,
    &permissions::CENTERS,
    &permissions::LEGACY,
    &permissions::LEGACY_INSIDE,
    &permissions::OUTBOUND,
    &permissions::OUTBOUND_M,
    &permissions::PERSONAL_KEPT_OUT,
    &using::IN_DATE,
    &using::USED,
    &access_points::THROUGH_EAP,
    &access_points::DENIES,
    &access_points::DENIES_ELSEWHERE,
    &access_points::DEPLOYED,
    &access_points::INSPECTED,
    &access_points::FAILS_CLOSED,
    &access_points::DIAL_UP,
    &access_points::NECESSARY,
    &access_points::KEPT,
    &dmz::ENDS,
    &dmz::ENDS_M,
    &dmz::PURPOSE,
    &dmz::DIRECTORIES,
    &dmz::TRUSTED_BEGINS,
    &dmz::AUTONOMOUS,
    &monitoring::WATCHED,
    &monitoring::WATCHED_M,
    &monitoring::COVERED,
    &monitoring::DETECTED,
    &monitoring::DETECTED_M,
    &monitoring::KEPT,
    &monitoring::KEPT_M,
    &monitoring::GUARDED,
    &monitoring::GUARDED_M,
    &monitoring::PASSIVE,
    &monitoring::SEEN,
    &references::OF_CONDUITS,
    &references::OF_PERMISSIONS,
    &references::OF_SENSORS,
    &references::OF_ASSETS,
    &erc::DECLARED,
];

/// The outcome of every rule for every subject, by place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcomes(Vec<Vec<Outcome>>);

impl Outcomes {
    /// Asks every rule about every subject.
    #[must_use]
    pub fn of(facts: &Facts) -> Self {
        Self(RULES.iter().map(|rule| column(rule, facts)).collect())
    }

    /// Asks every rule whose answer time can change.
    pub fn later(&mut self, facts: &Facts) {
        for (rule, column) in RULES.iter().zip(&mut self.0).filter(|(rule, _)| rule.clocked) {
            *column = self::column(rule, facts);
        }
    }

    /// Asks again what a change can move.
    pub fn again(&mut self, facts: &Facts, touched: &Touched) {
        for (rule, column) in RULES.iter().zip(&mut self.0) {
            let count = facts.count(rule.over);
            column.extend((column.len()..count).map(|place| (rule.judge)(facts, place).outcome));
            for (_, place) in touched.range((rule.over, 0)..=(rule.over, usize::MAX)) {
                column[*place] = (rule.judge)(facts, *place).outcome;
            }
        }
    }

    /// Says what a rule came to over a whole period.
    pub fn mark(&mut self, rule: usize, place: usize, outcome: Outcome) {
        self.0[rule][place] = outcome;
    }

    /// Outcomes of a rule by place.
    #[must_use]
    pub fn column(&self, rule: usize) -> &[Outcome] {
        &self.0[rule]
    }

    /// Places at which a rule came out so.
    pub fn places(&self, rule: usize, outcome: Outcome) -> impl Iterator<Item = usize> + '_ {
        self.0[rule].iter().enumerate().filter(move |(_, found)| **found == outcome).map(|(place, _)| place)
    }
}

fn column(rule: &Rule, facts: &Facts) -> Vec<Outcome> {
    (0..facts.count(rule.over)).map(|place| (rule.judge)(facts, place).outcome).collect()
}

/// What a rule says about the subject at a place, in full.
#[must_use]
pub fn verdict(rule: &'static Rule, facts: &Facts, place: usize) -> Verdict {
    let Judgement { outcome, because, cause, gap, severity, seen } = (rule.judge)(facts, place);
    let subject = subjects::subject(facts, rule.over, place);
    let (because, cause) = (because.into_owned(), cause.into_owned());
    Verdict { check: &rule.check, subject, outcome, because, cause, gap, severity, seen }
}
