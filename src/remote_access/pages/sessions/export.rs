//! Sessions out to a file: exactly what is filtered, judged, as CSV.
//!
//! Invariant: an export leaves a leaf in the journal; sessions are judged some at a time, and memory stays flat.

use axum::body::Body;
use axum::extract::State;
use tokio::sync::mpsc;

use super::found::{Wanted, asked, judged};
use crate::flows::listing::Understood;
use crate::register::field::joined;
use crate::register::outflow::Chunk;
use crate::register::pages::export::{Format, attached, note};
use crate::remote_access::lines::Line;
use crate::remote_access::model::{EndedBy, Mfa};
use crate::remote_access::records::sessions::SessionRow;
use crate::sheets::{CsvOut, Unwritable};
use crate::storage::Snapshot;
use crate::vocabulary::Moment;
use crate::web::extract::Asking;
use crate::web::{Answer, App, Caller, Failure};

/// Sessions judged at a time.
const SOME: u32 = 500;

const HEADER: [&str; 21] = [
    "session",
    "gateway",
    "account",
    "person",
    "vendor",
    "kind",
    "source",
    "targets",
    "target_assets",
    "protocol",
    "mfa",
    "started_at",
    "last_activity_at",
    "ended_at",
    "ended_by",
    "recording",
    "grant",
    "verdict",
    "faults",
    "not_told",
    "id",
];

fn cells(line: &Line) -> Vec<String> {
    let session = &line.session;
    let assets = line.targets.iter().filter_map(|target| target.asset.as_ref()).map(|(_, reference)| reference);
    vec![
        session.key.clone(),
        line.via.clone(),
        session.account.clone(),
        line.person.as_ref().map_or_else(String::new, |(_, name)| name.clone()),
        line.vendor.clone(),
        session.kind.word().to_owned(),
        session.source.clone(),
        joined(&session.targets),
        joined(assets),
        session.protocol.clone(),
        session.mfa.map_or("", Mfa::word).to_owned(),
        session.started_at.rfc3339(),
        session.last_activity_at.rfc3339(),
        session.ended_at.map_or_else(String::new, Moment::rfc3339),
        session.ended_by.map_or("", EndedBy::word).to_owned(),
        session.recording.clone(),
        line.grant.as_ref().map_or_else(String::new, |(_, reference)| reference.clone()),
        line.standing().to_owned(),
        joined(line.judged.faults.iter().map(|fault| fault.word())),
        joined(&line.judged.unknown),
        line.id.to_string(),
    ]
}

pub async fn csv(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let (understood, wanted) = asked(caller.time_zone(), &asking)?;
    note(&app, &caller, ("session", "sessions"), &asking).await?;
    let at = caller.snapshot(&app).await?;
    let (instant, now) = (at.instant(), caller.instant_shown());
    let (sender, receiver) = mpsc::channel::<Chunk>(4);
    tokio::spawn(async move {
        if let Err(failure) = send(at, understood, (&wanted, now), &sender).await {
            tracing::error!(?failure, "an export broke off");
            let _ = sender.send(Err(std::io::Error::other("the export broke off"))).await;
        }
    });
    let body = Body::from_stream(futures_util::stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    }));
    Ok(attached("sessions", instant, Format::Csv, body))
}

/// Sends the rows until all are sent or nobody listens.
async fn send(
    mut at: Snapshot,
    mut understood: Understood<SessionRow>,
    (wanted, now): (&Wanted, Moment),
    sender: &mpsc::Sender<Chunk>,
) -> Answer<()> {
    let mut text = CsvOut::new(Vec::new(), &HEADER).and_then(CsvOut::finish).map_err(|error| wrong(&error))?;
    understood.only(SOME);
    loop {
        let (rows, next) = understood.rows(&mut at).await?;
        let lines = judged(&mut at, &rows, now).await?;
        let sent = sender.send(Ok(written(text, &lines, wanted)?)).await;
        match rows.last().filter(|_| next.is_some() && sent.is_ok()) {
            Some(last) => understood.behind(last, SOME),
            None => return Ok(()),
        }
        text = Vec::new();
    }
}

fn wrong(error: &Unwritable) -> Failure {
    Failure::Bug(error.to_string())
}

fn written(text: Vec<u8>, lines: &[Line], wanted: &Wanted) -> Answer<Vec<u8>> {
    let mut out = CsvOut::onto(text, HEADER.len());
    for line in lines.iter().filter(|line| wanted.fits(line)) {
        let cells = cells(line);
        out.row(&cells.iter().map(String::as_str).collect::<Vec<_>>()).map_err(|error| wrong(&error))?;
    }
    out.finish().map_err(|error| wrong(&error))
}
