//! Giving a file out.
//!
//! Invariant: every download is a leaf of the journal; no browser runs what it gets; a file whose bytes are not the
//! recorded ones breaks off before its end and is an incident in the log.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::artifacts::Artifact;
use crate::artifacts::rules::serving;
use crate::ids::{ArtifactId, RequestId};
use crate::storage::Kept;
use crate::storage::blobs::Reading;
use crate::storage::journal::Subject;
use crate::web::extract::Id;
use crate::web::serving::AsIs;
use crate::web::{Answer, App, Caller, Failure};

pub async fn download(State(app): State<App>, caller: Caller, Id(id): Id<ArtifactId>) -> Answer {
    let mut change = caller.change(&app).await?;
    let kept = change.reading().await?.find::<Artifact>(id).await?.ok_or(Failure::NotFound)?;
    let found = app.blobs.open(caller.serving()?.id, &kept.sha256, kept.bytes()).await?;
    let missing = || Failure::Bug(format!("artifact {} {}: its bytes are missing", kept.reference, kept.sha256));
    let reading = found.ok_or_else(missing)?;
    let subject = Subject { kind: "artifact", id: id.to_string(), rev: Some(kept.version.to_string()) };
    change.note("artifact.download", subject, None).await?;
    change.commit().await?;
    answer(&kept, reading, caller.request)
}

fn answer(kept: &Kept<Artifact>, reading: Reading, request: RequestId) -> Answer {
    let text = |text: String| HeaderValue::try_from(text).map_err(|error| Failure::Bug(error.to_string()));
    let headers: [(HeaderName, HeaderValue); 4] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(serving::content_type(&kept.media_type))),
        (header::CONTENT_DISPOSITION, text(serving::disposition(&kept.name))?),
        (header::CONTENT_LENGTH, HeaderValue::from(kept.bytes())),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(serving::CONTENT_POLICY)),
    ];
    let reference = kept.reference.to_string();
    let mut answer: Response = (headers, body(reading, reference, request)).into_response();
    answer.extensions_mut().insert(AsIs);
    Ok(answer)
}

fn body(reading: Reading, reference: String, request: RequestId) -> Body {
    let state = Some((reading, reference, request));
    Body::from_stream(futures_util::stream::unfold(state, |state| async {
        let (mut reading, reference, request) = state?;
        match reading.next().await {
            Ok(Some(chunk)) => Some((Ok(chunk), Some((reading, reference, request)))),
            Ok(None) => None,
            Err(failure) => {
                tracing::error!(incident = %request, artifact = reference, ?failure, "a download broke off");
                Some((Err(std::io::Error::other("the file is not what was recorded")), None))
            }
        }
    }))
}
