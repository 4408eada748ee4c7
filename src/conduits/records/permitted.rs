//! How permitted flows are kept, described and listed.
//!
//! Invariant: the conduit and the last day are columns, so what a conduit permits and what expires is found without reading
//! records.

use crate::conduits::model::{Carried, PermittedFlow};
use crate::ids::PermittedFlowId;
use crate::register::listed;
use crate::storage::{Audited, Cell, Kind, Table};
use crate::vocabulary::{Date, fold};

impl Audited for PermittedFlow {
    type Id = PermittedFlowId;
    const TABLE: Table = Table {
        kind: "permitted_flow",
        identity: "permitted_flows",
        versions: "permitted_flow_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("reference_key", Kind::Text),
            ("name", Kind::Text),
            ("conduit_id", Kind::Id),
            ("transport", Kind::Text),
            ("status", Kind::Text),
            ("expires_on", Kind::Text),
            ("retired", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        let mut cells = listed::reference_cells(&self.reference, &self.protocol);
        cells.push(Cell::id(self.conduit));
        cells.push(Cell::text(self.transport.map_or("", Carried::word)));
        // No day is before the first, so a list asks for what expired by the column beside it.
        cells.push(Cell::text(self.status(Date::EPOCH).word()));
        cells.push(Cell::text(self.expires_on.map_or_else(String::new, |day| day.to_string())));
        cells.push(Cell::Flag(Some(self.retired_on.is_some())));
        cells
    }

    fn terms(&self) -> Vec<String> {
        let ends = self.sources.iter().chain(&self.destinations).map(ToString::to_string).collect::<Vec<_>>();
        let texts = [self.reference.as_str(), &self.protocol].into_iter().flat_map(fold::words);
        texts.chain(ends.iter().flat_map(|end| fold::words(end))).collect()
    }
}
