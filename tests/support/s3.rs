//! A store that speaks as much of S3 as Glance uses, in memory: put in parts, get, head, delete.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Objects by path, and the parts of those on their way.
#[derive(Clone, Default)]
pub struct Bucket {
    pub objects: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    parts: Arc<Mutex<Parts>>,
}

/// Parts by path and number.
type Parts = BTreeMap<(String, u32), Vec<u8>>;

/// Serves a bucket; gives its address and what it holds.
pub async fn serve() -> (String, Bucket) {
    let bucket = Bucket::default();
    let router = axum::Router::new().fallback(answer).with_state(bucket.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    (format!("http://{address}"), bucket)
}

fn value(query: &str, name: &str) -> Option<String> {
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
}

async fn answer(State(bucket): State<Bucket>, request: Request<Body>) -> Response {
    let (head, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
    let (path, query) = (head.uri.path().to_owned(), head.uri.query().unwrap_or("").to_owned());
    if !head.headers.contains_key(header::AUTHORIZATION) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut objects = bucket.objects.lock().expect("not poisoned");
    let mut parts = bucket.parts.lock().expect("not poisoned");
    let part = value(&query, "partNumber").and_then(|text| text.parse::<u32>().ok());
    match (head.method, part) {
        (Method::POST, _) if value(&query, "uploads").is_some() => {
            "<InitiateMultipartUploadResult><UploadId>one</UploadId></InitiateMultipartUploadResult>".into_response()
        }
        (Method::POST, _) => {
            let whole: Vec<u8> =
                parts.iter().filter(|((key, _), _)| *key == path).flat_map(|(_, some)| some.clone()).collect();
            parts.retain(|(key, _), _| *key != path);
            objects.insert(path, whole);
            "<CompleteMultipartUploadResult><ETag>\"e\"</ETag></CompleteMultipartUploadResult>".into_response()
        }
        (Method::PUT, Some(number)) => {
            parts.insert((path, number), body.to_vec());
            [(header::ETAG, "\"e\"")].into_response()
        }
        (Method::PUT, None) => {
            objects.insert(path, body.to_vec());
            [(header::ETAG, "\"e\"")].into_response()
        }
        (Method::DELETE, _) => {
            objects.remove(&path);
            StatusCode::NO_CONTENT.into_response()
        }
        _ => match objects.get(&path) {
            None => StatusCode::NOT_FOUND.into_response(),
            Some(found) => {
                let headers = [(header::ETAG, "\"e\""), (header::LAST_MODIFIED, "Mon, 02 Mar 2026 15:00:00 GMT")];
                (headers, found.clone()).into_response()
            }
        },
    }
}
