//! What access takes, rule by rule, with the part of the standard that asks for it.
//!
//! Invariant: pure. Every rule is told, the ones that hold too; a refusal says what is missing and since when. What is not
//! recorded holds nothing.

use super::standing::{assessed_until, trained_until};
use crate::assets::Asset;
use crate::assets::model::Category;
use crate::personnel::model::{Authorization, AuthorizationKind, Circumstance, Party, Person, Suitability};
use crate::systems::System;
use crate::vocabulary::{Date, Impact, Moment, MonthMode};

crate::words! {
    /// What came of a rule.
    Found {
        Holds = "holds", "Holds";
        Refused = "refused", "Refused";
        NotRecorded = "not_recorded", "Not recorded";
        NotAsked = "not_asked", "Not asked for";
    }
}

/// What one rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    pub rule: &'static str,
    /// The parts that ask for it.
    pub source: &'static str,
    pub found: Found,
    pub says: String,
}

impl Ruling {
    fn of(rule: &'static str, source: &'static str, found: Found, says: impl Into<String>) -> Self {
        Self { rule, source, found, says: says.into() }
    }
}

/// What an authorization is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    pub person: &'a Person,
    /// The circumstance it names.
    pub circumstance: Option<&'a Circumstance>,
    /// True where the parts ask about nothing of what it reaches, as is recorded: see [`asks`] and [`asks_of_device`].
    pub out_of_scope: bool,
    pub months: MonthMode,
}

/// Whether CIP-004-7 R2 to R4 ask about access to a system: high impact, and medium impact with External Routable
/// Connectivity. None where that is not recorded, which nobody takes for no.
#[must_use]
pub fn asks(system: &System) -> Option<bool> {
    if system.retired_on.is_some() {
        return Some(false);
    }
    match system.impact() {
        Some(Impact::High) => Some(true),
        Some(Impact::Medium) => system.erc,
        Some(Impact::Low) => Some(false),
        None => None,
    }
}

/// The same of a device, by the systems it belongs to; `outside` where its zone lies outside every Electronic Security
/// Perimeter. A Protected Cyber Asset alone is none of the applicable systems.
#[must_use]
pub fn asks_of_device<'s>(
    asset: &Asset,
    systems: impl Iterator<Item = &'s System>,
    outside: Option<bool>,
) -> Option<bool> {
    if !asset.categories.is_empty() && asset.categories.iter().all(|one| *one == Category::Pca) {
        return Some(false);
    }
    // The strictest of them: yes before what is not recorded, and that before no.
    let strictest = systems.map(asks).max_by_key(|asked| (*asked == Some(true), asked.is_none()));
    let apart = asset.categories.is_empty() && outside == Some(true);
    strictest.unwrap_or(if apart { Some(false) } else { None })
}

/// The moment and the day access is judged for.
pub type When = (Moment, Date);

/// Examines an authorization: what its person and its words must say before it is approved or provisioned.
#[must_use]
pub fn examine(authorization: &Authorization, around: Around<'_>, when: When) -> Vec<Ruling> {
    let mut rulings = vec![in_service(around.person, when.1), need(authorization)];
    if authorization.kind != Some(AuthorizationKind::Bcsi) {
        rulings.extend(personnel(around, when));
    }
    rulings
}

/// Why access may not be given, all reasons in one text; none where every rule holds or is not asked for.
#[must_use]
pub fn refusal(rulings: &[Ruling]) -> Option<String> {
    let refused = rulings.iter().filter(|ruling| ruling.found == Found::Refused);
    let said: Vec<String> = refused
        .map(|ruling| match ruling.source {
            "" => format!("{}.", ruling.says),
            source => format!("{} ({source}).", ruling.says),
        })
        .collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// That the person has not left by a day.
#[must_use]
pub fn in_service(person: &Person, on: Date) -> Ruling {
    let ruling = |found, says| Ruling::of("Person in service", "", found, says);
    match person.retired_on.filter(|retired| *retired <= on) {
        Some(retired) => ruling(Found::Refused, format!("{} is retired since {retired}", person.reference)),
        None => ruling(Found::Holds, format!("{} is in service", person.reference)),
    }
}

fn need(authorization: &Authorization) -> Ruling {
    let source = match authorization.kind {
        Some(AuthorizationKind::Bcsi) => "CIP-004-7 R6.1",
        _ => "CIP-004-7 R4.1",
    };
    if authorization.need.trim().is_empty() {
        Ruling::of("Need", source, Found::Refused, "The need is not stated; say why the access is needed")
    } else {
        Ruling::of("Need", source, Found::Holds, "The need is stated")
    }
}

/// Training and risk assessment, for electronic and unescorted physical access.
#[must_use]
pub fn personnel(around: Around<'_>, (at, on): When) -> Vec<Ruling> {
    if around.out_of_scope {
        let says = "All it reaches is low impact, medium without External Routable Connectivity, or out of service";
        return vec![
            Ruling::of("Training", TRAINING, Found::NotAsked, says),
            Ruling::of("Risk assessment", ASSESSMENT, Found::NotAsked, says),
        ];
    }
    let mut rulings = vec![training(around, at, on), assessment(around.person, on), suitability(around.person)];
    if matches!(around.person.party, Some(Party::Contractor | Party::Vendor)) {
        rulings.push(verified(around.person, on));
    }
    let reference = &around.person.reference;
    let open =
        |(says, source)| Ruling::of("Risk assessment", source, Found::NotRecorded, format!("Of {reference}, {says}"));
    rulings.extend(unrecorded(around.person).map(open));
    rulings
}

/// What the record of a risk assessment does not say of how it was done, and the part that asks for it. It is shown, and keeps
/// nobody out: whoever approves makes sure of it.
pub fn unrecorded(person: &Person) -> impl Iterator<Item = (&'static str, &'static str)> {
    let identity = (person.identity_confirmed != Some(true))
        .then_some(("that the identity was confirmed is not recorded", "CIP-004-7 R3.1"));
    let history = (person.seven_years_checked != Some(true) && person.partial_reason.trim().is_empty()).then_some((
        "neither a check of seven years of criminal history is recorded nor why it is partial",
        "CIP-004-7 R3.2",
    ));
    identity.into_iter().chain(history).filter(|_| !person.assessed.is_empty())
}

const TRAINING: &str = "CIP-004-7 R2.2, R2.3";
const ASSESSMENT: &str = "CIP-004-7 R3.5";

fn training(around: Around<'_>, at: Moment, on: Date) -> Ruling {
    let ruling = |found, says: String| Ruling::of("Training", TRAINING, found, says);
    let person = around.person;
    if let Some(one) = around.circumstance.filter(|one| one.lasts(at)) {
        return ruling(Found::NotAsked, format!("The CIP Exceptional Circumstance {} lasts", one.reference));
    }
    let reference = &person.reference;
    match (person.trained_by(on), trained_until(person, on, around.months)) {
        (Some(last), Some(until)) if until < on => ruling(
            Found::Refused,
            format!("The training of {reference} lapsed on {until}: it was last completed on {last}"),
        ),
        (Some(last), Some(until)) => {
            ruling(Found::Holds, format!("{reference} completed training on {last}, which counts until {until}"))
        }
        _ => ruling(Found::Refused, format!("{reference} has completed no cyber security training by {on}")),
    }
}

fn assessment(person: &Person, on: Date) -> Ruling {
    let ruling = |found, says: String| Ruling::of("Risk assessment", ASSESSMENT, found, says);
    let reference = &person.reference;
    match (person.assessed_by(on), assessed_until(person, on)) {
        (Some(last), Some(until)) if until < on => ruling(
            Found::Refused,
            format!("The personnel risk assessment of {reference} lapsed on {until}: it was last completed on {last}"),
        ),
        (Some(last), Some(until)) => {
            ruling(Found::Holds, format!("{reference} was assessed on {last}, which counts until {until}"))
        }
        _ => ruling(Found::Refused, format!("{reference} has no personnel risk assessment by {on}")),
    }
}

fn suitability(person: &Person) -> Ruling {
    let ruling = |found, says| Ruling::of("Suitability", "CIP-004-7 R3.3", found, says);
    let reference = &person.reference;
    match person.suitability {
        Some(Suitability::Eligible) => ruling(Found::Holds, format!("{reference} is eligible by the assessment")),
        Some(Suitability::Ineligible) => {
            ruling(Found::Refused, format!("{reference} is not eligible by the personnel risk assessment"))
        }
        None => ruling(Found::Refused, format!("What came of the assessment of {reference} is not recorded")),
    }
}

fn verified(person: &Person, on: Date) -> Ruling {
    let ruling = |found, says| Ruling::of("Employer's assessment", "CIP-004-7 R3.4", found, says);
    let reference = &person.reference;
    match person.verified_on.filter(|done| *done <= on) {
        Some(done) if !person.verified_by.trim().is_empty() => {
            ruling(Found::Holds, format!("{} made sure of it on {done}", person.verified_by))
        }
        _ => ruling(Found::Refused, format!("Nobody is recorded as having verified the assessment of {reference}")),
    }
}

#[cfg(test)]
mod tests;
