//! Sweeping away what was begun and abandoned: uploads cut off, files that waited for a confirmation nobody gave.
//!
//! Invariant: only files below the given folder that nobody wrote to for a while are removed; records never point there.

use std::path::Path;
use std::time::UNIX_EPOCH;

use super::{Blobs, WAITING};
use crate::vocabulary::Moment;

impl Blobs {
    /// Removes uploads nobody wrote to for an hour: their connection is long gone (a receiver waits a minute at most).
    #[must_use]
    pub fn sweep(&self, now: Moment) -> usize {
        sweep(&self.folder.join(WAITING), now.plus_seconds(-3_600))
    }
}

/// Removes files below a folder that were last written before a moment; says how many. What cannot be read is left.
#[must_use]
pub fn sweep(folder: &Path, before: Moment) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let mut swept = 0;
    for entry in entries.filter_map(Result::ok) {
        let Ok(meta) = entry.metadata() else { continue };
        if meta.is_dir() {
            swept += sweep(&entry.path(), before);
            continue;
        }
        let written = meta.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let micros = written.and_then(|age| i64::try_from(age.as_micros()).ok()).unwrap_or(i64::MAX);
        if micros < before.micros() && std::fs::remove_file(entry.path()).is_ok() {
            swept += 1;
        }
    }
    swept
}

#[cfg(test)]
mod tests {
    use super::sweep;
    use crate::vocabulary::Moment;

    #[test]
    fn only_what_is_old_goes() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("inner")).unwrap();
        std::fs::write(folder.path().join("inner/file"), "x").unwrap();
        assert_eq!(sweep(folder.path(), Moment::from_micros(1_000_000)), 0);
        assert_eq!(sweep(folder.path(), Moment::OPEN), 1);
        assert_eq!(sweep(&folder.path().join("nowhere"), Moment::OPEN), 0);
    }
}
