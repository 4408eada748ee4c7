//! Catalogs: one for each framework that is used, with Glance's own words for what a part asks.
//!
//! Invariant: no standard's text is in it; ids are the framework's own, with the version where NERC has several. A
//! standard is written whole when any part of it is in scope or mapped to.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::document::{Document, document, line, own, plain, plain_line};
use super::identity::{statement, token};
use super::mapping::Mapped;
use super::material::Material;
use crate::frameworks::catalogs;
use crate::frameworks::model::{Framework, Requirement, Standard};

/// The file of a framework's catalog.
pub fn name(framework: &str) -> String {
    format!("catalog-{framework}.json")
}

/// The catalogs of every framework used.
pub fn documents(material: &Material<'_>, mapped: &Mapped) -> Vec<Document> {
    let scope = material.parts.iter().map(|standing| standing.part);
    let used: BTreeSet<(&str, &str)> =
        scope.chain(mapped.requirements()).map(|part| (part.framework.as_str(), part.standard.as_str())).collect();
    let frameworks = catalogs().frameworks.iter();
    frameworks.filter_map(|framework| one(material, framework, &used)).collect()
}

fn one(material: &Material<'_>, framework: &Framework, used: &BTreeSet<(&str, &str)>) -> Option<Document> {
    let standards = framework.standards.iter().filter(|one| used.contains(&(framework.id.as_str(), one.id.as_str())));
    let groups: Vec<Value> = standards.map(|standard| group(framework, standard)).collect();
    if groups.is_empty() {
        return None;
    }
    let sources = framework.sources.iter().map(|source| format!("{} ({})", line(&source.what), line(&source.place)));
    let title = format!("{} catalog, identifiers and paraphrase", framework.title);
    let remarks = format!(
        "{} {}, {}, by {}. Sources: {}.",
        framework.wording,
        framework.long_title,
        framework.edition,
        framework.publisher,
        sources.collect::<Vec<_>>().join("; ")
    );
    let body = json!({"groups": groups, "remarks": plain(&remarks)});
    Some(document(material, "catalog", &name(&framework.id), &title, body))
}

fn group(framework: &Framework, standard: &Standard) -> Value {
    let parts = framework.requirements.iter().filter(|part| part.standard == standard.id);
    let controls: Vec<Value> = parts.map(|part| control(framework, part)).collect();
    let date = |date: Option<crate::vocabulary::Date>| date.map_or_else(String::new, |date| date.to_string());
    let overview = if standard.summary.is_empty() {
        Value::Null
    } else {
        json!({"name": "overview", "prose": plain(&standard.summary)})
    };
    json!({
        "id": format!("{}_std", token(&standard.id)),
        "class": "standard",
        "title": plain_line(&format!("{} {}", standard.id, standard.title)),
        "props": [
            {"name": "label", "value": line(&standard.id)},
            own("status", &standard.status), own("effective", &date(standard.effective)),
            own("inactive", &date(standard.inactive)), own("replaces", &standard.replaces),
        ],
        "parts": [overview],
        "controls": controls,
    })
}

fn control(framework: &Framework, part: &Requirement) -> Value {
    let id = token(&part.id);
    let asks = if part.asks.is_empty() { &part.title } else { &part.asks };
    let items = part.sub_items.iter().enumerate().map(
        |(n, item)| json!({"id": format!("{}.{}", statement(&part.id), n + 1), "name": "item", "prose": plain(item)}),
    );
    let said = json!({
        "id": statement(&part.id), "name": "statement", "prose": plain(asks), "parts": items.collect::<Vec<_>>(),
    });
    let objective = part.check.as_ref().map(
        |check| json!({"id": format!("{id}_obj"), "name": "assessment-objective", "prose": plain(&check.predicate)}),
    );
    let guidance = (!part.guidance.is_empty())
        .then(|| json!({"id": format!("{id}_gdn"), "name": "guidance", "prose": plain(&part.guidance)}));
    json!({
        "id": id,
        "class": token(&format!("requirement {}", framework.part)),
        "title": plain_line(&part.title),
        "props": [
            {"name": "label", "value": line(&part.id)},
            own("heading", &part.heading), own("applies-to", &part.applies_to.join(", ")),
            own("violation-risk-factor", &part.violation_risk_factor),
        ],
        "parts": [said, objective, guidance],
    })
}
