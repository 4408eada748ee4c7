//! How reviews are kept.
//!
//! Invariant: every column follows from the record.

pub mod discrepancies;

pub use discrepancies::discrepancies;

use crate::ids::{ReviewDecisionId, ReviewId};
use crate::register::listed;
use crate::reviews::model::{Review, ReviewDecision, ReviewKind};
use crate::storage::{AsOfSql, Audited, Cell, Kind, Table};
use crate::vocabulary::fold;

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

/// Texts of this slice that know an instant, for the test that prepares every statement.
pub const INSTANT_STATEMENTS: &[AsOfSql] = &[discrepancies::OF_COMPLETED, discrepancies::OF_ONE];
