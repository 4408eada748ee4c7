//! How grants are kept.
//!
//! Invariant: every column follows from the record.

use crate::ids::GrantId;
use crate::register::listed;
use crate::remote_access::model::{Grant, GrantKind};
use crate::storage::{Audited, Cell, Kind, Table};
use crate::vocabulary::{Moment, fold};

impl Audited for Grant {
    type Id = GrantId;
    const TABLE: Table = Table {
        kind: "grant",
        identity: "grants",
        versions: "grant_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("kind", Kind::Text),
            ("person_id", Kind::Id),
            ("vendor_id", Kind::Id),
            ("via_id", Kind::Id),
            ("status", Kind::Text),
            ("valid_until", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, "");
        cells.push(Cell::text(self.kind.map_or("", GrantKind::word)));
        cells.push(Cell::id(self.person));
        cells.push(Cell::id(self.vendor));
        cells.push(Cell::id(self.via));
        cells.push(Cell::text(self.decided().word()));
        cells.push(Cell::text(self.valid_until.map_or_else(String::new, Moment::rfc3339)));
        cells.push(Cell::Flag(Some(self.retired_on.is_some())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        [self.reference.as_str(), &self.purpose].into_iter().flat_map(fold::words).collect()
    }
}
