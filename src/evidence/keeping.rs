//! Where sealed packages lie, and how they are given out.
//!
//! Invariant: a file stands under a package's own name only when it is whole and synced; nobody receives a whole file whose
//! bytes are not those that were sealed; what a build that broke off left behind is swept.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tokio::io::AsyncReadExt;

use crate::ids::{OrganizationId, PackageId};
use crate::storage::blobs;
use crate::storage::versions::hash_text;
use crate::vocabulary::Moment;

/// Bytes read at a time.
const CHUNK: usize = 256 * 1024;
/// Ends the name of a file that is being written.
const UNFINISHED: &str = ".new";
/// Seconds after which what nobody writes to is abandoned: a lease is renewed far more often.
const ABANDONED_SECONDS: i64 = 86_400;

/// The folder of an organization's packages.
#[must_use]
pub fn folder(data: &Path, organization: OrganizationId) -> PathBuf {
    data.join("packages").join(organization.to_string())
}

/// Where a package's file lies.
#[must_use]
pub fn path(data: &Path, organization: OrganizationId, id: PackageId) -> PathBuf {
    folder(data, organization).join(format!("{id}.zip"))
}

/// The file a worker writes before it is the package's.
#[must_use]
pub fn unfinished(data: &Path, organization: OrganizationId, id: PackageId, who: &str) -> PathBuf {
    folder(data, organization).join(format!("{id}.{who}{UNFINISHED}"))
}

/// Puts a finished file in its place and syncs the folder.
pub fn deliver(unfinished: &Path, path: &Path) -> io::Result<()> {
    std::fs::rename(unfinished, path)?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// Removes what earlier builds of a package left.
pub fn clear(data: &Path, organization: OrganizationId, id: PackageId) {
    let begins = format!("{id}.");
    for entry in std::fs::read_dir(folder(data, organization)).into_iter().flatten().filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(&begins) && name.ends_with(UNFINISHED) {
            drop(std::fs::remove_file(entry.path()));
        }
    }
}

/// Sweeps what builds that broke off left in any organization's folder and in the build folder; says how many files.
#[must_use]
pub fn sweep(data: &Path, now: Moment) -> usize {
    let before = now.plus_seconds(-ABANDONED_SECONDS);
    let mut swept = blobs::sweep(&building(data), before);
    for organization in std::fs::read_dir(data.join("packages")).into_iter().flatten().filter_map(Result::ok) {
        let entries = std::fs::read_dir(organization.path()).into_iter().flatten().filter_map(Result::ok);
        for entry in entries.filter(|entry| entry.file_name().to_string_lossy().ends_with(UNFINISHED)) {
            swept += usize::from(is_older(&entry, before) && std::fs::remove_file(entry.path()).is_ok());
        }
    }
    swept
}

fn is_older(entry: &std::fs::DirEntry, before: Moment) -> bool {
    let written = entry.metadata().and_then(|meta| meta.modified()).ok();
    let age = written.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    age.and_then(|age| i64::try_from(age.as_micros()).ok()).is_some_and(|micros| micros < before.micros())
}

/// The folder in which payloads are put together.
#[must_use]
pub fn building(data: &Path) -> PathBuf {
    data.join("building")
}

/// Writes bytes whole and synced, hashed on their way; gives size and digest.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<(i64, String)> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok((i64::try_from(bytes.len()).unwrap_or(i64::MAX), hash_text(&Sha256::digest(bytes))))
}

/// Size and digest of a file.
pub fn measure(path: &Path) -> io::Result<(i64, String)> {
    let (mut file, mut hash, mut size) = (File::open(path)?, Sha256::new(), 0i64);
    let mut chunk = vec![0u8; CHUNK];
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            return Ok((size, hash_text(&hash.finalize())));
        }
        hash.update(&chunk[..read]);
        size += i64::try_from(read).unwrap_or(0);
    }
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
    use super::{Reading, measure, sweep, write};
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
        let path = folder.path().join("packages/o/p.w.new");
        let bytes = vec![7u8; 700_000];
        let (size, digest) = write(&path, &bytes).unwrap();
        assert_eq!(measure(&path).unwrap(), (size, digest.clone()));
        let size = u64::try_from(size).unwrap();
        assert_eq!(read(&path, size, &digest).await.unwrap(), Some(bytes.clone()));
        assert_eq!(read(&path, size - 1, &digest).await.unwrap(), None);
        assert_eq!(read(&folder.path().join("nowhere"), size, &digest).await.unwrap(), None);
        let mut changed = bytes;
        changed[699_999] = 8;
        std::fs::write(&path, changed).unwrap();
        assert!(read(&path, size, &digest).await.is_err());
        assert_eq!(sweep(folder.path(), Moment::from_micros(0)), 0);
        assert_eq!(sweep(folder.path(), Moment::OPEN), 1);
    }
}
