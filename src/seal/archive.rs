//! The container: a ZIP whose bytes follow from its entries alone (package rule 8).
//!
//! Invariant: entries stored, with fixed times, no extra fields but ZIP64's where a number needs it, and nothing that
//! depends on when or where it was written. What was read can be written again to the same bytes, so a single changed byte
//! anywhere in the container shows. Written here and not by the `zip` crate, because the verifier derives the same bytes again
//! while it streams, with no file to seek in; a test holds both to the same bytes. Source: PKWARE APPNOTE 6.3.10, sections
//! 4.3 and 4.5.3.

use std::io::{self, Read, Write};

use flate2::Crc;

/// From here on a number goes into a ZIP64 field.
const LARGE: u64 = 0xFFFF_FFFF;
/// From here on the number of entries does.
const MANY: u64 = 0xFFFF;
/// 1980-01-01 00:00:00, the first moment a ZIP can say.
const TIME_AND_DATE: u32 = 0x0021_0000;
/// Made on Unix; the version of the format is added.
const MADE_ON: u16 = 0x0300;
/// A plain file that its owner may write and everybody read.
const ATTRIBUTES: u32 = 0o100_644 << 16;

/// What the container says of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    pub size: u64,
    pub crc: u32,
    /// Where its local header begins.
    pub offset: u64,
}

/// Clamps a number to 32 bits; the ZIP64 field says the rest.
fn clamped(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn version(zip64: bool) -> u16 {
    if zip64 { 45 } else { 10 }
}

/// A ZIP64 field over these numbers, empty when there are none.
fn zip64(numbers: &[u64]) -> Vec<u8> {
    let mut field = Vec::new();
    if !numbers.is_empty() {
        field.extend(1u16.to_le_bytes());
        field.extend(u16::try_from(numbers.len() * 8).unwrap_or(u16::MAX).to_le_bytes());
        numbers.iter().for_each(|number| field.extend(number.to_le_bytes()));
    }
    field
}

impl Entry {
    /// Flags, method and times, checksum, sizes and lengths: the same in both headers.
    fn common(&self, extra: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, 0, 0];
        bytes.extend(TIME_AND_DATE.to_le_bytes());
        bytes.extend(self.crc.to_le_bytes());
        bytes.extend(clamped(self.size).to_le_bytes());
        bytes.extend(clamped(self.size).to_le_bytes());
        bytes.extend(u16::try_from(self.name.len()).unwrap_or(u16::MAX).to_le_bytes());
        bytes.extend(u16::try_from(extra.len()).unwrap_or(u16::MAX).to_le_bytes());
        bytes
    }

    /// What stands before the content.
    #[must_use]
    pub fn local_header(&self) -> Vec<u8> {
        let sizes = if self.size >= LARGE { vec![self.size, self.size] } else { Vec::new() };
        let extra = zip64(&sizes);
        let head = [&b"PK\x03\x04"[..], &version(self.size >= LARGE).to_le_bytes()].concat();
        [head, self.common(&extra), self.name.clone().into_bytes(), extra].concat()
    }

    /// What the central directory says.
    #[must_use]
    pub fn central_header(&self) -> Vec<u8> {
        let mut numbers = if self.size >= LARGE { vec![self.size, self.size] } else { Vec::new() };
        if self.offset >= LARGE {
            numbers.push(self.offset);
        }
        let extra = zip64(&numbers);
        let mut bytes = b"PK\x01\x02".to_vec();
        let version = version(!extra.is_empty());
        bytes.extend((MADE_ON | version).to_le_bytes());
        bytes.extend(version.to_le_bytes());
        bytes.extend(self.common(&extra));
        bytes.extend([0; 6]); // comment, disk, internal attributes
        bytes.extend(ATTRIBUTES.to_le_bytes());
        bytes.extend(clamped(self.offset).to_le_bytes());
        bytes.extend(self.name.as_bytes());
        bytes.extend(extra);
        bytes
    }
}

/// What stands after the central directory, which has so many entries, bytes, and begins here.
#[must_use]
pub fn end(count: u64, size: u64, start: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if count >= MANY || size >= LARGE || start >= LARGE {
        bytes.extend(b"PK\x06\x06");
        bytes.extend(44u64.to_le_bytes());
        bytes.extend([(MADE_ON | 0x2d).to_le_bytes(), 0x2du16.to_le_bytes()].concat());
        bytes.extend([0; 8]); // disks
        [count, count, size, start].iter().for_each(|number| bytes.extend(number.to_le_bytes()));
        bytes.extend(b"PK\x06\x07\0\0\0\0");
        bytes.extend((start + size).to_le_bytes());
        bytes.extend(1u32.to_le_bytes());
    }
    let count = u16::try_from(count).unwrap_or(u16::MAX).to_le_bytes();
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count, count].concat());
    bytes.extend(clamped(size).to_le_bytes());
    bytes.extend(clamped(start).to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

/// A container being written. Entries come in the order of their names' bytes.
pub struct Container<W> {
    out: W,
    at: u64,
    entries: Vec<Entry>,
}

impl<W: Write> Container<W> {
    pub fn new(out: W) -> Self {
        Self { out, at: 0, entries: Vec::new() }
    }

    /// Adds an entry whose size and checksum are known; content that is otherwise is refused.
    pub fn entry(&mut self, name: String, (size, crc): (u64, u32), mut content: impl Read) -> io::Result<()> {
        if self.entries.last().is_some_and(|last| last.name.as_bytes() >= name.as_bytes()) {
            return Err(io::Error::other("the entries are not in order"));
        }
        let entry = Entry { name, size, crc, offset: self.at };
        let header = entry.local_header();
        self.out.write_all(&header)?;
        let (mut found, mut count, mut buffer) = (Crc::new(), 0, vec![0; 1 << 16]);
        loop {
            let read = content.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            found.update(&buffer[..read]);
            count += read as u64;
            self.out.write_all(&buffer[..read])?;
        }
        if (count, found.sum()) != (size, crc) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "was changed while the package was sealed"));
        }
        self.at += header.len() as u64 + size;
        self.entries.push(entry);
        Ok(())
    }

    /// Writes the central directory.
    pub fn finish(mut self) -> io::Result<W> {
        let mut size = 0;
        for entry in &self.entries {
            let header = entry.central_header();
            size += header.len() as u64;
            self.out.write_all(&header)?;
        }
        self.out.write_all(&end(self.entries.len() as u64, size, self.at))?;
        self.out.flush()?;
        Ok(self.out)
    }
}

#[cfg(test)]
mod tests {
    use super::{Container, Entry, end};
    use flate2::Crc;
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    fn crc(bytes: &[u8]) -> u32 {
        let mut crc = Crc::new();
        crc.update(bytes);
        crc.sum()
    }

    /// Earlier versions wrote with the zip crate; their packages are compared byte by byte too.
    #[test]
    fn another_implementation_writes_the_same_bytes() {
        let options = SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored)
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(0o644);
        let mut other = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let mut ours = Container::new(Vec::new());
        for (name, bytes) in [("bag/a.txt", &b"one"[..]), ("bag/b/c.bin", &vec![9; 70_000]), ("bag/empty", b"")] {
            other.start_file(name, options).unwrap();
            other.write_all(bytes).unwrap();
            ours.entry(name.to_owned(), (bytes.len() as u64, crc(bytes)), bytes).unwrap();
        }
        assert!(ours.finish().unwrap() == other.finish().unwrap().into_inner());
    }

    #[test]
    fn what_is_not_as_told_is_refused() {
        let mut ours = Container::new(Vec::new());
        ours.entry("b".to_owned(), (1, crc(b"x")), &b"x"[..]).unwrap();
        assert!(ours.entry("a".to_owned(), (1, crc(b"x")), &b"x"[..]).is_err());
        assert!(ours.entry("c".to_owned(), (1, crc(b"x")), &b"y"[..]).is_err());
    }

    #[test]
    fn numbers_beyond_32_bits_go_into_zip64_fields() {
        let entry = Entry { name: "n".to_owned(), size: 5 << 30, crc: 1, offset: 6 << 30 };
        let (local, central) = (entry.local_header(), entry.central_header());
        assert_eq!((local.len(), central.len()), (30 + 1 + 20, 46 + 1 + 28));
        assert_eq!(&local[18..26], &[0xFF; 8]);
        assert_eq!(&central[42..46], &[0xFF; 4]);
        assert_eq!(central[central.len() - 8..], (6u64 << 30).to_le_bytes());
        assert_eq!(end(3, 10, 5 << 30).len(), 56 + 20 + 22);
        assert_eq!(end(70_000, 10, 20).len(), 56 + 20 + 22);
        assert_eq!(end(3, 10, 20).len(), 22);
    }
}
