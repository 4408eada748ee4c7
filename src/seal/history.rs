//! The history in a package: the records it discloses, the leaves they stand in, and proofs of those leaves.
//!
//! Invariant: nothing is disclosed that the package does not use; every disclosed version can be tied to the checkpoint.
//! Records come in the order of their leaves and are written as they come.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::note::Checkpoint;
use super::spool::{Spool, Writer};
use super::unsealable::Unsealable;
use crate::storage::merkle::{Hash, Tree};
use crate::storage::versions::hex;

const RECORDS: &str = "07_history/records.jsonl";
const ENTRIES: &str = "07_history/entries.jsonl";

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

/// A package sealed before, whose checkpoint this one goes on from.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// Its name.
    pub package: String,
    /// Leaves of the log then.
    pub size: u64,
    /// The public key that signed it, as PEM: a checkpoint kept from before a rotation is told by it.
    pub key: String,
}

/// The files of `07_history` being written.
pub struct History<'h> {
    spool: &'h mut Spool,
    tree: &'h Tree,
    checkpoint: &'h Checkpoint,
    note: &'h str,
    records: Writer,
    entries: Writer,
    last: Option<u64>,
}

impl<'h> History<'h> {
    /// Begins them; `tree` has at least as many leaves as the checkpoint.
    pub fn begin(
        spool: &'h mut Spool,
        tree: &'h Tree,
        checkpoint: &'h Checkpoint,
        note: &'h str,
    ) -> Result<Self, Unsealable> {
        spool.put("07_history/checkpoint.note", note.as_bytes())?;
        let (records, entries) = (spool.writer(RECORDS)?, spool.writer(ENTRIES)?);
        Ok(Self { spool, tree, checkpoint, note, records, entries, last: None })
    }

    /// Discloses a version: after those of smaller leaves.
    pub fn disclose(&mut self, one: &Disclosed) -> Result<(), Unsealable> {
        if self.last.is_some_and(|last| last >= one.seq) || one.seq >= self.checkpoint.size {
            return Err(Unsealable::content(RECORDS, format!("leaf {} comes out of order", one.seq)));
        }
        self.last = Some(one.seq);
        let quoted = |text: &str| canonical(&Value::from(text));
        // The members of the canonical form, in its order; the record is canonical already.
        let line = format!(
            "{{\"id\":{},\"kind\":{},\"record\":{},\"salt\":\"{}\",\"seq\":\"{}\",\"version\":\"{}\"}}\n",
            quoted(&one.id),
            quoted(&one.kind),
            one.record,
            hex(&one.salt),
            one.seq,
            one.version
        );
        self.records.add(line.as_bytes())?;
        let leaf = String::from_utf8_lossy(&one.leaf);
        let entry = canonical(&json!({"seq": one.seq.to_string(), "leaf": leaf}));
        self.entries.add(format!("{entry}\n").as_bytes())?;
        let path: String = self
            .tree
            .inclusion(index(one.seq), index(self.checkpoint.size))
            .iter()
            .map(|hash| format!("{}\n", STANDARD.encode(hash)))
            .collect();
        let proof = format!("c2sp.org/tlog-proof@v1\nindex {}\n{path}\n{}", one.seq, self.note);
        self.spool.put(&format!("07_history/proofs/{}.tlog-proof", one.seq), proof.as_bytes())
    }

    /// Ends them, with a proof that the log goes on from the packages sealed before.
    pub fn finish(self, earlier: &[Earlier]) -> Result<(), Unsealable> {
        self.records.finish()?;
        self.entries.finish()?;
        let document = consistency(self.tree, self.checkpoint, earlier)?;
        self.spool.put("07_history/consistency.json", document.as_bytes())
    }
}

/// `consistency.json`: each earlier checkpoint and the proof from it to this one (RFC 9162, 2.1.4).
fn consistency(tree: &Tree, checkpoint: &Checkpoint, earlier: &[Earlier]) -> Result<String, Unsealable> {
    const PATH: &str = "07_history/consistency.json";
    let mut proofs = Vec::new();
    for one in earlier {
        if one.size > checkpoint.size || one.size == 0 {
            return Err(Unsealable::content(PATH, format!("{} is not an earlier state of this log", one.package)));
        }
        let (old, new) = (index(one.size), index(checkpoint.size));
        let proof: Vec<String> = tree.consistency(old, new).iter().map(|hash: &Hash| STANDARD.encode(hash)).collect();
        proofs.push(
            json!({"package": one.package, "size": one.size.to_string(), "root": STANDARD.encode(tree.root(old)),
            "key": one.key, "proof": proof}),
        );
    }
    let document = json!({"log": checkpoint.origin, "size": checkpoint.size.to_string(), "earlier": proofs});
    Ok(canonical(&document))
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn canonical(value: &Value) -> String {
    serde_json_canonicalizer::to_string(value).unwrap_or_default()
}
