//! How appointments are kept.
//!
//! Invariant: every column follows from the record.

use crate::ids::AppointmentId;
use crate::personnel::model::{Appointment, CipRole};
use crate::register::listed;
use crate::storage::{Audited, Cell, Kind, Table};
use crate::vocabulary::fold;

impl Audited for Appointment {
    type Id = AppointmentId;
    const TABLE: Table = Table {
        kind: "appointment",
        identity: "appointments",
        versions: "appointment_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("person_id", Kind::Id),
            ("role", Kind::Text),
            ("until", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, "");
        cells.push(Cell::id(self.person));
        cells.push(Cell::text(self.role.map_or("", CipRole::word)));
        cells.push(Cell::text(listed::day(self.until)));
        cells.push(Cell::Flag(Some(self.retired_on.is_some())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        [self.reference.as_str()].into_iter().flat_map(fold::words).collect()
    }
}
