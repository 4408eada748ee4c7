//! How batches of session events are kept.
//!
//! Invariant: every column follows from the record.

use crate::ids::SessionBatchId;
use crate::remote_access::model::SessionBatch;
use crate::storage::{Audited, Cell, Kind, Table};
use crate::vocabulary::Moment;

impl Audited for SessionBatch {
    type Id = SessionBatchId;
    const TABLE: Table = Table {
        kind: "session_batch",
        identity: "session_batches",
        versions: "session_batch_versions",
        columns: &[("gateway_id", Kind::Id), ("digest", Kind::Text), ("data_until", Kind::Number)],
    };

    fn columns(&self) -> Vec<Cell> {
        let until = self.until.map_or(0, Moment::micros);
        vec![Cell::id(Some(self.gateway)), Cell::text(&self.digest), Cell::number(until)]
    }
}
