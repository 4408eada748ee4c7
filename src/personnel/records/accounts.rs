//! How accounts are kept.
//!
//! Invariant: every column follows from the record.

use crate::ids::AccountId;
use crate::personnel::model::{Account, AccountKind};
use crate::register::listed;
use crate::storage::{Audited, Cell, Kind, Table};
use crate::vocabulary::fold;

impl Audited for Account {
    type Id = AccountId;
    const TABLE: Table = Table {
        kind: "account",
        identity: "accounts",
        versions: "account_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("asset_id", Kind::Id),
            ("system_id", Kind::Id),
            ("owner_id", Kind::Id),
            ("kind", Kind::Text),
            ("password_changed_on", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, &self.name);
        cells.push(Cell::id(self.asset));
        cells.push(Cell::id(self.system));
        cells.push(Cell::id(self.owner));
        cells.push(Cell::text(self.kind.map_or("", AccountKind::word)));
        cells.push(Cell::text(listed::day(self.password_changed.last().copied())));
        cells.push(Cell::Flag(Some(self.retired_on.is_some())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        [self.reference.as_str(), &self.name].into_iter().flat_map(fold::words).collect()
    }
}
