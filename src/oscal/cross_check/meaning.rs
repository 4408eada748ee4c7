//! Words and bonds that OSCAL means and its schemas leave open.
//!
//! Invariant: a finding rests on an observation and is about a control that was reviewed; what is neither satisfied nor
//! failing has a risk behind it; evidence carries a digest; relationships are among OSCAL's own.

use std::collections::BTreeSet;

use serde_json::Value;

use super::walk::Walked;
use crate::frameworks::crosswalk::Relationship;

fn list<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = (usize, &'v Value)> {
    value[name].as_array().into_iter().flatten().enumerate()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

/// Asks one document.
pub fn check(one: &Walked<'_>, problems: &mut Vec<String>) {
    let Some(body) = one.body else {
        problems.push(format!("{}: no OSCAL document", one.name));
        return;
    };
    let mut found = Vec::new();
    match one.model {
        "mapping-collection" => relationships(body, &mut found),
        "assessment-results" => {
            for (n, result) in list(body, "results") {
                let place = format!("results[{n}]");
                findings(result, &place, &mut found);
                reviewed(result, &place, &mut found);
                evidence(one, result, &place, &mut found);
            }
        }
        "plan-of-action-and-milestones" => {
            findings(body, "", &mut found);
            evidence(one, body, "", &mut found);
        }
        _ => {}
    }
    problems.extend(found.into_iter().map(|problem| format!("{}: {problem}", one.name)));
}

fn relationships(body: &Value, found: &mut Vec<String>) {
    for (n, mapping) in list(body, "mappings") {
        for (m, map) in list(mapping, "maps") {
            let word = text(map, "relationship");
            if !Relationship::ALL.iter().any(|known| known.word() == word) {
                found.push(format!("mappings[{n}].maps[{m}].relationship: {word} is none of OSCAL's"));
            }
        }
    }
}

fn findings(result: &Value, place: &str, found: &mut Vec<String>) {
    for (n, finding) in list(result, "findings") {
        let place = format!("{place}.findings[{n}]");
        if list(finding, "related-observations").next().is_none() {
            found.push(format!("{place}: it rests on no observation"));
        }
        let status = &finding["target"]["status"];
        let (state, reason) = (text(status, "state"), text(status, "reason"));
        let fits = matches!((state, reason), ("satisfied", "pass") | ("not-satisfied", "fail" | "other") | (_, ""));
        if !fits {
            found.push(format!("{place}: {state} does not go with the reason {reason}"));
        }
        if (state, reason) == ("not-satisfied", "other") && list(finding, "related-risks").next().is_none() {
            found.push(format!("{place}: neither satisfied nor failing, and no risk says why"));
        }
    }
}

/// Every finding is about a control that was reviewed.
fn reviewed(result: &Value, place: &str, found: &mut Vec<String>) {
    let chosen = |name: &str| -> BTreeSet<&str> {
        let selections = list(&result["reviewed-controls"], "control-selections");
        selections.flat_map(|(_, one)| list(one, name)).map(|(_, control)| text(control, "control-id")).collect()
    };
    let (included, excluded) = (chosen("include-controls"), chosen("exclude-controls"));
    for both in included.intersection(&excluded) {
        found.push(format!("{place}.reviewed-controls: {both} is both included and excluded"));
    }
    for (n, finding) in list(result, "findings").filter(|_| !included.is_empty()) {
        let target = text(&finding["target"], "target-id");
        let control = target.strip_suffix("_smt").unwrap_or(target);
        if !included.contains(control) {
            found.push(format!("{place}.findings[{n}]: {control} was not reviewed"));
        }
    }
}

/// Evidence is referred to by a resource, and the resource has a digest.
fn evidence(one: &Walked<'_>, result: &Value, place: &str, found: &mut Vec<String>) {
    for (n, observation) in list(result, "observations") {
        for (m, evidence) in list(observation, "relevant-evidence") {
            let href = text(evidence, "href");
            let resource = href.strip_prefix('#').and_then(|id| one.resources.get(id));
            let digested = |resource: &&&Value| {
                let mut links = list(resource, "rlinks").peekable();
                links.peek().is_some() && links.all(|(_, link)| list(link, "hashes").next().is_some())
            };
            if !resource.as_ref().is_some_and(digested) {
                found.push(format!(
                    "{place}.observations[{n}].relevant-evidence[{m}]: {href} is no resource with a digest"
                ));
            }
        }
    }
}
