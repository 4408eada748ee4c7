//! What a package discloses of the journal: its checkpoint, what it goes on from, and every record's way to it.
//!
//! Invariant: a record counts as known only when its content, its leaf and the leaf's proof all hold.

use std::collections::BTreeSet;
use std::io::{BufRead, Lines, Read, Seek};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::VerifyingKey;
use ed25519_dalek::pkcs8::DecodePublicKey;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::super::note::Checkpoint;
use super::Report;
use super::container::Package;
use crate::storage::merkle::{Hash, leaf_hash, verify_consistency, verify_inclusion};
use crate::storage::versions::{canonical, commitment, hash_text};

const CHECKPOINT: &str = "data/07_history/checkpoint.note";
const CONSISTENCY: &str = "data/07_history/consistency.json";
const RECORDS: &str = "data/07_history/records.jsonl";
const ENTRIES: &str = "data/07_history/entries.jsonl";

#[derive(Deserialize)]
struct RecordLine<'l> {
    seq: String,
    kind: String,
    id: String,
    version: String,
    salt: String,
    #[serde(borrow)]
    record: &'l RawValue,
}

#[derive(Deserialize)]
struct EntryLine {
    seq: String,
    leaf: String,
}

#[derive(Deserialize)]
struct LeafView {
    log: String,
    seq: String,
    obj: SubjectView,
    after: Option<String>,
}

#[derive(Deserialize)]
struct SubjectView {
    #[serde(rename = "type")]
    kind: String,
    id: String,
    rev: Option<String>,
}

#[derive(Deserialize)]
struct Consistency {
    log: String,
    size: String,
    earlier: Vec<EarlierLine>,
}

#[derive(Deserialize)]
struct EarlierLine {
    package: String,
    size: String,
    root: String,
    key: String,
    proof: Vec<String>,
}

/// The state of the log an earlier package was sealed at.
pub struct Earlier {
    size: u64,
    root: Hash,
    key: Option<VerifyingKey>,
}

fn hash(text: &str) -> Option<Hash> {
    STANDARD.decode(text).ok().and_then(|bytes| Hash::try_from(bytes).ok())
}

/// The package's own checkpoint.
pub fn checkpoint<R: Read + Seek>(package: &Package<R>, key: &VerifyingKey, report: &mut Report) -> Option<Checkpoint> {
    let note = report.noted(CHECKPOINT, package.text(CHECKPOINT))?;
    match Checkpoint::verify(&note, key) {
        Ok(checkpoint) => {
            (report.log, report.size) = (checkpoint.origin.clone(), checkpoint.size);
            Some(checkpoint)
        }
        Err(problem) => {
            report.problem(format!("checkpoint.note: {problem}"));
            None
        }
    }
}

/// The earlier states that the log is proved to go on from. A package of an older Glance names none.
pub fn earlier<R: Read + Seek>(package: &Package<R>, checkpoint: &Checkpoint, report: &mut Report) -> Vec<Earlier> {
    if !package.files.contains_key(CONSISTENCY) {
        return Vec::new();
    }
    let text = report.noted(CONSISTENCY, package.text(CONSISTENCY)).unwrap_or_default();
    let told = match serde_json::from_str::<Consistency>(&text) {
        Ok(told) if told.log == checkpoint.origin && told.size == checkpoint.size.to_string() => told.earlier,
        Ok(_) => {
            report.problem("consistency.json is about another checkpoint");
            return Vec::new();
        }
        Err(error) => {
            report.problem(format!("consistency.json: {error}"));
            return Vec::new();
        }
    };
    let mut proved = Vec::new();
    for line in told {
        match goes_on(&line, checkpoint) {
            Some(earlier) => {
                report.earlier.push(line.package);
                proved.push(earlier);
            }
            None => report.problem(format!("consistency.json: the log is not proved to go on from {}", line.package)),
        }
    }
    proved
}

fn goes_on(line: &EarlierLine, checkpoint: &Checkpoint) -> Option<Earlier> {
    let size = line.size.parse().ok()?;
    let root = hash(&line.root)?;
    let proof = line.proof.iter().map(|text| hash(text)).collect::<Option<Vec<Hash>>>()?;
    let key = VerifyingKey::from_public_key_pem(&line.key).ok();
    verify_consistency((size, root), (checkpoint.size, checkpoint.root), &proof).then_some(Earlier { size, root, key })
}

/// Compares with a checkpoint somebody kept. It may be signed by the key of an earlier package.
pub fn compare(kept: &str, (key, checkpoint): (&VerifyingKey, &Checkpoint), earlier: &[Earlier], report: &mut Report) {
    let keys = std::iter::once(key).chain(earlier.iter().filter_map(|one| one.key.as_ref()));
    let kept = match keys.map(|key| Checkpoint::verify(kept, key)).reduce(Result::or) {
        Some(Ok(kept)) => kept,
        Some(Err(problem)) => return report.problem(format!("the checkpoint you kept: {problem}")),
        None => return,
    };
    if kept.origin != checkpoint.origin {
        return report.problem("the checkpoint you kept is of another log");
    }
    let mut proved = earlier.iter().filter(|one| one.size == kept.size).map(|one| one.root).peekable();
    let root = if kept.size == checkpoint.size { Some(checkpoint.root) } else { proved.next() };
    match root {
        Some(root) if root == kept.root => {}
        Some(_) => report.problem(format!(
            "the checkpoint you kept has another root at size {}: the log was rewritten",
            kept.size
        )),
        None => report.problem(format!(
            "the checkpoint you kept is of size {}, of which this package of size {} proves nothing; ask for glance journal verify --checkpoint",
            kept.size, checkpoint.size
        )),
    }
}

/// Ties every disclosed record to the checkpoint; gives `id version` of those that hold.
pub fn records<R: Read + Seek>(package: &Package<R>, checkpoint: &Checkpoint, report: &mut Report) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    let Some(records) = report.noted(RECORDS, package.part(RECORDS)) else { return known };
    let Some(entries) = report.noted(ENTRIES, package.part(ENTRIES)) else { return known };
    let mut entries = entries.lines();
    for (n, line) in records.lines().enumerate() {
        let read = line.map_err(|error| error.to_string());
        let line = match read {
            Ok(line) => line,
            Err(error) => {
                report.problem(format!("records.jsonl line {}: {error}", n + 1));
                break;
            }
        };
        match serde_json::from_str::<RecordLine>(&line) {
            Ok(record) => match leaf_of(&mut entries, &record.seq)
                .and_then(|leaf| check(&record, &leaf, checkpoint, proof(package, &record.seq)))
            {
                Ok(()) => drop(known.insert(format!("{} {}", record.id, record.version))),
                Err(why) => report.problem(format!("{} {} version {}: {why}", record.kind, record.id, record.version)),
            },
            Err(error) => report.problem(format!("records.jsonl line {}: {error}", n + 1)),
        }
    }
    if entries.next().is_some() {
        report.problem("entries.jsonl holds leaves of no disclosed record");
    }
    report.records = known.len();
    known
}

/// The leaf of a record: both files have the same order.
fn leaf_of(entries: &mut Lines<impl BufRead>, seq: &str) -> Result<String, String> {
    let line = entries.next().ok_or("its leaf is missing")?.map_err(|error| error.to_string())?;
    let entry: EntryLine = serde_json::from_str(&line).map_err(|error| format!("its leaf is not readable: {error}"))?;
    if entry.seq == seq { Ok(entry.leaf) } else { Err("its leaf is missing".to_owned()) }
}

fn check(
    record: &RecordLine<'_>,
    leaf: &str,
    checkpoint: &Checkpoint,
    proof: Result<Vec<Hash>, String>,
) -> Result<(), String> {
    let view: LeafView = serde_json::from_str(leaf).map_err(|error| format!("its leaf is not readable: {error}"))?;
    let salt = unhex(&record.salt).ok_or("its salt is not hex")?;
    let committed = |text: &str| view.after.as_deref() == Some(&hash_text(&commitment(&salt, text.as_bytes())));
    // As it stands it is canonical; written otherwise it still says the same.
    let otherwise = || serde_json::from_str::<Value>(record.record.get()).ok().and_then(|value| canonical(&value).ok());
    if !committed(record.record.get()) && !otherwise().is_some_and(|text| committed(&text)) {
        return Err("the leaf commits to another content".to_owned());
    }
    let same =
        view.obj.kind == record.kind && view.obj.id == record.id && view.obj.rev.as_ref() == Some(&record.version);
    if !same || view.seq != record.seq || view.log != checkpoint.origin {
        return Err("the leaf is about something else".to_owned());
    }
    let index: u64 = record.seq.parse().map_err(|_| "its number is no number")?;
    if verify_inclusion(leaf_hash(leaf.as_bytes()), index, checkpoint.size, &proof?, checkpoint.root) {
        Ok(())
    } else {
        Err("its leaf is not in the log".to_owned())
    }
}

fn proof<R: Read + Seek>(package: &Package<R>, seq: &str) -> Result<Vec<Hash>, String> {
    let path = format!("data/07_history/proofs/{seq}.tlog-proof");
    let text = package.text(&path).map_err(|why| format!("its proof {why}"))?;
    let rest =
        text.strip_prefix(&format!("c2sp.org/tlog-proof@v1\nindex {seq}\n")).ok_or("its proof is of another form")?;
    let hashes = rest.lines().take_while(|line| !line.is_empty());
    hashes.map(|line| hash(line).ok_or_else(|| "its proof holds no hash".to_owned())).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    (0..text.len() / 2).map(|n| u8::from_str_radix(text.get(n * 2..n * 2 + 2)?, 16).ok()).collect()
}
