//! The lines of a log, out of one buffer.
//!
//! Invariant: memory is bounded by one line; a line is UTF-8 without NUL, or refused. Blocks of plain ASCII are checked
//! once, as blocks; only lines of other blocks are looked at again.

use std::io::Read;

/// Bytes read at a time.
const BLOCK: usize = 1 << 18;
/// Most bytes of a line.
const MOST_LINE: usize = 1 << 20;

/// Lines being read.
pub struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    /// What is read and not given out yet.
    start: usize,
    end: usize,
    /// True while the buffer holds something beside printable ASCII.
    mixed: bool,
    ended: bool,
    /// Number of the line given last.
    pub number: u64,
    /// Bytes read, after inflating.
    pub bytes: u64,
}

impl<R: Read> Lines<R> {
    pub fn new(reader: R) -> Self {
        let buffer = vec![0; BLOCK];
        Self { reader, buffer, start: 0, end: 0, mixed: false, ended: false, number: 0, bytes: 0 }
    }

    /// The next line without its end; none after the last. The error says what is wrong with it.
    #[inline]
    pub fn next_line(&mut self) -> Result<Option<&[u8]>, String> {
        let mut searched = self.start;
        let (from, until) = loop {
            if let Some(found) = memchr::memchr(b'\n', &self.buffer[searched..self.end]) {
                let line = (self.start, searched + found);
                self.start = searched + found + 1;
                break line;
            }
            let waiting = self.end - self.start;
            if self.ended {
                if waiting == 0 {
                    return Ok(None);
                }
                let line = (self.start, self.end);
                self.start = self.end;
                break line;
            }
            if waiting > MOST_LINE {
                self.number += 1;
                return Err("longer than 1 MiB; is this a log?".to_owned());
            }
            self.fill().inspect_err(|_| self.number += 1)?;
            searched = self.start + waiting;
        };
        self.number += 1;
        let line = &self.buffer[from..until];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if self.mixed {
            sound(line)?;
        }
        Ok(Some(line))
    }

    /// Moves what waits to the front and reads a block behind it.
    #[cold]
    fn fill(&mut self) -> Result<(), String> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.buffer.len() < self.end + BLOCK {
            self.buffer.resize(self.end + BLOCK, 0);
        }
        let read = loop {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(&error)),
                Ok(read) => break read,
            }
        };
        let fresh = &self.buffer[self.end..self.end + read];
        self.mixed = !plain(&self.buffer[..self.end]) || !plain(fresh);
        self.end += read;
        self.bytes += read as u64;
        self.ended = read == 0;
        Ok(())
    }
}

fn plain(bytes: &[u8]) -> bool {
    bytes.is_ascii() && memchr::memchr(0, bytes).is_none()
}

fn sound(line: &[u8]) -> Result<(), String> {
    if std::str::from_utf8(line).is_err() {
        return Err("not UTF-8; give the file as Zeek wrote it".to_owned());
    }
    if memchr::memchr(0, line).is_some() {
        Err("holds a NUL; give the file as Zeek wrote it".to_owned())
    } else {
        Ok(())
    }
}

fn unreadable(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => "the gzip file is cut short; copy it again".to_owned(),
        std::io::ErrorKind::InvalidInput | std::io::ErrorKind::InvalidData => {
            format!("the gzip file is damaged ({error}); copy it again")
        }
        _ => format!("cannot be read: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn lines_of_every_length() {
        let long = "x".repeat(300_000);
        let text = format!("one\r\n\n{long}\nlast");
        let mut lines = Lines::new(text.as_bytes());
        let mut found = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            found.push(line.len());
        }
        assert_eq!((found, lines.number), (vec![3, 0, 300_000, 4], 4));
        let endless = vec![b'x'; 3 << 20];
        assert!(Lines::new(&endless[..]).next_line().is_err());
    }

    #[test]
    fn only_text() {
        for (bytes, number) in [(&b"a\n\xff\n"[..], 2), (b"a\nb\nc\0\n", 3)] {
            let mut lines = Lines::new(bytes);
            let said = loop {
                match lines.next_line() {
                    Ok(line) => assert!(line.is_some()),
                    Err(said) => break said,
                }
            };
            assert!(!said.is_empty());
            assert_eq!(lines.number, number);
        }
        assert!(Lines::new("\u{e6}\n".as_bytes()).next_line().is_ok());
    }
}
