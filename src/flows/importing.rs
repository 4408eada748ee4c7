//! An import from first to last: read, refuse or take in, and tell what came of it. The same for commands and pages.
//!
//! Invariant: reading takes a thread of its own and no transaction; a refusal has written nothing.

use super::actions::{Taken, ours, take_in};
use super::intake::{self, LogFile, Progress, Refusal};
use super::reading::BadLine;
use super::reading::log::FileTold;
use super::records::count_waiting;
use crate::ids::OrganizationId;
use crate::storage::change::Author;
use crate::storage::{AsOf, Blobs, Failure, Store};
use crate::vocabulary::Reference;

/// What is to be imported.
pub struct Import {
    pub organization: OrganizationId,
    pub author: Author,
    pub sensor: Reference,
    pub files: Vec<LogFile>,
    /// Leaves out what cannot be read, instead of refusing all.
    pub partial: bool,
    pub progress: Progress,
}

/// What came of it.
pub struct Imported {
    pub taken: Taken,
    pub files: Vec<FileTold>,
    /// Rows and files left out of a partial import: the first of them, and their number.
    pub refused: Vec<BadLine>,
    pub left_out: u64,
    /// Hosts that wait for a decision now.
    pub waiting: i64,
}

/// Why nothing came of it.
#[derive(Debug)]
pub enum Unimported {
    Refused(Refusal),
    Failed(Failure),
    /// The thread that read broke off.
    Broken(String),
}

impl From<Failure> for Unimported {
    fn from(failure: Failure) -> Self {
        Unimported::Failed(failure)
    }
}

/// Reads files and takes them in as one batch of a sensor.
pub async fn import(store: &Store, blobs: &Blobs, import: Import) -> Result<Imported, Unimported> {
    let Import { organization, author, sensor, mut files, partial, progress } = import;
    let mut at = store.snapshot(organization, AsOf::Now).await?;
    let ours = ours(&mut at).await?;
    drop(at);
    files.sort();
    let now = store.clock().now();
    let read = tokio::task::spawn_blocking(move || intake::take(&files, &ours, (now, partial), &progress));
    let intake = read.await.map_err(|error| Unimported::Broken(error.to_string()))?.map_err(Unimported::Refused)?;
    let taken = take_in(store, blobs, (organization, author), &sensor, &intake).await?;
    let mut at = store.snapshot(organization, AsOf::Now).await?;
    let waiting = count_waiting(&mut at).await?;
    let (refused, left_out) = (intake.reading.refused, intake.reading.left_out);
    Ok(Imported { taken, files: intake.files, refused, left_out, waiting })
}
