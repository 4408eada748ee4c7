//! The `OpenAPI` document, generated from the table of routes and the registers' own descriptions.
//!
//! Invariant: an operation is in the document when it is in the router, and nowhere else.

use axum::http::Method;
use serde_json::{Map, Value, json};

use crate::artifacts::Artifact;
use crate::assets::{Asset, Interface, Service};
use crate::auth::{needs_step_up, scope_for};
use crate::conduits::{Conduit, PermittedFlow};
use crate::controls::Control;
use crate::engagements::Engagement;
use crate::exceptions::Exception;
use crate::findings::Finding;
use crate::obligations::Performance;
use crate::register::{FieldKind, FilterInput, Register};
use crate::sites::Site;
use crate::systems::System;
use crate::web::Policy;
use crate::web::routes::Route;
use crate::zones::Zone;

/// The document.
#[must_use]
pub fn document(routes: &[Route]) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in routes.iter().filter(|route| route.pattern.starts_with("/api/")) {
        let path = paths.entry(route.pattern.clone()).or_insert_with(|| json!({}));
        path[route.method.as_str().to_lowercase()] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Glance", "version": env!("CARGO_PKG_VERSION"),
            "description": "Tokens find their organization by themselves; sessions name it in the address. Errors are RFC 9457 problems."},
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-glance"}
            },
            "schemas": schemas(),
            "responses": {"problem": {"description": "A problem",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}}
        }
    })
}

fn schemas() -> Value {
    json!({
        "Problem": {"type": "object", "required": ["type", "title", "status", "code", "detail", "problems"], "properties": {
            "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"}, "code": {"type": "string"},
            "detail": {"type": "string"}, "problems": {"type": "array", "items": {"type": "object", "properties": {
                "field": {"type": "string"}, "value": {"type": "string"}, "problem": {"type": "string"}}}}}},
        "List": {"type": "object", "required": ["items", "next", "total", "total_exact"], "properties": {
            "items": {"type": "array", "items": {"type": "object"}}, "next": {"type": ["string", "null"]},
            "total": {"type": "integer"}, "total_exact": {"type": "boolean"}}},
        "Artifact": record::<Artifact>(), "Site": record::<Site>(), "System": record::<System>(), "Zone": record::<Zone>(),
        "Conduit": record::<Conduit>(), "PermittedFlow": record::<PermittedFlow>(), "Asset": record::<Asset>(),
        "Interface": record::<Interface>(), "Service": record::<Service>(), "Control": record::<Control>(),
        "Performance": record::<Performance>(), "Engagement": record::<Engagement>(),
        "Finding": record::<Finding>(), "Exception": record::<Exception>()
    })
}

fn record<K: Register>() -> Value {
    let mut properties = Map::new();
    for (name, kind) in
        [("id", "string"), ("version", "integer"), ("recorded_from", "string"), ("recorded_by", "string")]
    {
        properties.insert(name.to_owned(), json!({"type": kind, "readOnly": true}));
    }
    for field in K::FIELDS {
        let mut schema = json!({"description": field.help, "readOnly": !field.editable});
        match field.kind {
            FieldKind::Flag => schema["type"] = json!(["boolean", "null"]),
            FieldKind::Number => schema["type"] = json!(["integer", "null"]),
            FieldKind::Choices(choices) => {
                let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
                (schema["type"], schema["items"]) = (json!("array"), json!({"type": "string", "enum": words}));
            }
            FieldKind::List | FieldKind::Links(_) => {
                (schema["type"], schema["items"]) = (json!("array"), json!({"type": "string"}));
            }
            FieldKind::Choice(choices) => {
                let words = choices.iter().map(|(word, _)| json!(word)).chain([Value::Null]);
                schema["enum"] = words.collect();
            }
            _ => schema["type"] = json!(["string", "null"]),
        }
        properties.insert(field.name.to_owned(), schema);
    }
    for (name, label) in K::DERIVED {
        let schema = json!({"type": ["string", "null"], "readOnly": true, "description": label});
        properties.insert((*name).to_owned(), schema);
    }
    json!({"type": "object", "description": K::WORDS.purpose, "required": K::REQUIRED, "properties": properties})
}

/// The collection a pattern is about, and its schema and filters.
fn collection(pattern: &str) -> (&str, Option<&'static str>, Vec<(&'static str, &'static str)>) {
    let rest = pattern.strip_prefix("/api/v1/o/{slug}/").or_else(|| pattern.strip_prefix("/api/v1/")).unwrap_or("");
    let name = rest.split(['/', '.']).next().unwrap_or("");
    let (schema, filters) = match name {
        "artifacts" if !pattern.ends_with("/file") && !pattern.ends_with("/attachments") => {
            (Some("Artifact"), filters::<Artifact>())
        }
        "sites" => (Some("Site"), filters::<Site>()),
        "systems" => (Some("System"), filters::<System>()),
        "zones" => (Some("Zone"), filters::<Zone>()),
        "conduits" => (Some("Conduit"), filters::<Conduit>()),
        "permitted_flows" => (Some("PermittedFlow"), filters::<PermittedFlow>()),
        "assets" => (Some("Asset"), filters::<Asset>()),
        "interfaces" => (Some("Interface"), filters::<Interface>()),
        "services" => (Some("Service"), filters::<Service>()),
        "findings" => (Some("Finding"), filters::<Finding>()),
        "exceptions" => (Some("Exception"), vec![("state", "string")]),
        "engagements" if !pattern.ends_with("/readiness") => (Some("Engagement"), filters::<Engagement>()),
        "performances" => (Some("Performance"), filters::<Performance>()),
        "controls" => (Some("Control"), filters::<Control>()),
        _ => (None, Vec::new()),
    };
    (name, schema, filters)
}

fn filters<K: Register>() -> Vec<(&'static str, &'static str)> {
    let told = |input: FilterInput| match input {
        FilterInput::Date => "date",
        FilterInput::Choice(_) | FilterInput::Link(_) => "string",
    };
    K::FILTERS.iter().map(|filter| (filter.name, told(filter.input))).collect()
}

/// Decisions about a record, which name the version they are based on and say why.
const DECISIONS: [&str; 5] = ["approval", "refusal", "suspension", "resumption", "review"];

fn decides(route: &Route) -> bool {
    route.pattern.rsplit('/').next().is_some_and(|end| DECISIONS.contains(&end))
}

/// What is sent.
fn body(route: &Route, schema: &str) -> Value {
    if route.pattern.ends_with("/bulk") {
        json!({"type": "object"})
    } else if decides(route) {
        json!({"type": "object", "required": ["reason"], "properties": {"reason": {"type": "string"}, "permitted_flows":
            {"type": "array", "items": {"type": "string"}, "description": "Approved beside a conduit, by reference."}}})
    } else {
        json!({"$ref": format!("#/components/schemas/{schema}")})
    }
}

fn operation(route: &Route) -> Value {
    let (name, schema, filters) = collection(&route.pattern);
    let one = route.pattern.contains("{id}");
    let mut parameters: Vec<Value> = Vec::new();
    for part in ["slug", "id"].iter().filter(|part| route.pattern.contains(&format!("{{{part}}}"))) {
        parameters.push(json!({"name": part, "in": "path", "required": true, "schema": {"type": "string"}}));
    }
    let is_list = route.method == Method::GET && !one && schema.is_some();
    if is_list {
        let common =
            [("q", "string"), ("sort", "string"), ("limit", "integer"), ("after", "string"), ("as_of", "string")];
        for (name, kind) in common.into_iter().chain(filters) {
            let schema =
                if kind == "date" { json!({"type": "string", "format": "date"}) } else { json!({"type": kind}) };
            parameters.push(json!({"name": name, "in": "query", "schema": schema}));
        }
    }
    if one && (decides(route) || matches!(route.method, Method::PATCH | Method::DELETE)) {
        parameters.push(json!({"name": "If-Match", "in": "header", "required": true, "schema": {"type": "string"}}));
    }
    let summary = if schema.is_some() { format!("{}: {name}", route.summary) } else { route.summary.to_owned() };
    let mut operation = json!({"summary": summary, "tags": [name], "parameters": parameters, "responses": responses(route, schema, one)});
    if let Policy::Organization(action) = route.policy {
        let scope = scope_for(action).map_or("a person only".to_owned(), |scope| format!("scope {}", scope.word()));
        let step_up = if needs_step_up(action) { "; sessions need the step-up window" } else { "" };
        operation["description"] = json!(format!("{}. Tokens: {scope}{step_up}.", action.label()));
    }
    if let (Some(schema), true) = (schema, matches!(route.method, Method::POST | Method::PATCH)) {
        operation["requestBody"] = json!({"content": {"application/json": {"schema": body(route, schema)}}});
    }
    operation
}

fn responses(route: &Route, schema: Option<&str>, one: bool) -> Value {
    let end = route.pattern.rsplit(['.', '/']).next().unwrap_or("");
    let file = matches!(end, "csv" | "xlsx" | "file");
    let content = match schema {
        _ if file => json!({"application/octet-stream": {}}),
        Some(schema) if one && !route.pattern.ends_with("/history") => {
            json!({"application/json": {"schema": {"$ref": format!("#/components/schemas/{schema}")}}})
        }
        _ if route.method == Method::GET => {
            json!({"application/json": {"schema": {"$ref": "#/components/schemas/List"}}})
        }
        _ => json!({"application/json": {}}),
    };
    let status = if route.method == Method::POST && !one && !route.pattern.ends_with("/bulk") { "201" } else { "200" };
    let problem = json!({"$ref": "#/components/responses/problem"});
    let mut responses = json!({"401": problem, "403": problem, "404": problem, "422": problem, "default": problem});
    responses[status] = json!({"description": "Done", "content": content});
    responses
}
