//! Reading leaves strictly: canonical bytes, continuity, and columns that say what the leaf says.
//!
//! Invariant: a leaf is believed only as the bytes it was hashed from; the columns beside it are a convenience. What can be
//! told of a leaf alone is read apart from what needs the leaf before it, so leaves are read by several threads.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;
use uuid::Uuid;

use super::EntryRow;
use crate::storage::canonical::is_canonical;
use crate::storage::merkle::Hash;
use crate::storage::versions::hash_text;
use crate::vocabulary::Moment;

/// What a leaf promises about one version of a record.
pub(super) struct Promised {
    pub kind: String,
    /// `sha256:` and hex.
    pub after: String,
    pub at: Moment,
    pub actor: String,
    pub why: String,
}

/// Promises by record and version.
pub(super) type AllPromised = HashMap<(Uuid, i64), Promised>;

/// What a leaf alone says.
pub(super) struct Read {
    log: String,
    prev: String,
    at: Moment,
    promised: Option<((Uuid, i64), Promised)>,
    problems: Vec<&'static str>,
}

#[derive(Deserialize)]
struct Leaf<'l> {
    v: u8,
    #[serde(borrow)]
    log: Cow<'l, str>,
    #[serde(borrow)]
    seq: Cow<'l, str>,
    #[serde(borrow)]
    at: Cow<'l, str>,
    #[serde(borrow)]
    actor: ActorOf<'l>,
    #[serde(borrow)]
    act: Cow<'l, str>,
    #[serde(borrow)]
    obj: Subject<'l>,
    #[serde(borrow)]
    after: Option<Cow<'l, str>>,
    #[serde(borrow)]
    why: Option<Cow<'l, str>>,
    #[serde(borrow)]
    prev: Cow<'l, str>,
}

#[derive(Deserialize)]
struct ActorOf<'l> {
    #[serde(borrow)]
    kind: Cow<'l, str>,
    #[serde(borrow)]
    id: Cow<'l, str>,
}

#[derive(Deserialize)]
struct Subject<'l> {
    #[serde(borrow)]
    r#type: Cow<'l, str>,
    #[serde(borrow)]
    id: Cow<'l, str>,
    #[serde(borrow)]
    rev: Option<Cow<'l, str>>,
}

/// Reads one leaf; the error says why nothing can be read of it.
pub(super) fn read(row: &EntryRow) -> Result<Read, &'static str> {
    let leaf: Leaf<'_> =
        serde_json::from_slice(&row.leaf).map_err(|error| if error.is_data() { "not a leaf" } else { "not JSON" })?;
    let at = Moment::parse(&leaf.at).unwrap_or(Moment::ZERO);
    let label = match &*leaf.actor.kind {
        "user" | "token" => format!("{}:{}", leaf.actor.kind, leaf.actor.id),
        _ => leaf.actor.id.clone().into_owned(),
    };
    let checks = [
        (is_canonical(&row.leaf), "not in canonical form"),
        (leaf.v == 1, "of an unknown version"),
        (leaf.seq == row.seq.to_string(), "with another number than its row"),
        (at == row.at, "with another moment than its row"),
        (leaf.act == row.act, "with another act than its row"),
        (leaf.obj.r#type == row.kind && leaf.obj.id == row.subject, "about another record than its row"),
        (label == row.actor, "by another actor than its row"),
    ];
    let problems = checks.into_iter().filter(|(holds, _)| !holds).map(|(_, problem)| problem).collect();
    let version = leaf.obj.rev.as_ref().and_then(|rev| rev.parse().ok());
    let promised = version.zip(Uuid::parse_str(&leaf.obj.id).ok()).zip(leaf.after);
    let promised = promised.map(|((version, id), after)| {
        let why = leaf.why.unwrap_or_default().into_owned();
        let kind = leaf.obj.r#type.into_owned();
        ((id, version), Promised { kind, after: after.into_owned(), at, actor: label, why })
    });
    Ok(Read { log: leaf.log.into_owned(), prev: leaf.prev.into_owned(), at, promised, problems })
}

/// Leaves read so far.
pub(super) struct Reading {
    origin: String,
    previous: Hash,
    last_at: Moment,
    promised: AllPromised,
}

impl Reading {
    pub(super) fn new(origin: String) -> Self {
        Self { origin, previous: [0; 32], last_at: Moment::ZERO, promised: HashMap::new() }
    }

    /// Versions promised by the leaves.
    pub(super) fn into_promised(self) -> AllPromised {
        self.promised
    }

    /// Takes the next leaf and gives what is wrong with it.
    pub(super) fn take(&mut self, read: Result<Read, &'static str>, hash: Hash) -> Vec<&'static str> {
        let previous = std::mem::replace(&mut self.previous, hash);
        let mut read = match read {
            Ok(read) => read,
            Err(problem) => return vec![problem],
        };
        let continuity = [
            (read.log == self.origin, "of another log"),
            (read.prev == hash_text(&previous), "does not follow the leaf before it"),
            (read.at >= self.last_at, "earlier than the leaf before it"),
        ];
        read.problems.extend(continuity.into_iter().filter(|(holds, _)| !holds).map(|(_, problem)| problem));
        self.last_at = read.at;
        self.promised.extend(read.promised);
        read.problems
    }
}
