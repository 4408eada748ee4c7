//! Taking in a batch: the sensor it came from, its flows, its hosts, one leaf.
//!
//! Invariant: the same bytes for the same sensor change nothing. What a batch holds is folded, ordered and hashed before the
//! change begins, so the journal waits only for rows to be written.

use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::folding::Flows;
use super::intake::{Intake, base_name};
use super::model::{Batch, Sensor, SensorKind};
use super::records::{batches, flows, hosts, same_batch};
use super::rules::Ours;
use crate::artifacts::keeping;
use crate::ids::{ArtifactId, BatchId, Id, OrganizationId, SensorId};
use crate::register::{Register, records as registers};
use crate::storage::blobs::Stored;
use crate::storage::change::Author;
use crate::storage::merkle::{Frontier, leaf_hash};
use crate::storage::versions::{canonical, hash_text};
use crate::storage::{AsOf, Blobs, Change, Kept, Result, Snapshot, Store};
use crate::vocabulary::{Origin, Reference, fold};
use crate::zones::Zone;

/// What a batch brought.
#[derive(Clone, Debug)]
pub struct Taken {
    pub batch: BatchId,
    pub sensor: String,
    pub rows: i64,
    pub flows: i64,
    pub hosts: i64,
    /// False when the same bytes were taken in before.
    pub new: bool,
    /// True when the sensor was entered with this batch.
    pub sensor_entered: bool,
    /// How long other changes of the organization waited for this one.
    pub held: Duration,
}

/// What is to be written, in its order.
struct Prepared {
    sensor: SensorId,
    order: Vec<(Uuid, u32)>,
    root: String,
}

/// Takes in what files said, as a batch of the sensor of this reference.
pub async fn take_in(
    store: &Store,
    blobs: &Blobs,
    (organization, author): (OrganizationId, Author),
    sensor: &Reference,
    intake: &Intake,
) -> Result<Taken> {
    let mut at = store.snapshot(organization, AsOf::Now).await?;
    if let Some(known) = same_batch(&mut at, sensor.as_str(), &intake.digest).await? {
        return Ok(told(&known, false, false));
    }
    let known = known_sensor(&mut at, sensor).await?;
    drop(at);
    let own = known.as_ref().map_or_else(|| SensorId::new(store.clock().now(), &mut rand::rng()), |kept| kept.id);
    let mut prepared = prepare(intake, own)?;
    let bytes = keep_bytes(blobs, organization, intake).await?;
    let mut change = store.change(organization, author).await?;
    let began = Instant::now();
    if let Some(known) = same_batch(change.reading().await?, sensor.as_str(), &intake.digest).await? {
        return Ok(told(&known, false, false));
    }
    let known = known_sensor(change.reading().await?, sensor).await?;
    if let Some(other) = known.as_ref().filter(|kept| kept.id != prepared.sensor) {
        prepared = prepare(intake, other.id)?;
    }
    if known.is_none() {
        enter_sensor(&mut change, prepared.sensor, sensor).await?;
    }
    let (id, batch) = write(&mut change, sensor, intake, (&prepared, &bytes)).await?;
    change.commit().await?;
    Ok(Taken { held: began.elapsed(), ..told_of(&batch, id, known.is_none()) })
}

fn told(known: &Kept<Batch>, new: bool, sensor_entered: bool) -> Taken {
    Taken { new, ..told_of(&known.content, known.id, sensor_entered) }
}

fn told_of(batch: &Batch, id: BatchId, sensor_entered: bool) -> Taken {
    let (rows, flows, hosts) = (batch.rows, batch.flows, batch.hosts);
    Taken {
        batch: id,
        sensor: batch.sensor.clone(),
        rows,
        flows,
        hosts,
        new: true,
        sensor_entered,
        held: Duration::ZERO,
    }
}

/// The subnets of the organization's zones.
pub async fn ours(at: &mut Snapshot) -> Result<Ours> {
    let zones = at.every::<Zone>().await?;
    let living = zones.into_iter().filter(|zone| zone.retired_on.is_none());
    Ok(Ours { subnets: living.flat_map(|zone| zone.content.subnets).collect() })
}

async fn known_sensor(at: &mut Snapshot, sensor: &Reference) -> Result<Option<Kept<Sensor>>> {
    Ok(registers::by_references::<Sensor>(at, &[fold::folded(sensor.as_str())]).await?.pop())
}

/// Enters a sensor nobody had entered before its first log came.
async fn enter_sensor(change: &mut Change, id: SensorId, reference: &Reference) -> Result<()> {
    let mut sensor = Sensor { reference: reference.clone(), kind: Some(SensorKind::Span), ..Sensor::default() };
    sensor.begin(Origin::Discovered);
    change.insert_as(id, "sensor.create", &sensor, "Its first log was imported").await
}

fn prepare(intake: &Intake, sensor: SensorId) -> Result<Prepared> {
    let reading = &intake.reading;
    let order = ordered(&reading.flows, sensor);
    let mut tree = Frontier::empty();
    for (_, place) in &order {
        if let Some(flow) = reading.flows.at(*place as usize) {
            tree.push(leaf_hash(canonical(&reading.flows.row(flow))?.as_bytes()));
        }
    }
    for seen in &intake.hosts {
        tree.push(leaf_hash(canonical(seen)?.as_bytes()));
    }
    Ok(Prepared { sensor, order, root: hash_text(&tree.root()) })
}

/// The flows in order of their ids, which are the same in every batch of the sensor.
fn ordered(flows: &Flows, sensor: SensorId) -> Vec<(Uuid, u32)> {
    let mut order: Vec<(Uuid, u32)> = Vec::with_capacity(flows.len());
    for (flow, place) in flows.iter().zip(0u32..) {
        let digest = Sha256::new()
            .chain_update(b"glance flow ")
            .chain_update(sensor.uuid().as_bytes())
            .chain_update(flow.key.source.to_be_bytes())
            .chain_update(flow.key.destination.to_be_bytes())
            .chain_update(flow.key.port.to_be_bytes())
            .chain_update(flows.words.text(flow.key.protocol).as_bytes())
            .chain_update(b" ")
            .chain_update(flows.words.text(flow.key.service).as_bytes())
            .finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        order.push((uuid::Builder::from_custom_bytes(bytes).into_uuid(), place));
    }
    order.sort_unstable();
    order
}

/// Keeps the bytes of the files; nothing is recorded of them yet.
async fn keep_bytes(blobs: &Blobs, organization: OrganizationId, intake: &Intake) -> Result<Vec<(String, Stored)>> {
    let mut kept = Vec::new();
    for file in &intake.read {
        kept.push((base_name(&file.name).to_owned(), keeping::keep_file(blobs, organization, &file.path).await?));
    }
    Ok(kept)
}

/// Records the files as evidence.
async fn record_files(change: &mut Change, sensor: &Reference, bytes: &[(String, Stored)]) -> Result<Vec<ArtifactId>> {
    let system = format!("Sensor {sensor}");
    let mut artifacts = Vec::new();
    for (name, stored) in bytes {
        let source = keeping::Source { name, system: &system };
        artifacts.push(keeping::record_source(change, stored, source, "Source of a batch of observations").await?.id);
    }
    Ok(artifacts)
}

async fn write(
    change: &mut Change,
    sensor: &Reference,
    intake: &Intake,
    (prepared, bytes): (&Prepared, &[(String, Stored)]),
) -> Result<(BatchId, Batch)> {
    let artifacts = record_files(change, sensor, bytes).await?;
    let span = intake.reading.whole_span();
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let batch = Batch {
        sensor: sensor.as_str().to_owned(),
        sensor_id: Some(prepared.sensor),
        source: intake.names.clone(),
        digest: intake.digest.clone(),
        rows: i64::try_from(intake.reading.rows).unwrap_or(i64::MAX),
        flows: number(prepared.order.len()),
        hosts: number(intake.hosts.len()),
        from: span.map(|(from, _)| from),
        until: span.map(|(_, until)| until),
        root: prepared.root.clone(),
        artifacts,
    };
    let id = change.insert("batch.import", &batch, "").await?;
    flows::keep(change, (id, prepared.sensor), &intake.reading.flows, &prepared.order).await?;
    hosts::keep(change, id, prepared.sensor, &intake.hosts).await?;
    if let Some(span) = span {
        batches::keep_span(change, id, prepared.sensor, span).await?;
    }
    Ok((id, batch))
}
