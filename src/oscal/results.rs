//! Assessment results: one result over the period, with what was observed and what it comes to for each part.
//!
//! Invariant (domain/oscal.md §1): no failing record is `satisfied` with reason `pass`, a failing one `not-satisfied` with
//! `fail`, a justified one `not-satisfied` with `other` and the exception's risk. What is indeterminate has no finding, what
//! does not apply is left out of the reviewed controls and said so.

use serde_json::{Value, json};

use super::document::{Document, document, line, own, plain};
use super::identity::{statement, token, uuid};
use super::material::Material;
use super::observations::{self, Observed};
use super::subjects::Subjects;
use super::{plan, risks};
use crate::checks::Status;
use crate::posture::rules::Standing;

/// What the parts in scope come to, for every document that tells of it.
#[derive(Default)]
pub struct Assessed {
    pub observations: Vec<Value>,
    pub findings: Vec<PartFinding>,
    pub risks: Vec<Value>,
    pub subjects: Subjects,
}

/// What one part comes to.
pub struct PartFinding {
    pub part: &'static str,
    pub is_satisfied: bool,
    pub value: Value,
}

/// The state and the reason of a finding about a part that stands so; none where OSCAL's two states would both be untrue.
fn state(status: Status) -> Option<(&'static str, &'static str)> {
    match status {
        Status::NoFailingRecord | Status::DueSoon => Some(("satisfied", "pass")),
        Status::Failing => Some(("not-satisfied", "fail")),
        Status::Justified => Some(("not-satisfied", "other")),
        Status::Indeterminate | Status::NotApplicable => None,
    }
}

/// Assesses every part in scope.
pub fn assessed(material: &Material<'_>) -> Assessed {
    let mut found = Assessed::default();
    for standing in material.parts.iter().copied().filter(|standing| standing.status != Status::NotApplicable) {
        let observed = observations::of(material, standing, &mut found.subjects);
        found.findings.extend(finding(material, standing, &observed));
        found.observations.extend(observed.observations);
    }
    let findings = found.findings.iter().filter_map(|one| one.value["related-risks"].as_array()).flatten();
    let referred = findings.filter_map(|one| one["risk-uuid"].as_str()).map(str::to_owned).collect();
    found.risks = risks::all(material, &referred);
    found
}

fn finding(material: &Material<'_>, standing: &Standing, observed: &Observed) -> Option<PartFinding> {
    let (state, reason) = state(standing.status)?;
    let part = standing.part.id.as_str();
    let related = |one: &Value| json!({"observation-uuid": one["uuid"]});
    let risks = risks::of_part(material, part, &observed.folded);
    let risks: Vec<Value> = risks.into_iter().map(|risk| json!({"risk-uuid": risk})).collect();
    let soon = (standing.status == Status::DueSoon).then_some("Something of it is due soon; it is still in time.");
    let value = json!({
        "uuid": uuid("finding", &format!("{}:{}:{part}", material.organization, material.instant.micros())),
        "title": line(&format!("{part}: {}", standing.status.label().to_lowercase())),
        "description": format!("{}.", plain(&standing.because)),
        "props": [own("part", part), own("status", standing.status.word())],
        "origins": [plan::origin()],
        "target": {
            "type": "statement-id",
            "target-id": statement(part),
            "status": {"state": state, "reason": reason, "remarks": soon},
        },
        "related-observations": observed.observations.iter().map(related).collect::<Vec<_>>(),
        "related-risks": risks,
    });
    Some(PartFinding { part: standing.part.id.as_str(), is_satisfied: state == "satisfied", value })
}

/// The controls that were reviewed, and those that were not since they apply to nothing.
pub fn reviewed(material: &Material<'_>) -> Value {
    let some = |applies: bool| -> Vec<Value> {
        let chosen = material.parts.iter().filter(|one| (one.status != Status::NotApplicable) == applies);
        chosen.map(|one| json!({"control-id": token(&one.part.id)})).collect()
    };
    let (reviewed, left_out) = (some(true), some(false));
    let remarks = (!left_out.is_empty())
        .then(|| format!("{} parts apply to no record of the organization and were not reviewed.", left_out.len()));
    // A selection must include something; where nothing applies it is everything, less all of it.
    let included = if reviewed.is_empty() { ("include-all", json!({})) } else { ("include-controls", json!(reviewed)) };
    json!({"control-selections": [{included.0: included.1, "exclude-controls": left_out, "remarks": remarks}]})
}

/// The document.
pub fn document_of(material: &Material<'_>, assessed: &Assessed) -> Document {
    let zone = material.judged.facts.zone;
    let (from, to) = material.period;
    let observed: Vec<&Value> = assessed.observations.iter().collect();
    let result = json!({
        "uuid": uuid("result", &format!("{}:{}:{from}:{to}", material.organization, material.instant.micros())),
        "title": line(&format!("{from} to {to}")),
        "description": "Checks asked about the records over the period, as they stood at the effective instant. A failure \
            within the period counts however things stand at its end.",
        "start": zone.first_of(from).rfc3339(),
        "end": zone.last_of(to).min(material.instant).max(zone.first_of(from)).rfc3339(),
        "local-definitions": assessed.subjects.definitions(),
        "reviewed-controls": reviewed(material),
        "observations": assessed.observations,
        "risks": assessed.risks,
        "findings": assessed.findings.iter().map(|one| &one.value).collect::<Vec<_>>(),
    });
    let body = json!({
        "import-ap": {"href": format!("./{}", plan::NAME)},
        "results": [result],
        "back-matter": observations::back_matter(material, &observed),
    });
    document(material, "assessment-results", "assessment-results.json", "Assessment results", body)
}
