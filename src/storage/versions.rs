//! Version rows: what an audited kind of record is to storage.
//!
//! Invariant: a version's content is its canonical JSON (RFC 8785), kept as text with a salt; the columns beside it are a
//! projection for filters, sorting and foreign keys, and `journal verify --strict` compares the two. Reading a record reads
//! its JSON, so an old version keeps its meaning when a column is added.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::failure::{Failure, Result};
use crate::ids::Id;
use crate::vocabulary::Moment;

/// The type of a projected column, the same on both engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Flag,
    Id,
}

/// A value on its way to a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Text(Option<String>),
    Number(Option<i64>),
    Flag(Option<bool>),
    Id(Option<Uuid>),
    Bytes(Vec<u8>),
    /// No bytes, where there could be some.
    NoBytes,
}

impl Cell {
    pub fn moment(moment: Moment) -> Self {
        Cell::Number(Some(moment.micros()))
    }

    pub fn number(number: i64) -> Self {
        Cell::Number(Some(number))
    }

    pub fn text(text: impl Into<String>) -> Self {
        Cell::Text(Some(text.into()))
    }

    pub fn id<I: Id>(id: Option<I>) -> Self {
        Cell::Id(id.map(Id::uuid))
    }
}

/// The tables of one audited kind.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// The kind's name in leaves, packages and the API.
    pub kind: &'static str,
    /// Identity rows, which foreign keys point to.
    pub identity: &'static str,
    pub versions: &'static str,
    /// Projected columns of the version rows.
    pub columns: &'static [(&'static str, Kind)],
}

/// An audited kind of record.
pub trait Audited: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    type Id: Id;
    const TABLE: Table;

    /// The projection, in the order of `TABLE.columns`.
    fn columns(&self) -> Vec<Cell>;

    /// The words under which search finds the record.
    fn terms(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A record as kept: its content and the version that holds it.
#[derive(Clone, Debug)]
pub struct Kept<T: Audited> {
    pub id: T::Id,
    pub version: i64,
    pub recorded_from: Moment,
    pub recorded_until: Moment,
    /// Label of the actor that recorded this version.
    pub recorded_by: String,
    /// Why it was recorded, in the words of who did it.
    pub reason: String,
    /// Salted SHA-256 of the content, as the journal holds it.
    pub commitment: [u8; 32],
    pub content: T,
}

impl<T: Audited> std::ops::Deref for Kept<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.content
    }
}

/// A version row as both engines give it.
#[derive(sqlx::FromRow, Clone, Debug)]
pub struct VersionRow {
    pub id: Uuid,
    pub version: i64,
    pub recorded_from: Moment,
    pub recorded_until: Moment,
    pub recorded_by: String,
    pub reason: String,
    pub record: String,
    pub salt: Vec<u8>,
}

impl VersionRow {
    /// Reads the record back from its JSON.
    pub fn kept<T: Audited>(self) -> Result<Kept<T>> {
        let content = serde_json::from_str(&self.record).map_err(|error| {
            Failure::Damaged(format!("{} {} version {}: {error}", T::TABLE.kind, self.id, self.version))
        })?;
        Ok(Kept {
            id: T::Id::from_uuid(self.id),
            version: self.version,
            recorded_from: self.recorded_from,
            recorded_until: self.recorded_until,
            recorded_by: self.recorded_by,
            reason: self.reason,
            commitment: commitment(&self.salt, self.record.as_bytes()),
            content,
        })
    }
}

/// The columns of [`VersionRow`] under the alias `v`, for every query that reads records.
#[macro_export]
macro_rules! version_columns {
    () => {
        "v.id, v.version, v.recorded_from, v.recorded_until, v.recorded_by, v.reason, v.record, v.salt"
    };
}

/// SHA-256 over salt and canonical JSON: what a leaf holds instead of the content.
#[must_use]
pub fn commitment(salt: &[u8], record: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(record).finalize().into()
}

/// The canonical JSON (RFC 8785) of a record.
pub fn canonical(content: &impl Serialize) -> Result<String> {
    serde_json_canonicalizer::to_string(content).map_err(|error| Failure::Damaged(error.to_string()))
}

/// `sha256:` and lower-case hex, the form in leaves.
#[must_use]
pub fn hash_text(hash: &[u8]) -> String {
    format!("sha256:{}", hex(hash))
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
