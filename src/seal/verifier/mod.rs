//! Verifying a package without a database: container, bag, signatures, and the ties from every row to the log.
//!
//! Invariant: every problem is listed; `verify.py` in the package says the same. Memory grows with the number of files and
//! records, never with their bytes: the container is read once through, and what is small is read again where it lies.

mod bagged;
mod container;
mod disclosed;
mod rows;

use std::io::{Cursor, Read, Seek};

use serde::Serialize;

use container::Package;

/// What the verifier was told from outside.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    /// The key's fingerprint, from the letter.
    pub fingerprint: Option<String>,
    /// A signed checkpoint somebody kept.
    pub checkpoint: Option<String>,
}

/// What was found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    pub problems: Vec<String>,
    pub folder: String,
    pub fingerprint: String,
    /// When the key was to sign, as the package says; empty for a package that does not say.
    pub key_window: String,
    pub files: usize,
    pub records: usize,
    /// Rows whose record is disclosed and proved.
    pub rows: usize,
    /// Rows that name no record, outside the tabs.
    pub untied: usize,
    pub log: String,
    pub size: u64,
    /// Packages sealed before, from whose checkpoints this one's log goes on.
    pub earlier: Vec<String>,
}

/// Most problems that are listed; a damaged package need not fill a disk.
const MOST_PROBLEMS: usize = 1_000;

impl Report {
    fn problem(&mut self, problem: impl Into<String>) {
        match self.problems.len() {
            ..MOST_PROBLEMS => self.problems.push(problem.into()),
            MOST_PROBLEMS => self.problems.push("and more".to_owned()),
            _ => {}
        }
    }

    /// Keeps what went wrong with a file, and goes on without it.
    fn noted<T>(&mut self, path: &str, found: Result<T, String>) -> Option<T> {
        found.map_err(|problem| self.problem(format!("{path} {problem}"))).ok()
    }
}

/// Verifies the bytes of a package.
#[must_use]
pub fn verify(bytes: &[u8], expected: &Expected) -> Report {
    examine(Cursor::new(bytes), expected)
}

/// Verifies a package where it lies.
#[must_use]
pub fn examine(package: impl Read + Seek, expected: &Expected) -> Report {
    let mut report = Report::default();
    let package = match Package::read(package) {
        Ok(package) => package,
        Err(problem) => {
            report.problem(problem);
            return report;
        }
    };
    report.folder = package.folder.clone();
    report.files = package.files.len();
    bagged::manifests(&package, &mut report);
    let Some(key) = bagged::key(&package, expected, &mut report) else { return report };
    bagged::signatures(&package, &key, &mut report);
    bagged::info(&package, &mut report);
    let Some(checkpoint) = disclosed::checkpoint(&package, &key, &mut report) else { return report };
    let earlier = disclosed::earlier(&package, &checkpoint, &mut report);
    if let Some(kept) = &expected.checkpoint {
        disclosed::compare(kept, (&key, &checkpoint), &earlier, &mut report);
    }
    let known = disclosed::records(&package, &checkpoint, &mut report);
    rows::tie(&package, &known, &mut report);
    report
}
