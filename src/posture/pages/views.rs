//! Words the pages of frameworks share.
//!
//! Invariant: a count that cannot be decided is told as open, never as zero.

use crate::frameworks::{Applicability, Reach, Requirement};
use crate::vocabulary::{Cadence, CadenceRule};

/// A clock in a few letters, for a narrow column.
#[must_use]
pub fn brief(cadence: &Cadence) -> String {
    match &cadence.rule {
        CadenceRule::None => String::new(),
        CadenceRule::CalendarMonths(months) => format!("{months} months"),
        CadenceRule::CalendarDays(days) => format!("{days} days"),
        CadenceRule::CalendarQuarter => "quarter".to_owned(),
        CadenceRule::Hours(hours) => format!("{hours} h"),
        CadenceRule::Minutes(minutes) => format!("{minutes} min"),
        CadenceRule::EndOfNextCalendarDay => "next day".to_owned(),
        CadenceRule::Years(years) | CadenceRule::LookbackYears(years) => format!("{years} years"),
        CadenceRule::RetentionDays(days) => format!("kept {days} days"),
        CadenceRule::BeforeEvent(_) => "before".to_owned(),
        CadenceRule::PlanDate => "plan date".to_owned(),
        CadenceRule::UntilEvent(_) => "kept until".to_owned(),
        CadenceRule::Conditional { if_previous_identified, otherwise } => {
            format!("{} or {}", brief(if_previous_identified), brief(otherwise))
        }
        CadenceRule::Compound { cases, .. } => cases.values().map(brief).collect::<Vec<_>>().join(" or "),
    }
}

fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// What a part reaches, in a few words.
#[must_use]
pub fn reached(part: &Requirement, reach: &Reach) -> String {
    let kinds = [(&reach.sites, "site"), (&reach.systems, "system"), (&reach.assets, "asset")];
    let mut told: Vec<String> =
        kinds.iter().filter(|(tally, _)| tally.applies > 0).map(|(tally, one)| counted(tally.applies, one)).collect();
    if reach.entity == Applicability::Applies && told.is_empty() {
        told.push(if part.subjects.is_empty() { String::new() } else { "the entity".to_owned() });
    }
    told.join(", ")
}

/// How many records it is open for.
#[must_use]
pub fn open(reach: &Reach) -> usize {
    let entity = usize::from(matches!(reach.entity, Applicability::Unknown(_)));
    entity + reach.sites.unknown + reach.systems.unknown + reach.assets.unknown
}

/// The word of an applicability, for filters.
#[must_use]
pub fn word(found: &Applicability) -> &'static str {
    match found {
        Applicability::Applies => "yes",
        Applicability::NotApplicable => "no",
        Applicability::Unknown(_) => "open",
    }
}

/// Answers that are missing, in the words of the record's fields.
#[must_use]
pub fn answer(name: &str) -> &'static str {
    match name {
        "criterion" => "the criterion that rates the system",
        "criteria" => "the criteria the site meets",
        "erc" => "whether the system has ERC",
        "dial_up" => "whether the system has dial-up connectivity",
        "site" => "the site of the system",
        "systems" => "the BES Cyber Systems it serves",
        "zone" => "the zone it is in",
        "categories" => "its CIP categories",
        "kind" => "what kind of site it is",
        "vendor_remote_access" => "whether vendors can connect remotely",
        _ => "an answer of the record",
    }
}

/// All of them, joined.
#[must_use]
pub fn answers<'n>(names: impl IntoIterator<Item = &'n &'static str>) -> String {
    names.into_iter().map(|name| answer(name)).collect::<Vec<_>>().join("; ")
}
