//! Zeek's `conn.log`, read as a stream: tab-separated by its `#fields`, or one JSON object a line.
//!
//! Invariant: columns are found by name, in any order; a line that does not fit is refused with its number; memory is
//! bounded by one line. Source: Zeek log formats, `#separator` to `#types`.

use std::collections::HashMap;
use std::io::{BufRead, Read};

use super::conn::{Conn, moment};

/// Most bytes of a line.
const MOST_LINE: u64 = 1 << 20;

/// What is wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}{}: {problem}{}", self.at_column(), self.with_value())]
pub struct BadLine {
    pub line: u64,
    pub column: String,
    pub value: String,
    pub problem: String,
}

impl BadLine {
    fn at_column(&self) -> String {
        if self.column.is_empty() { String::new() } else { format!(", {}", self.column) }
    }

    fn with_value(&self) -> String {
        if self.value.is_empty() { String::new() } else { format!(" ({})", self.value) }
    }
}

/// Columns a connection needs.
const NEEDED: [&str; 5] = ["ts", "id.orig_h", "id.resp_h", "id.resp_p", "proto"];

/// A log being read.
pub struct ConnLog<R> {
    reader: R,
    line: u64,
    separator: char,
    unset: String,
    empty: String,
    fields: HashMap<String, usize>,
    width: usize,
    buffer: Vec<u8>,
}

/// The bytes of a log, inflated when they are gzip.
pub fn open<R: BufRead + 'static>(mut reader: R) -> std::io::Result<Box<dyn BufRead>> {
    let gzip = reader.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if gzip {
        Box::new(std::io::BufReader::new(flate2::bufread::MultiGzDecoder::new(reader)))
    } else {
        Box::new(reader)
    })
}

impl<R: BufRead> ConnLog<R> {
    pub fn new(reader: R) -> Self {
        Self {
            reader,
            line: 0,
            separator: '\t',
            unset: "-".to_owned(),
            empty: "(empty)".to_owned(),
            fields: HashMap::new(),
            width: 0,
            buffer: Vec::new(),
        }
    }

    fn bad(&self, column: &str, value: &str, problem: impl Into<String>) -> BadLine {
        let value = crate::vocabulary::fold::truncated(value, 80).to_owned();
        BadLine { line: self.line, column: column.to_owned(), value, problem: problem.into() }
    }

    /// The next connection; none at the end.
    pub fn next_conn(&mut self) -> Result<Option<Conn>, BadLine> {
        loop {
            let Some(text) = self.next_line()? else { return Ok(None) };
            if text.is_empty() {
                continue;
            }
            if text.starts_with('#') {
                self.header(&text)?;
            } else if text.starts_with('{') && self.fields.is_empty() {
                return self.json(&text).map(Some);
            } else {
                return self.columns(&text).map(Some);
            }
        }
    }

    fn next_line(&mut self) -> Result<Option<String>, BadLine> {
        self.buffer.clear();
        let read = (&mut self.reader).take(MOST_LINE + 1).read_until(b'\n', &mut self.buffer);
        self.line += 1;
        let read = read.map_err(|error| self.bad("", "", format!("cannot be read: {error}")))?;
        if read == 0 {
            return Ok(None);
        }
        if self.buffer.len() as u64 > MOST_LINE {
            return Err(self.bad("", "", "longer than 1 MiB"));
        }
        let text = std::str::from_utf8(&self.buffer).map_err(|_| self.bad("", "", "not UTF-8"))?;
        let text = text.trim_end_matches(['\n', '\r']);
        if text.contains('\0') {
            return Err(self.bad("", "", "holds a NUL"));
        }
        Ok(Some(text.to_owned()))
    }

    fn header(&mut self, text: &str) -> Result<(), BadLine> {
        if let Some(separator) = text.strip_prefix("#separator ") {
            let code = separator.strip_prefix("\\x").and_then(|hex| u8::from_str_radix(hex, 16).ok());
            self.separator = code.map_or_else(|| separator.chars().next().unwrap_or('\t'), char::from);
            return Ok(());
        }
        let mut parts = text.split(self.separator);
        match (parts.next().unwrap_or(""), parts.next()) {
            ("#unset_field", Some(unset)) => unset.clone_into(&mut self.unset),
            ("#empty_field", Some(empty)) => empty.clone_into(&mut self.empty),
            ("#path", Some(path)) if path != "conn" && !path.starts_with("conn") => {
                return Err(self.bad("#path", path, "this is another log; give the conn.log"));
            }
            ("#fields", first) => {
                let names: Vec<&str> = first.into_iter().chain(parts).collect();
                self.width = names.len();
                self.fields = names.iter().enumerate().map(|(n, name)| ((*name).to_owned(), n)).collect();
                if let Some(missing) = NEEDED.iter().find(|name| !self.fields.contains_key(**name)) {
                    return Err(self.bad("#fields", missing, "the column is missing; a conn.log has it"));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn columns(&self, text: &str) -> Result<Conn, BadLine> {
        if self.fields.is_empty() {
            return Err(self.bad("", text, "stands before any #fields line, so this is not a Zeek log"));
        }
        let cells: Vec<&str> = text.split(self.separator).collect();
        if cells.len() != self.width {
            return Err(self.bad("", "", format!("{} values for {} columns", cells.len(), self.width)));
        }
        self.conn(|name| {
            let cell = self.fields.get(name).map_or("", |at| cells[*at]);
            if cell == self.unset || cell == self.empty { String::new() } else { cell.to_owned() }
        })
    }

    fn json(&self, text: &str) -> Result<Conn, BadLine> {
        let object: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(text).map_err(|error| self.bad("", "", format!("not a JSON object: {error}")))?;
        self.conn(|name| match object.get(name) {
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(serde_json::Value::Number(number)) => number.to_string(),
            _ => String::new(),
        })
    }

    fn conn(&self, of: impl Fn(&str) -> String) -> Result<Conn, BadLine> {
        let address = |name: &str| {
            let text = of(name);
            text.parse().map_err(|_| self.bad(name, &text, "not an IP address"))
        };
        let (ts, port, proto) = (of("ts"), of("id.resp_p"), of("proto"));
        let at = match crate::vocabulary::Moment::parse(&ts) {
            Some(at) => at,
            None => moment(&ts).map_err(|problem| self.bad("ts", &ts, problem))?,
        };
        if proto.is_empty() {
            return Err(self.bad("proto", "", "missing"));
        }
        let answered = of("resp_bytes");
        let answered = if answered.is_empty() { None } else { Some(answered) };
        let answered = answered.map(|text| text.parse().map_err(|_| self.bad("resp_bytes", &text, "not a number")));
        Ok(Conn {
            at,
            from: address("id.orig_h")?,
            to: address("id.resp_h")?,
            to_port: port.parse().map_err(|_| self.bad("id.resp_p", &port, "not a port"))?,
            proto,
            service: of("service"),
            answered: answered.transpose()?,
            state: of("conn_state"),
            from_mac: of("orig_l2_addr"),
            to_mac: of("resp_l2_addr"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{ConnLog, open};
    use std::io::Write;

    const HEAD: &str = "#separator \\x09\n#unset_field\t-\n#path\tconn\n#fields\tproto\tts\tid.orig_h\tid.resp_h\tid.resp_p\tresp_bytes\n";

    fn first(text: &str) -> Result<Option<super::Conn>, String> {
        ConnLog::new(text.as_bytes()).next_conn().map_err(|bad| bad.to_string())
    }

    #[test]
    fn columns_in_any_order() {
        let conn = first(&format!("{HEAD}tcp\t1445353842.72\t10.0.0.1\tfe80::1\t20000\t-\n")).unwrap().unwrap();
        assert_eq!((conn.at.micros(), conn.to_port, conn.answered), (1_445_353_842_720_000, 20000, None));
    }

    #[test]
    fn json_lines_and_gzip() {
        let text = "{\"ts\":1445353842.722836,\"id.orig_h\":\"10.0.0.1\",\"id.resp_h\":\"10.0.0.2\",\"id.resp_p\":502,\"proto\":\"tcp\"}\n";
        assert_eq!(first(text).unwrap().unwrap().at.micros(), 1_445_353_842_722_836);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        let reader = open(std::io::Cursor::new(gzip.finish().unwrap())).unwrap();
        assert!(ConnLog::new(reader).next_conn().unwrap().is_some());
    }

    #[test]
    fn what_is_not_a_log_is_refused() {
        for (text, said) in [
            ("a\tb\n".to_owned(), "line 1: stands before any #fields line"),
            ("#path\tdns\n".to_owned(), "line 1, #path: this is another log"),
            ("#fields\tts\tuid\n".to_owned(), "line 1, #fields: the column is missing"),
            (format!("{HEAD}tcp\tXXXXXXXXXX.XXXXXX\t10.0.0.1\t10.0.0.2\t1\t-\n"), "line 5, ts: not a moment"),
            (format!("{HEAD}tcp\t1.0\t10.0.0.1\n"), "line 5: 3 values for 6 columns"),
            (format!("{HEAD}tcp\t1.0\t10.0.0\t10.0.0.2\t1\t-\n"), "line 5, id.orig_h: not an IP address"),
        ] {
            assert!(first(&text).unwrap_err().contains(said), "{:?}", first(&text));
        }
        assert!(ConnLog::new(&b"\xff\n"[..]).next_conn().is_err());
    }
}
