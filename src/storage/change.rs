//! A change: the only way to write an organization's record.
//!
//! Invariant: version rows and journal leaves commit together or not at all. The first statement takes the journal's head
//! row, so changes of one organization follow each other, and `moment = max(clock, last + 1 µs)` strictly increases. A
//! change that is dropped has written nothing.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::ops::Deref;

use futures_util::future::BoxFuture;
use rand::Rng;
use uuid::Uuid;

use super::actor::Actor;
use super::journal::{ENTRIES, Entry, Head, Subject};
use super::pending::{Pending, Shape};
use super::snapshot::Snapshot;
use super::statement::{Open, Side};
use super::versions::{Audited, Cell, Kept, canonical, commitment};
use super::{Failure, OrgSql, Result};
use crate::ids::{Id, OrganizationId, RequestId};
use crate::vocabulary::Moment;

/// Who changes the record, in answer to which request.
#[derive(Clone, Debug)]
pub struct Author {
    pub actor: Actor,
    pub request: RequestId,
}

/// What follows from a change: runs before it commits, and writes only projections of what the change wrote.
pub type Follower = for<'c> fn(&'c mut Change) -> BoxFuture<'c, Result<()>>;

/// An open change of one organization.
#[must_use = "a change that is dropped has written nothing"]
pub struct Change {
    snapshot: Snapshot,
    head: Head,
    author: Author,
    moment: Moment,
    pending: Pending,
    counts: Vec<(&'static str, i64)>,
    last_kind: Option<&'static str>,
    notes: HashMap<TypeId, Box<dyn Any + Send>>,
    followers: &'static [Follower],
}

const VERSION_COLUMNS: &[&str] =
    &["organization_id", "id", "version", "recorded_from", "recorded_until", "recorded_by", "reason", "record", "salt"];
const TERMS: Shape = Shape::new("terms", &["organization_id", "term", "kind", "id", "recorded_from", "recorded_until"]);

const CLOSE_TERM: OrgSql = OrgSql::new(
    "UPDATE terms SET recorded_until = $5 WHERE organization_id = $1 AND kind = $2 AND id = $3 AND term = $4 AND recorded_until = 9000000000000000",
);
const COUNT: OrgSql = OrgSql::new(
    "INSERT INTO counters (organization_id, kind, rows_open) VALUES ($1, $2, $3) \
     ON CONFLICT (organization_id, kind) DO UPDATE SET rows_open = counters.rows_open + excluded.rows_open",
);

/// Texts of this file, for the test that prepares every statement.
pub const STATEMENTS: &[OrgSql] = &[CLOSE_TERM, COUNT, super::journal::TAKE, super::journal::STORE];

impl Change {
    pub(super) async fn open(
        mut open: Open,
        organization: OrganizationId,
        author: Author,
        now: Moment,
        followers: &'static [Follower],
    ) -> Result<Self> {
        let head = Head::take(&mut open, Side::Organization(organization)).await?;
        let moment = now.max(head.last_at.plus_micros(1));
        let snapshot = Snapshot::within(open, organization, moment, head.frontier.size());
        let (pending, counts, notes) = (Pending::default(), Vec::new(), HashMap::new());
        Ok(Self { snapshot, head, author, moment, pending, counts, last_kind: None, notes, followers })
    }

    /// The moment everything in this change is recorded at.
    #[must_use]
    pub fn moment(&self) -> Moment {
        self.moment
    }

    #[must_use]
    pub fn author(&self) -> &Author {
        &self.author
    }

    pub fn new_id<I: Id>(&self) -> I {
        I::new(self.moment, &mut rand::rng())
    }

    /// Writes the first version of a new record.
    pub async fn insert<T: Audited>(&mut self, act: &str, content: &T, why: &str) -> Result<T::Id> {
        let id = self.new_id::<T::Id>();
        self.insert_as(id, act, content, why).await?;
        Ok(id)
    }

    /// As [`Change::insert`], under an id the caller made.
    pub async fn insert_as<T: Audited>(&mut self, id: T::Id, act: &str, content: &T, why: &str) -> Result<()> {
        self.turn_to::<T>().await?;
        let identity = Shape::new(T::TABLE.identity, &["organization_id", "id"]);
        self.pending.push(identity, vec![self.organization_cell(), Cell::Id(Some(id.uuid()))]);
        self.write_version(id, 1, None, act, content, why)?;
        for term in unique_terms(content) {
            self.push_term::<T>(id.uuid(), term);
        }
        self.count(T::TABLE.kind, 1);
        self.flush_if_large().await
    }

    /// Closes the version that was read and writes the next; a change writes one version of a record at most.
    /// `Stale` when somebody else was first.
    pub async fn supersede<T: Audited>(&mut self, act: &str, read: &Kept<T>, content: &T, why: &str) -> Result<i64> {
        if read.recorded_from == self.moment {
            return Err(Failure::Misbound(format!(
                "{} {} has a version of this change already",
                T::TABLE.kind,
                read.id
            )));
        }
        self.turn_to::<T>().await?;
        let text = format!(
            "UPDATE {} SET recorded_until = $4 WHERE organization_id = $1 AND id = $2 AND version = $3 AND recorded_until = 9000000000000000",
            T::TABLE.versions
        );
        let (organization, moment, side) = (self.organization(), self.moment, self.snapshot.side());
        let closed = self
            .snapshot
            .open
            .statement(side, super::statement::Text::Built(text))
            .bind(organization)
            .bind(read.id.uuid())
            .bind(read.version)
            .bind(moment)
            .run()
            .await?;
        if closed != 1 {
            return Err(Failure::Stale { kind: T::TABLE.kind, id: read.id.to_string() });
        }
        let version = read.version + 1;
        self.write_version(read.id, version, Some(read.commitment), act, content, why)?;
        self.retell_terms(read, content).await?;
        self.flush_if_large().await?;
        Ok(version)
    }

    /// Journals an act that writes no version: an export, a download, a sign-in.
    pub async fn note(&mut self, act: &str, subject: Subject, why: Option<&str>) -> Result<()> {
        self.journal(&Entry { act, subject, before: None, after: None, why })?;
        self.flush_if_large().await
    }

    /// Adds a row that belongs to a record written here: a projection, a folded observation.
    pub async fn push(&mut self, shape: Shape, row: Vec<Cell>) -> Result<()> {
        self.pending.push(shape, row);
        self.flush_if_large().await
    }

    /// Adds to the number of open records of a kind.
    pub fn count(&mut self, kind: &'static str, by: i64) {
        match self.counts.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += by,
            None => self.counts.push((kind, by)),
        }
    }

    /// What a slice keeps in mind while the change is open: caches, work to finish. Gone when the change is.
    pub fn in_mind<T: Any + Send + Default>(&mut self) -> &mut T {
        let kept = self.notes.entry(TypeId::of::<T>()).or_insert_with(|| Box::new(T::default()));
        kept.downcast_mut().expect("a note is kept under its own type")
    }

    /// Reads inside the change, its own writes included.
    pub async fn reading(&mut self) -> Result<&mut Snapshot> {
        self.flush().await?;
        Ok(&mut self.snapshot)
    }

    /// Makes it so. Only then may anybody be told that it is done.
    pub async fn commit(mut self) -> Result<Moment> {
        for follower in self.followers {
            follower(&mut self).await?;
        }
        self.flush().await?;
        let side = self.snapshot.side();
        for (kind, by) in std::mem::take(&mut self.counts) {
            self.snapshot.plain(&COUNT).bind(kind.to_owned()).bind(by).run().await?;
        }
        self.head.store(&mut self.snapshot.open, side).await?;
        self.snapshot.open.commit().await?;
        Ok(self.moment)
    }

    pub(super) fn organization_cell(&self) -> Cell {
        Cell::Id(Some(self.organization().uuid()))
    }

    async fn flush(&mut self) -> Result<()> {
        let side = self.snapshot.side();
        self.pending.flush(&mut self.snapshot.open, side).await
    }

    async fn flush_if_large(&mut self) -> Result<()> {
        if self.pending.is_large() { self.flush().await } else { Ok(()) }
    }

    /// Rows of another kind may point at what waits, so they wait until it is written.
    async fn turn_to<T: Audited>(&mut self) -> Result<()> {
        if self.last_kind != Some(T::TABLE.kind) {
            self.flush().await?;
            self.last_kind = Some(T::TABLE.kind);
        }
        Ok(())
    }

    fn write_version<T: Audited>(
        &mut self,
        id: T::Id,
        version: i64,
        before: Option<[u8; 32]>,
        act: &str,
        content: &T,
        why: &str,
    ) -> Result<()> {
        let record = canonical(content)?;
        let mut salt = vec![0u8; 32];
        rand::rng().fill_bytes(&mut salt);
        let after = commitment(&salt, record.as_bytes());
        let mut row = vec![
            self.organization_cell(),
            Cell::Id(Some(id.uuid())),
            Cell::number(version),
            Cell::moment(self.moment),
            Cell::moment(Moment::OPEN),
            Cell::text(self.author.actor.label()),
            Cell::text(why),
            Cell::text(record),
            Cell::Bytes(salt),
        ];
        row.extend(content.columns());
        self.pending.push(Shape { table: T::TABLE.versions, columns: VERSION_COLUMNS, more: T::TABLE.columns }, row);
        let subject = Subject { kind: T::TABLE.kind, id: id.to_string(), rev: Some(version.to_string()) };
        self.journal(&Entry { act, subject, before, after: Some(after), why: Some(why).filter(|why| !why.is_empty()) })
    }

    fn journal(&mut self, entry: &Entry<'_>) -> Result<()> {
        let request = self.author.request.to_string();
        let row = self.head.append(self.organization_cell(), self.moment, &self.author.actor, &request, entry)?;
        self.pending.push(ENTRIES, row);
        Ok(())
    }

    fn push_term<T: Audited>(&mut self, id: Uuid, term: String) {
        let row = vec![
            self.organization_cell(),
            Cell::text(term),
            Cell::text(T::TABLE.kind),
            Cell::Id(Some(id)),
            Cell::moment(self.moment),
            Cell::moment(Moment::OPEN),
        ];
        self.pending.push(TERMS, row);
    }

    /// Closes the search words that left a record and adds those that came.
    async fn retell_terms<T: Audited>(&mut self, read: &Kept<T>, content: &T) -> Result<()> {
        let (old, new) = (unique_terms(&read.content), unique_terms(content));
        for gone in old.iter().filter(|term| !new.contains(term)) {
            let moment = self.moment;
            self.snapshot
                .plain(&CLOSE_TERM)
                .bind(T::TABLE.kind.to_owned())
                .bind(read.id.uuid())
                .bind(gone.clone())
                .bind(moment)
                .run()
                .await?;
        }
        for come in new.into_iter().filter(|term| !old.contains(term)) {
            self.push_term::<T>(read.id.uuid(), come);
        }
        Ok(())
    }
}

fn unique_terms<T: Audited>(content: &T) -> Vec<String> {
    let mut terms = content.terms();
    terms.sort_unstable();
    terms.dedup();
    terms
}

impl Deref for Change {
    type Target = Snapshot;
    fn deref(&self) -> &Snapshot {
        &self.snapshot
    }
}
