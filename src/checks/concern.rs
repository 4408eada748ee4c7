//! Whether what access reaches is what a standard asks about, by rating and connectivity.
//!
//! Invariant: pure, and computed before the predicate (purdue-dmz 5, scope). What is not rated is open, never left out; one
//! fact fails one check: the mandatory one where the standard asks, the advisory one elsewhere.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::facts::{Facts, Over};
use super::model::Outcome;
use super::reaching::{Reached, reached};
use super::rule::Judgement;
use crate::assets::model::{Asset, Category};
use crate::ids::Id;
use crate::personnel::rules::access;
use crate::systems::model::System;
use crate::vocabulary::Impact;

/// Which standard asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// CIP-004-7: high impact, medium impact with ERC, and their EACMS and PACS.
    Personnel,
    /// CIP-004-7 R5.3 and R5.4: high impact and its EACMS.
    High,
    /// CIP-005-7 R2: high impact, medium impact with ERC, and their PCA.
    Perimeter,
    /// CIP-005-7 R3: the EACMS and PACS of these.
    Beside,
    /// CIP-007-6 R5.2, R5.4 and R5.5: high and medium impact, and what is associated with them.
    Rated,
    /// CIP-007-6 R5.3 and R5.6: high impact, medium impact with ERC, and what is associated with them.
    Reachable,
    /// CIP-007-6 R5.7: high impact, medium impact at control centers, and what is associated with them.
    Centers,
    /// CIP-005-7 R2.4 to R3.2 and CIP-003-9 Attachment 1 Section 6: vendors, at high and low impact, and at medium with ERC.
    Vendors,
    /// CIP-003-9 Attachment 1: low impact.
    Low,
}

impl Asking {
    /// True where it asks about what shares an Electronic Security Perimeter with what is rated.
    const fn asks_beside(self) -> bool {
        matches!(self, Self::Reachable | Self::Centers | Self::Vendors)
    }
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concern {
    No,
    /// Something is not rated, or does not say whether it has ERC.
    Open,
    Yes,
}

impl Concern {
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }
}

/// Whether a standard asks about what is reached. Where nothing recorded is reached nobody can say.
#[must_use]
pub fn concern(facts: &Facts, asking: Asking, reached: &Reached) -> Concern {
    if reached.is_empty() {
        return Concern::Open;
    }
    let mut found = Concern::No;
    for (over, place) in reached {
        found = found.or(match over {
            Over::Asset => by_asset(facts, asking, &facts.assets.at(*place).record),
            Over::System => by_system(facts, asking, &facts.systems.at(*place).record),
            _ => Concern::No,
        });
        if found == Concern::Yes {
            break;
        }
    }
    found
}

/// Whether a standard asks about the subject at a place.
#[must_use]
pub fn concern_of(facts: &Facts, asking: Asking, over: Over, place: usize) -> Concern {
    concern(facts, asking, &reached(facts, over, place).unwrap_or_default())
}

fn told(asked: Option<bool>) -> Concern {
    asked.map_or(Concern::Open, when)
}

fn when(yes: bool) -> Concern {
    if yes { Concern::Yes } else { Concern::No }
}

fn by_system(facts: &Facts, asking: Asking, system: &System) -> Concern {
    if asking == Asking::Personnel {
        return told(access::asks(system));
    }
    if system.retired_on.is_some() {
        return Concern::No;
    }
    let at_center = || {
        let kind = system.site.and_then(|id| facts.sites.get(id.uuid())?.kind);
        kind.map_or(Concern::Open, |kind| when(kind.is_control_center()))
    };
    match (system.impact(), asking) {
        (None, _) => Concern::Open,
        (Some(Impact::High), asking) => when(asking != Asking::Low),
        (Some(Impact::Low), asking) => when(matches!(asking, Asking::Low | Asking::Vendors)),
        (Some(Impact::Medium), Asking::Rated) => Concern::Yes,
        (Some(Impact::Medium), Asking::Centers) => at_center(),
        (Some(Impact::Medium), Asking::High | Asking::Low) => Concern::No,
        (Some(Impact::Medium), _) => match system.erc {
            Some(erc) => when(erc),
            None => Concern::Open,
        },
    }
}

fn by_asset(facts: &Facts, asking: Asking, asset: &Asset) -> Concern {
    if asking == Asking::Personnel {
        let own = asset.systems.iter().filter_map(|id| facts.systems.get(id.uuid()));
        return told(access::asks_of_device(asset, own, facts.is_outside(asset)));
    }
    if is_left_out(asking, &asset.categories) {
        return Concern::No;
    }
    let esp = facts.esp_of(asset);
    // Whatever is inside an Electronic Security Perimeter belongs to what it protects, or is a PCA.
    if esp.is_some() && matches!(asking, Asking::Perimeter | Asking::Rated) {
        return Concern::Yes;
    }
    let own = asset.systems.iter().filter_map(|id| facts.systems.get(id.uuid()));
    let beside = esp.into_iter().flat_map(|(zone, _)| facts.systems_within(zone)).filter(|_| asking.asks_beside());
    let found = own.chain(beside).map(|system| by_system(facts, asking, system)).max();
    match found {
        Some(Concern::Yes) if asking == Asking::Beside && asset.categories.is_empty() => Concern::Open,
        Some(found) => found,
        None => of_no_system(facts, asset),
    }
}

/// True for what the categories say that the standard does not ask about.
fn is_left_out(asking: Asking, categories: &BTreeSet<Category>) -> bool {
    let only = |these: &[Category]| !categories.is_empty() && categories.iter().all(|one| these.contains(one));
    match asking {
        Asking::Perimeter => only(&[Category::Eacms, Category::Pacs]),
        Asking::Beside => only(&[Category::Bca, Category::Pca]),
        Asking::High => only(&[Category::Pca, Category::Pacs]),
        _ => false,
    }
}

/// A device that belongs to no system and serves none: out of scope only where it has no category and lies outside every
/// Electronic Security Perimeter. What of that is not recorded leaves it open.
fn of_no_system(facts: &Facts, asset: &Asset) -> Concern {
    let outside = asset.categories.is_empty() && facts.is_outside(asset) == Some(true);
    if outside { Concern::No } else { Concern::Open }
}

/// Whether a standard asks about what one record opens: an authorization, an account, a grant. An authorization that names
/// no system is one for what CIP-004 protects: it exists for nothing else.
#[must_use]
pub fn concern_of_record(facts: &Facts, asking: Asking, id: Uuid) -> Concern {
    let found = super::reaching::by_record(facts, id);
    if found.is_empty() && facts.access.authorizations.get(id).is_some() {
        return Concern::Yes;
    }
    concern(facts, asking, &found)
}

const OPEN: &str = "whether the standard asks about it is open: what it reaches is not in the inventory, not rated, or says nothing of ERC";

/// Leaves what is not good to the check whose it is: the mandatory one where the standard asks, the advisory one elsewhere.
#[must_use]
pub fn whose(judged: Judgement, mandatory: bool, concern: impl FnOnce() -> Concern) -> Judgement {
    if matches!(judged.outcome, Outcome::Pass | Outcome::NotApplicable) {
        return judged;
    }
    match (concern(), mandatory) {
        (Concern::Yes, true) | (Concern::No | Concern::Open, false) => judged,
        (Concern::Open, true) => Judgement::indeterminate(OPEN),
        (Concern::Yes, false) | (Concern::No, true) => Judgement::not_applicable("another check judges it"),
    }
}

/// Asks only where the standard does.
#[must_use]
pub fn asked(concern: Concern, judge: impl FnOnce() -> Judgement) -> Judgement {
    match concern {
        Concern::Yes => judge(),
        Concern::No => Judgement::not_applicable("the standard does not ask about what it reaches"),
        Concern::Open => match judge() {
            judged if judged.outcome == Outcome::NotApplicable => judged,
            _ => Judgement::indeterminate(OPEN),
        },
    }
}
