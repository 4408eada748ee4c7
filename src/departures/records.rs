//! How terminations and transfers are kept.
//!
//! Invariant: every column follows from the record.

use crate::departures::model::{Departure, DepartureKind};
use crate::ids::DepartureId;
use crate::register::listed;
use crate::storage::{Audited, Cell, Kind, Table};
use crate::vocabulary::{Moment, fold};

impl Audited for Departure {
    type Id = DepartureId;
    const TABLE: Table = Table {
        kind: "departure",
        identity: "departures",
        versions: "departure_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("person_id", Kind::Id),
            ("kind", Kind::Text),
            ("action_at", Kind::Number),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, "");
        cells.push(Cell::id(self.person));
        cells.push(Cell::text(self.kind.map_or("", DepartureKind::word)));
        cells.push(Cell::number(self.action_at.map_or(0, Moment::micros)));
        cells.push(Cell::Flag(Some(self.retired_on.is_some())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        [self.reference.as_str()].into_iter().flat_map(fold::words).collect()
    }
}
