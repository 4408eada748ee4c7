//! `glance import …`: files into the record, from the host.
//!
//! Invariant: all or nothing without `--partial`; the report is one JSON document; the same file twice changes nothing.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Subcommand;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Done, Ending};
use crate::artifacts::keeping;
use crate::assets::{Asset, Interface, Service};
use crate::flows::actions::{Source, take_in};
use crate::flows::rules::Hosts;
use crate::flows::zeek::{self, ConnLog};
use crate::ids::OrganizationId;
use crate::obligations::Performance;
use crate::register::import::{self, Report};
use crate::register::{Register, import::RefusedValue};
use crate::settings::Place;
use crate::sheets::{self, Limits, Sheet};
use crate::sites::Site;
use crate::storage::blobs::Stored;
use crate::storage::versions::hex;
use crate::storage::{AsOf, Change};
use crate::systems::System;
use crate::zones::Zone;

#[derive(Subcommand)]
pub enum Import {
    /// An inventory as CSV or XLSX, by header name: Glance's own columns, `NetBox` devices, CISA NAVV
    Assets {
        file: PathBuf,
        #[arg(long)]
        organization: String,
        /// Say what would change, and change nothing
        #[arg(long)]
        dry_run: bool,
        /// Take the good rows and leave out those with problems
        #[arg(long)]
        partial: bool,
        /// What the rows are, when the header does not tell: sites, systems, zones, assets, interfaces, services,
        /// performances
        #[arg(long)]
        kind: Option<String>,
    },
    /// Zeek `conn.log` files (TSV or JSON lines, plain or gzip), or folders that hold them
    Zeek {
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        #[arg(long)]
        organization: String,
        #[arg(long)]
        sensor: String,
    },
}

impl Import {
    pub async fn run(self, place: &Place) -> Done {
        match self {
            Import::Assets { file, organization, dry_run, partial, kind } => {
                assets(place, &file, &organization, (dry_run, partial), kind.as_deref()).await
            }
            Import::Zeek { paths, organization, sensor } => zeek(place, &paths, &organization, &sensor).await,
        }
    }
}

fn unreadable(path: &Path, error: impl std::fmt::Display) -> Ending {
    Ending::Usage(format!("{}: {error}", path.display()))
}

/// Which register a sheet is for: by the worksheet's name, else by its header.
fn kind_of(sheet: &Sheet) -> &'static str {
    const KINDS: [&str; 7] = ["sites", "systems", "zones", "assets", "interfaces", "services", "performances"];
    let name = sheet.name.to_lowercase();
    if let Some(kind) = KINDS.iter().find(|kind| name == **kind || (name == "bes cyber systems" && **kind == "systems"))
    {
        return kind;
    }
    if name == "segments" {
        return "zones";
    }
    let has = |column: &str| sheet.header.iter().any(|name| name.eq_ignore_ascii_case(column));
    match () {
        () if has("performed_on") => "performances",
        () if has("asset") && has("port") => "services",
        () if has("asset") && has("name") => "interfaces",
        () if has("reliability_task") || has("criterion") => "systems",
        () if has("criteria") => "sites",
        () if has("subnets") => "zones",
        () => "assets",
    }
}

async fn assets(place: &Place, file: &Path, slug: &str, how: (bool, bool), kind: Option<&str>) -> Done {
    let (began, (dry_run, partial)) = (Instant::now(), how);
    let bytes = std::fs::read(file).map_err(|error| unreadable(file, error))?;
    let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let sheets = sheets::read(&name, &bytes, &Limits::default()).map_err(|refusal| unreadable(file, refusal))?;
    let store = super::open(place).await?;
    let organization = super::organization(&store, slug).await?;
    let why = format!("Import of {name}");
    let mut change = store.change(organization.id, store.author(super::host())).await?;
    let mut total = Report::default();
    for sheet in &sheets {
        let report = one_sheet(&mut change, kind.unwrap_or_else(|| kind_of(sheet)), sheet, partial, &why).await?;
        add(&mut total, report);
    }
    let refused = !total.refused.is_empty() && !partial;
    if refused {
        (total.created, total.updated) = (0, 0);
    } else if !dry_run && total.created + total.updated > 0 {
        let stored = keep(place, organization.id, file).await?;
        let source = keeping::Source { name: &name, system: "" };
        let kept = keeping::record_source(&mut change, &stored, source, &why).await?;
        change.note("file.import", keeping::subject(&kept), Some(&why)).await?;
        change.commit().await?;
    }
    let mut document = serde_json::to_value(&total).map_err(|error| Ending::Failed(error.to_string()))?;
    document["seconds"] = json!(began.elapsed().as_secs_f64());
    super::say(place, &document, &told(&total, dry_run));
    if refused { Err(Ending::DoesNotHold(String::new())) } else { Ok(()) }
}

/// Keeps the bytes of an imported file as evidence.
async fn keep(place: &Place, organization: OrganizationId, file: &Path) -> Result<Stored, Ending> {
    let blobs = place.blobs().map_err(Ending::Usage)?;
    Ok(keeping::keep_file(&blobs, organization, file).await?)
}

fn add(total: &mut Report, report: Report) {
    total.rows += report.rows;
    total.created += report.created;
    total.updated += report.updated;
    total.unchanged += report.unchanged;
    total.refused.extend(report.refused);
    total.unused_columns.extend(report.unused_columns);
}

fn told(report: &Report, dry_run: bool) -> String {
    use std::fmt::Write;
    let would = if dry_run { "would be " } else { "" };
    let mut text = format!(
        "{} rows: {} {would}created, {} {would}updated, {} unchanged, {} refused",
        report.rows,
        report.created,
        report.updated,
        report.unchanged,
        report.refused.len()
    );
    for RefusedValue { line, column, value, problem } in &report.refused {
        let _ = write!(text, "\n  line {line}, {column}: {problem} ({value})");
    }
    if !report.unused_columns.is_empty() {
        let _ = write!(text, "\n  columns not used: {}", report.unused_columns.join(", "));
    }
    text
}

async fn one_sheet(change: &mut Change, kind: &str, sheet: &Sheet, partial: bool, why: &str) -> Result<Report, Ending> {
    match kind {
        "sites" => rows::<Site>(change, sheet, partial, why).await,
        "systems" => rows::<System>(change, sheet, partial, why).await,
        "zones" => rows::<Zone>(change, sheet, partial, why).await,
        "assets" => rows::<Asset>(change, sheet, partial, why).await,
        "interfaces" => rows::<Interface>(change, sheet, partial, why).await,
        "services" => rows::<Service>(change, sheet, partial, why).await,
        "performances" => rows::<Performance>(change, sheet, partial, why).await,
        other => Err(Ending::Usage(format!("{other} is not a kind of record that is imported"))),
    }
}

async fn rows<K: Register>(change: &mut Change, sheet: &Sheet, partial: bool, why: &str) -> Result<Report, Ending> {
    let plan = import::plan::<K>(change.reading().await?, sheet).await?;
    Ok(import::carry_out(change, &plan, partial, why).await?)
}

/// Files named `conn*.log*` under a path, in order; a file is taken whatever its name.
fn logs(path: &Path) -> Result<Vec<PathBuf>, Ending> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path).map_err(|error| unreadable(path, error))?;
    let mut found = Vec::new();
    for entry in entries {
        let inside = entry.map_err(|error| unreadable(path, error))?.path();
        let name = inside.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        if inside.is_dir() {
            found.extend(logs(&inside)?);
        } else if name.starts_with("conn") && name.contains(".log") {
            found.push(inside);
        }
    }
    found.sort();
    Ok(found)
}

/// Hashes bytes on their way through.
struct Hashing<R> {
    inner: R,
    hash: std::sync::Arc<std::sync::Mutex<Sha256>>,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if let Ok(mut hash) = self.hash.lock() {
            hash.update(&buffer[..read]);
        }
        Ok(read)
    }
}

fn fold(files: &[PathBuf]) -> Result<(Hosts, String), Ending> {
    let hash = std::sync::Arc::new(std::sync::Mutex::new(Sha256::new()));
    let mut hosts = Hosts::default();
    for path in files {
        let file = File::open(path).map_err(|error| unreadable(path, error))?;
        let reader = BufReader::with_capacity(1 << 18, Hashing { inner: file, hash: std::sync::Arc::clone(&hash) });
        let mut log = ConnLog::new(zeek::open(reader).map_err(|error| unreadable(path, error))?);
        while let Some(conn) = log.next_conn().map_err(|bad| unreadable(path, bad))? {
            hosts.take(&conn).map_err(|problem| unreadable(path, problem))?;
        }
    }
    let digest = hash.lock().map(|hash| hash.clone().finalize()).map_err(|_| Ending::Failed("hashing".to_owned()))?;
    Ok((hosts, format!("sha256:{}", hex(&digest))))
}

fn names(files: &[PathBuf]) -> String {
    let names = files.iter().filter_map(|path| path.file_name()).map(|name| name.to_string_lossy().into_owned());
    names.collect::<Vec<_>>().join(", ")
}

async fn zeek(place: &Place, paths: &[PathBuf], slug: &str, sensor: &str) -> Done {
    let began = Instant::now();
    if sensor.trim().is_empty() || sensor.chars().count() > 80 || sensor.chars().any(char::is_control) {
        return Err(Ending::Usage("--sensor: 1 to 80 characters".to_owned()));
    }
    let mut files = Vec::new();
    for path in paths {
        files.extend(logs(path)?);
    }
    if files.is_empty() {
        return Err(Ending::Usage("no conn.log was found there".to_owned()));
    }
    let store = super::open(place).await?;
    let organization = super::organization(&store, slug).await?;
    let names = names(&files);
    let (hosts, digest) = tokio::task::spawn_blocking(move || fold(&files))
        .await
        .map_err(|error| Ending::Failed(error.to_string()))??;
    let mut change = store.change(organization.id, store.author(super::host())).await?;
    let source = Source { sensor: sensor.trim(), names: &names, digest: &digest };
    let taken = take_in(&mut change, &source, hosts).await?;
    if taken.new {
        change.commit().await?;
    } else {
        drop(change);
    }
    let mut at = store.snapshot(organization.id, AsOf::Now).await?;
    let waiting = crate::flows::records::count_waiting(&mut at).await?;
    let (created, unchanged) = if taken.new { (taken.rows, 0) } else { (0, taken.rows) };
    let document = json!({"rows": taken.rows, "created": created, "updated": 0, "unchanged": unchanged, "refused": [],
        "flows": taken.rows, "hosts_discovered": taken.hosts, "waiting": waiting, "batch": taken.batch,
        "verdicts": {}, "findings": {"opened": 0, "reopened": 0, "unchanged": 0}, "seconds": began.elapsed().as_secs_f64()});
    let words = if taken.new {
        format!("{} connections, {} hosts; {waiting} wait for a decision", taken.rows, taken.hosts)
    } else {
        format!("these bytes were taken in before from this sensor; nothing changed ({waiting} hosts wait)")
    };
    super::say(place, &document, &words);
    Ok(())
}
