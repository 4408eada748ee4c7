//! A minimal system security plan: the assessment plan and the plan of action have to import one.
//!
//! Invariant: it says of itself that it is minimal. How a part is met is told in the organization's own words or not at
//! all; the records of zones, systems and devices are in the package's history and tabs, not here again.

use serde_json::{Value, json};

use super::document::{Document, document, line, or_none, own, plain_line};
use super::identity::{token, uuid};
use super::material::Material;
use super::profile;
use crate::posture::rules::Standing;

/// The file's name.
pub const NAME: &str = "system-security-plan.json";

/// The document.
pub fn document_of(material: &Material<'_>) -> Document {
    let id = material.organization.to_string();
    let system = uuid("this-system", &id);
    let name = plain_line(&material.profile.name);
    let told: Vec<Value> = material.parts.iter().map(|one| requirement(material, one, &system)).collect();
    let body = json!({
        "import-profile": {"href": format!("./{}", profile::NAME)},
        "system-characteristics": {
            "system-ids": [{"identifier-type": "http://ietf.org/rfc/rfc4122", "id": uuid("system-id", &id)}],
            "system-name": line(&format!("{} boundary", material.profile.name)),
            "description": format!("The boundary between corporate IT and operational technology of {name}."),
            "props": [own("functions", &material.profile.functions.join(", ")), own("region", &material.profile.region)],
            "system-information": {"information-types": [{
                "uuid": uuid("information-type", "bcsi"),
                "title": "BES Cyber System Information",
                "description": "Information about BES Cyber Systems that could be used for access or harm (CIP-011).",
            }]},
            "status": {"state": "operational"},
            "authorization-boundary": {
                "description": "The zones, systems and devices recorded in Glance; the package's tabs and history list them.",
            },
            "remarks": "Minimal: written so that the assessment documents have a plan to import. It is no complete system security plan.",
        },
        "system-implementation": {"components": [{
            "uuid": system,
            "type": "this-system",
            "title": format!("{name} boundary"),
            "description": "Everything the parts in scope apply to.",
            "status": {"state": "operational"},
        }]},
        "control-implementation": {
            "description": "How each part in scope is met, in the organization's own words.",
            "implemented-requirements": told,
        },
    });
    document(material, "system-security-plan", NAME, "System security plan (minimal)", body)
}

fn requirement(material: &Material<'_>, standing: &Standing, system: &str) -> Value {
    let part = standing.part.id.as_str();
    let key = format!("{}:{part}", material.organization);
    let narrative = material.narratives.get(part).copied().unwrap_or_default();
    json!({
        "uuid": uuid("implemented-requirement", &key),
        "control-id": token(part),
        "by-components": [{
            "component-uuid": system,
            "uuid": uuid("by-component", &key),
            "description": or_none(narrative),
        }],
    })
}
