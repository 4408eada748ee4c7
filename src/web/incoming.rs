//! Forms with files, read part by part: a file is never in memory as a whole.
//!
//! Invariant: texts are bounded; a sender that is silent for a minute is cut off.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;

use super::{App, Failure};

/// Longest silence of a sender.
const SILENCE: Duration = Duration::from_mins(1);
/// Most bytes of a text beside the files.
const MOST_TEXT: usize = 64 * 1024;

/// A form with files.
pub struct FormParts(Multipart);

impl FromRequest<App> for FormParts {
    type Rejection = Failure;
    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let parts = Multipart::from_request(request, app).await;
        parts.map(Self).map_err(|_| Failure::Unsupported("Send a form with files: multipart/form-data.".to_owned()))
    }
}

/// One part of a form.
pub struct FormPart<'f> {
    field: Field<'f>,
    pub name: String,
    /// The name of the file, when it is one; empty when nobody chose one.
    pub file: Option<String>,
    pub content_type: String,
}

impl FormParts {
    /// The next part; none after the last.
    pub async fn next(&mut self) -> Result<Option<FormPart<'_>>, Failure> {
        let Some(field) = timely(self.0.next_field()).await? else { return Ok(None) };
        let name = field.name().unwrap_or("").to_owned();
        let file = field.file_name().map(str::to_owned);
        let content_type = field.content_type().unwrap_or("").to_owned();
        Ok(Some(FormPart { field, name, file, content_type }))
    }
}

impl FormPart<'_> {
    /// The next bytes; none after the last.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        timely(self.field.chunk()).await
    }

    /// The whole text of a part that is no file.
    pub async fn text(mut self) -> Result<String, Failure> {
        let mut bytes = Vec::new();
        while let Some(some) = self.chunk().await? {
            bytes.extend_from_slice(&some);
            if bytes.len() > MOST_TEXT {
                return Err(Failure::TooLarge(format!("{}: at most {MOST_TEXT} bytes of text.", self.name)));
            }
        }
        String::from_utf8(bytes).map_err(|_| Failure::field(&self.name, "", "not UTF-8"))
    }
}

async fn timely<T>(work: impl Future<Output = Result<T, MultipartError>>) -> Result<T, Failure> {
    match tokio::time::timeout(SILENCE, work).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Err(Failure::TooLarge("The form is larger than this address takes.".to_owned()))
        }
        Ok(Err(error)) => Err(Failure::Malformed(format!("{}. Nothing was recorded.", error.body_text()))),
        Err(_) => Err(Failure::Malformed("The sender was silent for a minute. Nothing was recorded.".to_owned())),
    }
}
