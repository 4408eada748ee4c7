//! How authorizations are kept.
//!
//! Invariant: every column follows from the record.

use crate::ids::AuthorizationId;
use crate::personnel::model::{Authorization, AuthorizationKind};
use crate::register::listed;
use crate::storage::{Audited, Cell, Kind, Table};
use crate::vocabulary::{Date, fold};

impl Audited for Authorization {
    type Id = AuthorizationId;
    const TABLE: Table = Table {
        kind: "authorization",
        identity: "authorizations",
        versions: "authorization_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("person_id", Kind::Id),
            ("kind", Kind::Text),
            ("status", Kind::Text),
            ("until", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, &self.place);
        cells.push(Cell::id(self.person));
        cells.push(Cell::text(self.kind.map_or("", AuthorizationKind::word)));
        cells.push(Cell::text(self.status(Date::EPOCH).word()));
        cells.push(Cell::text(listed::day(self.until)));
        cells.push(Cell::Flag(Some(self.retired_on.is_some())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        [self.reference.as_str(), &self.place, &self.need].into_iter().flat_map(fold::words).collect()
    }
}
