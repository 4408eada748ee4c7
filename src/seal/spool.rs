//! The files of a payload on their way into a package: on disk, hashed while they are written.
//!
//! Invariant: memory stays flat however large the payload; a name is checked when it is given and never given twice; the
//! build folder is gone when the spool is. Paths are relative to `data/`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flate2::Crc;
use sha2::{Digest, Sha256};
use tempfile::{Builder, NamedTempFile, TempDir};

use super::names::Names;
use super::unsealable::Unsealable;
use crate::storage::merkle::Hash;

/// Begins the name of every build folder, so that what a crash left can be told and swept.
pub const PREFIX: &str = "spool-";

/// The payload of one package.
pub struct Spool {
    folder: TempDir,
    /// Small files one after the other: a package has a proof per record, and a file system dislikes that.
    pack: File,
    end: u64,
    shared: Arc<Mutex<Index>>,
}

/// A file of the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spooled {
    pub path: String,
    pub sha256: Hash,
    pub size: u64,
}

#[derive(Default)]
struct Index {
    /// None while a writer is open.
    files: BTreeMap<String, Option<Slot>>,
    names: Names,
    next: u64,
}

#[derive(Clone)]
struct Slot {
    sha256: Hash,
    crc: u32,
    size: u64,
    place: Place,
}

#[derive(Clone)]
enum Place {
    /// In the pack, from this offset.
    Pack(u64),
    /// A file of its own.
    Own(PathBuf),
}

impl Spool {
    /// An empty spool in a new folder inside `folder`, which is made when it is not there.
    pub fn in_folder(folder: &Path) -> Result<Self, Unsealable> {
        let failed = |error| Unsealable::file(&folder.display().to_string(), error);
        std::fs::create_dir_all(folder).map_err(failed)?;
        let folder = Builder::new().prefix(PREFIX).tempdir_in(folder).map_err(failed)?;
        let pack = File::create_new(folder.path().join("pack")).map_err(failed)?;
        Ok(Self { folder, pack, end: 0, shared: Arc::default() })
    }

    /// Puts a small file.
    pub fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), Unsealable> {
        self.index().begin(path)?;
        self.pack.write_all(bytes).map_err(|error| Unsealable::file(path, error))?;
        let mut crc = Crc::new();
        crc.update(bytes);
        let size = bytes.len() as u64;
        let slot = Slot { sha256: Sha256::digest(bytes).into(), crc: crc.sum(), size, place: Place::Pack(self.end) };
        self.end += size;
        self.index().files.insert(path.to_owned(), Some(slot));
        Ok(())
    }

    /// Begins a file of any size; [`Writer::finish`] puts it. Several may be open, and small files put meanwhile.
    pub fn writer(&mut self, path: &str) -> Result<Writer, Unsealable> {
        let place = {
            let mut index = self.index();
            index.begin(path)?;
            index.next += 1;
            self.folder.path().join(index.next.to_string())
        };
        let file = File::create_new(&place).map_err(|error| Unsealable::file(path, error))?;
        Ok(Writer {
            path: path.to_owned(),
            out: BufWriter::with_capacity(1 << 16, file),
            measure: Measure::default(),
            place,
            shared: Arc::clone(&self.shared),
        })
    }

    /// A file in the build folder for writers that must seek; [`Spool::adopt`] puts it, dropping it removes it.
    pub fn scratch(&self) -> Result<NamedTempFile, Unsealable> {
        NamedTempFile::new_in(self.folder.path()).map_err(|error| Unsealable::file("a scratch file", error))
    }

    /// Puts what was written to a scratch file, without copying it.
    pub fn adopt(&mut self, path: &str, scratch: NamedTempFile) -> Result<(), Unsealable> {
        self.index().begin(path)?;
        let failed = |error| Unsealable::file(path, error);
        let (mut file, place) = scratch.keep().map_err(|error| failed(error.error))?;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        let mut measure = Measure::default();
        let mut buffer = vec![0; 1 << 16];
        loop {
            match file.read(&mut buffer).map_err(failed)? {
                0 => break,
                count => measure.update(&buffer[..count]),
            }
        }
        self.index().files.insert(path.to_owned(), Some(measure.slot(Place::Own(place))));
        Ok(())
    }

    /// Puts a file that is there already under a second path (package rule 5); its bytes are kept once until sealing.
    pub fn copy(&mut self, path: &str, other: &str) -> Result<(), Unsealable> {
        let mut index = self.index();
        let slot = index.finished(path)?;
        index.begin(other)?;
        index.files.insert(other.to_owned(), Some(slot));
        Ok(())
    }

    /// The files so far, in order of their paths' bytes. Refused while one is begun and not finished.
    pub fn files(&self) -> Result<Vec<Spooled>, Unsealable> {
        let index = self.index();
        let file = |path: &String| {
            let slot = index.finished(path)?;
            Ok(Spooled { path: path.clone(), sha256: slot.sha256, size: slot.size })
        };
        index.files.keys().map(file).collect()
    }

    /// One file, when it is there and finished.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<Spooled> {
        let slot = self.index().finished(path).ok()?;
        Some(Spooled { path: path.to_owned(), sha256: slot.sha256, size: slot.size })
    }

    /// Reads a file back.
    pub fn reader(&self, path: &str) -> Result<impl Read + use<>, Unsealable> {
        Ok(self.stored(path)?.1)
    }

    /// Size, checksum of the container, and content of a file.
    pub(super) fn stored(&self, path: &str) -> Result<((u64, u32), io::Take<File>), Unsealable> {
        let slot = self.index().finished(path)?;
        let failed = |error| Unsealable::file(path, error);
        let (place, from) = match slot.place {
            Place::Pack(from) => (self.folder.path().join("pack"), from),
            Place::Own(place) => (place, 0),
        };
        let mut file = File::open(place).map_err(failed)?;
        file.seek(SeekFrom::Start(from)).map_err(failed)?;
        Ok(((slot.size, slot.crc), file.take(slot.size)))
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Index {
    fn begin(&mut self, path: &str) -> Result<(), Unsealable> {
        self.names.take(path).map_err(|why| Unsealable::name(path, why))?;
        self.files.insert(path.to_owned(), None);
        Ok(())
    }

    fn finished(&self, path: &str) -> Result<Slot, Unsealable> {
        match self.files.get(path) {
            Some(Some(slot)) => Ok(slot.clone()),
            Some(None) => Err(Unsealable::content(path, "was begun and not finished")),
            None => Err(Unsealable::content(path, "is not in the package")),
        }
    }
}

/// What is taken of every byte that passes.
#[derive(Default)]
struct Measure {
    sha: Sha256,
    crc: Crc,
    size: u64,
}

impl Measure {
    fn update(&mut self, bytes: &[u8]) {
        self.sha.update(bytes);
        self.crc.update(bytes);
        self.size += bytes.len() as u64;
    }

    fn slot(self, place: Place) -> Slot {
        Slot { sha256: self.sha.finalize().into(), crc: self.crc.sum(), size: self.size, place }
    }
}

/// A file of the payload being written.
pub struct Writer {
    path: String,
    out: BufWriter<File>,
    measure: Measure,
    place: PathBuf,
    shared: Arc<Mutex<Index>>,
}

impl Writer {
    /// Puts the file. One that is dropped instead stops the sealing.
    pub fn finish(mut self) -> Result<Spooled, Unsealable> {
        self.out.flush().map_err(|error| Unsealable::file(&self.path, error))?;
        let slot = self.measure.slot(Place::Own(self.place));
        let spooled = Spooled { path: self.path.clone(), sha256: slot.sha256, size: slot.size };
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).files.insert(self.path, Some(slot));
        Ok(spooled)
    }

    /// Writes all of it; the error names the file.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), Unsealable> {
        self.write_all(bytes).map_err(|error| Unsealable::file(&self.path, error))
    }
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.measure.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::{Spool, Unsealable};
    use sha2::{Digest, Sha256};
    use std::io::{Read, Write};

    #[test]
    fn files_are_listed_in_order_and_read_back() {
        let place = tempfile::tempdir().unwrap();
        let mut spool = Spool::in_folder(&place.path().join("build")).unwrap();
        let mut writer = spool.writer("b/large.bin").unwrap();
        spool.put("a.txt", b"one").unwrap();
        writer.write_all(&vec![7; 100_000]).unwrap();
        assert!(spool.files().unwrap_err().to_string().contains("not finished"));
        assert_eq!(writer.finish().unwrap().size, 100_000);
        let mut scratch = spool.scratch().unwrap();
        scratch.write_all(b"sought").unwrap();
        spool.adopt("c.xlsx", scratch).unwrap();
        spool.copy("b/large.bin", "b/again.bin").unwrap();
        let files = spool.files().unwrap();
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["a.txt", "b/again.bin", "b/large.bin", "c.xlsx"]);
        assert_eq!(files[3].sha256, <[u8; 32]>::from(Sha256::digest(b"sought")));
        assert_eq!(files[1].sha256, files[2].sha256);
        let mut text = String::new();
        spool.reader("a.txt").unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "one");
        drop(spool);
        assert_eq!(std::fs::read_dir(place.path().join("build")).unwrap().count(), 0);
    }

    #[test]
    fn names_and_duplicates_are_refused_when_they_are_put() {
        let place = tempfile::tempdir().unwrap();
        let mut spool = Spool::in_folder(place.path()).unwrap();
        spool.put("a/x.txt", b"").unwrap();
        for bad in ["a/x.txt", "a/X.txt", "../x", "nul.txt"] {
            assert!(matches!(spool.put(bad, b""), Err(Unsealable::Name { .. })), "{bad}");
            assert!(matches!(spool.writer(bad), Err(Unsealable::Name { .. })), "{bad}");
        }
        assert!(spool.copy("nothing.txt", "b.txt").is_err());
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        assert!(Unsealable::file("a/x.txt", full).to_string().contains("no space is left"));
    }
}
