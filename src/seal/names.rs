//! Names every system can keep (package rule 7).
//!
//! Invariant: a package that unpacks on Linux unpacks to the same files on Windows and macOS: plain ASCII, no reserved
//! names, no two names that differ only in case, no name that is both file and folder.

use std::collections::HashMap;

/// Longest path below `data/`, so that the whole stays under 200 with it.
const LONGEST: usize = 190;

/// Names that Windows keeps for devices, with any ending.
const RESERVED: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// The names taken so far, by their folded form.
#[derive(Debug, Default)]
pub struct Names {
    taken: HashMap<String, Name>,
}

#[derive(Debug)]
struct Name {
    spelled: String,
    folder: bool,
}

impl Names {
    /// Takes a path, or says why it cannot be had.
    pub fn take(&mut self, path: &str) -> Result<(), String> {
        check_path(path)?;
        let ends = path.match_indices('/').map(|(end, _)| (end, true)).chain([(path.len(), false)]);
        for (end, folder) in ends.clone() {
            let spelled = &path[..end];
            let Some(known) = self.taken.get(&spelled.to_ascii_lowercase()) else { continue };
            if known.spelled != spelled {
                return Err(format!("differs from {} only in case", known.spelled));
            }
            if !folder && !known.folder {
                return Err("is in the package already".to_owned());
            }
            if folder != known.folder {
                return Err(format!("{spelled} would be both a file and a folder"));
            }
        }
        for (end, folder) in ends {
            let spelled = path[..end].to_owned();
            self.taken.entry(spelled.to_ascii_lowercase()).or_insert(Name { spelled, folder });
        }
        Ok(())
    }
}

/// Refuses a path below `data/` that some system cannot keep; the error says what is allowed.
pub fn check_path(path: &str) -> Result<(), String> {
    if path.len() >= LONGEST {
        return Err(format!("has {} bytes; a path in a package has fewer than {LONGEST}", path.len()));
    }
    path.split('/').try_for_each(check_name)
}

fn check_name(name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let stem = name.split('.').next().unwrap_or("").to_ascii_lowercase();
    if name.is_empty() {
        Err("holds an empty name".to_owned())
    } else if !name.chars().all(plain) {
        Err("holds more than ASCII letters, digits, '-', '_' and '.'".to_owned())
    } else if name.len() >= 120 {
        Err(format!("{name} has {} bytes; a name in a package has fewer than 120", name.len()))
    } else if name.starts_with('.') || name.ends_with('.') {
        Err(format!("{name} begins or ends with a dot"))
    } else if RESERVED.contains(&stem.as_str()) {
        Err(format!("{name} is a device's name on Windows"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Names, check_path};

    #[test]
    fn what_some_system_cannot_keep_is_refused() {
        let long = "x".repeat(120);
        let bad =
            ["", "a//b", "/a", "a/", "../a", "a/..", "a b", "\u{e6}", "a\\b", "aux", "x/Com7.txt", "a.", ".a", &long];
        for path in bad {
            assert!(check_path(path).is_err(), "{path}");
        }
        assert!(check_path(&"a/".repeat(100)).is_err());
        for path in ["a", "07_history/proofs/0.tlog-proof", "03_evidence/CIP-005-7/R1/1.1/_part.json", "console.txt"] {
            assert_eq!(check_path(path), Ok(()), "{path}");
        }
    }

    #[test]
    fn names_are_taken_once_and_spelled_one_way() {
        let mut names = Names::default();
        assert_eq!(names.take("a/B/c.txt"), Ok(()));
        assert_eq!(names.take("a/B/d.txt"), Ok(()));
        for bad in ["a/B/c.txt", "a/B/C.txt", "a/b/e.txt", "a/B", "a/B/c.txt/f", "A"] {
            assert!(names.take(bad).is_err(), "{bad}");
        }
        assert_eq!(names.take("a/e.txt"), Ok(()));
    }
}
