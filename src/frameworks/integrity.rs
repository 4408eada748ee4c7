//! Whether catalogs are whole: ids once, references that lead somewhere, codes that exist, totals that add up.
//!
//! Invariant: the first thing found broken is told with its id; nothing broken is ever shown.

use std::collections::{HashMap, HashSet};

use super::catalogs::Catalogs;
use super::model::{Framework, Requirement};
use crate::sites::rules::{Criterion, catalog};

/// What may stand in a row of applicable systems beside a system.
const ASSOCIATED: [&str; 6] = ["eacms", "pacs", "pca", "eap", "nonprog_comm", "psp_hardware"];

/// Where each requirement stands.
pub(super) fn places(frameworks: &[Framework]) -> Result<HashMap<String, (usize, usize)>, String> {
    let mut places = HashMap::new();
    let mut ids = HashSet::new();
    for (f, framework) in frameworks.iter().enumerate() {
        if !ids.insert(framework.id.as_str()) {
            return Err(format!("framework {} stands twice", framework.id));
        }
        for (n, requirement) in framework.requirements.iter().enumerate() {
            if places.insert(requirement.id.clone(), (f, n)).is_some() {
                return Err(format!("requirement {} stands twice", requirement.id));
            }
        }
    }
    Ok(places)
}

pub(super) fn check(catalogs: &Catalogs) -> Result<(), String> {
    for framework in &catalogs.frameworks {
        in_framework(framework)?;
        for requirement in &framework.requirements {
            in_requirement(catalogs, framework, requirement)?;
        }
    }
    crosswalk(catalogs)?;
    once("boundary rule", catalogs.boundary_rules.iter().map(|rule| rule.id.as_str()))?;
    for rule in &catalogs.boundary_rules {
        leads(catalogs, &rule.id, rule.informs.iter())?;
    }
    once("term", catalogs.terms.iter().map(|term| term.term.as_str()))?;
    once("abbreviation", catalogs.terms.iter().map(|term| term.short.as_str()).filter(|short| !short.is_empty()))
}

fn once<'i>(what: &str, ids: impl Iterator<Item = &'i str>) -> Result<(), String> {
    let mut seen = HashSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(format!("{what} {id} stands twice"));
        }
    }
    Ok(())
}

fn leads<'i>(catalogs: &Catalogs, from: &str, mut ids: impl Iterator<Item = &'i String>) -> Result<(), String> {
    match ids.find(|id| catalogs.requirement(id).is_none()) {
        Some(id) => Err(format!("{from} names {id}, which is not there")),
        None => Ok(()),
    }
}

fn in_framework(framework: &Framework) -> Result<(), String> {
    once("standard", framework.standards.iter().map(|standard| standard.id.as_str()))?;
    for standard in &framework.standards {
        once("heading", standard.headings.iter().map(|heading| heading.id.as_str()))?;
        if let (Some(from), Some(last)) = (standard.effective, standard.inactive)
            && last < from
        {
            return Err(format!("{} ends on {last}, before it begins on {from}", standard.id));
        }
        if !standard.replaces.is_empty() && !framework.standards.iter().any(|known| known.id == standard.replaces) {
            return Err(format!("{} replaces {}, which is not there", standard.id, standard.replaces));
        }
    }
    for criterion in &framework.transmission_station_criteria {
        Criterion::parse(criterion).map_err(|problem| format!("{criterion}: {problem}"))?;
    }
    for (n, total) in framework.totals_by_level.iter().enumerate() {
        let at_level = |requirement: &&Requirement| requirement.levels.iter().any(|level| usize::from(*level) == n + 1);
        let found = framework.requirements.iter().filter(at_level).count();
        if found != *total {
            return Err(format!("{}: {found} requirements at level {}, {total} expected", framework.id, n + 1));
        }
    }
    Ok(())
}

fn in_requirement(catalogs: &Catalogs, framework: &Framework, requirement: &Requirement) -> Result<(), String> {
    let id = &requirement.id;
    let standard = framework.standards.iter().find(|known| known.id == requirement.standard);
    let standard = standard.ok_or_else(|| format!("{id} stands in {}, which is not there", requirement.standard))?;
    if !requirement.heading.is_empty() && !standard.headings.iter().any(|known| known.id == requirement.heading) {
        return Err(format!("{id} stands under {}, which is not there", requirement.heading));
    }
    leads(catalogs, id, requirement.counterparts.iter())?;
    if !requirement.parallels.is_empty() {
        leads(catalogs, id, [&requirement.parallels].into_iter())?;
    }
    let class = |code: &str| catalog().classes.iter().any(|known| known.code == code);
    for code in &requirement.applies_to {
        if !class(code.strip_prefix("assoc:").unwrap_or(code)) {
            return Err(format!("{id} applies to {code}, which is not a class"));
        }
    }
    for row in &requirement.any_of {
        if !class(&row.bcs) {
            return Err(format!("{id} applies to systems of {}, which is not a class", row.bcs));
        }
        if let Some(code) = row.with.iter().find(|code| !ASSOCIATED.contains(&code.as_str())) {
            return Err(format!("{id} applies to {code}, which is not an associated category"));
        }
        if !row.include_bcs && row.with.is_empty() {
            return Err(format!("{id} has a row of applicable systems that holds nothing"));
        }
    }
    Ok(())
}

fn crosswalk(catalogs: &Catalogs) -> Result<(), String> {
    once("mapping", catalogs.crosswalk.rows.iter().map(|row| row.id.as_str()))?;
    for row in &catalogs.crosswalk.rows {
        for (framework, id) in [(&row.source_framework, &row.source), (&row.target_framework, &row.target)] {
            let referred = catalogs.crosswalk.references.iter().any(|known| known.id == *framework);
            let found = catalogs.requirement(id).is_some_and(|found| found.framework == *framework);
            if !referred && !found {
                return Err(format!("{} names {id} of {framework}, which is not there", row.id));
            }
        }
    }
    Ok(())
}
