//! Serving: the layers around all routes, and a stop that lets requests finish.
//!
//! Invariant: a panic is an incident, not a dropped connection; no request runs longer than its limit.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Extensions, HeaderMap, StatusCode, Version};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};
use tower_http::timeout::TimeoutLayer;

use super::{App, Failure};

/// Wraps all routes in what holds for every request.
pub fn around(router: Router, app: &App) -> Router {
    router
        .fallback(|| async { Failure::NotFound })
        .layer(DefaultBodyLimit::max(super::extract::MOST_FILE_BYTES))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(axum::middleware::from_fn_with_state(app.clone(), super::guard::stand))
        .layer(CompressionLayer::new().gzip(true).compress_when(DefaultPredicate::new().and(unless_as_is)))
}

/// Marks an answer that goes out byte by byte as it is, its length told.
#[derive(Clone, Copy, Debug)]
pub struct AsIs;

fn unless_as_is(_: StatusCode, _: Version, _: &HeaderMap, extensions: &Extensions) -> bool {
    extensions.get::<AsIs>().is_none()
}

/// How long a request may take; every route has this but those that stream files in.
pub(super) fn hurry() -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_mins(2))
}

#[expect(clippy::needless_pass_by_value, reason = "the signature the layer calls")]
fn panicked(cause: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let text =
        cause.downcast_ref::<String>().cloned().or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    Failure::Bug(text.unwrap_or_else(|| "panic".to_owned())).into_response()
}

/// Serves until `stop` resolves; requests under way finish.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}
