//! The logs in a folder somebody named.
//!
//! Invariant: under their names from there, in order. Hidden files, which Zeek keeps for itself, are not looked at, and
//! neither are links to folders, such as its `current`.

use std::io::{Error, Result};
use std::path::{Path, PathBuf};

use super::intake::LogFile;

/// What could not be looked at, and why.
pub type Unseen = (PathBuf, Error);

/// The files in a folder and the folders inside it.
pub fn logs(folder: &Path) -> std::result::Result<Vec<LogFile>, Unseen> {
    let mut found = Vec::new();
    inside(folder, "", &mut found)?;
    found.sort();
    Ok(found)
}

fn inside(folder: &Path, before: &str, found: &mut Vec<LogFile>) -> std::result::Result<(), Unseen> {
    let unseen = |error| (folder.to_owned(), error);
    let entries: Vec<_> = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<_>>).map_err(unseen)?;
    for entry in entries {
        let (name, path) = (entry.file_name().to_string_lossy().into_owned(), entry.path());
        let kind = entry.file_type().map_err(unseen)?;
        if name.starts_with('.') || (kind.is_symlink() && path.is_dir()) {
            continue;
        }
        let name = format!("{before}{name}");
        if kind.is_dir() {
            inside(&path, &format!("{name}/"), found)?;
        } else {
            found.push(LogFile { name, path, found: true });
        }
    }
    Ok(())
}
