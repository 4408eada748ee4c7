//! The container read once through: every byte compared with the one its entries give, every file hashed.
//!
//! Invariant: a container that Glance would not have written is refused with the place; nothing is unpacked.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use flate2::Crc;
use sha2::{Digest, Sha256};

use super::super::archive::{self, Entry};
use crate::storage::merkle::Hash;

/// How much is read at once; it stays in the processor's cache between the two sums.
const CHUNK: usize = 1 << 17;
/// Largest file that is read whole, for the small ones of a bag.
const SMALL: u64 = 1 << 20;
const FOREIGN: &str = "the container's bytes are not the ones its entries give";

/// A file inside.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    offset: u64,
    pub size: u64,
    pub sha256: Hash,
}

/// A package whose container holds.
pub struct Package<R> {
    source: RefCell<R>,
    pub folder: String,
    /// By their paths in the folder, in order.
    pub files: BTreeMap<String, Found>,
}

impl<R: Read + Seek> Package<R> {
    /// Reads it through.
    pub fn read(source: R) -> Result<Self, String> {
        let mut source = source;
        let unread = |error: io::Error| format!("the package cannot be read: {error}");
        let length = source.seek(SeekFrom::End(0)).map_err(unread)?;
        let directory = Directory::find(&mut source, length)?;
        let entries = directory.entries(&mut source)?;
        source.seek(SeekFrom::Start(0)).map_err(unread)?;
        let (mut input, mut files) = (BufReader::with_capacity(CHUNK, &mut source), BTreeMap::new());
        let folder = entries.first().and_then(|entry| entry.name.split_once('/')).map(|(folder, _)| folder.to_owned());
        let folder = folder.filter(|name| is_plain(name)).ok_or("the package holds no bag")?;
        for entry in entries {
            let inside = entry.name.strip_prefix(&folder).and_then(|path| path.strip_prefix('/'));
            let inside = inside.ok_or_else(|| format!("{} stands outside the bag", entry.name))?.to_owned();
            if !inside.split('/').all(is_plain) {
                return Err(format!("{inside} is not a name a package may hold"));
            }
            let header = entry.local_header();
            let mut told = vec![0; header.len()];
            input.read_exact(&mut told).map_err(unread)?;
            let sha256 = content(&mut input, &entry).map_err(unread)?;
            let Some(sha256) = sha256.filter(|_| told == header) else {
                return Err(format!("{inside}: {FOREIGN}"));
            };
            let offset = entry.offset + header.len() as u64;
            files.insert(inside, Found { offset, size: entry.size, sha256 });
        }
        Ok(Self { source: RefCell::new(source), folder, files })
    }

    /// A file's content, to be read as it comes.
    pub fn part(&self, path: &str) -> Result<BufReader<Part<'_, R>>, String> {
        let found = self.files.get(path).ok_or("is missing")?;
        let part = Part { source: &self.source, at: found.offset, left: found.size };
        let capacity = usize::try_from(found.size).unwrap_or(CHUNK).clamp(64, CHUNK / 2);
        Ok(BufReader::with_capacity(capacity, part))
    }

    /// A small file whole.
    pub fn small(&self, path: &str) -> Result<Vec<u8>, String> {
        if self.files.get(path).is_some_and(|found| found.size > SMALL) {
            return Err(format!("has more than {SMALL} bytes"));
        }
        let mut bytes = Vec::new();
        self.part(path)?.read_to_end(&mut bytes).map_err(|error| format!("cannot be read: {error}"))?;
        Ok(bytes)
    }

    /// A small file of text.
    pub fn text(&self, path: &str) -> Result<String, String> {
        String::from_utf8(self.small(path)?).map_err(|_| "is not UTF-8".to_owned())
    }
}

/// A name that unpacks to one file of that name, below the folder it stands in.
fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty() && !name.starts_with('.') && name.chars().all(plain)
}

/// Takes an entry's content; none when it does not have its checksum.
fn content(input: &mut impl BufRead, entry: &Entry) -> io::Result<Option<Hash>> {
    let (mut sha, mut crc, mut left) = (Sha256::new(), Crc::new(), entry.size);
    while left > 0 {
        let chunk = input.fill_buf()?;
        let count = chunk.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        sha.update(&chunk[..count]);
        crc.update(&chunk[..count]);
        input.consume(count);
        left -= count as u64;
    }
    Ok((crc.sum() == entry.crc).then(|| sha.finalize().into()))
}

/// Where the central directory lies.
struct Directory {
    count: u64,
    size: u64,
    start: u64,
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

impl Directory {
    fn find(source: &mut (impl Read + Seek), length: u64) -> Result<Self, String> {
        const LEAST: u64 = 22;
        const MOST: u64 = LEAST + 20 + 56;
        let mut tail = Vec::new();
        let from = length.saturating_sub(MOST);
        let read = source.seek(SeekFrom::Start(from)).and_then(|_| source.take(MOST).read_to_end(&mut tail));
        read.map_err(|error| format!("the package cannot be read: {error}"))?;
        let Some(end) = tail.len().checked_sub(22).map(|at| &tail[at..]).filter(|end| end.starts_with(b"PK\x05\x06"))
        else {
            return Err("not a package: not a ZIP, or one that was cut".to_owned());
        };
        let mut found = Self { count: number(&end[10..12]), size: number(&end[12..16]), start: number(&end[16..20]) };
        if tail.len() == 98 && tail.starts_with(b"PK\x06\x06") {
            found = Self { count: number(&tail[32..40]), size: number(&tail[40..48]), start: number(&tail[48..56]) };
        }
        let written = archive::end(found.count, found.size, found.start);
        let whole = found.start.checked_add(found.size).and_then(|end| end.checked_add(written.len() as u64));
        if whole == Some(length) && tail.ends_with(&written) { Ok(found) } else { Err(FOREIGN.to_owned()) }
    }

    /// The entries, in order, each beginning where the one before ends.
    fn entries(&self, source: &mut (impl Read + Seek)) -> Result<Vec<Entry>, String> {
        let foreign = |_| FOREIGN.to_owned();
        source.seek(SeekFrom::Start(self.start)).map_err(foreign)?;
        let mut input = BufReader::with_capacity(CHUNK, source.take(self.size));
        let (mut entries, mut at): (Vec<Entry>, u64) = (Vec::new(), 0);
        for _ in 0..self.count {
            let entry = entry(&mut input).map_err(foreign)?.filter(|entry| entry.offset == at);
            let entry = entry.ok_or(FOREIGN)?;
            if entries.last().is_some_and(|last| last.name.as_bytes() >= entry.name.as_bytes()) {
                return Err(format!("{} is not in order, or there twice", entry.name));
            }
            let end = (at + entry.local_header().len() as u64).checked_add(entry.size);
            at = end.filter(|end| *end <= self.start).ok_or(FOREIGN)?;
            entries.push(entry);
        }
        if at == self.start && input.fill_buf().map_err(foreign)?.is_empty() {
            Ok(entries)
        } else {
            Err(FOREIGN.to_owned())
        }
    }
}

/// One entry of the central directory; none when it is not written as Glance writes it.
fn entry(input: &mut impl Read) -> io::Result<Option<Entry>> {
    let mut head = [0; 46];
    input.read_exact(&mut head)?;
    let (name, extra) = (number(&head[28..30]), number(&head[30..32]));
    let mut rest = Vec::new();
    input.take(name + extra).read_to_end(&mut rest)?;
    let Some((name, extra)) = usize::try_from(name).ok().and_then(|name| rest.split_at_checked(name)) else {
        return Ok(None);
    };
    let (mut size, mut offset) = (number(&head[24..28]), number(&head[42..46]));
    let large: Vec<u64> = extra.get(4..).unwrap_or_default().chunks(8).map(number).collect();
    match large.as_slice() {
        [one] => offset = *one,
        [one, _] => size = *one,
        [one, _, other] => (size, offset) = (*one, *other),
        _ => {}
    }
    let crc = u32::try_from(number(&head[16..20])).unwrap_or(0);
    let Ok(name) = String::from_utf8(name.to_vec()) else { return Ok(None) };
    let entry = Entry { name, size, crc, offset };
    Ok((entry.central_header() == [&head[..], &rest].concat()).then_some(entry))
}

/// A stretch of the package. Several may be read at a time: each goes to its own place first.
pub struct Part<'p, R> {
    source: &'p RefCell<R>,
    at: u64,
    left: u64,
}

impl<R: Read + Seek> Read for Part<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let mut source = self.source.borrow_mut();
        source.seek(SeekFrom::Start(self.at))?;
        let count = source.read(&mut buffer[..most])?;
        (self.at, self.left) = (self.at + count as u64, self.left - count as u64);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::archive::Container;
    use super::Package;
    use flate2::Crc;
    use std::io::{Cursor, Read};

    fn written() -> Vec<u8> {
        let mut container = Container::new(Vec::new());
        for (name, bytes) in [("bag/a.txt", "one"), ("bag/b/c.txt", ""), ("bag/d.txt", "three")] {
            let mut crc = Crc::new();
            crc.update(bytes.as_bytes());
            container.entry(name.to_owned(), (bytes.len() as u64, crc.sum()), bytes.as_bytes()).unwrap();
        }
        container.finish().unwrap()
    }

    #[test]
    fn files_are_found_and_two_are_read_at_a_time() {
        let package = Package::read(Cursor::new(written())).unwrap();
        assert_eq!(package.files.keys().collect::<Vec<_>>(), ["a.txt", "b/c.txt", "d.txt"]);
        let (mut one, mut other) = (package.part("a.txt").unwrap(), package.part("d.txt").unwrap());
        let mut bytes = [0; 2];
        one.read_exact(&mut bytes).unwrap();
        other.read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"th");
        assert_eq!(package.text("a.txt").as_deref(), Ok("one"));
        assert!(package.text("b.txt").unwrap_err().contains("missing"));
    }

    #[test]
    fn no_byte_is_free() {
        let bytes = written();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << bit;
                let holds = Package::read(Cursor::new(&changed)).is_ok();
                // A bit of the folder's name in one place alone shows; nothing else may hide either.
                assert!(!holds, "byte {at} bit {bit}");
            }
            assert!(Package::read(Cursor::new(&bytes[..at])).is_err(), "cut at {at}");
        }
        assert!(Package::read(Cursor::new([&bytes[..], b"x"].concat())).is_err());
    }
}
