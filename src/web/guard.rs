//! What holds for every request and every answer: no foreign writes, strict headers, a page for each failure.
//!
//! Invariant: a write comes from this origin or carries a token; every answer has every header of the security design §1.2.

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::failure::Told;
use super::{App, Failure};

const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; manifest-src 'self'";

const HEADERS: [(HeaderName, HeaderValue); 7] = [
    (header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), microphone=(), geolocation=()"),
    ),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
];

/// The address a request comes from.
#[must_use]
pub fn address(extensions: &Extensions) -> String {
    let info = extensions.get::<ConnectInfo<std::net::SocketAddr>>();
    info.map_or_else(|| "local".to_owned(), |info| info.0.ip().to_string())
}

/// The outermost layer.
pub async fn stand(State(app): State<App>, request: Request, next: Next) -> Response {
    let look = super::Look::of(request.headers());
    let for_program = request.uri().path().starts_with("/api/");
    let answer = if request.method().is_safe() || is_own(&app, request.headers()) {
        next.run(request).await
    } else {
        Failure::Foreign.into_response()
    };
    let mut answer = told(answer, for_program, look);
    let headers = answer.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, value);
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_POLICY));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    answer
}

/// A browser says where a request comes from; a program with a token has no cookies to be abused.
fn is_own(app: &App, headers: &HeaderMap) -> bool {
    if headers.contains_key(header::AUTHORIZATION) {
        return true;
    }
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == app.public_url,
        (None, None) => false,
    }
}

fn told(mut answer: Response, for_program: bool, look: super::Look) -> Response {
    let said = answer.extensions_mut().remove::<Told>();
    let told = match said {
        Some(told) => told,
        None if answer.status().as_u16() == 404 && !has_body(&answer) => missing(answer.status(), "Nothing here"),
        None if answer.status().as_u16() == 405 => missing(answer.status(), "Not possible here"),
        None => return answer,
    };
    let mut page = super::page::failure(&told, for_program, look);
    if !page.status().is_redirection() {
        *page.status_mut() = answer.status();
    }
    for name in [header::RETRY_AFTER, header::ALLOW, header::SET_COOKIE] {
        if let Some(value) = answer.headers().get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    if told.code == "sign_in_required" && for_program {
        page.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    page
}

fn has_body(answer: &Response) -> bool {
    answer.headers().contains_key(header::CONTENT_TYPE)
}

fn missing(status: axum::http::StatusCode, title: &'static str) -> Told {
    let detail = "This page or record does not exist, or it is not yours to see.".to_owned();
    let code = if status.as_u16() == 404 { "not_found" } else { "method_not_allowed" };
    Told { status, code, title, detail, problems: Vec::new(), way: None }
}
