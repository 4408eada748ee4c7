//! How vendors are kept.
//!
//! Invariant: every column follows from the record.

use crate::ids::VendorId;
use crate::personnel::model::Vendor;
use crate::register::listed;
use crate::storage::{Audited, Cell, Kind, Table};
use crate::vocabulary::fold;

impl Audited for Vendor {
    type Id = VendorId;
    const TABLE: Table = Table {
        kind: "vendor",
        identity: "vendors",
        versions: "vendor_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, &self.name);
        cells.push(Cell::Flag(Some(self.retired_on.is_some())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        [self.reference.as_str(), &self.name].into_iter().flat_map(fold::words).collect()
    }
}
