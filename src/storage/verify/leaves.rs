//! Reading leaves strictly: canonical bytes, continuity, and columns that say what the leaf says.
//!
//! Invariant: a leaf is believed only as the bytes it was hashed from; the columns beside it are a convenience.

use std::collections::HashMap;

use serde::Deserialize;

use super::EntryRow;
use crate::storage::merkle::Hash;
use crate::storage::versions::hash_text;
use crate::vocabulary::Moment;

/// What a leaf promises about one version of a record.
pub(super) struct Promised {
    pub after: String,
    pub at: Moment,
    pub actor: String,
    pub why: String,
}

/// Leaves read so far.
pub(super) struct Reading {
    origin: String,
    previous: Hash,
    last_at: Moment,
    promised: HashMap<(String, String, i64), Promised>,
}

#[derive(Deserialize)]
struct Leaf {
    v: u8,
    log: String,
    seq: String,
    at: String,
    actor: ActorOf,
    act: String,
    obj: Subject,
    after: Option<String>,
    why: Option<String>,
    prev: String,
}

#[derive(Deserialize)]
struct ActorOf {
    kind: String,
    id: String,
}

#[derive(Deserialize)]
struct Subject {
    r#type: String,
    id: String,
    rev: Option<String>,
}

impl Reading {
    pub(super) fn new(origin: String) -> Self {
        Self { origin, previous: [0; 32], last_at: Moment::ZERO, promised: HashMap::new() }
    }

    /// Versions promised by the leaves: `(kind, id, version)`.
    pub(super) fn into_promised(self) -> HashMap<(String, String, i64), Promised> {
        self.promised
    }

    /// Reads one leaf and gives what is wrong with it.
    pub(super) fn take(&mut self, row: &EntryRow, hash: Hash) -> Vec<String> {
        let previous = std::mem::replace(&mut self.previous, hash);
        let Ok(value) = serde_json::from_slice::<serde_json::Value>(&row.leaf) else {
            return vec!["not JSON".to_owned()];
        };
        let canonical = serde_json_canonicalizer::to_vec(&value).unwrap_or_default();
        let Ok(leaf) = serde_json::from_value::<Leaf>(value) else {
            return vec!["not a leaf".to_owned()];
        };
        let at = Moment::parse(&leaf.at).unwrap_or(Moment::ZERO);
        let label = match leaf.actor.kind.as_str() {
            "user" | "token" => format!("{}:{}", leaf.actor.kind, leaf.actor.id),
            _ => leaf.actor.id.clone(),
        };
        let checks = [
            (canonical == row.leaf, "not in canonical form"),
            (leaf.v == 1, "of an unknown version"),
            (leaf.log == self.origin, "of another log"),
            (leaf.seq == row.seq.to_string(), "with another number than its row"),
            (leaf.prev == hash_text(&previous), "does not follow the leaf before it"),
            (at >= self.last_at, "earlier than the leaf before it"),
            (at == row.at, "with another moment than its row"),
            (leaf.act == row.act, "with another act than its row"),
            (leaf.obj.r#type == row.kind && leaf.obj.id == row.subject, "about another record than its row"),
            (label == row.actor, "by another actor than its row"),
        ];
        self.last_at = at;
        if let (Some(after), Some(Ok(rev))) = (leaf.after, leaf.obj.rev.map(|rev| rev.parse::<i64>())) {
            let promised = Promised { after, at, actor: label, why: leaf.why.unwrap_or_default() };
            self.promised.insert((leaf.obj.r#type, leaf.obj.id, rev), promised);
        }
        checks.into_iter().filter(|(holds, _)| !holds).map(|(_, problem)| problem.to_owned()).collect()
    }
}
