//! What stands about the rows of a review: the last decision about each, and how many there are of which.
//!
//! Invariant: one decision stands about a row at any instant. Runs of rows are written where they lie, in one statement.

use std::collections::HashMap;

use uuid::Uuid;

use crate::as_of;
use crate::ids::{Id, ReviewDecisionId, ReviewId};
use crate::register::records::by_ids;
use crate::reviews::model::{ReviewDecision, ReviewOutcome};
use crate::reviews::rules::runs::runs;
use crate::storage::pending::Shape;
use crate::storage::{AsOfSql, Cell, Change, Kept, OrgSql, Result, Snapshot};
use crate::vocabulary::Moment;

const STANDINGS: Shape = Shape::new(
    "review_standings",
    &["organization_id", "review_id", "n", "decision_id", "decision", "recorded_from", "recorded_until"],
);

/// Closes what stood about a run of rows.
pub(super) const CLOSE: OrgSql = OrgSql::new(
    "UPDATE review_standings SET recorded_until = $5 WHERE organization_id = $1 AND review_id = $2 AND n >= $3 AND n <= $4 \
     AND recorded_until = 9000000000000000",
);
/// Says of a run of rows what was decided.
pub(super) const STAND: OrgSql = OrgSql::new(
    "INSERT INTO review_standings (organization_id, review_id, n, decision_id, decision, recorded_from, recorded_until) \
     SELECT i.organization_id, i.review_id, i.n, d.id, $6, d.recorded_from, d.recorded_until FROM review_items i \
     JOIN review_decision_versions d ON d.organization_id = $1 AND d.id = $5 AND d.recorded_until = 9000000000000000 \
     WHERE i.organization_id = $1 AND i.review_id = $2 AND i.n >= $3 AND i.n <= $4",
);
/// Counted on an index alone: the instant is not asked, so only the newest state is counted like this.
pub(super) const COUNTS_NOW: OrgSql = OrgSql::new(
    "SELECT s.decision, COUNT(*) AS decided FROM review_standings s WHERE s.organization_id = $1 AND s.review_id = $2 \
     AND s.recorded_until = 9000000000000000 GROUP BY s.decision",
);
pub(super) const COUNTS_THEN: AsOfSql = as_of!(
    "SELECT s.decision, COUNT(*) AS decided FROM review_standings s WHERE s.organization_id = $1 AND s.review_id = $3 AND "
    [s] " GROUP BY s.decision"
);

/// Runs at least this long are written by a statement each; shorter ones row by row, together.
const LONG: i64 = 16;

/// Says of these rows what was decided about them in this change.
pub async fn stand(
    change: &mut Change,
    review: ReviewId,
    (decision, outcome): (ReviewDecisionId, ReviewOutcome),
    rows: &[i64],
) -> Result<()> {
    let (organization, moment) = (change.organization().uuid(), change.moment());
    let (long, short): (Vec<_>, Vec<_>) = runs(rows).into_iter().partition(|(first, last)| last - first >= LONG);
    let at = change.reading().await?;
    for (first, last) in long.iter().chain(&short) {
        at.plain(&CLOSE).bind(review).bind(*first).bind(*last).bind(moment).run().await?;
    }
    for (first, last) in &long {
        let statement = at.plain(&STAND).bind(review).bind(*first).bind(*last).bind(decision);
        statement.bind(outcome.word().to_owned()).run().await?;
    }
    for n in short.into_iter().flat_map(|(first, last)| first..=last) {
        let row = vec![
            Cell::Id(Some(organization)),
            Cell::id(Some(review)),
            Cell::number(n),
            Cell::id(Some(decision)),
            Cell::text(outcome.word()),
            Cell::moment(moment),
            Cell::moment(Moment::OPEN),
        ];
        change.push(STANDINGS, row).await?;
    }
    Ok(())
}

/// How many rows are to be kept, changed and removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub keep: i64,
    pub change: i64,
    pub remove: i64,
}

impl Counts {
    #[must_use]
    pub fn decided(self) -> i64 {
        self.keep + self.change + self.remove
    }

    #[must_use]
    pub fn of(self, outcome: ReviewOutcome) -> i64 {
        match outcome {
            ReviewOutcome::Keep => self.keep,
            ReviewOutcome::Change => self.change,
            ReviewOutcome::Remove => self.remove,
        }
    }
}

/// Counts what stands about a review's rows.
pub async fn counts(at: &mut Snapshot, review: ReviewId) -> Result<Counts> {
    let rows: Vec<(String, i64)> = if at.is_newest() {
        at.plain(&COUNTS_NOW).bind(review).all().await?
    } else {
        at.query(&COUNTS_THEN).bind(review).all().await?
    };
    let of = |outcome: ReviewOutcome| rows.iter().find(|(word, _)| word == outcome.word()).map_or(0, |(_, rows)| *rows);
    Ok(Counts { keep: of(ReviewOutcome::Keep), change: of(ReviewOutcome::Change), remove: of(ReviewOutcome::Remove) })
}

/// The acts behind decisions: who, when, with which note.
pub async fn acts(
    at: &mut Snapshot,
    ids: impl Iterator<Item = ReviewDecisionId>,
) -> Result<HashMap<ReviewDecisionId, Kept<ReviewDecision>>> {
    let mut ids: Vec<Uuid> = ids.map(Id::uuid).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(by_ids::<ReviewDecision>(at, &ids).await?.into_iter().map(|kept| (kept.id, kept)).collect())
}
