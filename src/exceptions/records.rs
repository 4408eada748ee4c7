//! How exceptions are kept and read.
//!
//! Invariant: an organization has few of them, so all are read at once and their standing is computed for the day.

use super::model::Exception;
use crate::ids::ExceptionId;
use crate::storage::{Audited, Cell, Kept, Kind, Result, Snapshot, Table};
use crate::vocabulary::{Date, fold};

impl Audited for Exception {
    type Id = ExceptionId;
    const TABLE: Table = Table {
        kind: "exception",
        identity: "exceptions",
        versions: "exception_versions",
        columns: &[
            ("reference", Kind::Text),
            ("reference_folded", Kind::Text),
            ("kind", Kind::Text),
            ("expires", Kind::Text),
            ("waiting", Kind::Flag),
        ],
    };

    fn columns(&self) -> Vec<Cell> {
        vec![
            Cell::text(self.reference.as_str()),
            Cell::text(self.reference.folded()),
            Cell::text(self.kind.map_or("", super::ExceptionKind::word)),
            Cell::text(self.expires.map_or_else(String::new, |date| date.to_string())),
            Cell::Flag(Some(self.is_undecided())),
        ]
    }

    fn terms(&self) -> Vec<String> {
        let subjects = self.subjects.iter().map(|one| one.reference.as_str());
        let named = self.checks.iter().chain(&self.requirements).map(String::as_str);
        [self.reference.as_str(), &self.title].into_iter().chain(subjects).chain(named).flat_map(fold::words).collect()
    }
}

/// Every exception of the organization, the first to expire first.
pub async fn all(at: &mut Snapshot) -> Result<Vec<Kept<Exception>>> {
    let mut found = at.every::<Exception>().await?;
    found.sort_by_key(|kept| (kept.expires, kept.reference.folded()));
    Ok(found)
}

/// Those that stand on a day, for the checks' verdicts.
pub async fn standing(at: &mut Snapshot, on: Date) -> Result<Vec<Kept<Exception>>> {
    let mut found = all(at).await?;
    found.retain(|kept| kept.stands(on));
    Ok(found)
}

/// Those that wait for a decision on a day.
pub async fn waiting(at: &mut Snapshot, on: Date) -> Result<Vec<Kept<Exception>>> {
    let mut found = all(at).await?;
    found.retain(|kept| kept.standing(on) == super::Standing::Requested);
    Ok(found)
}
