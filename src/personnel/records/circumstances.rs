//! How CIP Exceptional Circumstances are kept.
//!
//! Invariant: every column follows from the record.

use crate::ids::CircumstanceId;
use crate::personnel::model::Circumstance;
use crate::register::listed;
use crate::storage::{Audited, Cell, Kind, Table};
use crate::vocabulary::fold;

impl Audited for Circumstance {
    type Id = CircumstanceId;
    const TABLE: Table = Table {
        kind: "circumstance",
        identity: "circumstances",
        versions: "circumstance_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("status", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, &self.title);
        cells.push(Cell::text(self.status().word()));
        cells.push(Cell::Flag(Some(self.retired_on.is_some())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        [self.reference.as_str(), &self.title].into_iter().flat_map(fold::words).collect()
    }
}
