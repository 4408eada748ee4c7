//! Batches: the audited record behind every row that was observed.
//!
//! Invariant: one batch per sensor and digest.

use crate::as_of;
use crate::flows::model::Batch;
use crate::ids::{BatchId, Id, SensorId};
use crate::storage::list::{Fragment, ListSql};
use crate::storage::pending::Shape;
use crate::storage::versions::VersionRow;
use crate::storage::{AsOfSql, Audited, Cell, Change, Kept, Kind, Result, Snapshot, Table};
use crate::vocabulary::{Moment, fold};

impl Audited for Batch {
    type Id = BatchId;
    const TABLE: Table = Table {
        kind: "batch",
        identity: "batches",
        versions: "batch_versions",
        columns: &[("sensor", Kind::Text), ("digest", Kind::Text)],
    };

    fn columns(&self) -> Vec<Cell> {
        vec![Cell::text(fold::folded(&self.sensor)), Cell::text(self.digest.clone())]
    }
}

pub(super) const SAME: AsOfSql = as_of!(
    "SELECT " columns " FROM batch_versions v WHERE v.organization_id = $1 AND " [v] " AND v.sensor = $3 AND v.digest = $4"
);

/// Batches as a list, by the moment they were taken in.
pub const LIST: ListSql = ListSql {
    columns: Fragment::plain(crate::version_columns!()),
    joins: Fragment::plain(""),
    from: "batch_versions v",
    holds: as_of!("v.organization_id = $1 AND "[v]),
};

const SPANS: Shape = Shape::new(
    "batch_spans",
    &["organization_id", "batch_id", "sensor_id", "data_from", "data_until", "recorded_from"],
);

/// The batch of the same bytes from the same sensor, if there is one.
pub async fn same_batch(at: &mut Snapshot, sensor: &str, digest: &str) -> Result<Option<Kept<Batch>>> {
    let found = at.query(&SAME).bind(fold::folded(sensor)).bind(digest.to_owned()).maybe::<VersionRow>().await?;
    found.map(VersionRow::kept).transpose()
}

/// Keeps what span of time a batch speaks of.
pub async fn keep_span(
    change: &mut Change,
    batch: BatchId,
    sensor: SensorId,
    (from, until): (Moment, Moment),
) -> Result<()> {
    let row = vec![
        Cell::Id(Some(change.organization().uuid())),
        Cell::id(Some(batch)),
        Cell::id(Some(sensor)),
        Cell::moment(from),
        Cell::moment(until),
        Cell::moment(change.moment()),
    ];
    change.push(SPANS, row).await
}
