//! The plan of action and milestones: what is open, with what was done about it and by when the rest is due.
//!
//! Invariant: nothing open, no document, since OSCAL demands an item. What an item refers to is repeated in the document,
//! equal to what the results say.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::document::{Document, document, or_none, own, plain_line};
use super::identity::uuid;
use super::material::{Found, Material};
use super::observations;
use super::results::{Assessed, PartFinding};
use super::{risks, security_plan};

/// The file's name.
pub const NAME: &str = "plan-of-action-and-milestones.json";

/// The document; none when nothing is open.
pub fn document_of(material: &Material<'_>, assessed: &Assessed) -> Option<Document> {
    let open: Vec<&Found<'_>> = material.findings.iter().filter(|found| !found.finding.is_settled()).collect();
    if open.is_empty() {
        return None;
    }
    let about = |found: &Found<'_>| -> Vec<&PartFinding> {
        let parts = &found.finding.requirements;
        assessed.findings.iter().filter(|one| !one.is_satisfied && parts.iter().any(|part| part == one.part)).collect()
    };
    let items: Vec<Value> = open.iter().map(|found| item(found, &about(found))).collect();
    let findings: Vec<&PartFinding> = {
        let wanted: BTreeSet<&str> = open.iter().flat_map(|found| about(found)).map(|one| one.part).collect();
        assessed.findings.iter().filter(|one| wanted.contains(one.part)).collect()
    };
    let referred = |from: &[&Value], list: &str, id: &str| -> BTreeSet<String> {
        let entries = from.iter().filter_map(|one| one[list].as_array()).flatten();
        entries.filter_map(|one| one[id].as_str()).map(str::to_owned).collect()
    };
    let told: Vec<&Value> = findings.iter().map(|one| &one.value).collect();
    let ids = referred(&told, "related-observations", "observation-uuid");
    let observed: Vec<&Value> = assessed.observations.iter().filter(|one| holds(&ids, one)).collect();
    let mut ids = referred(&told, "related-risks", "risk-uuid");
    ids.extend(open.iter().map(|found| risks::id_of(found)));
    let risked: Vec<&Value> = assessed.risks.iter().filter(|one| holds(&ids, one)).collect();
    let body = json!({
        "import-ssp": {"href": format!("./{}", security_plan::NAME)},
        "local-definitions": definitions(assessed, &observed),
        "observations": observed,
        "risks": risked,
        "findings": told,
        "poam-items": items,
        "back-matter": observations::back_matter(material, &observed),
    });
    Some(document(material, "plan-of-action-and-milestones", NAME, "Plan of action and milestones", body))
}

fn holds(ids: &BTreeSet<String>, one: &Value) -> bool {
    one["uuid"].as_str().is_some_and(|id| ids.contains(id))
}

/// What the observations refer to, and the tool that made them.
fn definitions(assessed: &Assessed, observed: &[&Value]) -> Value {
    let mut found = assessed.subjects.of(observed);
    if found.is_null() {
        found = json!({});
    }
    found["assessment-assets"] = super::plan::assets();
    found
}

fn item(found: &Found<'_>, about: &[&PartFinding]) -> Value {
    let finding = found.finding;
    let due = finding.due.map_or_else(|| "No day is set.".to_owned(), |due| format!("Due {due}."));
    let findings: Vec<Value> = about.iter().map(|one| json!({"finding-uuid": one.value["uuid"]})).collect();
    json!({
        "uuid": uuid("poam-item", &found.id.to_string()),
        "title": plain_line(&format!("{} {}", finding.reference, finding.title)),
        "description": format!("{} {due}", or_none(&finding.because)),
        "props": [
            own("record-kind", "finding"), own("record-id", &found.id.to_string()),
            own("state", finding.state.word()), own("parts", &finding.requirements.join(", ")),
        ],
        "related-findings": findings,
        "related-risks": [{"risk-uuid": risks::id_of(found)}],
    })
}
