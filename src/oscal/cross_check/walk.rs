//! A document read once from end to end: what it defines and what it refers to, each with its place.
//!
//! Invariant: nothing is judged here.

use std::collections::BTreeMap;

use serde_json::Value;

/// Something referred to, and where.
pub struct Reference<'v> {
    pub id: &'v str,
    pub place: String,
}

/// What a document defines and refers to.
#[derive(Default)]
pub struct Walked<'v> {
    pub name: &'v str,
    pub model: &'v str,
    pub body: Option<&'v Value>,
    /// Things with a UUID, the document itself included.
    pub things: Vec<(&'v str, &'v Value, String)>,
    /// Ids of groups, controls, parts and parameters.
    pub ids: Vec<(&'v str, String)>,
    pub controls: Vec<&'v str>,
    pub parts: Vec<&'v str>,
    pub uuids: Vec<Reference<'v>>,
    pub hrefs: Vec<Reference<'v>>,
    pub control_ids: Vec<Reference<'v>>,
    pub statement_ids: Vec<Reference<'v>>,
    /// Sides of a mapping, with the catalog they are of.
    pub mapped: Vec<(&'v str, Reference<'v>)>,
    pub resources: BTreeMap<&'v str, &'v Value>,
    /// Addresses of resources with their SHA-256 digests.
    pub rlinks: Vec<(&'v str, Vec<&'v str>, String)>,
}

impl<'v> Walked<'v> {
    pub fn through(name: &'v str, value: &'v Value) -> Self {
        let mut found = Self { name, ..Self::default() };
        if let Some((model, body)) = value.as_object().and_then(|members| members.iter().next()) {
            (found.model, found.body) = (model, Some(body));
            let resources = body["back-matter"]["resources"].as_array();
            let resources = resources.into_iter().flatten();
            found.resources = resources.filter_map(|one| Some((one["uuid"].as_str()?, one))).collect();
            found.step(body, "", model);
            found.sides(body);
        }
        found
    }

    /// Addresses of the documents this one imports.
    pub fn imports(&self) -> Vec<&'v str> {
        let Some(body) = self.body else { return Vec::new() };
        let one =
            ["import-ap", "import-ssp", "import-profile"].into_iter().filter_map(|name| body[name]["href"].as_str());
        let several = body["imports"].as_array().into_iter().flatten();
        one.chain(several.filter_map(|import| import["href"].as_str())).collect()
    }

    fn step(&mut self, value: &'v Value, list: &str, place: &str) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let place = format!("{place}.{name}");
                    match member {
                        Value::String(text) => self.text((list, name), text, value, place),
                        _ => self.step(member, name, &place),
                    }
                }
            }
            Value::Array(entries) => {
                for (n, entry) in entries.iter().enumerate() {
                    let place = format!("{place}[{n}]");
                    match entry {
                        Value::String(id) if list == "with-ids" => self.control_ids.push(Reference { id, place }),
                        _ => self.step(entry, list, &place),
                    }
                }
            }
            _ => {}
        }
    }

    /// A member that is text: `name` in an entry of `list`.
    fn text(&mut self, (list, name): (&str, &str), id: &'v str, within: &'v Value, place: String) {
        match name {
            "uuid" => self.things.push((id, within, place)),
            "id" if matches!(list, "groups" | "controls" | "parts" | "params") => {
                match list {
                    "controls" => self.controls.push(id),
                    "parts" => self.parts.push(id),
                    _ => {}
                }
                self.ids.push((id, place));
            }
            "control-id" => self.control_ids.push(Reference { id, place }),
            "statement-id" | "target-id" => self.statement_ids.push(Reference { id, place }),
            "href" => {
                if list == "rlinks" {
                    let hashes = within["hashes"].as_array().into_iter().flatten();
                    let ours = hashes.filter(|hash| hash["algorithm"] == "SHA-256");
                    self.rlinks.push((id, ours.filter_map(|hash| hash["value"].as_str()).collect(), place.clone()));
                }
                self.hrefs.push(Reference { id, place });
            }
            _ if name.ends_with("-uuid") => self.uuids.push(Reference { id, place }),
            _ => {}
        }
    }

    /// The sides of every map.
    fn sides(&mut self, body: &'v Value) {
        for (n, mapping) in body["mappings"].as_array().into_iter().flatten().enumerate() {
            for (m, map) in mapping["maps"].as_array().into_iter().flatten().enumerate() {
                for (side, resource) in [("sources", "source-resource"), ("targets", "target-resource")] {
                    let href = mapping[resource]["href"].as_str().unwrap_or_default();
                    let items = map[side].as_array().into_iter().flatten();
                    for id in items.filter_map(|item| item["id-ref"].as_str()) {
                        let place = format!("mappings[{n}].maps[{m}].{side}");
                        self.mapped.push((href, Reference { id, place }));
                    }
                }
            }
        }
    }
}
