//! Sessions as JSON lines: an object a line, for a whole session or for one event.
//!
//! Invariant: memory holds one line beside what was read; a line that is no object is refused like any other bad row.

use super::texts::{Bad, of_object};
use super::{Heard, MOST_ROWS, Told, Ways, bad_line};
use crate::flows::reading::BadLine;
use crate::flows::reading::lines::Lines;

pub fn read(name: &str, bytes: &[u8], ways: &Ways, heard: &mut Heard) -> Result<(), BadLine> {
    let mut lines = Lines::new(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    loop {
        let line = match lines.next_line() {
            Ok(None) => return Ok(()),
            Ok(Some(line)) if line.trim_ascii().is_empty() => continue,
            Ok(Some(line)) => parsed(line),
            Err(problem) => Err(Bad::new("", "", problem)),
        };
        heard.rows += 1;
        if heard.rows > MOST_ROWS as u64 {
            return Err(BadLine::of_file(name, format!("more than {MOST_ROWS} lines; split it")));
        }
        match line.and_then(|object| told(&object, lines.number, ways, heard)) {
            Ok(told) => heard.told.extend(told),
            Err(bad) => heard.refuse(bad_line(name, lines.number, bad)),
        }
    }
}

type Object = serde_json::Map<String, serde_json::Value>;

fn parsed(line: &[u8]) -> Result<Object, Bad> {
    let shown = String::from_utf8_lossy(line);
    serde_json::from_slice(line).map_err(|error| Bad::new("", &shown, format!("not a JSON object: {error}")))
}

fn told(object: &Object, line: u64, ways: &Ways, heard: &mut Heard) -> Result<Vec<Told>, Bad> {
    let (texts, unused) = of_object(object)?;
    heard.unused.extend(unused);
    texts.events(line, ways)
}
