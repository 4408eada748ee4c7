//! One document: its metadata, its UUID from its content, and the small forms every model uses.
//!
//! Invariant: `last-modified` is the package's effective instant, and nothing empty is written: OSCAL wants at least one
//! entry in a list that is there. Text is put on one line where a model wants a line, and never read as markup.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::identity::{self, NAMESPACE};
use super::material::Material;

/// The version of OSCAL the documents are of.
pub const VERSION: &str = "1.2.3";

/// A document of a package.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The file's name.
    pub name: String,
    /// Its one member is the model: `{"catalog": {…}}`.
    pub value: Value,
}

impl Document {
    /// The file's bytes: readable, keys in order, one newline at the end.
    pub fn bytes(&self) -> Result<Vec<u8>, String> {
        let mut bytes = serde_json::to_vec_pretty(&self.value).map_err(|error| error.to_string())?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// Makes a document of a model from its body; `remarks` there go to the metadata.
pub fn document(material: &Material<'_>, model: &str, name: &str, title: &str, body: Value) -> Document {
    let mut content = match body {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    let mut metadata = metadata(material, title);
    if let Some(remarks) = content.remove("remarks") {
        metadata["remarks"] = remarks;
    }
    content.insert("metadata".to_owned(), metadata);
    let mut content = without_blanks(Value::Object(content));
    let digest = Sha256::digest(content.to_string().as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    content["uuid"] = Value::String(identity::uuid(&format!("document:{model}"), &hex));
    Document { name: name.to_owned(), value: json!({ model: content }) }
}

fn metadata(material: &Material<'_>, title: &str) -> Value {
    let profile = material.profile;
    json!({
        "title": line(&format!("{title}: {}", profile.name)),
        "last-modified": material.instant.rfc3339(),
        "version": material.instant.compact(),
        "oscal-version": VERSION,
        "props": [
            {"name": "marking", "value": "BCSI", "class": "cip-011"},
            own("package", material.package),
            own("period", &format!("{} to {}", material.period.0, material.period.1)),
            own("journal-size", &material.judged.size.to_string()),
            own("generator", concat!("Glance ", env!("CARGO_PKG_VERSION"))),
        ],
        "parties": [{
            "uuid": party(material),
            "type": "organization",
            "name": line(&profile.name),
            "props": if profile.ncr.is_empty() { json!([]) } else { json!([own("ncr", &profile.ncr)]) },
        }],
    })
}

/// The UUID of the organization as a party.
pub fn party(material: &Material<'_>) -> String {
    identity::uuid("organization", &material.organization.to_string())
}

/// A property of Glance's own; without a value it is left out.
pub fn own(name: &str, value: &str) -> Value {
    let value = line(value);
    if value.is_empty() { Value::Null } else { json!({"name": name, "ns": NAMESPACE, "value": value}) }
}

/// Text as one line: control characters and line ends become spaces.
pub fn line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// People's text where OSCAL would read markup: what would be a tag, emphasis, a link or an insert is escaped.
pub fn plain(text: &str) -> String {
    let mut found = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '{' | '}' => found.extend(['\\', c]),
            '\n' | '\t' => found.push(c),
            c if c.is_control() => found.push(' '),
            c => found.push(c),
        }
    }
    found
}

/// The same on one line.
pub fn plain_line(text: &str) -> String {
    plain(&line(text))
}

/// The text, or what stands for it where nothing is recorded: a model demands a word.
pub fn or_none(text: &str) -> String {
    let text = plain(text);
    if text.is_empty() { "Nothing is recorded.".to_owned() } else { text }
}

/// The first words of a text, so many characters at most.
pub fn shortened(text: &str, most: usize) -> String {
    let text = line(text);
    if text.chars().count() <= most {
        return text;
    }
    let cut: String = text.chars().take(most).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{whole} ...")
}

/// Takes out members and entries that are null, empty text or empty lists.
fn without_blanks(value: Value) -> Value {
    let is_blank = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(entries) => entries.is_empty(),
        _ => false,
    };
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().map(|(name, value)| (name, without_blanks(value)));
            Value::Object(kept.filter(|(_, value)| !is_blank(value)).collect())
        }
        Value::Array(entries) => {
            Value::Array(entries.into_iter().map(without_blanks).filter(|value| !is_blank(value)).collect())
        }
        other => other,
    }
}
