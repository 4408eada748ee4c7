//! `ERT_Level1.xlsx`: the answers to Level 1 requests, and every tab as a sheet.
//!
//! Invariant: the same rows as the CSV files; every cell is text, every sheet marked, and the dates inside are the
//! effective instant's. Columns of Level 1: `audit-artifacts` part 3.

use std::path::Path;

use super::tabs::TABS;
use crate::evidence::dossier::{Dossier, Part};
use crate::evidence::words::verdict;
use crate::seal::{Spool, Unsealable};
use crate::sheets::{Unwritable, XlsxOut};

const PATH: &str = "01_ert/ERT_Level1.xlsx";

const LEVEL_1: [&str; 8] = [
    "Request ID",
    "Standard",
    "Requirement",
    "Description of Evidence Requested",
    "Sample Set Source tab",
    "Entity Response / File Names",
    "Entity Comments",
    "In scope",
];
const LEVEL_1_WIDTHS: [f64; 8] = [20.0, 14.0, 18.0, 60.0, 20.0, 70.0, 50.0, 10.0];

/// Most characters a spreadsheet program takes in one cell.
const MOST: usize = 32_000;

/// Writes the workbook.
pub fn write(dossier: &Dossier, spool: &mut Spool) -> Result<(), Unsealable> {
    let scratch = spool.scratch()?;
    let folder = scratch.path().parent().unwrap_or(Path::new(".")).to_owned();
    drop(scratch);
    let mut writer = spool.writer(PATH)?;
    let book = filled(dossier, &folder).map_err(said)?;
    book.finish_to(&mut writer).map_err(said)?;
    writer.finish().map(drop)
}

fn said(error: Unwritable) -> Unsealable {
    Unsealable::content(PATH, error.problem)
}

fn filled(dossier: &Dossier, scratch: &Path) -> Result<XlsxOut, Unwritable> {
    let mut book = XlsxOut::new(dossier.instant, scratch)?;
    // Package rule 1: the instant, the journal's size and its root are printed on each page.
    book.mark(&format!(
        "BES Cyber System Information - {} - {} - size {} root {}",
        dossier.name(),
        dossier.instant.rfc3339(),
        dossier.tree_size,
        crate::storage::versions::hex(&dossier.checkpoint.root)
    ));
    book.sheet("Level 1", &LEVEL_1, &LEVEL_1_WIDTHS)?;
    for part in &dossier.parts {
        line(&mut book, &level_1(part))?;
    }
    for tab in TABS.iter().filter(|tab| tab.is_written(dossier)) {
        book.sheet(tab.name, &tab.columns(), &[])?;
        for cells in tab.lines(dossier) {
            line(&mut book, &cells)?;
        }
    }
    Ok(book)
}

fn line(book: &mut XlsxOut, cells: &[String]) -> Result<(), Unwritable> {
    let cells: Vec<&str> = cells.iter().map(|cell| crate::vocabulary::fold::truncated(cell, MOST)).collect();
    book.row(&cells)
}

fn level_1(part: &Part) -> Vec<String> {
    let requirement = part.requirement();
    let names = part.evidence.iter().map(|evidence| evidence.path.rsplit('/').next().unwrap_or(&evidence.path));
    let source = match requirement.subjects.last() {
        Some(crate::frameworks::About::Asset | crate::frameworks::About::System) => "CA",
        Some(crate::frameworks::About::Site) => "BES Assets",
        _ => "",
    };
    vec![
        crate::evidence::naming::request_id(requirement),
        requirement.standard.clone(),
        requirement.short().to_owned(),
        requirement.evidence.join("; "),
        source.to_owned(),
        names.collect::<Vec<_>>().join("; "),
        verdict(&part.standing),
        "Yes".to_owned(),
    ]
}
