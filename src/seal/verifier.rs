//! Verifying a package without a database: container, bag, signatures, and the ties from every row to the log.
//!
//! Invariant: every problem is listed; `verify.py` in the package says the same.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::pkcs8::DecodePublicKey;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};

use super::archive;
use super::bag::{self, SIGNED_BESIDE};
use super::note::Checkpoint;
use super::signature;
use crate::storage::merkle::{Hash, leaf_hash, verify_inclusion};
use crate::storage::versions::{canonical, commitment, hash_text, hex};

type Entries = BTreeMap<String, Vec<u8>>;

/// What the verifier was told from outside.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    /// The key's fingerprint, from the letter.
    pub fingerprint: Option<String>,
    /// A signed checkpoint somebody kept.
    pub checkpoint: Option<String>,
}

/// What was found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    pub problems: Vec<String>,
    pub folder: String,
    pub fingerprint: String,
    pub files: usize,
    pub records: usize,
    pub rows: usize,
    pub log: String,
    pub size: u64,
}

/// Verifies the bytes of a package.
#[must_use]
pub fn verify(bytes: &[u8], expected: &Expected) -> Report {
    let mut report = Report::default();
    match archive::read(bytes).and_then(|entries| unfold(&entries)) {
        Ok((folder, files)) => {
            report.folder = folder;
            report.files = files.len();
            Verifier { files: &files, report: &mut report }.run(expected);
        }
        Err(problem) => report.problems.push(problem),
    }
    report
}

/// The one folder of the bag and the files inside.
fn unfold(entries: &Entries) -> Result<(String, Entries), String> {
    let folder = entries.keys().next().and_then(|path| path.split_once('/')).map(|(folder, _)| folder.to_owned());
    let folder = folder.ok_or("the package holds no bag")?;
    let inside = |path: &String| path.strip_prefix(&format!("{folder}/")).map(str::to_owned);
    let files = entries.iter().map(|(path, bytes)| inside(path).map(|path| (path, bytes.clone())).ok_or(path));
    let files = files.collect::<Result<Entries, _>>().map_err(|path| format!("{path} stands outside the bag"))?;
    Ok((folder, files))
}

struct Verifier<'v> {
    files: &'v Entries,
    report: &'v mut Report,
}

#[derive(Deserialize)]
struct RecordLine {
    seq: String,
    kind: String,
    id: String,
    version: String,
    salt: String,
    record: serde_json::Value,
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

impl Verifier<'_> {
    fn problem(&mut self, problem: impl Into<String>) {
        self.report.problems.push(problem.into());
    }

    fn text(&mut self, path: &str) -> String {
        match self.files.get(path).map(|bytes| String::from_utf8(bytes.clone())) {
            Some(Ok(text)) => text,
            Some(Err(_)) => {
                self.problem(format!("{path} is not UTF-8"));
                String::new()
            }
            None => {
                self.problem(format!("{path} is missing"));
                String::new()
            }
        }
    }

    fn run(&mut self, expected: &Expected) {
        self.structure();
        let Some(key) = self.key(expected) else { return };
        self.signatures(&key);
        let Some(checkpoint) = self.checkpoint(&key, expected) else { return };
        let known = self.records(&checkpoint);
        self.rows(&known);
    }

    fn structure(&mut self) {
        let payload: Entries = self.part(|path| path.starts_with("data/"));
        let tags: Entries = self.part(|path| !path.starts_with("data/") && !SIGNED_BESIDE.contains(&path));
        for (name, files) in [("manifest-sha256.txt", payload), (SIGNED_BESIDE[0], tags)] {
            let told = self.text(name);
            if told.as_bytes() != manifest(&files) {
                self.problem(format!("{name}: {}", difference(&told, &files)));
            }
        }
        if self.text("bagit.txt") != "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n" {
            self.problem("bagit.txt is not of BagIt 1.0");
        }
        if self.text("verify.py") != bag::VERIFY_PROGRAM {
            self.problem("verify.py is not the one this Glance ships; verify with the Glance that sealed the package");
        }
    }

    fn part(&self, keep: impl Fn(&str) -> bool) -> Entries {
        self.files.iter().filter(|(path, _)| keep(path)).map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
    }

    fn key(&mut self, expected: &Expected) -> Option<VerifyingKey> {
        let pem = self.text("glance.pub.pem");
        let Ok(key) = VerifyingKey::from_public_key_pem(&pem) else {
            self.problem("glance.pub.pem is not an Ed25519 public key");
            return None;
        };
        self.report.fingerprint = signature::fingerprint(&key);
        let wanted = expected.fingerprint.as_ref().map(|text| text.to_lowercase().replace([':', ' '], ""));
        if wanted.is_some_and(|wanted| wanted != self.report.fingerprint) {
            self.problem(format!("the package is signed by another key ({})", self.report.fingerprint));
        }
        if pem != signature::pem(&key) || self.text("glance.minisign.pub") != signature::minisign_key(&key) {
            self.problem("the two public keys are not the same key");
        }
        Some(key)
    }

    fn signatures(&mut self, key: &VerifyingKey) {
        let message = self.files.get(SIGNED_BESIDE[0]).cloned().unwrap_or_default();
        let raw = self.files.get(SIGNED_BESIDE[1]).and_then(|bytes| Signature::from_slice(bytes).ok());
        if raw.is_none_or(|signature| key.verify_strict(&message, &signature).is_err()) {
            self.problem("the signature of the tag manifest does not hold");
        }
        let file = self.text(SIGNED_BESIDE[2]);
        // Only Glance's own comment is taken, so that no byte of the file is free.
        if !signature::minisign_holds(key, &message, &file)
            || !file.starts_with("untrusted comment: signature from the Glance package key\n")
        {
            self.problem("the minisign signature does not hold");
        }
    }

    fn checkpoint(&mut self, key: &VerifyingKey, expected: &Expected) -> Option<Checkpoint> {
        let note = self.text("data/07_history/checkpoint.note");
        let checkpoint = match Checkpoint::verify(&note, key) {
            Ok(checkpoint) => checkpoint,
            Err(problem) => {
                self.problem(format!("checkpoint.note: {problem}"));
                return None;
            }
        };
        (self.report.log, self.report.size) = (checkpoint.origin.clone(), checkpoint.size);
        if let Some(kept) = &expected.checkpoint {
            match Checkpoint::verify(kept, key) {
                Err(problem) => self.problem(format!("the checkpoint you kept: {problem}")),
                Ok(kept) if kept.origin != checkpoint.origin => self.problem("the checkpoint you kept is of another log"),
                Ok(kept) if kept.size == checkpoint.size && kept.root != checkpoint.root => {
                    self.problem("the checkpoint you kept has the same size and another root: the log was rewritten");
                }
                Ok(kept) if kept.size != checkpoint.size => self.problem(format!(
                    "the checkpoint you kept is of size {}, the package of size {}; compare with glance journal verify --checkpoint",
                    kept.size, checkpoint.size
                )),
                Ok(_) => {}
            }
        }
        Some(checkpoint)
    }

    /// Ties every disclosed record to the checkpoint; gives the (id, version) pairs that hold.
    fn records(&mut self, checkpoint: &Checkpoint) -> BTreeSet<(String, String)> {
        let leaves: BTreeMap<String, String> = self
            .text("data/07_history/entries.jsonl")
            .lines()
            .filter_map(|line| serde_json::from_str::<EntryLine>(line).ok())
            .map(|entry| (entry.seq, entry.leaf))
            .collect();
        let mut known = BTreeSet::new();
        for (n, line) in self.text("data/07_history/records.jsonl").lines().enumerate() {
            match serde_json::from_str::<RecordLine>(line) {
                Ok(record) => match self.record(&record, leaves.get(&record.seq), checkpoint) {
                    Ok(()) => drop(known.insert((record.id, record.version))),
                    Err(problem) => {
                        self.problem(format!("{} {} version {}: {problem}", record.kind, record.id, record.version));
                    }
                },
                Err(error) => self.problem(format!("records.jsonl line {}: {error}", n + 1)),
            }
        }
        self.report.records = known.len();
        known
    }

    fn record(&self, record: &RecordLine, leaf: Option<&String>, checkpoint: &Checkpoint) -> Result<(), String> {
        let leaf = leaf.ok_or("its leaf is missing")?;
        let view: LeafView =
            serde_json::from_str(leaf).map_err(|error| format!("its leaf is not readable: {error}"))?;
        let text = canonical(&record.record).map_err(|error| error.to_string())?;
        let salt = unhex(&record.salt).ok_or("its salt is not hex")?;
        if view.after.as_deref() != Some(hash_text(&commitment(&salt, text.as_bytes())).as_str()) {
            return Err("the leaf commits to another content".to_owned());
        }
        let same =
            view.obj.kind == record.kind && view.obj.id == record.id && view.obj.rev.as_ref() == Some(&record.version);
        if !same || view.seq != record.seq || view.log != checkpoint.origin {
            return Err("the leaf is about something else".to_owned());
        }
        let path = self.proof(&record.seq)?;
        let index: u64 = record.seq.parse().map_err(|_| "its number is no number")?;
        if verify_inclusion(leaf_hash(leaf.as_bytes()), index, checkpoint.size, &path, checkpoint.root) {
            Ok(())
        } else {
            Err("its leaf is not in the log".to_owned())
        }
    }

    fn proof(&self, seq: &str) -> Result<Vec<Hash>, String> {
        let path = format!("data/07_history/proofs/{seq}.tlog-proof");
        let bytes = self.files.get(&path).ok_or("its proof is missing")?;
        let text = std::str::from_utf8(bytes).map_err(|_| "its proof is not UTF-8")?;
        let rest = text
            .strip_prefix(&format!("c2sp.org/tlog-proof@v1\nindex {seq}\n"))
            .ok_or("its proof is of another form")?;
        let hashes = rest.lines().take_while(|line| !line.is_empty());
        let hash = |line: &str| STANDARD.decode(line).ok().and_then(|bytes| Hash::try_from(bytes).ok());
        hashes.map(|line| hash(line).ok_or_else(|| "its proof holds no hash".to_owned())).collect()
    }

    /// Every row of every tab names a record version that holds.
    fn rows(&mut self, known: &BTreeSet<(String, String)>) {
        let tabs: Vec<&String> = self
            .files
            .keys()
            .filter(|path| path.starts_with("data/01_ert/") && path.rsplit('.').next() == Some("csv"))
            .collect();
        for path in tabs {
            let bytes = self.files.get(path).cloned().unwrap_or_default();
            let sheets = crate::sheets::read(path, &bytes, &crate::sheets::Limits::default());
            let Some(sheet) = sheets.ok().and_then(|mut sheets| sheets.pop()) else {
                self.problem(format!("{path} is not a readable table"));
                continue;
            };
            let at = |name: &str| sheet.header.iter().position(|known| known == name);
            let (Some(id), Some(version)) = (at("record_id"), at("record_version")) else {
                self.problem(format!("{path} has no record_id and record_version"));
                continue;
            };
            for row in &sheet.rows {
                self.report.rows += 1;
                if !known.contains(&(row.cells[id].clone(), row.cells[version].clone())) {
                    self.problem(format!("{path} line {}: its record is not disclosed and proved", row.line));
                }
            }
        }
    }
}

fn manifest(files: &Entries) -> Vec<u8> {
    let line = |(path, bytes): (&String, &Vec<u8>)| {
        format!("{}  {path}\n", hex(&<sha2::Sha256 as sha2::Digest>::digest(bytes)))
    };
    files.iter().map(line).collect::<String>().into_bytes()
}

/// Which file a manifest and the bag disagree about.
fn difference(told: &str, files: &Entries) -> String {
    let told: BTreeMap<&str, &str> =
        told.lines().filter_map(|line| line.split_once("  ").map(|(hash, path)| (path, hash))).collect();
    for (path, bytes) in files {
        match told.get(path.as_str()) {
            None => return format!("{path} is there and not listed"),
            Some(hash) if *hash != hex(&<sha2::Sha256 as sha2::Digest>::digest(bytes)) => {
                return format!("{path} was changed");
            }
            Some(_) => {}
        }
    }
    told.keys().find(|path| !files.contains_key(**path)).map_or_else(
        || "is not written as sha256sum writes it".to_owned(),
        |path| format!("{path} is listed and not there"),
    )
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    (0..text.len() / 2).map(|n| u8::from_str_radix(text.get(n * 2..n * 2 + 2)?, 16).ok()).collect()
}
