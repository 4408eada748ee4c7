//! Where sealed packages lie, and how they are given out.
//!
//! Invariant: a file stands under a package's own name only when it is whole and synced; nobody receives a whole file whose
//! bytes are not those that were sealed; what a build that broke off left behind is swept.

use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tokio::io::AsyncReadExt;

pub use super::building::path;
use crate::ids::{OrganizationId, PackageId};
use crate::seal::PREFIX;
use crate::storage::blobs;
use crate::storage::versions::hash_text;
use crate::vocabulary::Moment;

/// Bytes read at a time.
const CHUNK: usize = 256 * 1024;
/// Ends the name of a file that is being written.
const UNFINISHED: &str = "new";
/// Seconds after which what nobody writes to is abandoned: a lease is renewed far more often.
const ABANDONED_SECONDS: i64 = 86_400;

/// Removes what an earlier build of a package left.
pub fn clear(data: &Path, organization: OrganizationId, id: PackageId) {
    drop(std::fs::remove_file(path(data, organization, id).with_extension(UNFINISHED)));
}

/// Sweeps what builds that broke off left in any organization's folder: files that were being written, and build folders;
/// says how many files.
#[must_use]
pub fn sweep(data: &Path, now: Moment) -> usize {
    let before = now.plus_seconds(-ABANDONED_SECONDS);
    let entries = |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut swept = 0;
    for entry in entries(data.join("packages")).flat_map(|organization| entries(organization.path())) {
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with(PREFIX) && path.is_dir() {
            swept += blobs::sweep(&path, before);
            drop(std::fs::remove_dir(&path)); // refused while a file is left in it
        } else if path.extension().is_some_and(|end| end == UNFINISHED) && is_older(&entry, before) {
            swept += usize::from(std::fs::remove_file(&path).is_ok());
        }
    }
    swept
}

fn is_older(entry: &std::fs::DirEntry, before: Moment) -> bool {
    let written = entry.metadata().and_then(|meta| meta.modified()).ok();
    let age = written.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    age.and_then(|age| i64::try_from(age.as_micros()).ok()).is_some_and(|micros| micros < before.micros())
}

/// A sealed package on its way out: the last bytes are held back until all of them fit the digest.
pub struct Reading {
    file: tokio::fs::File,
    hash: Sha256,
    digest: String,
    held: Option<Vec<u8>>,
    done: bool,
}

impl Reading {
    /// Opens a sealed package; none when no file of the sealed size lies there.
    pub async fn open(path: &Path, size: u64, digest: &str) -> io::Result<Option<Self>> {
        let file = match tokio::fs::File::open(path).await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        if file.metadata().await?.len() != size {
            return Ok(None);
        }
        Ok(Some(Self { file, hash: Sha256::new(), digest: digest.to_owned(), held: None, done: false }))
    }

    /// The next bytes; none after the last. An error when they are not what was sealed.
    pub async fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        while !self.done {
            let mut chunk = vec![0u8; CHUNK];
            let read = self.file.read(&mut chunk).await?;
            if read == 0 {
                self.done = true;
                if hash_text(&std::mem::take(&mut self.hash).finalize()) != self.digest {
                    return Err(io::Error::other("the file is not what was sealed"));
                }
                return Ok(self.held.take());
            }
            chunk.truncate(read);
            self.hash.update(&chunk);
            if let Some(ready) = self.held.replace(chunk) {
                return Ok(Some(ready));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::{Reading, sweep};
    use crate::storage::versions::hash_text;
    use crate::vocabulary::Moment;

    async fn read(path: &std::path::Path, size: u64, digest: &str) -> std::io::Result<Option<Vec<u8>>> {
        let Some(mut reading) = Reading::open(path, size, digest).await? else { return Ok(None) };
        let mut all = Vec::new();
        while let Some(chunk) = reading.next().await? {
            all.extend(chunk);
        }
        Ok(Some(all))
    }

    #[tokio::test]
    async fn what_was_sealed_goes_out_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.zip");
        let mut bytes = vec![7u8; 700_000];
        std::fs::write(&path, &bytes).unwrap();
        let digest = hash_text(&Sha256::digest(&bytes));
        assert_eq!(read(&path, 700_000, &digest).await.unwrap(), Some(bytes.clone()));
        assert_eq!(read(&path, 699_999, &digest).await.unwrap(), None);
        assert_eq!(read(&folder.path().join("nowhere"), 700_000, &digest).await.unwrap(), None);
        bytes[699_999] = 8;
        std::fs::write(&path, bytes).unwrap();
        assert!(read(&path, 700_000, &digest).await.is_err());
    }

    #[test]
    fn leftovers_go_and_packages_stay() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("packages/o");
        std::fs::create_dir_all(folder.join("spool-x1")).unwrap();
        for name in ["a.zip", "b.new", "spool-x1/c"] {
            std::fs::write(folder.join(name), "x").unwrap();
        }
        assert_eq!(sweep(data.path(), Moment::from_micros(0)), 0);
        assert_eq!(sweep(data.path(), Moment::OPEN), 2);
        assert!(folder.join("a.zip").exists() && !folder.join("b.new").exists() && !folder.join("spool-x1").exists());
    }
}
