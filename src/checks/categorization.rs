//! Does the categorization hold together: sites and their criteria, systems and their ratings, devices and their categories.
//!
//! Invariant: no rating is decided here; recorded answers are compared with each other. Source: CIP-002-5.1a, the glossary's
//! definitions of BES Cyber Asset, PCA and ERC, and CIP-005-7 R1.

use super::facts::{Facts, Over, in_service, is_bca};
use super::model::{Check, Class, Severity};
use super::rule::{Judgement, Rule};
use crate::assets::model::{Asset, Category};
use crate::assets::rules::rating;
use crate::ids::Id;
use crate::vocabulary::Impact;

fn device(facts: &Facts, place: usize, ask: impl FnOnce(&Asset) -> Judgement) -> Judgement {
    let asset = &facts.assets.at(place).record;
    if in_service(asset) { ask(asset) } else { Judgement::not_applicable("not in service") }
}

pub static SITE_DECIDED: Rule = Rule {
    check: Check {
        code: "GL-CAT-01",
        sentence: "Each site was evaluated against the impact criteria, with its reasons",
        class: Class::Mandatory,
        severity: Severity::High,
        requirements: &["CIP-002-5.1a R1", "CIP-002-5.1a R1.1", "CIP-002-5.1a R1.2", "CIP-002-5.1a R1.3"],
        source: "CIP-002-5.1a R1 and Attachment 1",
    },
    over: Over::Site,
    clocked: false,
    gaps: None,
    judge: |facts, place| {
        let site = &facts.sites.at(place).record;
        match (site.retired_on.is_some(), site.criteria_reason.is_empty(), site.criteria.is_empty()) {
            (true, ..) => Judgement::not_applicable("retired"),
            (_, false, true) => Judgement::pass("evaluated; no criterion of sections 1 and 2 is met"),
            (_, false, false) => Judgement::pass("evaluated, with reasons"),
            (_, true, true) => Judgement::indeterminate("no evaluation against the criteria is recorded"),
            (_, true, false) => Judgement::indeterminate("criteria are recorded without their reasons"),
        }
    },
};

pub static SITE_COVERED: Rule = Rule {
    check: Check {
        code: "GL-CAT-02",
        sentence: "A site that meets a high or medium criterion has a system rated accordingly",
        class: Class::Mandatory,
        severity: Severity::High,
        requirements: &["CIP-002-5.1a R1.1", "CIP-002-5.1a R1.2"],
        source: "CIP-002-5.1a R1 parts 1.1 and 1.2",
    },
    over: Over::Site,
    clocked: false,
    gaps: None,
    judge: |facts, place| {
        let held = facts.sites.at(place);
        let wanted = held.record.criteria.iter().map(crate::sites::rules::Criterion::impact).max();
        let Some(wanted) = wanted.filter(|impact| *impact > Impact::Low && held.record.retired_on.is_none()) else {
            return Judgement::not_applicable("it meets no criterion of sections 1 and 2");
        };
        let found = facts.systems_at(held.id).filter_map(crate::systems::model::System::impact).max();
        match found {
            Some(found) if found >= wanted => Judgement::pass(format!("rated {found}")),
            Some(found) => {
                Judgement::fail(format!("it meets a {wanted} criterion; its highest system is rated {found}"))
            }
            None => Judgement::fail(format!("it meets a {wanted} criterion, and no system of it is rated")),
        }
    },
};

pub static SYSTEM_RATED: Rule = Rule {
    check: Check {
        code: "GL-CAT-03",
        sentence: "Each BES Cyber System is rated by a criterion, with its reason",
        class: Class::Mandatory,
        severity: Severity::High,
        requirements: &["CIP-002-5.1a R1", "CIP-002-5.1a R1.1", "CIP-002-5.1a R1.2"],
        source: "CIP-002-5.1a R1 and Attachment 1",
    },
    over: Over::System,
    clocked: false,
    gaps: None,
    judge: |facts, place| {
        let system = &facts.systems.at(place).record;
        match (&system.criterion, system.retired_on) {
            (_, Some(_)) => Judgement::not_applicable("retired"),
            (None, _) => Judgement::indeterminate("no criterion rates it yet"),
            (Some(_), _) if system.impact_reason.is_empty() => Judgement::indeterminate("rated without a reason"),
            (Some(criterion), _) => Judgement::pass(format!("{} by criterion {criterion}", criterion.impact())),
        }
    },
};

pub static SYSTEM_AGREES: Rule = Rule {
    check: Check {
        code: "GL-CAT-04",
        sentence: "The criterion that rates a system is one that its site meets",
        class: Class::Mandatory,
        severity: Severity::High,
        requirements: &["CIP-002-5.1a R1.1", "CIP-002-5.1a R1.2"],
        source: "CIP-002-5.1a Attachment 1",
    },
    over: Over::System,
    clocked: false,
    gaps: None,
    judge: |facts, place| {
        let system = &facts.systems.at(place).record;
        let site = system.site.and_then(|site| facts.sites.get(site.uuid()));
        match (&system.criterion, site, system.retired_on) {
            (_, _, Some(_)) => Judgement::not_applicable("retired"),
            (Some(criterion), Some(site), _) if criterion.impact() > Impact::Low => {
                if site.criteria.contains(criterion) {
                    Judgement::pass("the site meets it")
                } else {
                    Judgement::fail(format!(
                        "rated by criterion {criterion}, which site {} does not name",
                        site.reference
                    ))
                }
            }
            (Some(criterion), None, _) if criterion.impact() > Impact::Low => {
                Judgement::indeterminate("no site is recorded")
            }
            _ => Judgement::not_applicable("not rated high or medium"),
        }
    },
};

pub static SYSTEM_ANSWERED: Rule = Rule {
    check: Check {
        code: "GL-CAT-05",
        sentence: "ERC and dial-up of each high and medium system are answered",
        class: Class::Advisory,
        severity: Severity::Medium,
        requirements: &["CIP-002-5.1a R1.1", "CIP-002-5.1a R1.2"],
        source: "NERC Glossary: External Routable Connectivity, Dial-up Connectivity; the applicable-systems columns",
    },
    over: Over::System,
    clocked: false,
    gaps: None,
    judge: |facts, place| {
        let system = &facts.systems.at(place).record;
        if system.retired_on.is_some() || system.impact().is_none_or(|impact| impact == Impact::Low) {
            return Judgement::not_applicable("not rated high or medium");
        }
        match (system.erc, system.dial_up) {
            (Some(_), Some(_)) => Judgement::pass("both are answered"),
            (None, Some(_)) => Judgement::indeterminate("ERC is not answered"),
            (Some(_), None) => Judgement::indeterminate("dial-up is not answered"),
            (None, None) => Judgement::indeterminate("neither ERC nor dial-up is answered"),
        }
    },
};

pub static SYSTEM_ERC: Rule = Rule {
    check: Check {
        code: "GL-CAT-06",
        sentence: "A system declared without ERC has no member reachable from outside its ESP",
        class: Class::Mandatory,
        severity: Severity::High,
        requirements: &["CIP-002-5.1a R1.2"],
        source: "NERC Glossary: External Routable Connectivity",
    },
    over: Over::System,
    clocked: false,
    gaps: None,
    judge: |facts, place| {
        let held = facts.systems.at(place);
        if held.record.erc != Some(false) || held.record.retired_on.is_some() {
            return Judgement::not_applicable("not declared without ERC");
        }
        let reachable = |asset: &&Asset| in_service(asset) && is_bca(asset) && asset.external_routable == Some(true);
        match facts.members(held.id).find(reachable) {
            Some(asset) => Judgement::fail(format!("{} is recorded as externally routable", asset.reference)),
            None => Judgement::pass("no member says otherwise"),
        }
    },
};

pub static SYSTEM_MEMBERS: Rule = Rule {
    check: Check {
        code: "GL-CAT-07",
        sentence: "Each high and medium system names its BES Cyber Assets",
        class: Class::Advisory,
        severity: Severity::Medium,
        requirements: &["CIP-002-5.1a R1.1", "CIP-002-5.1a R1.2"],
        source: "CIP-002-5.1a R1 (a system is made of BES Cyber Assets)",
    },
    over: Over::System,
    clocked: false,
    gaps: None,
    judge: |facts, place| {
        let held = facts.systems.at(place);
        if held.record.retired_on.is_some() || held.record.impact().is_none_or(|impact| impact == Impact::Low) {
            return Judgement::not_applicable("not rated high or medium");
        }
        match facts.members(held.id).filter(|asset| in_service(asset) && is_bca(asset)).count() {
            0 => Judgement::fail("no BES Cyber Asset in service belongs to it"),
            count => Judgement::pass(format!("{count} belong to it")),
        }
    },
};

pub static BCA_PLACED: Rule = Rule {
    check: Check {
        code: "GL-CAT-08",
        sentence: "Each BES Cyber Asset belongs to a BES Cyber System",
        class: Class::Mandatory,
        severity: Severity::High,
        requirements: &["CIP-002-5.1a R1.1", "CIP-002-5.1a R1.2"],
        source: "NERC Glossary: BES Cyber Asset (each is included in one or more BES Cyber Systems)",
    },
    over: Over::Asset,
    clocked: false,
    gaps: None,
    judge: |facts, place| {
        device(facts, place, |asset| {
            if !is_bca(asset) {
                return Judgement::not_applicable("not a BCA");
            }
            if asset.systems.is_empty() {
                return Judgement::fail("a BCA that belongs to no BES Cyber System");
            }
            Judgement::pass("it belongs to one")
        })
    },
};

pub static ESP_CATEGORIZED: Rule = Rule {
    check: Check {
        code: "GL-CAT-09",
        sentence: "Each device inside an ESP has a category",
        class: Class::Mandatory,
        severity: Severity::High,
        requirements: &["CIP-005-7 R1.1"],
        source: "NERC Glossary: Protected Cyber Asset (within or on an ESP and not part of the highest impact system)",
    },
    over: Over::Asset,
    clocked: false,
    gaps: None,
    judge: |facts, place| {
        device(facts, place, |asset| match (facts.esp_of(asset), asset.categories.is_empty()) {
            (None, _) => Judgement::not_applicable("in no ESP"),
            (Some((_, zone)), true) => {
                Judgement::fail(format!("inside ESP {} without a category; at least a PCA", zone.reference))
                    .caused_by(zone.reference.to_string())
            }
            (Some(_), false) => Judgement::pass("categorized"),
        })
    },
};

pub static PCA_RATED: Rule = Rule {
    check: Check {
        code: "GL-CAT-10",
        sentence: "A PCA lives in an ESP and is rated no lower than its ESP",
        class: Class::Mandatory,
        severity: Severity::High,
        requirements: &["CIP-005-7 R1.1"],
        source: "NERC Glossary: Protected Cyber Asset (its rating is the highest within its ESP)",
    },
    over: Over::Asset,
    clocked: false,
    gaps: None,
    judge: |facts, place| device(facts, place, |asset| pca(facts, asset)),
};

fn pca(facts: &Facts, asset: &Asset) -> Judgement {
    if !asset.categories.contains(&Category::Pca) {
        return Judgement::not_applicable("not a PCA");
    }
    let Some((id, zone)) = facts.esp_of(asset) else {
        return Judgement::fail("a PCA in no ESP; the rating it must take is unknown");
    };
    let within = facts.inside(id).filter(|other| in_service(other)).filter_map(|other| facts.own_rating(other)).max();
    let own = rating(facts.own_rating(asset), &asset.categories, within);
    match (own, within) {
        (_, None) => Judgement::indeterminate(format!("nothing in ESP {} is rated", zone.reference)),
        (Some(own), Some(within)) if own >= within => Judgement::pass(format!("rated {own}, as its ESP")),
        (own, Some(within)) => Judgement::fail(format!(
            "rated {}, while ESP {} holds {within}",
            own.map_or("not at all", Impact::label),
            zone.reference
        )),
    }
}
