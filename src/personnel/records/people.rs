//! How people are kept.
//!
//! Invariant: every column follows from the record.

use crate::ids::PersonId;
use crate::personnel::model::{Party, Person};
use crate::register::listed;
use crate::storage::{Audited, Cell, Kind, Table};
use crate::vocabulary::fold;

impl Audited for Person {
    type Id = PersonId;
    const TABLE: Table = Table {
        kind: "person",
        identity: "people",
        versions: "person_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("employer", Kind::Text),
            ("party", Kind::Text),
            ("vendor_id", Kind::Id),
            ("user_id", Kind::Id),
            ("trained_on", Kind::Text),
            ("assessed_on", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, &self.name);
        cells.push(Cell::text(&self.employer));
        cells.push(Cell::text(self.party.map_or("", Party::word)));
        cells.push(Cell::id(self.vendor));
        cells.push(Cell::id(self.user.as_ref().map(|member| member.user)));
        cells.push(Cell::text(listed::day(self.trained.last().copied())));
        cells.push(Cell::text(listed::day(self.assessed.last().copied())));
        cells.push(Cell::Flag(Some(self.retired_on.is_some())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        [self.reference.as_str(), &self.name, &self.employer, &self.title].into_iter().flat_map(fold::words).collect()
    }
}
