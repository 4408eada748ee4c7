//! Recomputing the journal: does what is stored still give the root that was promised?
//!
//! Invariant: `fast` believes no stored hash; `strict` also re-canonicalizes every leaf and compares every version with
//! its commitment and every column with its JSON. Without a checkpoint kept elsewhere only inner consistency is shown:
//! tamper-evident, not tamper-proof.

mod leaves;
mod records;

use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};

use super::merkle::{Frontier, Hash, leaf_hash};
use super::versions::hex;
use super::{AsOf, Failure, OrgSql, Result, Store};
use crate::ids::OrganizationId;
use crate::vocabulary::Moment;

pub use records::AuditedKind;

/// A tree whose root somebody kept: from a checkpoint outside this database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    pub size: u64,
    pub root: Hash,
}

/// What verification found.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Report {
    /// Leaves recomputed.
    pub leaves: u64,
    /// Versions compared (strict only).
    pub versions: u64,
    /// Root over all leaves, in hex.
    pub root: String,
    /// What does not hold; empty when everything does. At most [`MOST_PROBLEMS`].
    pub problems: Vec<String>,
}

/// Problems kept in a report: the first ones tell the story.
pub const MOST_PROBLEMS: usize = 100;

impl Report {
    #[must_use]
    pub fn holds(&self) -> bool {
        self.problems.is_empty()
    }

    fn problem(&mut self, text: String) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(text);
        }
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct EntryRow {
    pub seq: i64,
    pub at: Moment,
    pub act: String,
    pub kind: String,
    pub subject: String,
    pub actor: String,
    pub leaf: Vec<u8>,
    pub hash: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct BytesRow {
    seq: i64,
    leaf: Vec<u8>,
    hash: Vec<u8>,
}

const BYTES: OrgSql =
    OrgSql::new("SELECT seq, leaf, hash FROM journal_entries WHERE organization_id = $1 ORDER BY seq");
const ENTRIES: OrgSql = OrgSql::new(
    "SELECT seq, at, act, kind, subject, actor, leaf, hash FROM journal_entries WHERE organization_id = $1 ORDER BY seq",
);
const HEAD: OrgSql = OrgSql::new("SELECT size, root, origin FROM journal_heads WHERE organization_id = $1");

/// Texts of this file, for the test that prepares every statement.
pub const STATEMENTS: &[OrgSql] = &[BYTES, ENTRIES, HEAD];

/// Verifies one organization's journal; with `kinds` (strict) also leaf by leaf and version by version, while the engine
/// looks through its own files.
pub async fn verify(
    store: &Store,
    organization: OrganizationId,
    promise: Option<Promise>,
    kinds: Option<&[AuditedKind]>,
) -> Result<Report> {
    let engine = async {
        match kinds {
            Some(_) => store.snapshot(organization, AsOf::Now).await?.engine_problems().await,
            None => Ok(Vec::new()),
        }
    };
    let (mut report, problems) = futures_util::try_join!(read(store, organization, promise, kinds), engine)?;
    problems.into_iter().for_each(|problem| report.problem(problem));
    Ok(report)
}

/// Reads the leaves and, if strict, the versions they promise.
async fn read(
    store: &Store,
    organization: OrganizationId,
    promise: Option<Promise>,
    kinds: Option<&[AuditedKind]>,
) -> Result<Report> {
    let mut at = store.snapshot(organization, AsOf::Now).await?;
    let (size, root, origin): (i64, Vec<u8>, String) =
        at.plain(&HEAD).maybe().await?.ok_or_else(|| Failure::Unfit("the organization has no journal".to_owned()))?;
    let mut report = Report::default();
    let mut strict = kinds.map(|_| leaves::Reading::new(origin));
    let mut frontier = Frontier::empty();
    {
        let mut leaves = if strict.is_some() {
            hashed(at.plain(&ENTRIES).stream::<EntryRow>().await?, Leaf::strictly)
        } else {
            hashed(at.plain(&BYTES).stream::<BytesRow>().await?, Leaf::plainly)
        };
        while let Some(some) = leaves.next().await {
            for leaf in some? {
                keep_promise(&mut report, &frontier, promise);
                take(&mut report, &mut frontier, leaf, strict.as_mut());
            }
        }
    }
    keep_promise(&mut report, &frontier, promise);
    conclude(&mut report, &frontier, (size, &root), promise);
    if let (Some(kinds), Some(reading)) = (kinds, strict) {
        records::compare(&mut at, kinds, reading.into_promised(), &mut report).await?;
    }
    Ok(report)
}

/// Compares what the leaves give with what the head and the checkpoint say.
fn conclude(report: &mut Report, frontier: &Frontier, (size, root): (i64, &[u8]), promise: Option<Promise>) {
    let leaves = frontier.size();
    report.leaves = leaves;
    report.root = hex(&frontier.root());
    if i64::try_from(leaves) != Ok(size) || root != frontier.root() {
        report.problem(format!("the head names {size} leaves and another root than the {leaves} leaves give"));
    }
    if let Some(promise) = promise.filter(|promise| promise.size > leaves) {
        report.problem(format!("the checkpoint is of {} leaves; only {leaves} are left", promise.size));
    }
}

fn keep_promise(report: &mut Report, frontier: &Frontier, promise: Option<Promise>) {
    if let Some(promise) = promise.filter(|promise| promise.size == frontier.size())
        && frontier.root() != promise.root
    {
        report.problem(format!("the first {} leaves give another root than the checkpoint", promise.size));
    }
}

/// A leaf as several threads prepare it.
struct Leaf {
    seq: i64,
    hash: Hash,
    /// The row names the hash that its bytes give.
    named: bool,
    read: Option<std::result::Result<leaves::Read, &'static str>>,
}

impl Leaf {
    fn plainly(row: &BytesRow) -> Self {
        let hash = leaf_hash(&row.leaf);
        Self { seq: row.seq, hash, named: row.hash == hash, read: None }
    }

    fn strictly(row: &EntryRow) -> Self {
        let hash = leaf_hash(&row.leaf);
        Self { seq: row.seq, hash, named: row.hash == hash, read: Some(leaves::read(row)) }
    }
}

/// Rows that one thread works on at a time.
const AT_A_TIME: usize = 1024;

/// Works on rows by several threads, and gives the results in the order of the rows.
fn hashed<R: Send + 'static, L: Send + 'static>(
    rows: BoxStream<'_, Result<R>>,
    work: impl Fn(&R) -> L + Copy + Send + 'static,
) -> BoxStream<'_, Result<Vec<L>>> {
    let chunks = rows.try_chunks(AT_A_TIME).map(move |chunk| async move {
        let chunk = chunk.map_err(|error| error.1)?;
        tokio::task::spawn_blocking(move || chunk.iter().map(work).collect::<Vec<L>>())
            .await
            .map_err(|error| Failure::Damaged(format!("verification broke off: {error}")))
    });
    chunks.buffered(3).boxed()
}

fn take(report: &mut Report, frontier: &mut Frontier, leaf: Leaf, strict: Option<&mut leaves::Reading>) {
    let Leaf { seq, hash, named, read } = leaf;
    if u64::try_from(seq) != Ok(frontier.size()) {
        report.problem(format!("leaf {seq} stands where leaf {} belongs", frontier.size()));
    }
    if !named {
        report.problem(format!("leaf {seq}: its bytes do not give its hash"));
    }
    if let (Some(reading), Some(read)) = (strict, read) {
        for problem in reading.take(read, hash) {
            report.problem(format!("leaf {seq}: {problem}"));
        }
    }
    frontier.push(hash);
}
