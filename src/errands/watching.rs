//! Logs taken in as they land in a folder: `glance serve --watch`.
//!
//! Invariant: each file is one batch of the sensor, taken whole or not at all, journaled as the person at the host; nothing
//! in the folder is moved or changed. A file is taken once it stood still between two looks. A sensor's live log, which
//! bears the bare name (`conn.log`, as Zeek writes it until it rotates), is taken when it stood still for an hour, because
//! what is taken and grows on would be counted twice; one that grows all the same is refused and named.
//!
//! What was taken before changes nothing: the same bytes, and the gzip of a log that was taken plain, are known by their
//! digests, also after a restart. Not known: the plain log of a gzip taken before the last start, and a file that came in
//! among others of one import. A bad file is named once, and tried again when it changes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};
use tokio::sync::watch::Receiver;

use crate::flows::found;
use crate::flows::importing::{Import, Unimported, import};
use crate::flows::intake::{LogFile, Progress, base_name};
use crate::flows::reading::log::open;
use crate::flows::reading::logs::{Named, is_live, of_file};
use crate::flows::records::same_batch;
use crate::ids::OrganizationId;
use crate::storage::versions::hash_text;
use crate::storage::{Actor, AsOf, Blobs, Result, Store};
use crate::vocabulary::{Moment, Reference};
use crate::web::App;

/// Seconds between two looks.
const PACE: Duration = Duration::from_secs(5);
/// Seconds a live log stands still before it is taken: as long as Zeek writes into one (`Log::default_rotation_interval`).
const LIVE: i64 = 3_600;

/// A folder that is watched.
#[derive(Clone, Debug)]
pub struct Watched {
    pub folder: PathBuf,
    pub organization: OrganizationId,
    pub sensor: Reference,
    /// Who told the process to watch.
    pub actor: Actor,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Taken {
        rows: i64,
        flows: i64,
    },
    /// Its content was taken before.
    Known,
    /// Told with its place; nothing was written.
    Bad(String),
}

/// A file as it was at the last look.
struct Look {
    size: u64,
    changed: Option<SystemTime>,
    since: Moment,
    done: bool,
}

/// A folder and what was seen in it.
pub struct Watch {
    watched: Watched,
    looks: BTreeMap<String, Look>,
    /// By name: how long a file was when it was taken, and its digest.
    taken: BTreeMap<String, (u64, String)>,
    /// Digests of what was taken, unpacked.
    contents: BTreeSet<String>,
}

/// Watches until told to stop; the file at hand is finished.
pub async fn run(app: App, watched: Watched, mut stop: Receiver<bool>) {
    let mut watch = Watch::new(watched);
    while !*stop.borrow() {
        match watch.look(&app.store, &app.blobs, &stop).await {
            Ok(seen) if seen.iter().any(|(_, outcome)| matches!(outcome, Outcome::Taken { .. })) => {
                app.nudge.notify_one();
            }
            Ok(_) => {}
            Err(failure) => {
                tracing::error!(error = ?failure, "a watched file could not be taken in; it is tried again");
            }
        }
        tokio::select! {
            _ = stop.changed() => {}
            () = tokio::time::sleep(PACE) => {}
        }
    }
}

impl Watch {
    #[must_use]
    pub fn new(watched: Watched) -> Self {
        Self { watched, looks: BTreeMap::new(), taken: BTreeMap::new(), contents: BTreeSet::new() }
    }

    /// Looks once, and takes in what stood still since the last look; tells what became of each file it took up.
    pub async fn look(
        &mut self,
        store: &Store,
        blobs: &Blobs,
        stop: &Receiver<bool>,
    ) -> Result<Vec<(String, Outcome)>> {
        let now = store.clock().now();
        let files = match found::logs(&self.watched.folder) {
            Ok(files) => files,
            Err((path, error)) => {
                tracing::warn!(path = %path.display(), %error, "the watched folder cannot be looked at");
                return Ok(Vec::new());
            }
        };
        let there: BTreeSet<&str> = files.iter().map(|file| file.name.as_str()).collect();
        self.looks.retain(|name, _| there.contains(name.as_str()));
        let mut seen = Vec::new();
        for file in files.iter().filter(|file| is_log(file)) {
            if *stop.borrow() {
                break;
            }
            if !self.stood_still(file, now) {
                continue;
            }
            let outcome = self.take(store, blobs, file).await?;
            tell(file, &outcome);
            if let Some(look) = self.looks.get_mut(&file.name) {
                look.done = true;
            }
            seen.push((file.name.clone(), outcome));
        }
        Ok(seen)
    }

    /// True when a file is as it was at an earlier look, long enough ago, and nothing became of it yet.
    fn stood_still(&mut self, file: &LogFile, now: Moment) -> bool {
        let Ok(data) = std::fs::metadata(&file.path) else { return false };
        let (size, changed) = (data.len(), data.modified().ok());
        match self.looks.get(&file.name) {
            Some(look) if (look.size, look.changed) == (size, changed) => {
                let waits = if is_live(base_name(&file.name)) { LIVE } else { 1 };
                !look.done && look.since.plus_seconds(waits) <= now
            }
            _ => {
                self.looks.insert(file.name.clone(), Look { size, changed, since: now, done: false });
                false
            }
        }
    }

    async fn take(&mut self, store: &Store, blobs: &Blobs, file: &LogFile) -> Result<Outcome> {
        let (path, before) = (file.path.clone(), self.taken.get(&file.name).cloned());
        let read = tokio::task::spawn_blocking(move || Content::of(&path, before)).await;
        let content = match read {
            Ok(Ok(content)) => content,
            Ok(Err(error)) => return Ok(Outcome::Bad(format!("{}: cannot be read: {error}", file.name))),
            Err(error) => return Ok(Outcome::Bad(format!("{}: {error}", file.name))),
        };
        if content.grew {
            let problem = "grew after it was taken; its rows would count twice. Let the sensor rotate it";
            return Ok(Outcome::Bad(format!("{}: {problem}", file.name)));
        }
        let mut at = store.snapshot(self.watched.organization, AsOf::Now).await?;
        let sensor = self.watched.sensor.as_str();
        let mut known = self.contents.contains(&content.unpacked);
        for digest in [&content.packed, &content.unpacked] {
            known = known || same_batch(&mut at, sensor, digest).await?.is_some();
        }
        drop(at);
        let outcome = if known { Outcome::Known } else { self.import(store, blobs, file).await? };
        if !matches!(outcome, Outcome::Bad(_)) {
            self.taken.insert(file.name.clone(), (content.size, content.packed));
            self.contents.insert(content.unpacked);
        }
        Ok(outcome)
    }

    async fn import(&self, store: &Store, blobs: &Blobs, file: &LogFile) -> Result<Outcome> {
        let Watched { organization, sensor, actor, .. } = self.watched.clone();
        let files = vec![LogFile { found: false, ..file.clone() }];
        let (author, partial, progress) = (store.author(actor), false, Progress::default());
        match import(store, blobs, Import { organization, author, sensor, files, partial, progress }).await {
            Ok(imported) if !imported.taken.new => Ok(Outcome::Known),
            Ok(imported) => Ok(Outcome::Taken { rows: imported.taken.rows, flows: imported.taken.flows }),
            Err(Unimported::Refused(refusal)) => {
                let lines: Vec<String> = refusal.lines.iter().map(ToString::to_string).collect();
                Ok(Outcome::Bad(lines.join("; ")))
            }
            Err(Unimported::Failed(failure)) => Err(failure),
            Err(Unimported::Broken(cause)) => Ok(Outcome::Bad(format!("{}: {cause}", file.name))),
        }
    }
}

/// Logs, known by their names, that are read; others in the folder are none of ours.
fn is_log(file: &LogFile) -> bool {
    let name = base_name(&file.name);
    let name = name.strip_suffix(".gz").unwrap_or(name);
    let is_log = [".log", ".json", ".jsonl", ".ndjson", ".tsv", ".csv"].iter().any(|end| name.ends_with(end));
    is_log && of_file(name) != Named::NotYet
}

fn tell(file: &LogFile, outcome: &Outcome) {
    match outcome {
        Outcome::Taken { rows, flows } => tracing::info!(file = file.name, rows, flows, "a watched log was taken in"),
        Outcome::Known => tracing::info!(file = file.name, "a watched log had been taken in before; nothing changed"),
        Outcome::Bad(problem) => tracing::warn!(problem, "a watched log was not taken in; nothing was written"),
    }
}

/// What a file holds, by digests.
struct Content {
    size: u64,
    packed: String,
    unpacked: String,
    /// True when it begins with what was taken under its name, and goes on.
    grew: bool,
}

impl Content {
    fn of(path: &PathBuf, before: Option<(u64, String)>) -> std::io::Result<Self> {
        let (size, packed) = digest(File::open(path)?)?;
        let grew = match before {
            Some((length, known)) if length < size => digest(File::open(path)?.take(length))?.1 == known,
            _ => false,
        };
        let mut reader = BufReader::new(File::open(path)?);
        let unpacked = if reader.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
            // A gzip that is cut short is refused when it is read; here it is only another content.
            digest(open(reader)?).map_or_else(|_| packed.clone(), |(_, digest)| digest)
        } else {
            packed.clone()
        };
        Ok(Self { size, packed, unpacked, grew })
    }
}

fn digest(mut reader: impl Read) -> std::io::Result<(u64, String)> {
    let (mut hash, mut buffer, mut size) = (Sha256::new(), vec![0; 1 << 16], 0);
    loop {
        let read = reader.read(&mut buffer)?;
        if read == 0 {
            return Ok((size, hash_text(&hash.finalize())));
        }
        hash.update(&buffer[..read]);
        size += read as u64;
    }
}
