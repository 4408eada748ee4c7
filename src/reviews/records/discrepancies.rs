//! Discrepancies: rows whose access was to be changed or removed, and whether the record they are about closed them.
//!
//! Invariant: nothing here is stored; each is computed from the decision and the record at the snapshot's instant.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use crate::as_of;
use crate::conduits::{Conduit, PermittedFlow};
use crate::ids::{ConduitId, Id, ReviewDecisionId, ReviewId};
use crate::personnel::{Account, Authorization};
use crate::register::records::by_ids;
use crate::remote_access::Grant;
use crate::reviews::model::{Discrepancy, Review, ReviewDecision, ReviewItem, ReviewKind, ReviewOutcome};
use crate::reviews::rules::closing::{About, ceased, changed_since, is_closed};
use crate::storage::versions::VersionRow;
use crate::storage::{AsOfSql, Audited, Failure, Kept, OrgSql, Result, Snapshot};
use crate::vocabulary::Moment;

pub(super) const COMPLETED: AsOfSql = as_of!(
    "SELECT v.id FROM review_versions v WHERE v.organization_id = $1 AND v.status = 'completed' AND " [v]
    " ORDER BY v.reference_key, v.id"
);
/// Without an order: one by number would lead away from the index of decisions.
pub(super) const OF_ONE: AsOfSql = as_of!(
    "SELECT s.review_id, s.n, s.decision_id, s.decision, s.recorded_from, i.record FROM review_standings s \
     JOIN review_items i ON i.organization_id = $1 AND i.review_id = s.review_id AND i.n = s.n \
     WHERE s.organization_id = $1 AND s.review_id = $3 AND s.decision IN ('change', 'remove') AND "[s]
);

/// Every version of the permitted flows that changed between two moments, of each the newest first.
pub(super) const FLOWS_SINCE: OrgSql = OrgSql::new(concat!(
    "SELECT ",
    crate::version_columns!(),
    " FROM permitted_flow_versions v WHERE v.organization_id = $1 AND v.recorded_from <= $3 AND v.id IN \
     (SELECT f.id FROM permitted_flow_versions f WHERE f.organization_id = $1 AND f.recorded_from > $2 AND f.recorded_from <= $3) \
     ORDER BY v.id, v.version DESC"
));

#[derive(sqlx::FromRow)]
struct DecidedRow {
    review_id: ReviewId,
    n: i64,
    decision_id: ReviewDecisionId,
    decision: String,
    recorded_from: Moment,
    record: String,
}

/// Every discrepancy of a completed review.
pub async fn discrepancies(at: &mut Snapshot) -> Result<Vec<Discrepancy>> {
    let mut rows = Vec::new();
    for (review,) in at.rows::<(ReviewId,)>(&COMPLETED).await? {
        rows.extend(rows_of(at, review).await?);
    }
    told(at, rows).await
}

/// The discrepancies of one review, wherever it stands.
pub async fn of_review(at: &mut Snapshot, review: ReviewId) -> Result<Vec<Discrepancy>> {
    let rows = rows_of(at, review).await?;
    told(at, rows).await
}

/// The decided rows of a review by their numbers.
async fn rows_of(at: &mut Snapshot, review: ReviewId) -> Result<Vec<DecidedRow>> {
    let mut rows = at.query(&OF_ONE).bind(review).all::<DecidedRow>().await?;
    rows.sort_by_key(|row| row.n);
    Ok(rows)
}

async fn told(at: &mut Snapshot, rows: Vec<DecidedRow>) -> Result<Vec<Discrepancy>> {
    let ids = |of: fn(&DecidedRow) -> Uuid| {
        let ids: BTreeSet<Uuid> = rows.iter().map(of).collect();
        ids.into_iter().collect::<Vec<_>>()
    };
    let reviews = by_ids::<Review>(at, &ids(|row| row.review_id.uuid())).await?;
    let reviews: HashMap<ReviewId, Kept<Review>> = reviews.into_iter().map(|kept| (kept.id, kept)).collect();
    let decisions = by_ids::<ReviewDecision>(at, &ids(|row| row.decision_id.uuid())).await?;
    let notes: HashMap<ReviewDecisionId, String> =
        decisions.into_iter().map(|kept| (kept.id, kept.content.note)).collect();
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let Some(review) = reviews.get(&row.review_id) else { continue };
        let note = notes.get(&row.decision_id).map_or("", String::as_str);
        found.extend(open(row, review, note)?);
    }
    close::<Authorization>(at, &mut found, |one| About::Authorization(one)).await?;
    close::<Account>(at, &mut found, |one| About::Account(one)).await?;
    close::<Grant>(at, &mut found, |one| About::Grant(one)).await?;
    close::<Conduit>(at, &mut found, |one| About::Conduit(one)).await?;
    close_by_flows(at, &mut found).await?;
    Ok(found.into_iter().map(|(_, one)| one).collect())
}

/// A discrepancy nobody closed yet, beside its row.
fn open(row: &DecidedRow, review: &Review, note: &str) -> Result<Option<(ReviewItem, Discrepancy)>> {
    let damaged = |error: String| Failure::Damaged(format!("review row {}: {error}", row.n));
    let item: ReviewItem = serde_json::from_str(&row.record).map_err(|error| damaged(error.to_string()))?;
    let outcome = ReviewOutcome::parse(&row.decision).map_err(damaged)?;
    let Some(review_kind): Option<ReviewKind> = review.kind else { return Ok(None) };
    let one = Discrepancy {
        review: row.review_id,
        review_reference: review.reference.to_string(),
        review_kind,
        completed_at: review.completed.as_ref().map(|act| act.at),
        n: row.n,
        kind: item.kind.clone(),
        of: item.of,
        reference: item.reference.clone(),
        person: item.person,
        holder: item.holder.clone(),
        reaches: item.reaches.clone(),
        outcome,
        note: note.to_owned(),
        decided_at: row.recorded_from,
        closed_at: None,
    };
    Ok(Some((item, one)))
}

/// Closes those that are about records of one kind.
async fn close<T: Audited>(
    at: &mut Snapshot,
    found: &mut [(ReviewItem, Discrepancy)],
    about: for<'r> fn(&'r T) -> About<'r>,
) -> Result<()> {
    let now = at.now();
    let mine: BTreeSet<Uuid> =
        found.iter().filter(|(_, one)| one.kind == T::TABLE.kind).map(|(_, one)| one.of).collect();
    let mine: Vec<Uuid> = mine.into_iter().collect();
    let records: HashMap<Uuid, Kept<T>> =
        by_ids::<T>(at, &mine).await?.into_iter().map(|kept| (kept.id.uuid(), kept)).collect();
    let mut histories: HashMap<Uuid, Vec<Kept<T>>> = HashMap::new();
    for (item, one) in found.iter_mut().filter(|(_, one)| one.kind == T::TABLE.kind) {
        let Some(kept) = records.get(&one.of) else { continue };
        let history: &[Kept<T>] = match histories.entry(one.of) {
            _ if !asks_history(item, one, kept, about) => std::slice::from_ref(kept),
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(at.history::<T>(kept.id).await?),
        };
        one.closed_at = since(item, one, history, about, now);
    }
    Ok(())
}

/// Closes what was to be changed of conduits by what became of their permitted flows, which are records of their own.
async fn close_by_flows(at: &mut Snapshot, found: &mut [(ReviewItem, Discrepancy)]) -> Result<()> {
    let concerns = |one: &Discrepancy| one.kind == Conduit::TABLE.kind && one.outcome == ReviewOutcome::Change;
    let decided = found.iter().filter(|(_, one)| concerns(one)).map(|(_, one)| one.decided_at).min();
    let Some(decided) = decided else { return Ok(()) };
    let instant = at.instant();
    let rows = at.plain(&FLOWS_SINCE).bind(decided).bind(instant).all::<VersionRow>().await?;
    let versions = rows.into_iter().map(VersionRow::kept).collect::<Result<Vec<Kept<PermittedFlow>>>>()?;
    for (_, one) in found.iter_mut().filter(|(_, one)| concerns(one)) {
        let of_flow = |own: &[Kept<PermittedFlow>]| {
            let own: Vec<_> = own.iter().map(|kept| (kept.recorded_from, &kept.content)).collect();
            changed_since(ConduitId::from_uuid(one.of), one.decided_at, &own)
        };
        let first = versions.chunk_by(|a, b| a.id == b.id).filter_map(of_flow).min();
        one.closed_at = [one.closed_at, first].into_iter().flatten().min();
    }
    Ok(())
}

/// True when the newest version alone does not tell whether and since when one is closed.
fn asks_history<T: Audited>(
    item: &ReviewItem,
    one: &Discrepancy,
    kept: &Kept<T>,
    about: for<'r> fn(&'r T) -> About<'r>,
) -> bool {
    match one.outcome {
        ReviewOutcome::Change => kept.recorded_from > one.decided_at,
        _ => ceased(about(&kept.content)).is_none() && kept.version > item.version + 1,
    }
}

/// Since when one is closed, if it is, by the versions of its record, the newest first. What was to be removed: the moment the
/// record names, else the first version without it. What was to be changed: the first version since the decision that says
/// something else, or the moment it ceased.
fn since<T: Audited>(
    item: &ReviewItem,
    one: &Discrepancy,
    history: &[Kept<T>],
    about: for<'r> fn(&'r T) -> About<'r>,
    now: Moment,
) -> Option<Moment> {
    let decided = |kept: &&Kept<T>| kept.recorded_from <= one.decided_at;
    let stood = history.iter().find(decided).map(|kept| about(&kept.content));
    let closes = |kept: &&Kept<T>| is_closed(item, one.outcome, stood, about(&kept.content), now);
    let newest = history.first().filter(closes)?;
    let counts = |kept: &&Kept<T>| closes(kept) && (one.outcome == ReviewOutcome::Remove || !decided(kept));
    let first = history.iter().take_while(counts).last().map(|kept| kept.recorded_from);
    let named = ceased(about(&newest.content)).filter(|ceased| *ceased <= now);
    let since = match one.outcome {
        ReviewOutcome::Change => [first, named].into_iter().flatten().min(),
        _ => named.or(first),
    };
    Some(since.unwrap_or(newest.recorded_from))
}
