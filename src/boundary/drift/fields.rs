//! Two versions of a record, field by field, in words.
//!
//! Invariant: every field that differs is told; what a field points to is told by its reference.

use serde_json::Value;

use super::policy::Names;
use crate::vocabulary::TimeZone;

/// A field with what it said before and what it says after; empty for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub label: String,
    pub before: String,
    pub after: String,
}

/// The fields that differ; a missing version has none.
#[must_use]
pub fn differences(before: &Value, after: &Value, names: &Names, zone: TimeZone) -> Vec<Difference> {
    let fields = after.as_object().into_iter().flatten();
    let differs = |(name, value): (&String, &Value)| {
        let known = before.get(name).unwrap_or(&Value::Null);
        let (before, after) = (told(known, names, zone), told(value, names, zone));
        (before != after).then(|| Difference { label: label(name), before, after })
    };
    fields.filter_map(differs).collect()
}

/// The name of a field for people.
fn label(name: &str) -> String {
    match name {
        "esp" => "ESP".to_owned(),
        "eap" => "EAP".to_owned(),
        "sl_t" => "SL-T".to_owned(),
        "sl_a" => "SL-A".to_owned(),
        _ => {
            let words = name.replace('_', " ");
            let mut letters = words.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
        }
    }
}

/// A value in words.
fn told(value: &Value, names: &Names, zone: TimeZone) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => names.get(text).unwrap_or(text).clone(),
        Value::Array(values) => {
            let mut said: Vec<String> = values.iter().map(|value| told(value, names, zone)).collect();
            said.sort_unstable();
            said.join(", ")
        }
        Value::Object(fields) => act(fields, zone).unwrap_or_else(|| {
            let said = fields.iter().map(|(name, value)| (label(name), told(value, names, zone)));
            let said = said.filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name} {value}"));
            said.collect::<Vec<_>>().join(", ")
        }),
    }
}

/// Somebody's act upon a record, when the value is one.
fn act(fields: &serde_json::Map<String, Value>, zone: TimeZone) -> Option<String> {
    let act: crate::register::Act = serde_json::from_value(Value::Object(fields.clone())).ok()?;
    Some(act.told(zone))
}
