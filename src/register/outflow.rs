//! Rows on their way out, in pieces: memory stays flat however long a list is.
//!
//! Invariant: pieces end anywhere, together they are one file.

use futures_util::StreamExt;
use tokio::sync::mpsc;

use super::listing::Understood;
use super::shape::{cells, header, value};
use super::{Lookup, Register};
use crate::sheets::{CsvOut, Unwritable};
use crate::storage::{Failure, Result, Snapshot};

/// Bytes collected before they are sent on.
const CHUNK: usize = 64 * 1024;

/// A piece, or that the file broke off.
pub type Chunk = std::result::Result<Vec<u8>, std::io::Error>;

/// Sends the rows of a list, as CSV with its header or as a JSON array, until all are sent or nobody listens.
pub async fn send<K: Register>(
    at: &mut Snapshot,
    understood: &Understood<K>,
    lookup: &Lookup,
    as_json: bool,
    sender: &mpsc::Sender<Chunk>,
) -> Result<()> {
    let mut rows = std::pin::pin!(understood.every(at).await?);
    let header = header::<K>();
    let broken = |error: Unwritable| Failure::File(std::io::Error::other(error.to_string()));
    let begun = || CsvOut::new(Vec::new(), &header).and_then(CsvOut::finish).map_err(broken);
    let mut text = if as_json { b"[".to_vec() } else { begun()? };
    let mut first = true;
    while let Some(row) = rows.next().await {
        let row = row?;
        if as_json {
            text.extend_from_slice(if first { b"\n" } else { b",\n" });
            text.extend_from_slice(value(&row, lookup).to_string().as_bytes());
            first = false;
        } else {
            let mut out = CsvOut::onto(text, header.len());
            let cells = cells(&row, lookup);
            out.row(&cells.iter().map(String::as_str).collect::<Vec<_>>()).map_err(broken)?;
            text = out.finish().map_err(broken)?;
        }
        if text.len() >= CHUNK && sender.send(Ok(std::mem::take(&mut text))).await.is_err() {
            return Ok(());
        }
    }
    if as_json {
        text.extend_from_slice(b"\n]\n");
    }
    let _ = sender.send(Ok(text)).await;
    Ok(())
}
