//! A look over the XML of a workbook part as bytes, for what would cost its reader more memory than the part is long.
//!
//! Invariant: no document type, no entity, no UTF-16 (which would hide both), a bounded number of tags, and no announced
//! number of strings beyond what fits: `calamine` reserves memory for `uniqueCount` before it reads the first string.

use super::Refusal;

/// How far the scan looks ahead of a byte; so much of a chunk waits for the next one.
const AHEAD: usize = 64;
const UNIQUE_STRINGS: u64 = 2_000_000;
const COUNT: &[u8] = b"uniqueCount";

pub(super) struct Scan {
    name: String,
    is_xml: bool,
    tags_left: u64,
    waiting: Vec<u8>,
}

impl Scan {
    pub(super) fn of(name: &str) -> Self {
        let lower = name.to_lowercase();
        let is_xml = [".xml", ".rels", ".vml"].iter().any(|ending| lower.ends_with(ending));
        let tags_left = match () {
            () if lower.contains("worksheets/") => 40_000_000,
            () if lower.ends_with("sharedstrings.xml") => 4 * UNIQUE_STRINGS,
            () => 1_000_000,
        };
        Self { name: name.to_owned(), is_xml, tags_left, waiting: Vec::new() }
    }

    pub(super) fn take(&mut self, chunk: &[u8]) -> Result<(), Refusal> {
        if !self.is_xml {
            return Ok(());
        }
        self.waiting.extend_from_slice(chunk);
        let certain = self.waiting.len().saturating_sub(AHEAD);
        self.scan(certain)?;
        self.waiting.drain(..certain);
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(), Refusal> {
        self.scan(self.waiting.len())
    }

    fn scan(&mut self, length: usize) -> Result<(), Refusal> {
        for at in 0..length {
            let rest = &self.waiting[at..];
            let problem = match rest[0] {
                b'<' => self.tag(at),
                b'u' if rest.starts_with(COUNT) => announced(&rest[COUNT.len()..]),
                0 => Some("a part of the workbook is not UTF-8"),
                _ => None,
            };
            if let Some(problem) = problem {
                return Err(Refusal::of_file(problem).holding(&self.name));
            }
        }
        Ok(())
    }

    fn tag(&mut self, at: usize) -> Option<&'static str> {
        let rest = &self.waiting[at..];
        if rest.starts_with(b"<!DOCTYPE") || rest.starts_with(b"<!ENTITY") {
            return Some("a part of the workbook declares a document type");
        }
        let Some(left) = self.tags_left.checked_sub(1) else {
            return Some("a part of the workbook has too many elements");
        };
        self.tags_left = left;
        None
    }
}

/// Whether the attribute value that follows announces too many strings.
fn announced(after: &[u8]) -> Option<&'static str> {
    let value = after.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let digits = value.get(1..)?.iter().take_while(|byte| byte.is_ascii_digit());
    let count = digits.fold(0u64, |count, digit| count.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
    (count > UNIQUE_STRINGS).then_some("the workbook announces too many strings")
}
