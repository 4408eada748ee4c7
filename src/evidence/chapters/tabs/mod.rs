//! The tabs of the evidence request tool and of Glance, as rows of record versions.
//!
//! Invariant: every row names the record version it comes from; the same rows stand in the CSV files and in the workbook. A
//! tab whose records do not exist is not written, and the limits say so. Columns: `audit-artifacts` parts 3 and 7; they are
//! the template's defaults from memory, and the region's workbook is mapped by name.

mod access;
mod answers;
mod boundary;
mod inventory;
mod perimeter;
mod plans;
mod sessions;
mod timers;

use uuid::Uuid;

use crate::evidence::dossier::Dossier;
use crate::ids::Id;
use crate::seal::{Spool, Unsealable};
use crate::sheets::{CsvOut, Unwritable};
use crate::storage::{Audited, Kept};

/// A table of the package.
pub struct Tab {
    /// As its sheet is called; its file has `_` for each space.
    pub name: &'static str,
    /// What the first column is called, which counts the rows; empty where rows are not counted.
    pub counted: &'static str,
    pub header: &'static [&'static str],
    pub rows: for<'d> fn(&'d Dossier) -> Rows<'d>,
    /// True where an empty tab is written, too: an auditor asks for it always.
    pub always: bool,
}

pub type Rows<'d> = Box<dyn Iterator<Item = Row> + 'd>;

/// A row and the record version it comes from.
pub struct Row {
    pub cells: Vec<String>,
    pub kind: &'static str,
    pub record: Uuid,
    pub version: i64,
}

impl Row {
    fn of<T: Audited>(kept: &Kept<T>, cells: Vec<String>) -> Self {
        Self { cells, kind: T::TABLE.kind, record: kept.id.uuid(), version: kept.version }
    }

    /// A row about a record that is known by its id alone; what is no record of its own belongs to the organization's.
    fn about(dossier: &Dossier, id: Uuid, cells: Vec<String>) -> Self {
        match dossier.version_of(id) {
            Some((kind, version)) => Self { cells, kind, record: id, version },
            None => Self::of(&dossier.profile, cells),
        }
    }
}

/// Every tab: those of the evidence request tool, then Glance's own.
pub const TABS: &[Tab] = &[
    inventory::BES_ASSETS,
    inventory::CA,
    inventory::LOW_CA,
    perimeter::ESP,
    perimeter::EAP,
    access::PERSONNEL,
    access::VENDOR_ACCESS,
    plans::PLAN_TESTS,
    plans::PATCH_CYCLE,
    answers::SUMMARY,
    timers::TIMERS,
    timers::GAPS,
    boundary::CONDUITS,
    boundary::PERMITTED,
    boundary::CROSSINGS,
    boundary::LEVELS,
    sessions::VENDOR_SESSIONS,
    access::REVIEWS,
    access::REVOCATIONS,
    answers::EVIDENCE_INDEX,
    answers::APPROVALS,
];

/// Tabs of the evidence request tool whose kinds of record Glance does not keep.
pub const WITHOUT_RECORDS: [&str; 11] = [
    "PSP",
    "TCA",
    "TCA Non-RE",
    "RM",
    "Reuse_Disposal",
    "CSI",
    "Changes",
    "Procurement",
    "BCSI",
    "CIP-012 links",
    "Sample Sets L2",
];

impl Tab {
    /// The header with what every tab has.
    #[must_use]
    pub fn columns(&self) -> Vec<&'static str> {
        let counted = Some(self.counted).filter(|name| !name.is_empty());
        counted.into_iter().chain(self.header.iter().copied()).chain(["record_id", "record_version"]).collect()
    }

    /// Every row as cells under [`Tab::columns`].
    pub fn lines<'d>(&'d self, dossier: &'d Dossier) -> impl Iterator<Item = Vec<String>> + 'd {
        (self.rows)(dossier).enumerate().map(|(n, row)| {
            let mut cells = Vec::with_capacity(row.cells.len() + 3);
            if !self.counted.is_empty() {
                cells.push((n + 1).to_string());
            }
            cells.extend(row.cells);
            cells.extend([row.record.hyphenated().to_string(), row.version.to_string()]);
            cells
        })
    }

    /// True when it is written for this dossier.
    #[must_use]
    pub fn is_written(&self, dossier: &Dossier) -> bool {
        self.always || (self.rows)(dossier).next().is_some()
    }

    #[must_use]
    pub fn path(&self) -> String {
        format!("01_ert/tabs/{}.csv", self.name.replace(' ', "_"))
    }
}

/// Writes every tab as CSV.
pub fn write(dossier: &Dossier, spool: &mut Spool) -> Result<(), Unsealable> {
    for tab in TABS.iter().filter(|tab| tab.is_written(dossier)) {
        let path = tab.path();
        let said = |error: Unwritable| Unsealable::content(&path, error.problem);
        let mut out = CsvOut::new(spool.writer(&path)?, &tab.columns()).map_err(said)?;
        for line in tab.lines(dossier) {
            out.row(&line.iter().map(String::as_str).collect::<Vec<_>>()).map_err(said)?;
        }
        out.finish().map_err(said)?.finish()?;
    }
    Ok(())
}
