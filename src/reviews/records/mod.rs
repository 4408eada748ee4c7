//! How reviews are kept, and what is asked of all of them.
//!
//! Invariant: every column follows from the record.

pub mod discrepancies;
pub mod owed;
pub mod population;
pub mod rows;
pub mod standings;

pub use discrepancies::discrepancies;

use crate::as_of;
use crate::ids::{ReviewDecisionId, ReviewId, UserId};
use crate::register::listed;
use crate::reviews::model::{Review, ReviewDecision, ReviewKind};
use crate::storage::versions::VersionRow;
use crate::storage::{AsOfSql, Audited, Cell, Kept, Kind, OrgSql, Result, Snapshot, Table};
use crate::vocabulary::{Date, TimeZone, fold};

impl Audited for Review {
    type Id = ReviewId;
    const TABLE: Table = Table {
        kind: "review",
        identity: "reviews",
        versions: "review_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("kind", Kind::Text),
            ("status", Kind::Text),
            ("due_on", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, &self.name);
        cells.push(Cell::text(self.kind.map_or("", ReviewKind::word)));
        cells.push(Cell::text(self.status().word()));
        cells.push(Cell::text(listed::day(self.due_on)));
        cells.push(Cell::Flag(Some(self.retired_on.is_some())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        [self.reference.as_str(), &self.name].into_iter().flat_map(fold::words).collect()
    }
}

impl Audited for ReviewDecision {
    type Id = ReviewDecisionId;
    const TABLE: Table = Table {
        kind: "review_decision",
        identity: "review_decisions",
        versions: "review_decision_versions",
        columns: &[("review_id", Kind::Id)],
    };

    fn columns(&self) -> Vec<Cell> {
        vec![Cell::id(Some(self.review))]
    }
}

const OPEN: AsOfSql = as_of!(
    "SELECT " columns " FROM review_versions v WHERE v.organization_id = $1 AND " [v] " AND v.status = 'open' ORDER BY v.due_on, v.id"
);
const DECISIONS: AsOfSql = as_of!(
    "SELECT " columns " FROM review_decision_versions v WHERE v.organization_id = $1 AND " [v] " AND v.review_id = $3 ORDER BY v.id"
);

/// Texts of this slice that know an instant, for the test that prepares every statement.
pub const INSTANT_STATEMENTS: &[AsOfSql] = &[
    OPEN,
    DECISIONS,
    discrepancies::COMPLETED,
    discrepancies::OF_ONE,
    rows::PEOPLE,
    rows::SHARED,
    standings::COUNTS_THEN,
];
/// Texts that know none.
pub const STATEMENTS: &[OrgSql] = &[
    discrepancies::FLOWS_SINCE,
    rows::OF_PERSON,
    rows::OF_SUBJECT,
    rows::DOUBTS,
    standings::CLOSE,
    standings::STAND,
    standings::COUNTS_NOW,
];

fn kept<T: Audited>(rows: Vec<VersionRow>) -> Result<Vec<Kept<T>>> {
    rows.into_iter().map(VersionRow::kept).collect()
}

/// Every open review, due first.
pub async fn open(at: &mut Snapshot) -> Result<Vec<Kept<Review>>> {
    let rows = at.rows::<VersionRow>(&OPEN).await?;
    kept(rows)
}

/// The open reviews this user is the reviewer of, and those without a reviewer where they may take one.
pub async fn open_for(at: &mut Snapshot, user: UserId, may_take: bool) -> Result<Vec<Kept<Review>>> {
    let mut found = open(at).await?;
    found.retain(|review| review.reviewer.as_ref().map_or(may_take, |reviewer| reviewer.user == user));
    Ok(found)
}

/// Every act of reviewers about a review, in the order they were done.
pub async fn decisions(at: &mut Snapshot, review: ReviewId) -> Result<Vec<Kept<ReviewDecision>>> {
    let rows = at.query(&DECISIONS).bind(review).all::<VersionRow>().await?;
    kept(rows)
}

/// The last day on which a review of a kind was signed.
pub async fn last_signed(at: &mut Snapshot, kind: ReviewKind, zone: TimeZone) -> Result<Option<Date>> {
    let rest = " AND v.kind = $3 AND v.status = 'completed'";
    let rows = at.projected(&Review::TABLE, crate::version_columns!(), rest).bind(kind.word().to_owned());
    let reviews: Vec<Kept<Review>> = kept(rows.all::<VersionRow>().await?)?;
    Ok(reviews.iter().filter_map(|review| review.completed.as_ref().map(|act| zone.day(act.at))).max())
}
