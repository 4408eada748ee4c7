//! Two packages side by side: which files were added, removed or changed, and which parts stand otherwise.
//!
//! Invariant: pure; equal digests mean equal bytes and need no further look.

use super::reading::Index;

/// What differs between an earlier package and a later one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Path, size.
    pub added: Vec<(String, u64)>,
    pub removed: Vec<(String, u64)>,
    /// Path, size before, size after.
    pub changed: Vec<(String, u64, u64)>,
    pub same: usize,
    /// Part, status before, status after; an empty one is not in that package.
    pub parts: Vec<(String, String, String)>,
    pub parts_same: usize,
}

/// Compares an earlier package with a later one. Files of the history that exist once per leaf are not told one by one.
#[must_use]
pub fn compare(before: &Index, after: &Index) -> Comparison {
    let told = |path: &str| !path.contains("07_history/proofs/");
    let mut found = Comparison::default();
    for (path, (digest, size)) in after.files.iter().filter(|(path, _)| told(path)) {
        match before.files.get(path) {
            None => found.added.push((path.clone(), *size)),
            Some((known, _)) if known == digest => found.same += 1,
            Some((_, was)) => found.changed.push((path.clone(), *was, *size)),
        }
    }
    let gone = before.files.iter().filter(|(path, _)| told(path) && !after.files.contains_key(*path));
    found.removed = gone.map(|(path, (_, size))| (path.clone(), *size)).collect();
    for (part, status) in &after.parts {
        match before.parts.get(part) {
            Some(known) if known == status => found.parts_same += 1,
            known => found.parts.push((part.clone(), known.cloned().unwrap_or_default(), status.clone())),
        }
    }
    let gone = before.parts.iter().filter(|(part, _)| !after.parts.contains_key(*part));
    found.parts.extend(gone.map(|(part, status)| (part.clone(), status.clone(), String::new())));
    found.parts.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::compare;
    use crate::evidence::reading::Index;

    fn index(files: &[(&str, &str)], parts: &[(&str, &str)]) -> Index {
        Index {
            files: files.iter().map(|(path, digest)| ((*path).to_owned(), ((*digest).to_owned(), 1))).collect(),
            parts: parts.iter().map(|(part, status)| ((*part).to_owned(), (*status).to_owned())).collect(),
        }
    }

    #[test]
    fn what_differs() {
        let before = index(
            &[("data/a", "1"), ("data/b", "1"), ("data/c", "1"), ("data/07_history/proofs/1.tlog-proof", "1")],
            &[("P1", "failing"), ("P2", "failing"), ("P3", "failing")],
        );
        let after = index(
            &[("data/a", "1"), ("data/b", "2"), ("data/d", "1")],
            &[("P1", "failing"), ("P2", "no_failing_record"), ("P4", "indeterminate")],
        );
        let found = compare(&before, &after);
        assert_eq!(found.added, [("data/d".to_owned(), 1)]);
        assert_eq!(found.removed, [("data/c".to_owned(), 1)]);
        assert_eq!(found.changed, [("data/b".to_owned(), 1, 1)]);
        assert_eq!((found.same, found.parts_same), (1, 1));
        let parts: Vec<&str> = found.parts.iter().map(|(part, _, _)| part.as_str()).collect();
        assert_eq!(parts, ["P2", "P3", "P4"]);
    }
}
