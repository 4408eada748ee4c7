//! Records as OSCAL's subjects: devices and hosts as inventory items, what they make up as components, the entity as the
//! party it is.
//!
//! Invariant: a subject that is referred to is defined in the same document, once. Its UUID comes from the record's id, which
//! stands beside it, so a row of the history can be found from here.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::document::{own, party, plain, plain_line};
use super::identity::uuid;
use super::material::Material;
use crate::checks::Subject;

/// Subjects that a document refers to, by what they are.
#[derive(Default)]
pub struct Subjects {
    components: BTreeMap<String, Value>,
    items: BTreeMap<String, Value>,
}

/// How OSCAL's components are called that the kinds of records are.
fn component_type(kind: &str) -> &'static str {
    match kind {
        "site" => "physical",
        "zone" => "zone",
        "sensor" => "software",
        _ => "system",
    }
}

impl Subjects {
    /// A reference to a record, and its definition.
    pub fn refer(&mut self, material: &Material<'_>, subject: &Subject, said: &[Value]) -> Value {
        if subject.kind == "organization" {
            let title = plain_line(&material.profile.name);
            return json!({"subject-uuid": party(material), "type": "party", "title": title, "props": said});
        }
        let id = uuid(&subject.kind, &subject.id.to_string());
        let title = plain_line(&subject.reference);
        let mut props = vec![own("record-kind", &subject.kind), own("record-id", &subject.id.to_string())];
        let is_item = matches!(subject.kind.as_str(), "asset" | "host");
        if is_item {
            props.insert(0, json!({"name": "asset-id", "value": super::document::line(&subject.reference)}));
            let described = json!({"uuid": id, "description": plain(&subject.reference), "props": props});
            self.items.insert(id.clone(), described);
        } else {
            let described = json!({
                "uuid": id,
                "type": component_type(&subject.kind),
                "title": title,
                "description": format!("The {} {title}, as the record has it.", subject.kind),
                "props": props,
                "status": {"state": "other", "remarks": "Its life is told by the record."},
            });
            self.components.insert(id.clone(), described);
        }
        let kind = if is_item { "inventory-item" } else { "component" };
        json!({"subject-uuid": id, "type": kind, "title": title, "props": said})
    }

    /// The definitions; none where nothing is referred to.
    pub fn definitions(&self) -> Value {
        if self.components.is_empty() && self.items.is_empty() {
            return Value::Null;
        }
        json!({
            "components": self.components.values().collect::<Vec<_>>(),
            "inventory-items": self.items.values().collect::<Vec<_>>(),
        })
    }

    /// The definitions of what some observations refer to.
    pub fn of(&self, observations: &[&Value]) -> Value {
        let subjects = observations.iter().filter_map(|one| one["subjects"].as_array()).flatten();
        let wanted: Vec<&str> = subjects.filter_map(|one| one["subject-uuid"].as_str()).collect();
        let some = |from: &BTreeMap<String, Value>| {
            from.iter()
                .filter(|(id, _)| wanted.contains(&id.as_str()))
                .map(|(id, one)| (id.clone(), one.clone()))
                .collect()
        };
        Self { components: some(&self.components), items: some(&self.items) }.definitions()
    }
}
