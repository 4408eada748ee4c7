//! The history in a package: the records it discloses, the leaves they stand in, and proofs of those leaves.
//!
//! Invariant: nothing is disclosed that the package does not use; every disclosed version can be tied to the checkpoint.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::archive::Entries;
use super::note::Checkpoint;
use crate::storage::merkle::Tree;
use crate::storage::versions::hex;

/// A record version that is disclosed.
#[derive(Clone, Debug)]
pub struct Disclosed {
    /// Number of the leaf that commits to it.
    pub seq: u64,
    pub leaf: Vec<u8>,
    pub kind: String,
    pub id: String,
    pub version: i64,
    pub salt: Vec<u8>,
    /// Canonical JSON.
    pub record: String,
}

/// The files of `07_history`.
#[must_use]
pub fn files(mut disclosed: Vec<Disclosed>, tree: &Tree, checkpoint: &Checkpoint, note: &str) -> Entries {
    disclosed.sort_by_key(|one| one.seq);
    let size = usize::try_from(checkpoint.size).unwrap_or(usize::MAX);
    let (mut records, mut entries, mut files) = (String::new(), String::new(), Entries::new());
    for one in &disclosed {
        let record: serde_json::Value = serde_json::from_str(&one.record).unwrap_or_default();
        let line = json!({"seq": one.seq.to_string(), "kind": one.kind, "id": one.id, "version": one.version.to_string(),
            "salt": hex(&one.salt), "record": record});
        records.push_str(&canonical(&line));
        records.push('\n');
        let leaf = String::from_utf8_lossy(&one.leaf);
        entries.push_str(&canonical(&json!({"seq": one.seq.to_string(), "leaf": leaf})));
        entries.push('\n');
        let index = usize::try_from(one.seq).unwrap_or(usize::MAX);
        let path: String =
            tree.inclusion(index, size).iter().map(|hash| format!("{}\n", STANDARD.encode(hash))).collect();
        let proof = format!("c2sp.org/tlog-proof@v1\nindex {}\n{path}\n{note}", one.seq);
        files.insert(format!("07_history/proofs/{}.tlog-proof", one.seq), proof.into_bytes());
    }
    files.insert("07_history/records.jsonl".into(), records.into_bytes());
    files.insert("07_history/entries.jsonl".into(), entries.into_bytes());
    files.insert("07_history/checkpoint.note".into(), note.as_bytes().to_vec());
    files
}

fn canonical(value: &serde_json::Value) -> String {
    serde_json_canonicalizer::to_string(value).unwrap_or_default()
}
