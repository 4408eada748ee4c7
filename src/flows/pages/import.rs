//! Logs from a browser: chosen, streamed to disk, read as a batch of a sensor, told about.
//!
//! Invariant: memory holds one chunk of an upload; what a cut upload left behind is removed; the work goes on when the
//! browser leaves, and then it is done or nothing is.

use std::path::{Path, PathBuf};

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use tokio::io::AsyncWriteExt;

use crate::flows::importing::{Import, Imported, Unimported, import};
use crate::flows::intake::LogFile;
use crate::flows::reading::BadLine;
use crate::flows::records::sensors::{self, Sensors};
use crate::vocabulary::{Reference, fold};
use crate::web::extract::Asking;
use crate::web::incoming::{FormPart, FormParts};
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

/// Most files of one import.
const MOST_FILES: usize = 64;
/// Most bytes of one import.
const MOST_BYTES: u64 = 64 << 30;

#[derive(Template)]
#[template(path = "flows/import.html")]
struct ImportPage {
    shell: Shell,
    base: String,
    sensors: Vec<String>,
    sensor: String,
    problem: String,
    refused: Vec<BadLine>,
    report: Option<Imported>,
}

fn blank(caller: &Caller, sensors: &Sensors, sensor: &str) -> Answer<ImportPage> {
    Ok(ImportPage {
        shell: Shell::of(caller, Place::Boundary, "Import logs"),
        base: links::place(&caller.serving()?.slug, ""),
        sensors: sensors.references().map(str::to_owned).collect(),
        sensor: sensor.to_owned(),
        problem: String::new(),
        refused: Vec::new(),
        report: None,
    })
}

pub async fn choose(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let sensors = sensors::references(&mut at).await?;
    page::show(&blank(&caller, &sensors, asking.text("sensor"))?)
}

/// A folder of one upload, removed with what is in it.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a form brought.
#[derive(Default)]
struct Sent {
    sensor: String,
    partial: bool,
    files: Vec<LogFile>,
    bytes: u64,
}

pub async fn upload(State(app): State<App>, caller: Caller, mut parts: FormParts) -> Answer {
    let scratch = Scratch(app.data.join("uploads").join(format!("logs-{}", caller.request)));
    tokio::fs::create_dir_all(&scratch.0).await.map_err(|error| unwritten(&error))?;
    let sent = receive(&mut parts, &scratch.0).await?;
    let mut at = caller.snapshot(&app).await?;
    let sensors = sensors::references(&mut at).await?;
    drop(at);
    let mut view = blank(&caller, &sensors, &sent.sensor)?;
    let sensor = match Reference::parse(&sent.sensor) {
        Ok(sensor) if !sent.files.is_empty() => sensor,
        Ok(_) => return refused(view, "Choose at least one file."),
        Err(problem) => return refused(view, &format!("Sensor: {problem}.")),
    };
    match carry_out(&app, &caller, sensor, sent, scratch).await? {
        Ok(report) => view.report = Some(report),
        Err(lines) => {
            view.refused = lines;
            return refused(view, "Nothing was written.");
        }
    }
    page::show(&view)
}

fn refused(mut view: ImportPage, problem: &str) -> Answer {
    view.problem = problem.to_owned();
    page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &view)
}

/// Imports in a task of its own, which goes on when nobody waits for it any more.
async fn carry_out(
    app: &App,
    caller: &Caller,
    sensor: Reference,
    sent: Sent,
    scratch: Scratch,
) -> Answer<Result<Imported, Vec<BadLine>>> {
    let (store, blobs) = (app.store.clone(), app.blobs.clone());
    let (organization, author) = (caller.serving()?.id, caller.author());
    let (files, partial, progress) = (sent.files, sent.partial, crate::flows::intake::Progress::default());
    let task = tokio::spawn(async move {
        let done = import(&store, &blobs, Import { organization, author, sensor, files, partial, progress }).await;
        drop(scratch);
        done
    });
    match task.await.map_err(|error| Failure::Bug(error.to_string()))? {
        Ok(report) => Ok(Ok(report)),
        Err(Unimported::Refused(refusal)) => Ok(Err(refusal.lines)),
        Err(Unimported::Failed(failure)) => Err(failure.into()),
        Err(Unimported::Broken(cause)) => Err(Failure::Bug(cause)),
    }
}

/// Streams the parts of a form: texts to memory, files to disk.
async fn receive(parts: &mut FormParts, folder: &Path) -> Answer<Sent> {
    let mut sent = Sent::default();
    while let Some(mut part) = parts.next().await? {
        let Some(name) = part.file.clone() else {
            let (name, text) = (part.name.clone(), part.text().await?);
            match name.as_str() {
                "sensor" => sent.sensor = text,
                "partial" => sent.partial = text == "yes",
                _ => {}
            }
            continue;
        };
        let name = base_name(&name);
        if name.is_empty() {
            continue;
        }
        if sent.files.len() >= MOST_FILES {
            return Err(Failure::TooLarge(format!("At most {MOST_FILES} files at a time.")));
        }
        let path = folder.join(sent.files.len().to_string());
        keep(&mut part, &path, &mut sent.bytes).await?;
        sent.files.push(LogFile::named(name, path));
    }
    Ok(sent)
}

/// The name of a file without folders, whichever system it comes from.
fn base_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or("");
    let clean: String = name.chars().filter(|c| !c.is_control()).collect();
    fold::truncated(clean.trim(), 200).to_owned()
}

async fn keep(part: &mut FormPart<'_>, path: &Path, total: &mut u64) -> Answer<()> {
    let mut file = tokio::fs::File::create(path).await.map_err(|error| unwritten(&error))?;
    while let Some(chunk) = part.chunk().await? {
        *total += chunk.len() as u64;
        if *total > MOST_BYTES {
            return Err(Failure::TooLarge("At most 64 GiB at a time; import the rest from the host.".to_owned()));
        }
        file.write_all(&chunk).await.map_err(|error| unwritten(&error))?;
    }
    file.flush().await.map_err(|error| unwritten(&error))
}

fn unwritten(error: &std::io::Error) -> Failure {
    tracing::error!(%error, "an upload could not be kept");
    if error.kind() == std::io::ErrorKind::StorageFull { Failure::Full } else { Failure::Bug(error.to_string()) }
}
