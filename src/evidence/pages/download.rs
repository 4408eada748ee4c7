//! Giving a sealed package out.
//!
//! Invariant: every download is a leaf of the journal; bytes stream, hashed on their way, and break off before their end when
//! they are not those that were sealed.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::evidence::keeping::{self, Reading};
use crate::evidence::{Package, PackageState};
use crate::ids::{PackageId, RequestId};
use crate::storage::journal::Subject;
use crate::web::extract::Id;
use crate::web::serving::AsIs;
use crate::web::{Answer, App, Caller, Failure};

pub async fn download(State(app): State<App>, caller: Caller, Id(id): Id<PackageId>) -> Answer {
    let mut change = caller.change(&app).await?;
    let kept = change.reading().await?.find::<Package>(id).await?.ok_or(Failure::NotFound)?;
    if kept.state != PackageState::Sealed {
        return Err(Failure::Conflict(format!("The package is {}, not sealed.", kept.state.word())));
    }
    let path = keeping::path(&app.data, caller.serving()?.id, id);
    let size = u64::try_from(kept.size.unwrap_or(0)).unwrap_or(0);
    let opened = Reading::open(&path, size, &kept.digest).await.map_err(crate::storage::Failure::from)?;
    let missing = || Failure::Bug(format!("{}: the file that was sealed is not there", path.display()));
    let reading = opened.ok_or_else(missing)?;
    let subject = Subject { kind: "package", id: id.to_string(), rev: Some(kept.version.to_string()) };
    change.note("package.download", subject, None).await?;
    change.commit().await?;
    answer(&kept, reading, (size, caller.request))
}

fn answer(kept: &Package, reading: Reading, (size, request): (u64, RequestId)) -> Answer {
    let text = |text: String| HeaderValue::try_from(text).map_err(|error| Failure::Bug(error.to_string()));
    let headers: [(HeaderName, HeaderValue); 4] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (header::CONTENT_DISPOSITION, text(format!("attachment; filename=\"{}.zip\"", kept.name))?),
        (header::CONTENT_LENGTH, HeaderValue::from(size)),
        (HeaderName::from_static("x-content-sha256"), text(kept.hex().to_owned())?),
    ];
    let mut answer: Response = (headers, body(reading, kept.name.clone(), request)).into_response();
    answer.extensions_mut().insert(AsIs);
    Ok(answer)
}

fn body(reading: Reading, name: String, request: RequestId) -> Body {
    let state = Some((reading, name, request));
    Body::from_stream(futures_util::stream::unfold(state, |state| async {
        let (mut reading, name, request) = state?;
        match reading.next().await {
            Ok(Some(chunk)) => Some((Ok(chunk), Some((reading, name, request)))),
            Ok(None) => None,
            Err(error) => {
                tracing::error!(incident = %request, package = name, %error, "a download broke off");
                Some((Err(error), None))
            }
        }
    }))
}
