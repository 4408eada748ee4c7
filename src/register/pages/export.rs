//! A register out to a file: exactly what is filtered, as CSV, XLSX or JSON.
//!
//! Invariant: an export re-imports as unchanged; it leaves a leaf in the journal; rows stream, memory stays flat.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use tokio::sync::mpsc;

use super::super::listing::Understood;
use super::super::outflow::{Chunk, send};
use super::super::shape::{cells, header as columns};
use super::super::{Lookup, Register, records};
use crate::ids::OrganizationId;
use crate::sheets::{CsvOut, Unwritable, XlsxOut};
use crate::storage::journal::Subject;
use crate::storage::{AsOf, Snapshot};
use crate::vocabulary::Moment;
use crate::web::extract::Asking;
use crate::web::{Answer, App, Caller, Failure};

/// The formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
    Json,
}

pub async fn csv<K: Register>(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    export::<K>(&app, &caller, &asking, Format::Csv).await
}

pub async fn xlsx<K: Register>(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    export::<K>(&app, &caller, &asking, Format::Xlsx).await
}

pub async fn json<K: Register>(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    export::<K>(&app, &caller, &asking, Format::Json).await
}

async fn export<K: Register>(app: &App, caller: &Caller, asking: &Asking, format: Format) -> Answer {
    let mut asked = super::asked::<K>(asking);
    (asked.limit, asked.after) = (None, String::new());
    let understood = asked.understand::<K>().map_err(|draft| Failure::Invalid(draft.problems))?;
    note(app, caller, (K::WORDS.kind, K::WORDS.collection), asking).await?;
    let mut at = caller.snapshot(app).await?;
    let lookup = everything::<K>(&mut at).await?.on(caller.day()).at(caller.instant_shown());
    let instant = at.instant();
    let body = match format {
        Format::Xlsx => Body::from(workbook::<K>(&app.data, &mut at, &understood, &lookup).await?),
        Format::Csv | Format::Json => stream::<K>(app, caller, understood, lookup, format, at.organization()),
    };
    Ok(attached(K::WORDS.collection, instant, format, body))
}

/// Notes an export in the journal: which list, narrowed how.
pub async fn note(app: &App, caller: &Caller, (kind, collection): (&str, &str), asking: &Asking) -> Answer<()> {
    let mut change = caller.change(app).await?;
    let said: Vec<String> = asking.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let subject = Subject { kind: "list", id: collection.to_owned(), rev: None };
    change.note(&format!("{kind}.export"), subject, Some(&said.join(" "))).await?;
    change.commit().await?;
    Ok(())
}

/// The file of a list as an answer.
#[must_use]
pub fn attached(collection: &str, instant: Moment, format: Format, body: Body) -> Response {
    let (kind, extension) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
        Format::Xlsx => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
        Format::Json => ("application/json", "json"),
    };
    let name = format!("attachment; filename=\"{collection}-{}.{extension}\"", instant.compact());
    let name = HeaderValue::try_from(name).unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CONTENT_DISPOSITION, name)];
    (headers, body).into_response()
}

/// Few rows, put together beforehand, as the bytes of a file.
pub async fn small(
    scratch: &std::path::Path,
    (title, header): (&str, &[&str]),
    rows: &[Vec<String>],
    instant: Moment,
    format: Format,
) -> Answer<Vec<u8>> {
    let wrong = |error: Unwritable| Failure::Bug(error.to_string());
    if format != Format::Xlsx {
        let mut out = CsvOut::new(Vec::new(), header).map_err(wrong)?;
        for row in rows {
            out.row(&row.iter().map(String::as_str).collect::<Vec<_>>()).map_err(wrong)?;
        }
        return out.finish().map_err(wrong);
    }
    let mut out = XlsxOut::new(instant, scratch).map_err(wrong)?;
    out.sheet(title, header, &[]).map_err(wrong)?;
    for row in rows {
        out.row(&row.iter().map(String::as_str).collect::<Vec<_>>()).map_err(wrong)?;
    }
    let done = tokio::task::spawn_blocking(move || out.finish()).await;
    done.map_err(|error| Failure::Bug(error.to_string()))?.map_err(wrong)
}

/// All references the kind's rows may need.
async fn everything<K: Register>(at: &mut Snapshot) -> Answer<Lookup> {
    let mut lookup = records::linked::<K>(at).await?;
    for table in K::LINKED_MANY {
        let rows: Vec<(String, uuid::Uuid, String)> = at.references(&[*table]).all().await?;
        for (_, id, reference) in rows {
            lookup.add(table.kind, id, reference);
        }
    }
    Ok(lookup)
}

async fn workbook<K: Register>(
    scratch: &std::path::Path,
    at: &mut Snapshot,
    understood: &Understood<K>,
    lookup: &Lookup,
) -> Answer<Vec<u8>> {
    let wrong = |error: Unwritable| Failure::Bug(error.to_string());
    let mut out = XlsxOut::new(at.instant(), scratch).map_err(wrong)?;
    out.sheet(K::WORDS.title, &columns::<K>(), &[]).map_err(wrong)?;
    {
        let mut rows = std::pin::pin!(understood.every(at).await?);
        while let Some(row) = rows.next().await {
            let cells = cells(&row?, lookup);
            out.row(&cells.iter().map(String::as_str).collect::<Vec<_>>()).map_err(wrong)?;
        }
    }
    tokio::task::spawn_blocking(move || out.finish())
        .await
        .map_err(|error| Failure::Bug(error.to_string()))?
        .map_err(wrong)
}

fn stream<K: Register>(
    app: &App,
    caller: &Caller,
    understood: Understood<K>,
    lookup: Lookup,
    format: Format,
    organization: OrganizationId,
) -> Body {
    let (sender, receiver) = mpsc::channel::<Chunk>(4);
    let (store, as_of) = (app.store.clone(), caller.as_of.map_or(AsOf::Now, AsOf::At));
    tokio::spawn(async move {
        let done = async {
            let mut at = store.snapshot(organization, as_of).await?;
            send::<K>(&mut at, &understood, &lookup, format == Format::Json, &sender).await
        };
        if let Err(failure) = done.await {
            tracing::error!(?failure, "an export broke off");
            let _ = sender.send(Err(std::io::Error::other("the export broke off"))).await;
        }
    });
    Body::from_stream(futures_util::stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    }))
}

/// A file as an answer, for what is not a list.
#[must_use]
pub fn file(name: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let name = HeaderValue::try_from(format!("attachment; filename=\"{name}\""))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CONTENT_DISPOSITION, name)];
    (headers, bytes).into_response()
}
