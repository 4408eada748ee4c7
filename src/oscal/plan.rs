//! The assessment plan: which checks ran, and with what. Minimal, since the results cannot stand without one.
//!
//! Invariant: it names every check that informs a part in scope, once, and the one tool that asked them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::document::{Document, document, own, plain};
use super::identity::{token, uuid};
use super::material::Material;
use super::results::reviewed;
use super::security_plan;
use crate::checks::judging::{RULE_SET, RULES};
use crate::checks::{Check, clocks};

/// The file's name.
pub const NAME: &str = "assessment-plan.json";

/// The tool that asked: Glance of this version.
fn tool() -> String {
    uuid("tool", concat!("glance:", env!("CARGO_PKG_VERSION")))
}

/// Who observed.
pub fn origin() -> Value {
    json!({"actors": [{"type": "tool", "actor-uuid": tool()}]})
}

/// The tool and where it runs.
pub fn assets() -> Value {
    let platform = json!({
        "uuid": uuid("platform", concat!("glance:", env!("CARGO_PKG_VERSION"))),
        "title": "Glance",
        "uses-components": [{"component-uuid": tool()}],
    });
    let component = json!({
        "uuid": tool(),
        "type": "software",
        "title": concat!("Glance ", env!("CARGO_PKG_VERSION")),
        "description": format!("Asks its checks (rule set {RULE_SET}) about the records of one instant."),
        "status": {"state": "operational"},
    });
    json!({"components": [component], "assessment-platforms": [platform]})
}

/// The document.
pub fn document_of(material: &Material<'_>) -> Document {
    let checks = RULES.iter().map(|rule| &rule.check).chain(&clocks::CHECKS).chain([&crate::checks::exceptions::SOUND]);
    let mut activities: BTreeMap<&str, Value> = BTreeMap::new();
    for check in checks {
        let informed: Vec<&str> = check.requirements.iter().copied().filter(|part| material.holds(part)).collect();
        if !informed.is_empty() {
            activities.insert(check.code, activity(check, &informed));
        }
    }
    let body = json!({
        "import-ssp": {"href": format!("./{}", security_plan::NAME)},
        "local-definitions": {
            "activities": activities.into_values().collect::<Vec<_>>(),
            "remarks": "Each check is asked about every record in scope, not about a sample.",
        },
        "reviewed-controls": reviewed(material),
        "assessment-subjects": [{
            "type": "inventory-item",
            "description": "Every record the parts apply to, as recorded at the effective instant and at each change within the period.",
            "include-all": {},
        }],
        "assessment-assets": assets(),
    });
    document(material, "assessment-plan", NAME, "Assessment plan (minimal)", body)
}

fn activity(check: &Check, informed: &[&str]) -> Value {
    let controls: Vec<Value> = informed.iter().map(|part| json!({"control-id": token(part)})).collect();
    json!({
        "uuid": uuid("check", check.code),
        "title": check.code,
        "description": format!("{}.", plain(check.sentence)),
        "props": [
            {"name": "method", "value": "TEST"},
            own("class", check.class.word()),
            own("source", check.source),
        ],
        "related-controls": {"control-selections": [{"include-controls": controls}]},
    })
}
