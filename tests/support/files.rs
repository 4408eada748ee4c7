//! Evidence files for tests: forms, bytes made on the fly, what lies in a folder.

use axum::body::Body;
use axum::http::Method;
use serde_json::Value;

use super::http::{Answer, Site, Way};

pub const FORM: (&str, &str) = ("content-type", "multipart/form-data; boundary=x");

/// The beginning of a form part that is a file.
pub fn head(name: &str, kind: &str) -> String {
    format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n")
}

/// A form of texts and files.
pub fn form(texts: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, text) in texts {
        let part = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    for (name, kind, bytes) in files {
        body.extend_from_slice(head(name, kind).as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--x--\r\n");
    body
}

pub async fn read(answer: axum::response::Response) -> Answer {
    let (parts, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}

pub async fn send(site: &Site, way: &Way, path: &str, body: Vec<u8>) -> Answer {
    read(site.begin(way, Method::POST, path, &[FORM], Body::from(body)).await).await
}

/// Sends one file over the API and gives what became of it.
pub async fn sent(site: &Site, token: &Way, texts: &[(&str, &str)], file: (&str, &str, &[u8])) -> Value {
    let answer = send(site, token, "/api/v1/artifacts", form(texts, &[file])).await;
    assert!(answer.status.is_success(), "{}", answer.text());
    answer.json()["items"][0].clone()
}

/// Files below a folder, without the folder's name.
pub fn files(folder: &std::path::Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let each = entries.filter_map(Result::ok).flat_map(|entry| {
        if entry.path().is_dir() { files(&entry.path()) } else { vec![entry.path().display().to_string()] }
    });
    each.collect()
}

/// Bytes made on the fly, the same for the same length.
pub fn made(length: usize) -> impl Iterator<Item = Vec<u8>> {
    let piece: Vec<u8> = (0..64 * 1024u32).map(|n| u8::try_from(n * 31 % 251).unwrap()).collect();
    (0..length.div_ceil(piece.len())).map(move |n| {
        let mut some = piece.clone();
        some[0] = u8::try_from(n % 256).unwrap();
        some.truncate(length - n * piece.len());
        some
    })
}
