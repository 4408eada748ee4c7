//! One failure type, rendered in one place: a page for people, problem+json (RFC 9457) for programs.
//!
//! Invariant: what may not be seen looks exactly like what does not exist; a bug shows an incident number, never its cause.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::register::Problem;
use crate::storage;

/// An answer or a failure.
pub type Answer<T = Response> = Result<T, Failure>;

/// Why a request was not answered as asked.
#[derive(Debug)]
pub enum Failure {
    /// Nothing here, or nothing the caller may see.
    NotFound,
    /// Nobody is signed in; the address leads back after signing in.
    SignIn {
        next: String,
    },
    /// A visible thing the caller may not do, with what would be needed.
    Forbidden(String),
    /// The step-up window is closed; the address to come back to, empty when the request cannot be repeated by a link.
    StepUp {
        next: String,
    },
    /// The request comes from another site.
    Foreign,
    /// Values that cannot be taken.
    Invalid(Vec<Problem>),
    /// Not understood as a request of this kind.
    Malformed(String),
    /// Somebody else changed the record first.
    Stale,
    /// A conflict with what is there.
    Conflict(String),
    /// A write without the version it is based on.
    NoVersion,
    TooLarge(String),
    Unsupported(String),
    /// Too many attempts; seconds to wait.
    TooMany(i64),
    /// Gone for good: a one-time link that was used.
    Gone(String),
    Busy,
    Full,
    /// A mistake in Glance; the chain goes to the log.
    Bug(String),
}

/// What the renderer needs of a failure; rides in the response's extensions.
#[derive(Clone, Debug)]
pub struct Told {
    pub status: StatusCode,
    pub code: &'static str,
    pub title: &'static str,
    pub detail: String,
    pub problems: Vec<Problem>,
    /// A way on: address and words.
    pub way: Option<(String, &'static str)>,
}

impl Failure {
    /// One problem with one field.
    #[must_use]
    pub fn field(field: &str, value: &str, problem: impl Into<String>) -> Self {
        Failure::Invalid(vec![Problem { field: field.to_owned(), value: value.to_owned(), problem: problem.into() }])
    }

    fn told(self) -> (Told, Option<i64>) {
        let wait = if let Failure::TooMany(seconds) = &self { Some(*seconds) } else { None };
        let (status, code, title, detail) = self.words();
        let way = match &self {
            Failure::SignIn { next } => Some((super::links::sign_in(next), "Sign in")),
            Failure::StepUp { next } => Some((super::links::step_up(next), "Confirm with a code")),
            _ => None,
        };
        let problems = if let Failure::Invalid(problems) = self { problems } else { Vec::new() };
        (Told { status, code, title, detail, problems, way }, wait)
    }

    fn words(&self) -> (StatusCode, &'static str, &'static str, String) {
        let (status, code, title, said) = match self {
            Failure::NotFound => (
                StatusCode::NOT_FOUND,
                "not_found",
                "Nothing here",
                "This page or record does not exist, or it is not yours to see.",
            ),
            Failure::SignIn { .. } => {
                (StatusCode::UNAUTHORIZED, "sign_in_required", "Sign in first", "Nobody is signed in here.")
            }
            Failure::Forbidden(why) => (StatusCode::FORBIDDEN, "forbidden", "Not allowed", why.as_str()),
            Failure::StepUp { .. } => (
                StatusCode::FORBIDDEN,
                "step_up_required",
                "One more check",
                "This needs a one-time code from the last ten minutes.",
            ),
            Failure::Foreign => (
                StatusCode::FORBIDDEN,
                "foreign_request",
                "Refused",
                "The request came from another site, so nothing was done.",
            ),
            _ => return self.words_of_values(),
        };
        (status, code, title, said.to_owned())
    }

    fn words_of_values(&self) -> (StatusCode, &'static str, &'static str, String) {
        let (status, code, title, said) = match self {
            Failure::Invalid(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid",
                "Some values cannot be taken",
                "Nothing was written. Each problem is listed with what would be right.",
            ),
            Failure::Malformed(why) => (StatusCode::BAD_REQUEST, "malformed", "Not understood", why.as_str()),
            Failure::Stale => (
                StatusCode::PRECONDITION_FAILED,
                "stale",
                "Changed in the meantime",
                "Somebody changed the record after you read it. Read it again and repeat your change.",
            ),
            Failure::Conflict(why) => (StatusCode::CONFLICT, "conflict", "Conflict", why.as_str()),
            Failure::NoVersion => (
                StatusCode::PRECONDITION_REQUIRED,
                "version_required",
                "Version needed",
                "Send the record's ETag in If-Match, so that nobody's change is overwritten.",
            ),
            _ => return self.words_of_limits(),
        };
        (status, code, title, said.to_owned())
    }

    fn words_of_limits(&self) -> (StatusCode, &'static str, &'static str, String) {
        let said = |text: &str| text.to_owned();
        match self {
            Failure::TooLarge(why) => (StatusCode::PAYLOAD_TOO_LARGE, "too_large", "Too large", why.clone()),
            Failure::Unsupported(why) => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported", "Not a format Glance reads", why.clone())
            }
            Failure::TooMany(seconds) => (
                StatusCode::TOO_MANY_REQUESTS,
                "too_many",
                "Too many attempts",
                format!("Wait {seconds} seconds and try again."),
            ),
            Failure::Gone(why) => (StatusCode::GONE, "gone", "No longer valid", why.clone()),
            Failure::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "Busy or out of reach",
                said("The database did not answer in time. Nothing was written; try again in a moment."),
            ),
            Failure::Full => (
                StatusCode::INSUFFICIENT_STORAGE,
                "no_space",
                "No space left",
                said("There is no space left to write. Nothing was written; reading goes on."),
            ),
            _ => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "Glance made a mistake",
                said("Nothing was written. The incident is in the log under the request's number."),
            ),
        }
    }
}

impl From<storage::Failure> for Failure {
    fn from(failure: storage::Failure) -> Self {
        use storage::Failure as Kept;
        match failure {
            Kept::Stale { .. } => Failure::Stale,
            Kept::Taken(what) if what.contains("reference") || what.contains("slug") || what.contains("login") => {
                Failure::field("reference", "", "already taken by another record")
            }
            Kept::Taken(_) => Failure::Conflict("A record like this exists already.".to_owned()),
            Kept::Dangling => Failure::Conflict("The record points at one that does not exist.".to_owned()),
            Kept::Future => Failure::field("as_of", "", "in the future; choose a moment that has been"),
            Kept::Unavailable(cause) => {
                tracing::warn!(%cause, "the database is not available");
                Failure::Busy
            }
            Kept::Full(cause) => {
                tracing::error!(%cause, "no space left");
                Failure::Full
            }
            Kept::File(error) => of_file(&error),
            other => Failure::Bug(format!("{other:?}")),
        }
    }
}

fn of_file(error: &std::io::Error) -> Failure {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            tracing::error!(%error, "no space left");
            Failure::Full
        }
        std::io::ErrorKind::FileTooLarge => Failure::TooLarge("At most 20 GiB in one file.".to_owned()),
        _ => Failure::Bug(format!("{error:?}")),
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if let Failure::Bug(cause) = &self {
            tracing::error!(cause, "a request failed");
        }
        let (told, wait) = self.told();
        let mut response = told.status.into_response();
        if let Some(wait) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        response.extensions_mut().insert(told);
        response
    }
}
