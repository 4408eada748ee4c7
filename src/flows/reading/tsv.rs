//! Tab-separated logs: the header that says what a file holds, and rows split by it.
//!
//! Invariant: a row has as many values as `#fields` names columns. Source: Zeek log formats, `#separator` to `#types`.

use super::BadCell;
use super::flow_csv;
use super::json::Cells;
use super::logs::{LogKind, Named, SLOTS, named};

/// A column that is not read.
const NOWHERE: u8 = u8::MAX;

/// What the header of a log says.
pub struct Header {
    separator: u8,
    unset: Vec<u8>,
    empty: Vec<u8>,
    /// The log, once `#path` said it or the file's name did.
    pub named: Named,
    /// By column: the slot of its values.
    slots: Vec<u8>,
}

impl Header {
    #[must_use]
    pub fn new(named: Named) -> Self {
        Self { separator: b'\t', unset: b"-".to_vec(), empty: b"(empty)".to_vec(), named, slots: Vec::new() }
    }

    /// True when `#fields` was read.
    #[must_use]
    pub fn has_fields(&self) -> bool {
        !self.slots.is_empty()
    }

    /// Takes a line that begins with `#`.
    pub fn take(&mut self, line: &[u8]) -> Result<(), BadCell> {
        if line.starts_with(b"### BTest") {
            return Err(BadCell::new("", b"", "a BTest baseline, not a log: its timestamps are replaced"));
        }
        let text = String::from_utf8_lossy(line);
        if let Some(code) = text.strip_prefix("#separator ") {
            return self.separate(code.trim());
        }
        let mut parts = text.split(char::from(self.separator));
        let (name, rest) = (parts.next().unwrap_or(""), parts.collect::<Vec<_>>());
        let first = rest.first().copied().unwrap_or("");
        match name {
            "#unset_field" => self.unset = first.as_bytes().to_vec(),
            "#empty_field" => self.empty = first.as_bytes().to_vec(),
            "#path" => {
                self.slots.clear();
                self.named = named(first);
                if self.named == Named::Unknown {
                    return Err(BadCell::new("#path", first.as_bytes(), "not a log that Glance knows"));
                }
            }
            "#fields" => return self.fields(&rest),
            _ => {}
        }
        Ok(())
    }

    /// Takes the first line of a CSV of flows; false when it is none.
    pub fn take_csv(&mut self, line: &[u8]) -> Result<bool, BadCell> {
        let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
        let told = memchr::memmem::find(line, flow_csv::COLUMNS[0].as_bytes()).is_some();
        if self.named != Named::Read(LogKind::FlowCsv) && !told {
            return Ok(false);
        }
        let names = flow_csv::apart(line)?;
        (self.named, self.separator) = (Named::Read(LogKind::FlowCsv), flow_csv::BETWEEN);
        self.fields(&names.split(char::from(flow_csv::BETWEEN)).collect::<Vec<_>>()).map(|()| true)
    }

    fn separate(&mut self, code: &str) -> Result<(), BadCell> {
        let byte = match code.strip_prefix("\\x") {
            Some(hex) => u8::from_str_radix(hex, 16).ok(),
            None => code.bytes().next().filter(|_| code.len() == 1),
        };
        self.separator = byte
            .filter(|byte| byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | b'#'))
            .ok_or_else(|| BadCell::new("#separator", code.as_bytes(), "not one character, such as \\x09"))?;
        Ok(())
    }

    fn fields(&mut self, names: &[&str]) -> Result<(), BadCell> {
        let Named::Read(kind) = self.named else {
            self.slots = vec![NOWHERE; names.len().max(1)];
            return Ok(());
        };
        let missing = |name: &&&str| !names.contains(*name);
        if kind.is_of_a_family() && kind.needed().iter().any(|name| missing(&name)) {
            // One of a parser's logs that names no connection, such as the details of a message.
            (self.named, self.slots) = (Named::NotYet, vec![NOWHERE; names.len().max(1)]);
            return Ok(());
        }
        if let Some(missing) = kind.needed().iter().find(missing) {
            let log =
                if kind == LogKind::FlowCsv { "a CSV of flows".to_owned() } else { format!("{}.log", kind.path()) };
            let problem = format!("the column is missing; {log} has it");
            return Err(BadCell::new("#fields", missing.as_bytes(), problem));
        }
        let slot = |name: &&str| {
            let found = kind.columns().iter().position(|column| column == name);
            found.and_then(|slot| u8::try_from(slot).ok()).unwrap_or(NOWHERE)
        };
        self.slots = names.iter().map(slot).collect();
        Ok(())
    }

    /// Splits a row of this kind into its cells.
    #[inline]
    pub fn split<'r>(&self, line: &'r [u8], kind: LogKind) -> Result<Cells<'r>, BadCell> {
        let mut cells: Cells<'r> = [&[]; SLOTS];
        let (mut column, mut start) = (0usize, 0usize);
        let mut put = |from: usize, until: usize| {
            let slot = usize::from(self.slots.get(column).copied().unwrap_or(NOWHERE));
            if slot < SLOTS {
                cells[slot] = &line[from..until];
            }
            column += 1;
        };
        let pattern = u64::from_ne_bytes([self.separator; 8]);
        let chunks = line.chunks_exact(8);
        let tail = line.len() - chunks.remainder().len();
        for (number, chunk) in chunks.enumerate() {
            let word = chunk.try_into().map_or(0, u64::from_le_bytes) ^ pattern;
            let mut zeros = zero_bytes(word);
            while zeros != 0 {
                let at = number * 8 + (zeros.trailing_zeros() / 8) as usize;
                put(start, at);
                start = at + 1;
                zeros &= zeros - 1;
            }
        }
        for (at, byte) in line.iter().enumerate().skip(tail) {
            if *byte == self.separator {
                put(start, at);
                start = at + 1;
            }
        }
        put(start, line.len());
        if column != self.slots.len() {
            return Err(miscounted(column, self.slots.len()));
        }
        for cell in &mut cells[..kind.columns().len()] {
            if *cell == self.unset || *cell == self.empty {
                *cell = &[];
            }
        }
        Ok(cells)
    }
}

/// The highest bit of each byte that is zero; exact for every byte.
#[inline]
pub(super) fn zero_bytes(word: u64) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    !(((word & LOW) + LOW) | word | LOW)
}

#[cold]
fn miscounted(found: usize, wanted: usize) -> BadCell {
    BadCell::new("", b"", format!("{found} values for {wanted} columns; is the line cut or joined with another?"))
}

#[cfg(test)]
mod tests {
    use super::super::logs::{LogKind, Named};
    use super::Header;
    use proptest::prelude::*;

    fn header() -> Header {
        let mut header = Header::new(Named::Read(LogKind::KnownServices));
        header.take(b"#fields\tx\tts\thost\tport_num\tport_proto\ty").unwrap();
        header
    }

    #[test]
    fn headers() {
        let mut header = Header::new(Named::Unknown);
        assert!(header.take(b"### BTest baseline data generated by btest-diff.").is_err());
        assert!(header.take(b"#separator \\x0a").is_err() && header.take(b"#separator ab").is_err());
        header.take(b"#separator |").unwrap();
        header.take(b"#path|known_hosts").unwrap();
        assert!(header.take(b"#fields|ts").is_err_and(|bad| bad.value == "host"));
        header.take(b"#fields|host|ts").unwrap();
        let cells = header.split(b"10.0.0.1|1.0", LogKind::KnownHosts).unwrap();
        assert_eq!((cells[0], cells[1]), (&b"1.0"[..], &b"10.0.0.1"[..]));
        assert!(header.take(b"#path|grocery").is_err());
    }

    proptest! {
        #[test]
        fn split_as_the_library_splits(line in "[a\\-\u{8}\t]{0,40}") {
            let parts: Vec<&str> = line.split('\t').collect();
            if let Ok(cells) = header().split(line.as_bytes(), LogKind::KnownServices) {
                let known = |part: &&str| if *part == "-" { "" } else { part }.to_owned();
                let wanted: Vec<String> = parts[1..5].iter().map(known).collect();
                let found: Vec<String> = cells[..4].iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
                prop_assert_eq!(found, wanted);
            } else {
                prop_assert_ne!(parts.len(), 6);
            }
        }
    }
}
