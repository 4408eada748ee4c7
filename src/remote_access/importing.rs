//! A file of sessions from first to last: read, refused or taken in as one batch, told about. The same for commands and pages.
//!
//! Invariant: reading takes a thread of its own and no transaction; a refusal has written nothing; the same file for the same
//! gateway changes nothing.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::gateways::{self, Gateway};
use super::model::SessionBatch;
use super::reading::{self, Heard, Ways};
use super::records::batches::same_batch;
use super::taking::{Coming, take_in};
use crate::artifacts::keeping;
use crate::flows::reading::BadLine;
use crate::ids::{OrganizationId, SessionBatchId};
use crate::organizations::OrganizationProfile;
use crate::storage::change::Author;
use crate::storage::versions::hash_text;
use crate::storage::{AsOf, Blobs, Change, Failure, Kept, Store};

/// What is to be imported.
pub struct Import {
    pub organization: OrganizationId,
    pub author: Author,
    /// The reference of the asset that told of the sessions.
    pub gateway: String,
    pub name: String,
    pub bytes: Vec<u8>,
    /// Times without an offset are in the organization's zone.
    pub local_times: bool,
    /// Leaves out what cannot be taken, instead of refusing all.
    pub partial: bool,
}

/// What came of it.
#[derive(Debug)]
pub struct Imported {
    pub batch: SessionBatchId,
    pub gateway: String,
    pub rows: u64,
    pub events: i64,
    pub repeated: usize,
    /// Sessions the file tells of, and those it said something new of.
    pub sessions: i64,
    pub changed: usize,
    /// False when the same bytes were taken in before.
    pub new: bool,
    pub refused: Vec<BadLine>,
    pub left_out: u64,
    pub unused: BTreeSet<String>,
    pub warnings: Vec<String>,
    /// How long other changes of the organization waited for this one.
    pub held: Duration,
}

/// Why nothing came of it.
#[derive(Debug)]
pub enum Unimported {
    /// No asset is the gateway.
    NoGateway(String),
    Refused(Vec<BadLine>),
    Failed(Failure),
    /// The thread that read broke off.
    Broken(String),
}

impl From<Failure> for Unimported {
    fn from(failure: Failure) -> Self {
        Unimported::Failed(failure)
    }
}

/// Reads a file and takes it in as one batch of its gateway.
pub async fn import(store: &Store, blobs: &Blobs, import: Import) -> Result<Imported, Unimported> {
    let Import { organization, author, gateway, name, bytes, local_times, partial } = import;
    let mut at = store.snapshot(organization, AsOf::Now).await?;
    let gateway = gateways::named(&mut at, &gateway).await?.map_err(Unimported::NoGateway)?;
    let digest = hash_text(&Sha256::digest(&bytes));
    if let Some(known) = same_batch(&mut at, gateway.id, &digest).await? {
        return Ok(told_before(&known, gateway));
    }
    let zone = at.find::<OrganizationProfile>(organization).await?.map(|kept| kept.zone()).filter(|_| local_times);
    drop(at);
    let ways = Ways { now: store.clock().now(), zone, partial };
    let (read, bytes) = tokio::task::spawn_blocking({
        let name = name.clone();
        move || (reading::read(&name, &bytes, &ways), bytes)
    })
    .await
    .map_err(|error| Unimported::Broken(error.to_string()))?;
    let heard = read.map_err(Unimported::Refused)?;
    let stored = keeping::keep_bytes(blobs, organization, &bytes).await?;
    let mut change = store.change(organization, author).await?;
    let began = Instant::now();
    if let Some(known) = same_batch(change.reading().await?, gateway.id, &digest).await? {
        return Ok(told_before(&known, gateway));
    }
    let system = format!("Gateway {}", gateway.reference);
    let source = keeping::Source { name: &name, system: &system };
    let artifact = keeping::record_source(&mut change, &stored, source, "Source of a batch of sessions").await?.id;
    let imported = taken(&mut change, &gateway, heard, (&name, digest, artifact, partial)).await?;
    change.commit().await?;
    Ok(Imported { held: began.elapsed(), ..imported })
}

/// The file's name, its digest, its artifact, and whether sessions that do not fit are left out.
type File<'f> = (&'f str, String, crate::ids::ArtifactId, bool);

async fn taken(
    change: &mut Change,
    gateway: &Gateway,
    mut heard: Heard,
    (name, digest, artifact, partial): File<'_>,
) -> Result<Imported, Unimported> {
    let told = std::mem::take(&mut heard.told);
    let coming = Coming {
        gateway: gateway.id,
        gateway_reference: &gateway.reference,
        source: name,
        digest,
        artifact: Some(artifact),
        told: &told,
        partial,
    };
    let mut taken = take_in(change, coming).await?.map_err(Unimported::Refused)?;
    for bad in std::mem::take(&mut taken.left_out) {
        heard.refuse(bad);
    }
    Ok(Imported {
        batch: taken.batch,
        gateway: gateway.reference.clone(),
        rows: heard.rows,
        events: i64::try_from(taken.events).unwrap_or(i64::MAX),
        repeated: taken.repeated,
        sessions: i64::try_from(taken.sessions.len()).unwrap_or(i64::MAX),
        changed: taken.sessions.iter().filter(|one| one.changed).count(),
        new: true,
        refused: heard.refused,
        left_out: heard.left_out,
        unused: heard.unused,
        warnings: gateway.warnings.clone(),
        held: Duration::ZERO,
    })
}

fn told_before(known: &Kept<SessionBatch>, gateway: Gateway) -> Imported {
    Imported {
        batch: known.id,
        gateway: gateway.reference,
        rows: 0,
        events: known.events,
        repeated: usize::try_from(known.events).unwrap_or(0),
        sessions: known.sessions,
        changed: 0,
        new: false,
        refused: Vec::new(),
        left_out: 0,
        unused: BTreeSet::new(),
        warnings: gateway.warnings,
        held: Duration::ZERO,
    }
}
