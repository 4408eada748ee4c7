//! Rows waiting to be inserted together: a change writes each table once per batch, not once per row.
//!
//! Invariant: the text is put together from fixed pieces and numbers only; values are always bound.

use super::engine::EngineKind;
use super::failure::Result;
use super::statement::{Open, Side, Text};
use super::versions::Cell;

/// Fewer parameters than either engine's limit (SQLite 32,766; PostgreSQL 65,535).
const MOST_PARAMETERS: usize = 30_000;

/// The shape of an insert: a table and its columns, beginning with `organization_id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    pub table: &'static str,
    pub columns: &'static [&'static str],
    /// Columns after `columns`, from a kind's projection.
    pub more: &'static [(&'static str, super::versions::Kind)],
}

impl Shape {
    #[must_use]
    pub const fn new(table: &'static str, columns: &'static [&'static str]) -> Self {
        Self { table, columns, more: &[] }
    }

    /// Identities first, then their versions, then what points at them.
    fn rank(&self) -> u8 {
        match (self.columns.len(), self.table.ends_with("_versions")) {
            (2, _) => 0,
            (_, true) => 1,
            _ => 2,
        }
    }

    fn width(&self) -> usize {
        self.columns.len() + self.more.len()
    }

    fn text(&self, rows: usize, kind: EngineKind) -> Text {
        use std::fmt::Write;
        let names: Vec<&str> = self.columns.iter().copied().chain(self.more.iter().map(|(name, _)| *name)).collect();
        let mut text = format!("INSERT INTO {} ({}) VALUES ", self.table, names.join(", "));
        for row in 0..rows {
            text.push_str(if row == 0 { "(" } else { ", (" });
            for column in 0..names.len() {
                text.push_str(if column == 0 { "" } else { ", " });
                match kind {
                    EngineKind::Sqlite => text.push('?'),
                    EngineKind::Postgres => drop(write!(text, "${}", row * names.len() + column + 1)),
                }
            }
            text.push(')');
        }
        Text::Counted(text, rows * names.len())
    }
}

/// Rows waiting for their tables.
#[derive(Default)]
pub(super) struct Pending {
    tables: Vec<(Shape, Vec<Vec<Cell>>)>,
}

impl Pending {
    pub(super) fn push(&mut self, shape: Shape, row: Vec<Cell>) {
        debug_assert_eq!(row.len(), shape.width(), "a row fits its shape");
        match self.tables.iter_mut().find(|(known, _)| known.table == shape.table) {
            Some((_, rows)) => rows.push(row),
            None => self.tables.push((shape, vec![row])),
        }
    }

    /// True when the rows are many enough to be written.
    pub(super) fn is_large(&self) -> bool {
        self.tables.iter().any(|(shape, rows)| rows.len() * shape.width() >= MOST_PARAMETERS)
    }

    /// Writes everything that waits.
    pub(super) async fn flush(&mut self, open: &mut Open, side: Side) -> Result<()> {
        let mut tables = std::mem::take(&mut self.tables);
        tables.sort_by_key(|(shape, _)| shape.rank());
        for (shape, mut rows) in tables {
            let most =
                (MOST_PARAMETERS / shape.width()).min(if open.kind() == EngineKind::Sqlite { 200 } else { 1000 });
            while !rows.is_empty() {
                let rest = rows.split_off(most.min(rows.len()));
                let mut statement = open.statement(side, shape.text(rows.len(), open.kind()));
                for cell in rows.into_iter().flatten() {
                    statement = super::list::bind_cell(statement, cell);
                }
                statement.run().await?;
                rows = rest;
            }
        }
        Ok(())
    }
}
