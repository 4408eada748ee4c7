//! Observed rows out to a file: exactly what is filtered, as CSV or XLSX.
//!
//! Invariant: an export leaves a leaf in the journal; rows stream, and memory stays flat.

use axum::body::Body;
use axum::extract::State;
use futures_util::StreamExt;
use tokio::sync::mpsc;

use super::flows::IN_ZONE as FLOWS_IN_ZONE;
use super::queue::IN_ZONE as HOSTS_IN_ZONE;
use super::table::asked_for;
use crate::flows::folding::{initiator, states_text};
use crate::flows::listing::{Listed, Understood};
use crate::flows::operations::operations_text;
use crate::flows::records::flows::FlowTotal;
use crate::flows::records::hosts::HostRow;
use crate::flows::records::sensors::{self, Sensors};
use crate::register::outflow::Chunk;
use crate::register::pages::export::{Format, attached, note};
use crate::sheets::{CsvOut, Unwritable, XlsxOut};
use crate::storage::Snapshot;
use crate::storage::list::Fragment;
use crate::web::extract::Asking;
use crate::web::{Answer, App, Caller, Failure};

/// Bytes collected before they are sent on.
const CHUNK: usize = 64 * 1024;

/// Rows as a file gives them.
pub trait Exported: Listed + Send {
    /// The kind in the journal, the collection in the file's name, the sheet's title.
    const NAMES: [&'static str; 3];
    const HEADER: &'static [&'static str];
    /// The condition of a zone, and how many keys it compares.
    const WITHIN: (&'static Fragment, usize);

    fn cells(self, sensors: &Sensors) -> Vec<String>;
}

impl Exported for FlowTotal {
    const NAMES: [&'static str; 3] = ["flow", "flows", "Flows"];
    const HEADER: &'static [&'static str] = &[
        "source",
        "destination",
        "protocol",
        "port",
        "service",
        "initiator",
        "reached",
        "connections",
        "answered",
        "refused",
        "sent_bytes",
        "received_bytes",
        "states",
        "operations",
        "first_seen",
        "last_seen",
        "sensor",
    ];
    const WITHIN: (&'static Fragment, usize) = (&FLOWS_IN_ZONE, 2);

    fn cells(self, sensors: &Sensors) -> Vec<String> {
        vec![
            self.source,
            self.destination,
            self.protocol,
            self.port.to_string(),
            self.service,
            initiator(self.states).word().to_owned(),
            self.reached,
            self.connections.to_string(),
            self.answered.to_string(),
            self.refused.to_string(),
            self.sent.to_string(),
            self.received.to_string(),
            states_text(self.states),
            operations_text(self.operations),
            self.first_seen.rfc3339(),
            self.last_seen.rfc3339(),
            sensors.reference(self.sensor_id),
        ]
    }
}

impl Exported for HostRow {
    const NAMES: [&'static str; 3] = ["discovery", "discoveries", "Discovered hosts"];
    const HEADER: &'static [&'static str] = &[
        "address",
        "mac",
        "probable_kind",
        "name",
        "vendor",
        "product",
        "model",
        "firmware",
        "serial",
        "software",
        "protocols",
        "ports",
        "peers",
        "conversations",
        "first_seen",
        "last_seen",
        "sensor",
    ];
    const WITHIN: (&'static Fragment, usize) = (&HOSTS_IN_ZONE, 1);

    fn cells(self, sensors: &Sensors) -> Vec<String> {
        let host = self.waiting();
        let seen = host.seen;
        vec![
            seen.address,
            seen.mac,
            host.kind,
            seen.name,
            seen.vendor,
            seen.product,
            seen.model,
            seen.firmware,
            seen.serial,
            seen.software,
            seen.protocols,
            seen.ports,
            seen.peers.to_string(),
            seen.conversations.to_string(),
            seen.first_seen.rfc3339(),
            seen.last_seen.rfc3339(),
            sensors.reference(host.sensor),
        ]
    }
}

pub async fn csv<L: Exported>(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let (at, understood, sensors) = begun::<L>(&app, &caller, &asking).await?;
    let instant = at.instant();
    Ok(attached(L::NAMES[1], instant, Format::Csv, streamed(at, understood, sensors)))
}

pub async fn xlsx<L: Exported>(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let (mut at, understood, sensors) = begun::<L>(&app, &caller, &asking).await?;
    let instant = at.instant();
    let wrong = |error: Unwritable| Failure::Bug(error.to_string());
    let mut out = XlsxOut::new(instant, &app.data).map_err(wrong)?;
    out.sheet(L::NAMES[2], L::HEADER, &[]).map_err(wrong)?;
    {
        let mut rows = std::pin::pin!(understood.every(&mut at).await?);
        while let Some(row) = rows.next().await {
            let cells = row?.cells(&sensors);
            out.row(&cells.iter().map(String::as_str).collect::<Vec<_>>()).map_err(wrong)?;
        }
    }
    let done = tokio::task::spawn_blocking(move || out.finish()).await;
    let bytes = done.map_err(|error| Failure::Bug(error.to_string()))?.map_err(wrong)?;
    Ok(attached(L::NAMES[1], instant, Format::Xlsx, Body::from(bytes)))
}

/// What an address asks for, with its leaf written.
async fn begun<L: Exported>(app: &App, caller: &Caller, asking: &Asking) -> Answer<(Snapshot, Understood<L>, Sensors)> {
    let mut at = caller.snapshot(app).await?;
    let understood = asked_for::<L>(&mut at, asking, L::WITHIN).await?;
    drop(at);
    note(app, caller, (L::NAMES[0], L::NAMES[1]), asking).await?;
    let mut at = caller.snapshot(app).await?;
    let sensors = sensors::references(&mut at).await?;
    Ok((at, understood, sensors))
}

fn streamed<L: Exported>(mut at: Snapshot, understood: Understood<L>, sensors: Sensors) -> Body {
    let (sender, receiver) = mpsc::channel::<Chunk>(4);
    tokio::spawn(async move {
        if let Err(failure) = send(&mut at, &understood, &sensors, &sender).await {
            tracing::error!(?failure, "an export broke off");
            let _ = sender.send(Err(std::io::Error::other("the export broke off"))).await;
        }
    });
    Body::from_stream(futures_util::stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    }))
}

/// Sends the rows until all are sent or nobody listens.
async fn send<L: Exported>(
    at: &mut Snapshot,
    understood: &Understood<L>,
    sensors: &Sensors,
    sender: &mpsc::Sender<Chunk>,
) -> Answer<()> {
    let wrong = |error: Unwritable| Failure::Bug(error.to_string());
    let mut text = CsvOut::new(Vec::new(), L::HEADER).and_then(CsvOut::finish).map_err(wrong)?;
    let mut rows = std::pin::pin!(understood.every(at).await?);
    while let Some(row) = rows.next().await {
        let mut out = CsvOut::onto(text, L::HEADER.len());
        let cells = row?.cells(sensors);
        out.row(&cells.iter().map(String::as_str).collect::<Vec<_>>()).map_err(wrong)?;
        text = out.finish().map_err(wrong)?;
        if text.len() >= CHUNK && sender.send(Ok(std::mem::take(&mut text))).await.is_err() {
            return Ok(());
        }
    }
    let _ = sender.send(Ok(text)).await;
    Ok(())
}
