//! One JSON object a line, scanned for the wanted members only.
//!
//! Invariant: the scanner gives up on whatever it does not read exactly (escapes, lists, exponents are left as text,
//! anything odd), and serde reads the line instead; so both agree, and a line that is not an object is refused by serde.

use super::logs::{PATH, SLOTS};
use super::tsv::zero_bytes;

/// The members of a line that are wanted, by slot.
pub type Cells<'r> = [&'r [u8]; SLOTS];

/// What the last line taught: names in their order, so that the next line is mostly compared, not searched.
#[derive(Default)]
pub struct Order {
    names: Vec<(Box<[u8]>, Option<usize>)>,
    next: usize,
}

/// Most names remembered.
const MOST_NAMES: usize = 256;

impl Order {
    /// Where the name ends that the line before had next, and its slot; none when another name stands here.
    #[inline]
    fn expected(&mut self, line: &[u8], at: usize) -> Option<(usize, Option<usize>)> {
        let (seen, slot) = self.names.get(self.next)?;
        let rest = line.get(at..)?.strip_prefix(b"\"")?.strip_prefix(&**seen)?;
        if rest.first() != Some(&b'"') {
            return None;
        }
        self.next += 1;
        Some((at + 1 + seen.len(), *slot))
    }

    /// The slot of a name, beginning the search where the line before had its next name.
    #[inline]
    fn slot(&mut self, name: &[u8], columns: &[&str]) -> Option<usize> {
        let known = self.names.len();
        for at in (self.next..known).chain(0..self.next.min(known)) {
            let (seen, slot) = &self.names[at];
            if **seen == *name {
                self.next = at + 1;
                return *slot;
            }
        }
        self.learn(name, columns)
    }

    #[cold]
    fn learn(&mut self, name: &[u8], columns: &[&str]) -> Option<usize> {
        let slot = slot_of(name, columns);
        if self.names.len() < MOST_NAMES {
            let at = self.next.min(self.names.len());
            self.names.insert(at, (name.into(), slot));
            self.next = at + 1;
        }
        slot
    }

    /// Forgets, when the columns change.
    pub fn forget(&mut self) {
        self.names.clear();
    }
}

fn slot_of(name: &[u8], columns: &[&str]) -> Option<usize> {
    if name == b"_path" { Some(PATH) } else { columns.iter().position(|column| column.as_bytes() == name) }
}

/// Scans a line; none when it needs the slow way.
#[inline]
pub fn scan<'r>(line: &'r [u8], columns: &[&str], order: &mut Order, cells: &mut Cells<'r>) -> Option<()> {
    order.next = 0;
    let mut at = space(line, 0);
    if line.get(at) != Some(&b'{') {
        return None;
    }
    at = space(line, at + 1);
    if line.get(at) == Some(&b'}') {
        return (space(line, at + 1) == line.len()).then_some(());
    }
    loop {
        let (end, slot) = if let Some(known) = order.expected(line, at) {
            known
        } else {
            let end = string(line, at)?;
            (end, order.slot(&line[at + 1..end], columns))
        };
        at = space(line, end + 1);
        if line.get(at) != Some(&b':') {
            return None;
        }
        at = space(line, at + 1);
        let (value, past) = value(line, at)?;
        if let Some(slot) = slot {
            cells[slot] = value?;
        }
        at = space(line, past);
        match line.get(at)? {
            b',' => at = space(line, at + 1),
            b'}' => return (space(line, at + 1) == line.len()).then_some(()),
            _ => return None,
        }
    }
}

#[inline]
fn space(line: &[u8], mut at: usize) -> usize {
    while matches!(line.get(at), Some(b' ' | b'\t' | b'\r')) {
        at += 1;
    }
    at
}

/// The end of a string without escapes.
#[inline]
fn string(line: &[u8], at: usize) -> Option<usize> {
    if line.get(at) != Some(&b'"') {
        return None;
    }
    let mut from = at + 1;
    while let Some(chunk) = line.get(from..from + 8) {
        let word = chunk.try_into().map_or(0, u64::from_le_bytes);
        let marks = zero_bytes(word ^ QUOTES) | zero_bytes(word ^ SLASHES) | zero_bytes(word & ABOVE_CONTROLS);
        if marks != 0 {
            let end = from + (marks.trailing_zeros() / 8) as usize;
            return (line[end] == b'"').then_some(end);
        }
        from += 8;
    }
    let rest = line.get(from..)?;
    let length = rest.iter().position(|byte| matches!(byte, b'"' | b'\\') || *byte < 0x20)?;
    (rest[length] == b'"').then_some(from + length)
}

const QUOTES: u64 = u64::from_ne_bytes([b'"'; 8]);
const SLASHES: u64 = u64::from_ne_bytes([b'\\'; 8]);
/// Bits that a byte from 0x20 on has at least one of.
const ABOVE_CONTROLS: u64 = u64::from_ne_bytes([0xe0; 8]);

/// A value and where it ends; no value for a list, which only the slow way reads.
#[inline]
fn value(line: &[u8], at: usize) -> Option<(Option<&[u8]>, usize)> {
    match line.get(at)? {
        b'"' => {
            let end = string(line, at)?;
            Some((Some(&line[at + 1..end]), end + 1))
        }
        b'0'..=b'9' => {
            let end = number(line, at)?;
            Some((Some(&line[at..end]), end))
        }
        b't' => line[at..].starts_with(b"true").then_some((Some(b"T"), at + 4)),
        b'f' => line[at..].starts_with(b"false").then_some((Some(b"F"), at + 5)),
        b'n' => line[at..].starts_with(b"null").then_some((Some(b""), at + 4)),
        b'[' => list(line, at).map(|past| (None, past)),
        _ => None,
    }
}

/// The end of a plain JSON number: digits without a leading zero, and decimals.
#[inline]
fn number(line: &[u8], at: usize) -> Option<usize> {
    let digits = |mut from: usize| {
        while line.get(from).is_some_and(u8::is_ascii_digit) {
            from += 1;
        }
        from
    };
    let mut end = digits(at);
    if line[at] == b'0' && end > at + 1 {
        return None;
    }
    if line.get(end) == Some(&b'.') {
        let part = end + 1;
        end = digits(part);
        if end == part {
            return None;
        }
    }
    matches!(line.get(end), None | Some(b',' | b'}' | b' ')).then_some(end)
}

/// The end of a list of plain strings, or of an empty one.
fn list(line: &[u8], at: usize) -> Option<usize> {
    let mut at = space(line, at + 1);
    if line.get(at) == Some(&b']') {
        return Some(at + 1);
    }
    loop {
        at = space(line, string(line, at)? + 1);
        match line.get(at)? {
            b',' => at = space(line, at + 1),
            b']' => return Some(at + 1),
            _ => return None,
        }
    }
}

/// A line read by serde: texts by slot, sets with commas between their members.
pub fn slowly(line: &[u8], columns: &[&str]) -> Result<[String; SLOTS], String> {
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(line).map_err(|error| format!("not a JSON object on one line: {error}"))?;
    let mut texts: [String; SLOTS] = Default::default();
    for (name, value) in &object {
        if let Some(slot) = slot_of(name.as_bytes(), columns) {
            texts[slot] = text(value);
        }
    }
    Ok(texts)
}

fn text(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Number(number) => number.to_string(),
        serde_json::Value::Bool(known) => if *known { "T" } else { "F" }.to_owned(),
        serde_json::Value::Array(members) => members.iter().map(text).collect::<Vec<_>>().join(","),
        serde_json::Value::Null | serde_json::Value::Object(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Order, SLOTS, scan, slowly};
    use proptest::prelude::*;

    const COLUMNS: &[&str] = &["ts", "id.orig_h", "service"];

    fn quickly(line: &str) -> Option<Vec<String>> {
        let mut cells = [&b""[..]; SLOTS];
        scan(line.as_bytes(), COLUMNS, &mut Order::default(), &mut cells)?;
        Some(cells.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect())
    }

    #[test]
    fn members() {
        let line =
            r#"{"_path":"conn", "ts":1445353842.722836,"x":[],"id.orig_h":"10.0.0.1","y":["a","b"],"service":null}"#;
        let cells = quickly(line).unwrap();
        assert_eq!((&*cells[0], &*cells[1], &*cells[2], &*cells[15]), ("1445353842.722836", "10.0.0.1", "", "conn"));
        assert_eq!(slowly(line.as_bytes(), COLUMNS).unwrap().to_vec(), cells);
        for odd in
            [r#"{"ts":1"#, r#"{"ts":"a\n"}"#, r#"{"ts":1}x"#, r#"{"ts":01}"#, "[1]", "", r#"{"service":["dns"]}"#]
        {
            assert_eq!(quickly(odd), None, "{odd}");
        }
        assert_eq!(slowly(br#"{"service":["dns","x"]}"#, COLUMNS).unwrap()[2], "dns,x");
    }

    proptest! {
        #[test]
        fn quick_and_slow_agree(line in r#"\{"(ts|x|service)":("[a-z]{0,3}"|[0-9]{1,3}(\.[0-9]{0,2}[1-9])?|true|null|\[\]|\["a"\])(,"(ts|id\.orig_h)":("[a-z.]{0,3}"|[0-9]{1,2}))?\}"#) {
            if let Some(quick) = quickly(&line) {
                prop_assert_eq!(slowly(line.as_bytes(), COLUMNS).unwrap().to_vec(), quick);
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let mut cells = [&b""[..]; SLOTS];
            let quick = scan(&bytes, COLUMNS, &mut Order::default(), &mut cells).is_some();
            let slow = slowly(&bytes, COLUMNS).is_ok();
            prop_assert!(slow || !quick || std::str::from_utf8(&bytes).is_err());
        }

        #[test]
        fn pieces_of_json(text in r#"[\{\}\[\]":, 0-9a-z.\\-]{0,30}"#) {
            let mut cells = [&b""[..]; SLOTS];
            let quick = scan(text.as_bytes(), COLUMNS, &mut Order::default(), &mut cells).is_some();
            prop_assert!(!quick || slowly(text.as_bytes(), COLUMNS).is_ok());
        }
    }
}
