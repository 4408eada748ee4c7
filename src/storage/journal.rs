//! The journal: one RFC 9162 Merkle log per organization, appended to only inside a change.
//!
//! Invariant: a leaf is the exact bytes that were hashed. Field names are fixed, because old packages depend on them;
//! an absent field is null. Sequence numbers have no gaps, and moments strictly increase from change to change.

use serde::Serialize;

use super::actor::Actor;
use super::merkle::{Frontier, Hash};
use super::pending::Shape;
use super::versions::{Cell, canonical, hash_text};
use super::{Failure, OrgSql, Result};
use crate::vocabulary::Moment;

/// What a leaf is about.
#[derive(Clone, Debug, Serialize)]
pub struct Subject {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rev: Option<String>,
}

/// The record of one act, as it is hashed.
#[derive(Serialize)]
struct Leaf<'a> {
    v: u8,
    log: &'a str,
    seq: String,
    at: String,
    actor: &'a Actor,
    act: &'a str,
    obj: &'a Subject,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    req: &'a str,
    prev: String,
}

/// An act on its way into the journal.
pub(super) struct Entry<'a> {
    pub act: &'a str,
    pub subject: Subject,
    pub before: Option<Hash>,
    pub after: Option<Hash>,
    pub why: Option<&'a str>,
}

/// The head of a log, held by the change that appends.
pub(super) struct Head {
    pub frontier: Frontier,
    pub last_at: Moment,
    last_leaf: Hash,
    log: String,
}

#[derive(sqlx::FromRow)]
struct HeadRow {
    size: i64,
    frontier: Vec<u8>,
    last_at: Moment,
    last_leaf: Vec<u8>,
    origin: String,
}

/// Takes the head row and with it the right to append (the portable lock).
pub(super) const TAKE: OrgSql = OrgSql::new(
    "UPDATE journal_heads SET size = size WHERE organization_id = $1 RETURNING size, frontier, last_at, last_leaf, origin",
);
pub(super) const STORE: OrgSql = OrgSql::new(
    "UPDATE journal_heads SET size = $2, frontier = $3, root = $4, last_at = $5, last_leaf = $6 WHERE organization_id = $1",
);

pub(super) const ENTRIES: Shape =
    Shape::new("journal_entries", &["organization_id", "seq", "at", "act", "kind", "subject", "actor", "leaf", "hash"]);

impl Head {
    pub(super) async fn take(open: &mut super::statement::Open, side: super::statement::Side) -> Result<Self> {
        let super::statement::Side::Organization(organization) = side else {
            return Err(Failure::Misbound("a journal needs an organization".to_owned()));
        };
        let row: HeadRow = open
            .statement(side, super::statement::Text::Fixed(TAKE.text()))
            .bind(organization)
            .maybe()
            .await?
            .ok_or_else(|| Failure::Unfit("the organization has no journal".to_owned()))?;
        let leaves = u64::try_from(row.size).unwrap_or(0);
        let frontier =
            Frontier::from_bytes(leaves, &row.frontier).ok_or_else(|| Failure::Damaged("journal head".to_owned()))?;
        let last_leaf =
            Hash::try_from(row.last_leaf.as_slice()).map_err(|_| Failure::Damaged("journal head".to_owned()))?;
        Ok(Self { frontier, last_at: row.last_at, last_leaf, log: row.origin })
    }

    /// Appends one entry and gives the row that keeps it.
    pub(super) fn append(
        &mut self,
        organization: Cell,
        at: Moment,
        actor: &Actor,
        request: &str,
        entry: &Entry<'_>,
    ) -> Result<Vec<Cell>> {
        let seq = self.frontier.size();
        let leaf = canonical(&Leaf {
            v: 1,
            log: &self.log,
            seq: seq.to_string(),
            at: at.rfc3339(),
            actor,
            act: entry.act,
            obj: &entry.subject,
            before: entry.before.map(|hash| hash_text(&hash)),
            after: entry.after.map(|hash| hash_text(&hash)),
            why: entry.why,
            req: request,
            prev: hash_text(&self.last_leaf),
        })?;
        let hash = super::merkle::leaf_hash(leaf.as_bytes());
        self.frontier.push(hash);
        self.last_leaf = hash;
        self.last_at = at;
        Ok(vec![
            organization,
            Cell::number(i64::try_from(seq).map_err(|_| Failure::Damaged("journal size".to_owned()))?),
            Cell::moment(at),
            Cell::text(entry.act),
            Cell::text(entry.subject.kind),
            Cell::text(entry.subject.id.clone()),
            Cell::text(actor.label()),
            Cell::Bytes(leaf.into_bytes()),
            Cell::Bytes(hash.to_vec()),
        ])
    }

    pub(super) async fn store(&self, open: &mut super::statement::Open, side: super::statement::Side) -> Result<()> {
        let super::statement::Side::Organization(organization) = side else {
            return Err(Failure::Misbound("a journal needs an organization".to_owned()));
        };
        open.statement(side, super::statement::Text::Fixed(STORE.text()))
            .bind(organization)
            .bind(i64::try_from(self.frontier.size()).map_err(|_| Failure::Damaged("journal size".to_owned()))?)
            .bind(self.frontier.to_bytes())
            .bind(self.frontier.root().to_vec())
            .bind(self.last_at)
            .bind(self.last_leaf.to_vec())
            .run()
            .await?;
        Ok(())
    }
}
