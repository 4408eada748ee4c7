//! `glance import zeek`: logs of a sensor into the record, as one batch.
//!
//! Invariant: files that are named come all or none without `--partial`; of a folder, the good ones come and the bad ones are
//! named (exit 1); a folder's logs that Glance does not read yet are listed, not refused; the
//! answer names file, line, column and value of what is wrong.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::import::unreadable;
use super::{Done, Ending};
use crate::errands::following;
use crate::findings::following::Followed;
use crate::flows::found;
use crate::flows::importing::{Import, Imported, Unimported, import};
use crate::flows::intake::{LogFile, Progress, Refusal};
use crate::flows::reading::BadLine;
use crate::flows::records::flows;
use crate::ids::{BatchId, OrganizationId};
use crate::posture::Memory;
use crate::settings::Place;
use crate::storage::{AsOf, Store};
use crate::vocabulary::Reference;

#[derive(clap::Args)]
pub struct Zeek {
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    #[arg(long)]
    organization: String,
    /// The sensor's reference; it is entered as a SPAN port when there is none
    #[arg(long)]
    sensor: String,
    /// Take the good rows and leave out those with problems
    #[arg(long)]
    partial: bool,
}

impl Zeek {
    pub async fn run(self, place: &Place) -> Done {
        let began = Instant::now();
        let sensor = Reference::parse(&self.sensor).map_err(|problem| Ending::Usage(format!("--sensor: {problem}")))?;
        let mut files = Vec::new();
        for path in &self.paths {
            files.extend(logs(path)?);
        }
        files.sort();
        files.dedup();
        if files.is_empty() {
            return Err(Ending::Usage("no log was found there".to_owned()));
        }
        let blobs = place.blobs().map_err(Ending::Usage)?;
        let store = super::open(place).await?;
        let organization = super::organization(&store, &self.organization).await?.id;
        let (author, partial, progress) = (store.author(super::host()), self.partial, Progress::default());
        let shown = show(&files, &progress);
        let done = import(&store, &blobs, Import { organization, author, sensor, files, partial, progress }).await;
        shown.abort();
        match done {
            Ok(imported) => {
                let memory = Memory::default();
                let followed = following::follow(&store, &memory, organization).await?;
                let verdicts = verdicts(&store, &memory, organization, imported.taken.batch).await?;
                told(place, &imported, (&followed, &verdicts), began)
            }
            Err(Unimported::Refused(refusal)) => refused(place, &refusal, began),
            Err(Unimported::Failed(failure)) => Err(failure.into()),
            Err(Unimported::Broken(cause)) => Err(Ending::Failed(cause)),
        }
    }
}

/// The files under a path.
fn logs(path: &Path) -> Result<Vec<LogFile>, Ending> {
    if path.is_dir() {
        return found::logs(path).map_err(|(path, error)| unreadable(&path, error));
    }
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    std::fs::File::open(path).map_err(|error| unreadable(path, error))?;
    Ok(vec![LogFile::named(name, path)])
}

/// Shows how much is read, when somebody looks on.
fn show(files: &[LogFile], progress: &Progress) -> tokio::task::JoinHandle<()> {
    let total: u64 = files.iter().filter_map(|file| std::fs::metadata(&file.path).ok()).map(|data| data.len()).sum();
    let progress = Progress::clone(progress);
    tokio::spawn(async move {
        while std::io::stderr().is_terminal() {
            tokio::time::sleep(Duration::from_millis(250)).await;
            let read = progress.load(Ordering::Relaxed);
            eprint!("\r{} of {} MiB read ", read >> 20, total >> 20);
            if read >= total {
                eprintln!("; writing");
                break;
            }
        }
    })
}

fn value(bad: &BadLine) -> Value {
    json!({"file": bad.file, "line": bad.line, "column": bad.column, "value": bad.value, "problem": bad.problem})
}

/// How many flows of a batch the policy judges how.
async fn verdicts(
    store: &Store,
    memory: &Memory,
    organization: OrganizationId,
    batch: BatchId,
) -> Result<BTreeMap<&'static str, u64>, Ending> {
    let mut at = store.snapshot(organization, AsOf::Now).await?;
    let judged = memory.judged(&mut at, store.clock().now()).await?;
    let traffic = &judged.facts.boundary.traffic;
    let mut counted = BTreeMap::new();
    for place in flows::ids_of(&mut at, batch).await?.into_iter().filter_map(|id| traffic.place(id)) {
        *counted.entry(traffic.calls[place].call.word()).or_insert(0) += 1;
    }
    Ok(counted)
}

fn told(
    place: &Place,
    imported: &Imported,
    (followed, verdicts): (&Followed, &BTreeMap<&'static str, u64>),
    began: Instant,
) -> Done {
    let taken = &imported.taken;
    let (created, unchanged) = if taken.new { (taken.rows, 0) } else { (0, taken.rows) };
    let not_read: Vec<&str> = imported.files.iter().filter(|file| !file.read).map(|file| file.file.as_str()).collect();
    let document = json!({"rows": taken.rows, "created": created, "updated": 0, "unchanged": unchanged,
        "refused": imported.refused.iter().map(value).collect::<Vec<_>>(), "left_out": imported.left_out,
        "flows": taken.flows, "hosts_discovered": taken.hosts, "waiting": imported.waiting, "batch": taken.batch,
        "sensor": taken.sensor, "files": imported.files, "not_read_yet": not_read, "verdicts": verdicts,
        "findings": followed, "seconds": began.elapsed().as_secs_f64(),
        "journal_held_seconds": taken.held.as_secs_f64()});
    let mut words = if taken.new {
        format!(
            "{} rows, {} flows, {} hosts; {} wait for a decision",
            taken.rows, taken.flows, taken.hosts, imported.waiting
        )
    } else {
        format!("these bytes were taken in before from this sensor; nothing changed ({} hosts wait)", imported.waiting)
    };
    let judged: Vec<String> =
        verdicts.iter().map(|(word, count)| format!("{count} {}", word.replace('_', " "))).collect();
    if !judged.is_empty() {
        words.push_str(&format!("\n  flows: {}", judged.join(", ")));
    }
    if !not_read.is_empty() {
        words.push_str(&format!("\n  not read yet: {}", not_read.join(", ")));
    }
    for bad in &imported.refused {
        words.push_str(&format!("\n  left out: {bad}"));
    }
    super::say(place, &document, &words);
    if imported.left_out == 0 { Ok(()) } else { Err(Ending::DoesNotHold(format!("{} left out", imported.left_out))) }
}

/// Tells why nothing was taken: 1 when single rows are wrong, 2 when a file is no log that can be read.
fn refused(place: &Place, refusal: &Refusal, began: Instant) -> Done {
    let lines: Vec<String> = refusal.lines.iter().map(ToString::to_string).collect();
    if place.json {
        let document = json!({"rows": 0, "created": 0, "updated": 0, "unchanged": 0,
            "refused": refusal.lines.iter().map(value).collect::<Vec<_>>(), "flows": 0, "hosts_discovered": 0, "verdicts": {},
            "findings": {"opened": 0, "reopened": 0, "unchanged": 0}, "seconds": began.elapsed().as_secs_f64()});
        println!("{document}");
    }
    let said = format!("nothing was written\n  {}", lines.join("\n  "));
    Err(if refusal.unreadable { Ending::Usage(said) } else { Ending::DoesNotHold(said) })
}
