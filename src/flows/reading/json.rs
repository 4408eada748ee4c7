//! One JSON object a line, scanned for the wanted members only.
//!
//! Invariant: the scanner gives up on whatever it does not read exactly (escapes, lists, exponents are left as text,
//! anything odd), and serde reads the line instead; so both agree, and a line that is not an object is refused by serde.

use super::logs::{PATH, SLOTS};

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
        let end = string(line, at)?;
        let name = &line[at + 1..end];
        at = space(line, end + 1);
        if line.get(at) != Some(&b':') {
            return None;
        }
        at = space(line, at + 1);
        let (value, past) = value(line, at)?;
        if let Some(slot) = order.slot(name, columns) {
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
    let rest = line.get(at + 1..)?;
    let length = rest.iter().position(|byte| matches!(byte, b'"' | b'\\') || *byte < 0x20)?;
    (rest[length] == b'"').then_some(at + 1 + length)
}

/// A value and where it ends; no value for a list, which only the slow way reads.
#[inline]
fn value(line: &[u8], at: usize) -> Option<(Option<&[u8]>, usize)> {
    match line.get(at)? {
        b'"' => {
            let end = string(line, at)?;
            Some((Some(&line[at + 1..end]), end + 1))
        }
        b'0'..=b'9' | b'-' => {
            let rest = &line[at..];
            let length = rest.iter().position(|byte| matches!(byte, b',' | b'}' | b' ')).unwrap_or(rest.len());
            number(&rest[..length])?;
            Some((Some(&rest[..length]), at + length))
        }
        b't' => line[at..].starts_with(b"true").then_some((Some(b"T"), at + 4)),
        b'f' => line[at..].starts_with(b"false").then_some((Some(b"F"), at + 5)),
        b'n' => line[at..].starts_with(b"null").then_some((Some(b""), at + 4)),
        b'[' => list(line, at).map(|past| (None, past)),
        _ => None,
    }
}

/// A plain JSON number: digits without a leading zero, and decimals.
#[inline]
fn number(text: &[u8]) -> Option<()> {
    let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let (whole, part) = match text.iter().position(|byte| *byte == b'.') {
        Some(dot) => (&text[..dot], Some(&text[dot + 1..])),
        None => (text, None),
    };
    let sound = digits(whole) && (whole.len() == 1 || whole[0] != b'0') && part.is_none_or(digits);
    sound.then_some(())
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
