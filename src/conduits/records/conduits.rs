//! How conduits are kept, described and listed.
//!
//! Invariant: both ends are columns, so what a zone is joined to is found without reading records.

use crate::conduits::model::Conduit;
use crate::ids::ConduitId;
use crate::register::listed;
use crate::storage::{Audited, Cell, Kind, Table};
use crate::vocabulary::fold;

impl Audited for Conduit {
    type Id = ConduitId;
    const TABLE: Table = Table {
        kind: "conduit",
        identity: "conduits",
        versions: "conduit_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("from_zone_id", Kind::Id),
            ("to_zone_id", Kind::Id),
            ("status", Kind::Text),
            ("review_due", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, &self.name);
        cells.push(Cell::id(self.from_zone));
        cells.push(Cell::id(self.to_zone));
        cells.push(Cell::text(self.status().word()));
        cells.push(Cell::text(self.review_due.map_or_else(String::new, |day| day.to_string())));
        cells.push(Cell::Flag(Some(self.retired_on.is_some())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        [self.reference.as_str(), &self.name, &self.owner].into_iter().flat_map(fold::words).collect()
    }
}
