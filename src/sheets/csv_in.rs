//! Reading CSV strictly: UTF-8, one separator, quotes that close, rows as wide as the header.
//!
//! Invariant: what a lenient reader would guess is refused with its line.

use super::guard::unguarded;
use super::{Limits, Refusal, Row, Sheet, check_header};

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Sheet, Refusal> {
    let text = text(bytes)?;
    let separator = separator(text);
    let mut lines = record_lines(text, separator)?.into_iter();
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut sheet = Sheet::default();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| Refusal::of(error.to_string()))? {
        let line = lines.next().unwrap_or(0);
        let cells: Vec<String> = record.iter().map(|cell| unguarded(cell).to_owned()).collect();
        if sheet.header.is_empty() {
            sheet.header = cells.iter().map(|name| name.trim().to_owned()).collect();
            check_header(&sheet.header, line, limits)?;
        } else if cells.iter().any(|cell| !cell.is_empty()) {
            check_row(&sheet, &cells, line, limits)?;
            sheet.rows.push(Row { line, cells });
        }
    }
    if sheet.header.is_empty() { Err(Refusal::of("the file has no header")) } else { Ok(sheet) }
}

fn check_row(sheet: &Sheet, cells: &[String], line: u64, limits: &Limits) -> Result<(), Refusal> {
    if cells.len() != sheet.header.len() {
        let s = if cells.len() == 1 { "" } else { "s" };
        return Err(Refusal::line(line, format!("{} value{s} for {} columns", cells.len(), sheet.header.len())));
    }
    if sheet.rows.len() >= limits.rows {
        return Err(Refusal::line(line, format!("more than {} rows", limits.rows)));
    }
    match cells.iter().position(|cell| cell.chars().count() > limits.cell) {
        Some(at) => Err(Refusal {
            column: Some(sheet.header[at].clone()),
            ..Refusal::line(line, format!("longer than {} characters", limits.cell))
        }),
        None => Ok(()),
    }
}

fn text(bytes: &[u8]) -> Result<&str, Refusal> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(Refusal::of("UTF-16; save it as CSV UTF-8"));
    }
    let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    let line_at = |at: usize| bytes[..at].iter().filter(|byte| **byte == b'\n').fold(1u64, |line, _| line + 1);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Refusal::line(line_at(error.valid_up_to()), format!("not UTF-8 at byte {}", error.valid_up_to() + 1))
    })?;
    match text.find('\0') {
        Some(at) => Err(Refusal::line(line_at(at), "holds a NUL")),
        None => Ok(text),
    }
}

/// The separator that stands most often in the first line, outside quotes.
fn separator(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or("");
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in first.bytes() {
        quoted ^= byte == b'"';
        for (separator, count) in &mut counts {
            *count += usize::from(byte == *separator && !quoted);
        }
    }
    counts
        .into_iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map_or(b',', |(separator, count)| if count == 0 { b',' } else { separator })
}

/// The line each record begins on; refuses quotes a lenient reader would guess about (RFC 4180, 2.5 to 2.7).
fn record_lines(text: &str, separator: u8) -> Result<Vec<u64>, Refusal> {
    #[derive(PartialEq)]
    enum At {
        Start,
        Plain,
        Quoted,
        Closed,
    }
    let (mut at, mut line, mut opened) = (At::Start, 1u64, 1u64);
    let (mut begins, mut lines) = (true, Vec::new());
    for byte in text.bytes() {
        let breaks = byte == b'\n' || byte == b'\r';
        if begins && !breaks {
            lines.push(line);
            begins = false;
        }
        begins |= breaks && at != At::Quoted;
        at = match (at, byte) {
            (At::Quoted, b'"') => At::Closed,
            (At::Quoted, _) => At::Quoted,
            (At::Closed, b'"') => At::Quoted,
            (_, _) if breaks || byte == separator => At::Start,
            (At::Closed, _) => return Err(Refusal::line(line, "text stands after a closing quote")),
            (At::Start, b'"') => {
                opened = line;
                At::Quoted
            }
            (At::Plain, b'"') => return Err(Refusal::line(line, "a quote stands inside a value that is not quoted")),
            _ => At::Plain,
        };
        line += u64::from(byte == b'\n');
    }
    if at == At::Quoted { Err(Refusal::line(opened, "a quote is opened and never closed")) } else { Ok(lines) }
}
