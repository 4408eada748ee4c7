//! Files into what they say: opened, inflated, read, digested. Nothing is written here.
//!
//! Invariant: the digest is over the bytes of the files that are read, one after the other, in order of their names. A
//! file that may be left out is read apart, so that a bad one leaves nothing behind.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use sha2::{Digest, Sha256};

use super::model::Sighting;
use super::reading::log::{FileTold, open, read};
use super::reading::logs::{Named, of_file};
use super::reading::{BadLine, Reading};
use super::rules::{self, Ours};
use crate::storage::versions::hash_text;
use crate::vocabulary::Moment;

/// A file to be read, under the name people know it by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogFile {
    pub name: String,
    pub path: PathBuf,
    /// Found in a folder somebody named: when it is bad, it alone is left out.
    pub found: bool,
}

impl LogFile {
    /// A file that somebody named.
    #[must_use]
    pub fn named(name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self { name: name.into(), path: path.into(), found: false }
    }
}

/// Bytes of files read so far, for whoever waits.
pub type Progress = Arc<AtomicU64>;

/// What files said.
pub struct Intake {
    pub reading: Reading,
    /// The organization's hosts in it, in order of address.
    pub hosts: Vec<Sighting>,
    pub files: Vec<FileTold>,
    /// The files that were read.
    pub read: Vec<LogFile>,
    /// Their names.
    pub names: String,
    pub digest: String,
}

/// Why files are not taken.
#[derive(Debug)]
pub struct Refusal {
    pub lines: Vec<BadLine>,
    /// True when a file is no log that can be read; false when single rows are wrong.
    pub unreadable: bool,
}

/// Reads files: all of them or none, but for those that may be left out.
pub fn take(
    files: &[LogFile],
    ours: &Ours,
    (now, partial): (Moment, bool),
    progress: &Progress,
) -> Result<Intake, Refusal> {
    let mut reading = Reading::new(now, partial);
    let (mut told, mut kept, mut bad, mut hash) = (Vec::new(), Vec::new(), Vec::new(), Sha256::new());
    for file in files {
        let before = hash.clone();
        let lenient = partial || file.found;
        match one_of_many(file, lenient && files.len() > 1, (&mut hash, &mut reading), progress) {
            Ok(one) if one.read => {
                kept.push(file.clone());
                told.push(one);
            }
            outcome => {
                hash = before;
                match outcome {
                    Ok(one) => told.push(one),
                    Err(line) if lenient => reading.refuse(line),
                    Err(line) => bad.push(line),
                }
            }
        }
    }
    let names: Vec<&str> = told.iter().filter(|one| one.read).map(|one| base_name(&one.file)).collect();
    if bad.is_empty() && names.is_empty() {
        bad = none_read(&reading, &told);
    }
    if !bad.is_empty() {
        return Err(Refusal { unreadable: bad.iter().any(|line| line.whole), lines: bad });
    }
    let whole = |problem| Refusal { lines: vec![BadLine::of_file("", problem)], unreadable: true };
    reading.settle().map_err(whole)?;
    let hosts = rules::hosts(&reading, ours).map_err(whole)?;
    let names = crate::vocabulary::fold::truncated(&names.join(", "), 2_000).to_owned();
    Ok(Intake { reading, hosts, files: told, read: kept, names, digest: hash_text(&hash.finalize()) })
}

/// The name of a file without its folders.
#[must_use]
pub fn base_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn none_read(reading: &Reading, told: &[FileTold]) -> Vec<BadLine> {
    let not_yet = told.iter().map(|one| BadLine::of_file(&one.file, "a log of Zeek that Glance does not read yet"));
    let lines: Vec<BadLine> = reading.refused.iter().cloned().chain(not_yet).collect();
    if lines.is_empty() { vec![BadLine::of_file("", "no log was given")] } else { lines }
}

/// Reads a file, apart from the others where it may be left out.
fn one_of_many(
    file: &LogFile,
    apart: bool,
    (hash, reading): (&mut Sha256, &mut Reading),
    progress: &Progress,
) -> Result<FileTold, BadLine> {
    if !apart {
        return one(file, hash, reading, progress);
    }
    let mut alone = reading.apart();
    let told = one(file, hash, &mut alone, progress)?;
    reading.absorb(alone).map_err(|problem| BadLine::of_file(&file.name, problem))?;
    Ok(told)
}

fn one(file: &LogFile, hash: &mut Sha256, reading: &mut Reading, progress: &Progress) -> Result<FileTold, BadLine> {
    let wrong = |error: std::io::Error| BadLine::of_file(&file.name, format!("cannot be read: {error}"));
    if of_file(&file.name) == Named::Unknown && !is_log_name(&file.name) {
        return Err(BadLine::of_file(
            &file.name,
            "not a log by its name; Zeek's are called conn.log, known_hosts.log and so on",
        ));
    }
    let shared = Arc::new(Mutex::new(std::mem::take(hash)));
    let inner = Hashing {
        inner: File::open(&file.path).map_err(wrong)?,
        hash: Arc::clone(&shared),
        progress: Arc::clone(progress),
    };
    let told = {
        let mut reader = BufReader::with_capacity(1 << 18, inner);
        let told = read(&file.name, open(&mut reader).map_err(wrong)?, reading)?;
        if told.read {
            std::io::copy(&mut reader, &mut std::io::sink()).map_err(wrong)?;
        }
        told
    };
    *hash = shared.lock().map(|hash| hash.clone()).map_err(|_| BadLine::of_file(&file.name, "hashing broke off"))?;
    Ok(told)
}

/// True for names a log may have whose kind only its header tells.
fn is_log_name(name: &str) -> bool {
    let name = name.strip_suffix(".gz").unwrap_or(name);
    [".log", ".json", ".jsonl", ".ndjson", ".tsv", ".csv"].iter().any(|end| name.ends_with(end))
}

/// Hashes bytes on their way through.
struct Hashing<R> {
    inner: R,
    hash: Arc<Mutex<Sha256>>,
    progress: Progress,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.progress.fetch_add(read as u64, Ordering::Relaxed);
        if let Ok(mut hash) = self.hash.lock() {
            hash.update(&buffer[..read]);
        }
        Ok(read)
    }
}
