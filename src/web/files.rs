//! Static files, compiled in and addressed by their content.
//!
//! The style sheet is kept in one file per part and sent as one: a page asks for it once.
//!
//! Invariant: an address with a hash never changes its bytes, so it may be kept for a year.

use std::sync::LazyLock;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::extract::Named;
use super::{Answer, Failure};

struct File {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

macro_rules! files {
    ($($name:literal, $kind:literal;)+) => {
        &[$(File { name: $name, kind: $kind, bytes: include_bytes!(concat!("../../static/", $name)) }),+]
    };
}

/// Parts of the style sheet, in the order of the cascade, as one text.
macro_rules! style {
    ($($part:literal)+) => { concat!($(include_str!(concat!("../../static/style/", $part, ".css"))),+) };
}

const STYLE: File = File {
    name: "glance.css",
    kind: "text/css; charset=utf-8",
    bytes: style! {
        "tokens" "shell" "controls" "status" "figures" "tables" "cards" "forms" "record" "calendar" "catalog" "field" "palette"
        "evidence" "map"
    }
    .as_bytes(),
};

const FILES: &[File] = files! {
    "glance.js", "text/javascript; charset=utf-8";
    "palette.js", "text/javascript; charset=utf-8";
    "pick.js", "text/javascript; charset=utf-8";
    "drafts.js", "text/javascript; charset=utf-8";
    "upload.js", "text/javascript; charset=utf-8";
    "logs.js", "text/javascript; charset=utf-8";
    "map.js", "text/javascript; charset=utf-8";
    "icon.svg", "image/svg+xml";
};

static HASH: LazyLock<String> = LazyLock::new(|| {
    let digest = every().fold(Sha256::new(), |hash, file| hash.chain_update(file.bytes)).finalize();
    crate::storage::versions::hex(&digest[..6])
});

fn every() -> impl Iterator<Item = &'static File> {
    FILES.iter().chain([&STYLE])
}

/// The address of a static file.
#[must_use]
pub fn address(name: &str) -> String {
    format!("/static/{}-{name}", *HASH)
}

/// Serves `/static/<hash>-<name>`.
pub async fn serve(Named(name): Named) -> Answer {
    let name =
        name.split_once('-').filter(|(hash, _)| *hash == *HASH).map(|(_, name)| name).ok_or(Failure::NotFound)?;
    let file = every().find(|file| file.name == name).ok_or(Failure::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(file.kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    let answer: Response = (headers, file.bytes).into_response();
    Ok(answer)
}
