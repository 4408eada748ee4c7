//! The signer: gives a log's checkpoint of any size, and never contradicts what it signed before.
//!
//! Invariant: its own last (size, root) lies beside the key, updated under a file lock; a tree in which that root is not
//! found again is refused, in either direction.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::auth::keys::{Keys, NamedKey};
use crate::seal::note::Checkpoint;
use crate::storage::merkle::Tree;
use crate::storage::versions::hex;

/// What was signed last of a log.
#[derive(Serialize, Deserialize)]
struct Last {
    origin: String,
    size: u64,
    root: String,
}

/// Signs the checkpoint of the first `size` leaves of a log.
pub fn sign(keys: &Keys, origin: &str, tree: &Tree, size: u64) -> Result<(Checkpoint, String), String> {
    sign_by(&keys.signing(), keys, origin, (tree, size))
}

/// The same by one key, for who signs more with it.
pub fn sign_by(
    key: &NamedKey,
    keys: &Keys,
    origin: &str,
    (tree, size): (&Tree, u64),
) -> Result<(Checkpoint, String), String> {
    let folder = keys.directory();
    let lock = fs::File::create(folder.join("signer.lock")).map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    let name = origin.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let path = folder.join(format!("signed-{name}.json"));
    let last = last(&path)?;
    let wanted = usize::try_from(size).map_err(|error| error.to_string())?;
    if wanted > tree.len() {
        return Err(format!("the log has {} leaves, not {size}", tree.len()));
    }
    if let Some(last) = &last {
        let known = usize::try_from(last.size).unwrap_or(usize::MAX);
        if known > tree.len() || hex(&tree.root(known)) != last.root {
            return Err(format!(
                "refused to sign: the log of {} leaves does not go on from the {} leaves signed before; it was rewritten or cut",
                tree.len(),
                last.size
            ));
        }
    }
    let checkpoint = Checkpoint { origin: origin.to_owned(), size, root: tree.root(wanted) };
    if last.is_none_or(|last| size > last.size) {
        keep(&path, &Last { origin: origin.to_owned(), size, root: hex(&checkpoint.root) })?;
    }
    let note = checkpoint.sign(&key.key);
    Ok((checkpoint, note))
}

fn last(path: &Path) -> Result<Option<Last>, String> {
    match fs::read_to_string(path) {
        Ok(text) => serde_json::from_str(&text).map(Some).map_err(|error| format!("{}: {error}", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

fn keep(path: &Path, last: &Last) -> Result<(), String> {
    let said = |error: std::io::Error| format!("{}: {error}", path.display());
    let text = serde_json::to_string(last).map_err(|error| error.to_string())?;
    let temporary = path.with_extension("new");
    let mut file = fs::File::create(&temporary).map_err(said)?;
    file.write_all(text.as_bytes()).map_err(said)?;
    file.sync_all().map_err(said)?;
    fs::rename(&temporary, path).map_err(said)
}

#[cfg(test)]
mod tests {
    use super::sign;
    use crate::auth::keys::Keys;
    use crate::storage::merkle::{Tree, leaf_hash};
    use crate::vocabulary::Moment;

    #[test]
    fn never_signs_two_histories() {
        let directory = tempfile::tempdir().unwrap();
        let keys = Keys::open(directory.path(), Moment::from_micros(1_772_463_600_000_000)).unwrap();
        let leaves = |texts: &[&str]| Tree::new(texts.iter().map(|text| leaf_hash(text.as_bytes())).collect());
        let (_, first) = sign(&keys, "log", &leaves(&["a", "b", "c"]), 3).unwrap();
        assert_eq!(sign(&keys, "log", &leaves(&["a", "b", "c"]), 3).unwrap().1, first);
        assert!(sign(&keys, "log", &leaves(&["a", "b", "c", "d"]), 2).is_ok());
        assert!(sign(&keys, "log", &leaves(&["a", "x", "c", "d"]), 4).unwrap_err().contains("refused"));
        assert!(sign(&keys, "log", &leaves(&["a", "b"]), 2).unwrap_err().contains("refused"));
        assert!(sign(&keys, "other log", &leaves(&["x"]), 1).is_ok());
    }
}
