//! Reading a sealed package's own files: its index and the records behind it.
//!
//! Invariant: what is said of a package comes from the bytes that were sealed, never from the record as it stands now.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;
use zip::ZipArchive;

use crate::vocabulary::fold;

/// Packages whose records are kept in mind at a time.
const MOST_KEPT: usize = 16;
/// Most bytes of an index that is read: one of a million files has about 300 MB.
const MOST_INDEX: u64 = 512 * 1024 * 1024;

/// Finds a file of the payload, whatever the folder is called.
fn entry(archive: &ZipArchive<BufReader<File>>, path: &str) -> Result<usize, String> {
    let ends = format!("/data/{path}");
    let found = (0..archive.len())
        .find(|n| archive.name_for_index(*n).is_some_and(|name| name.ok().is_some_and(|name| name.ends_with(&ends))));
    found.ok_or_else(|| format!("the package holds no {path}"))
}

fn open(path: &Path) -> Result<ZipArchive<BufReader<File>>, String> {
    let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    ZipArchive::new(BufReader::with_capacity(1 << 18, file)).map_err(|error| format!("{}: {error}", path.display()))
}

/// What an index says of its package: each file with its digest and size, each part with its status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    pub files: BTreeMap<String, (String, u64)>,
    pub parts: BTreeMap<String, String>,
}

/// Reads the index of a package. Takes its time: run it on a thread of its own.
pub fn index(path: &Path) -> Result<Index, String> {
    let mut archive = open(path)?;
    let at = entry(&archive, "manifest.json")?;
    let mut text = String::new();
    let file = archive.by_index(at).map_err(|error| error.to_string())?;
    file.take(MOST_INDEX).read_to_string(&mut text).map_err(|error| error.to_string())?;
    let document: Value = serde_json::from_str(&text).map_err(|error| format!("manifest.json: {error}"))?;
    let array = |name: &str| document[name].as_array().cloned().unwrap_or_default();
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let (files, parts) = (array("files"), array("parts"));
    let files = files.iter().map(|file| {
        let size = file["size"].as_u64().or_else(|| file["size"].as_str()?.parse().ok()).unwrap_or(0);
        (text(file, "path"), (text(file, "sha256"), size))
    });
    let status = |part: &Value| {
        let status = text(part, "status");
        if status.is_empty() { text(part, "verdict") } else { status }
    };
    Ok(Index { files: files.collect(), parts: parts.iter().map(|part| (text(part, "id"), status(part))).collect() })
}

/// A record behind a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    pub id: Uuid,
    pub version: String,
    pub label: String,
}

/// The records a package discloses, by kind, each kind in natural order.
#[derive(Clone, Debug, Default)]
pub struct Records {
    pub kinds: BTreeMap<String, Vec<Behind>>,
    ids: HashSet<Uuid>,
}

impl Records {
    /// True when the package discloses this record.
    #[must_use]
    pub fn holds(&self, kind: &str, id: Uuid) -> bool {
        self.ids.contains(&id)
            && self.kinds.get(kind).is_some_and(|records| records.iter().any(|behind| behind.id == id))
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

#[derive(Deserialize)]
struct Line {
    kind: String,
    id: Uuid,
    version: Value,
    record: Value,
}

/// Reads the records a package discloses. Takes its time: run it on a thread of its own.
pub fn records(path: &Path) -> Result<Records, String> {
    let mut archive = open(path)?;
    let at = entry(&archive, "07_history/records.jsonl")?;
    let file = archive.by_index(at).map_err(|error| error.to_string())?;
    let mut found = Records::default();
    for line in BufReader::new(file).lines() {
        let line = line.map_err(|error| error.to_string())?;
        if line.is_empty() {
            continue;
        }
        let Line { kind, id, version, record } =
            serde_json::from_str(&line).map_err(|error| format!("records.jsonl: {error}"))?;
        let version = version.as_str().map_or_else(|| version.to_string(), str::to_owned);
        let named = ["reference", "title", "name", "requirement"];
        let label = named.iter().find_map(|name| record[*name].as_str().filter(|text| !text.is_empty()));
        let label = label.map_or_else(|| id.to_string(), str::to_owned);
        found.ids.insert(id);
        found.kinds.entry(kind).or_default().push(Behind { id, version, label });
    }
    for records in found.kinds.values_mut() {
        records.sort_by_cached_key(|behind| (fold::natural(&behind.label), behind.id));
    }
    Ok(found)
}

/// Records of packages that were read: a sealed package never changes, so they stay right.
#[derive(Debug, Default)]
pub struct Disclosures(Mutex<HashMap<String, Arc<Records>>>);

impl Disclosures {
    /// The records behind the package of this digest.
    pub async fn records(&self, digest: &str, path: &Path) -> Result<Arc<Records>, String> {
        if let Some(known) = self.kept().get(digest) {
            return Ok(Arc::clone(known));
        }
        let path = path.to_owned();
        let read = tokio::task::spawn_blocking(move || records(&path)).await.map_err(|error| error.to_string())?;
        let found = Arc::new(read?);
        let mut kept = self.kept();
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(digest.to_owned(), Arc::clone(&found));
        Ok(found)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Records>>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
