//! Extractors that answer with the house's failure: paths, queries, forms, JSON, uploads.
//!
//! Invariant: a body is bounded before it is read; what does not parse names what would be right.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};

use super::{App, Failure};

/// Most bytes of a form or a JSON body.
const MOST_BYTES: usize = 2 * 1024 * 1024;
/// Most bytes of an uploaded file.
pub const MOST_FILE_BYTES: usize = 64 * 1024 * 1024;

/// A part of the path by its name.
pub struct Id<I>(pub I);

impl<I: crate::ids::Id> FromRequestParts<App> for Id<I> {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Named(text) = Named::from_request_parts(parts, app).await?;
        I::parse(&text).map(Self).ok_or(Failure::NotFound)
    }
}

/// The part of the path called `id`.
pub struct Named(pub String);

impl FromRequestParts<App> for Named {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let found =
            axum::extract::RawPathParams::from_request_parts(parts, app).await.map_err(|_| Failure::NotFound)?;
        found.iter().find(|(name, _)| *name == "id").map(|(_, value)| Self(value.to_owned())).ok_or(Failure::NotFound)
    }
}

/// Where a request comes from: address and browser.
pub struct Client {
    pub address: String,
    pub agent: String,
}

impl FromRequestParts<App> for Client {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Failure> {
        let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
        Ok(Self { address: super::guard::address(&parts.extensions), agent: agent.to_owned() })
    }
}

/// The query of the address: each name once, but for the ticked columns of a list.
#[derive(Clone, Debug, Default)]
pub struct Asking(pub BTreeMap<String, String>);

impl Asking {
    /// A value, or the empty text.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

impl FromRequestParts<App> for Asking {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Failure> {
        once(pairs(parts.uri.query().unwrap_or(""))).map(Self)
    }
}

/// A value of a query string.
#[must_use]
pub fn query_value(query: &str, name: &str) -> Option<String> {
    pairs(query).into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// Names and values of a query or a form, in their order.
#[must_use]
pub fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}

/// Undoes `application/x-www-form-urlencoded`; what is not UTF-8 becomes the replacement character.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex =
            text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (bytes[at], hex) {
            (_, Some(byte)) => {
                out.push(byte);
                at += 3;
                continue;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn once(pairs: Vec<(String, String)>) -> Result<BTreeMap<String, String>, Failure> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in pairs {
        if name == "column" {
            let columns: &mut String = found.entry("columns".to_owned()).or_default();
            columns.push_str(if columns.is_empty() { "" } else { ";" });
            columns.push_str(&value);
            continue;
        }
        if found.contains_key(&name) {
            return Err(Failure::field(&name, &value, "given twice"));
        }
        found.insert(name, value);
    }
    Ok(found)
}

/// A form: values given several times under one name are joined with `;`.
#[derive(Clone, Debug, Default)]
pub struct Filled(pub BTreeMap<String, String>);

impl Filled {
    /// Takes a value out, or the empty text.
    pub fn take(&mut self, name: &str) -> String {
        self.0.remove(name).unwrap_or_default()
    }
}

impl FromRequest<App> for Filled {
    type Rejection = Failure;
    async fn from_request(request: Request, _app: &App) -> Result<Self, Failure> {
        let kind = content_type(request.headers());
        if kind != "application/x-www-form-urlencoded" {
            return Err(Failure::Unsupported("Send a form: application/x-www-form-urlencoded.".to_owned()));
        }
        let text = body(request, MOST_BYTES).await?;
        let text = std::str::from_utf8(&text).map_err(|_| Failure::Malformed("The form is not UTF-8.".to_owned()))?;
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in pairs(text) {
            match found.get_mut(&name) {
                Some(known) if !value.is_empty() => {
                    if !known.is_empty() {
                        known.push(';');
                    }
                    known.push_str(&value);
                }
                Some(_) => {}
                None => drop(found.insert(name, value)),
            }
        }
        Ok(Self(found))
    }
}

/// A JSON object.
pub struct Sent(pub serde_json::Map<String, serde_json::Value>, pub Bytes);

impl FromRequest<App> for Sent {
    type Rejection = Failure;
    async fn from_request(request: Request, _app: &App) -> Result<Self, Failure> {
        if content_type(request.headers()) != "application/json" {
            return Err(Failure::Unsupported("Send application/json.".to_owned()));
        }
        let bytes = body(request, MOST_BYTES).await?;
        match serde_json::from_slice(&bytes) {
            Ok(serde_json::Value::Object(object)) => Ok(Self(object, bytes)),
            Ok(_) => Err(Failure::Malformed("The body is not a JSON object.".to_owned())),
            Err(error) => Err(Failure::Malformed(format!("The body is not JSON: {error}."))),
        }
    }
}

/// An uploaded file and the fields sent beside it; or the body itself when it is not a form.
pub struct Upload {
    pub name: String,
    pub bytes: Bytes,
    pub fields: BTreeMap<String, String>,
}

impl FromRequest<App> for Upload {
    type Rejection = Failure;
    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        if content_type(request.headers()) != "multipart/form-data" {
            let bytes = body(request, MOST_FILE_BYTES).await?;
            return Ok(Self { name: String::new(), bytes, fields: BTreeMap::new() });
        }
        let mut parts = axum::extract::Multipart::from_request(request, app)
            .await
            .map_err(|error| Failure::Malformed(error.body_text()))?;
        let mut upload = Self { name: String::new(), bytes: Bytes::new(), fields: BTreeMap::new() };
        while let Some(part) = parts.next_field().await.map_err(|error| multipart(&error))? {
            let name = part.name().unwrap_or("").to_owned();
            if let Some(file) = part.file_name().map(str::to_owned) {
                upload.name = file;
                upload.bytes = part.bytes().await.map_err(|error| multipart(&error))?;
            } else {
                upload.fields.insert(name, part.text().await.map_err(|error| multipart(&error))?);
            }
        }
        Ok(upload)
    }
}

fn multipart(error: &axum::extract::multipart::MultipartError) -> Failure {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Failure::TooLarge(format!("At most {} MiB at a time.", MOST_FILE_BYTES / 1024 / 1024))
    } else {
        Failure::Malformed(error.body_text())
    }
}

async fn body(request: Request, most: usize) -> Result<Bytes, Failure> {
    let too_large = || Failure::TooLarge(format!("At most {most} bytes at a time."));
    let declared =
        request.headers().get(header::CONTENT_LENGTH).and_then(|text| text.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > most) {
        return Err(too_large());
    }
    axum::body::to_bytes(request.into_body(), most).await.map_err(|_| too_large())
}

fn content_type(headers: &HeaderMap) -> &str {
    let text = headers.get(header::CONTENT_TYPE).and_then(|text| text.to_str().ok()).unwrap_or("");
    text.split(';').next().unwrap_or("").trim()
}
