//! CSV read strictly: a quote out of place is a mistake to show, never a cell that swallows the rest of the file.
//!
//! Invariant: every row has exactly the cells of the header, and every refusal names the line of the file. Written by
//! hand because the `csv` crate mends broken quotes silently (RFC 4180 has no such mercy).

use super::{Limits, Refusal, Row, Sheet, fits, guard, header};

pub(super) fn read(name: &str, bytes: &[u8], limits: &Limits) -> Result<Sheet, Refusal> {
    let text = text(bytes)?;
    let mut records = Records { text, at: 0, line: 1, separator: separator(text) };
    let (line, names) =
        records.next()?.ok_or_else(|| Refusal::at(1, "the file is empty: its first line names the columns"))?;
    let header = header(line, names, limits)?;
    let mut rows = Vec::new();
    while let Some((line, cells)) = records.next()? {
        check(line, &cells, &header, limits)?;
        if rows.len() == limits.rows {
            return Err(Refusal::at(line, format!("at most {} rows are read", limits.rows)));
        }
        if (rows.len() + 1) * header.len() > limits.cells {
            return Err(Refusal::at(line, format!("at most {} cells are read", limits.cells)));
        }
        rows.push(Row { line, cells });
    }
    Ok(Sheet { name: name.to_owned(), header, rows })
}

fn check(line: u64, cells: &[String], header: &[String], limits: &Limits) -> Result<(), Refusal> {
    if cells.len() != header.len() {
        let problem = format!("the row has {} cells and the header {}", cells.len(), header.len());
        return Err(Refusal::at(line, problem).holding(&cells.join(" | ")));
    }
    cells.iter().zip(header).try_for_each(|(cell, column)| fits(line, column, cell, limits))
}

/// The bytes as text: UTF-8 with or without a byte order mark, free of NUL.
fn text(bytes: &[u8]) -> Result<&str, Refusal> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(Refusal::at(1, "the file is UTF-16, at byte offset 0: save it as CSV UTF-8"));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let offset = error.valid_up_to();
        let problem = format!("the text is not UTF-8, at byte offset {offset}: save it as CSV UTF-8");
        Refusal::at(line_at(bytes, offset), problem)
    })?;
    if let Some(offset) = bytes.iter().position(|byte| *byte == 0) {
        return Err(Refusal::at(line_at(bytes, offset), format!("there is a NUL at byte offset {offset}")));
    }
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn line_at(bytes: &[u8], offset: usize) -> u64 {
    lines_in(&bytes[..offset]) + 1
}

fn lines_in(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |lines, byte| lines + u64::from(*byte == b'\n'))
}

/// The separator that stands most often in the first line outside of quotes; a comma when none does.
fn separator(text: &str) -> u8 {
    let (mut quoted, mut counts) = (false, [(b',', 0u32), (b';', 0), (b'\t', 0)]);
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            _ => counts.iter_mut().filter(|(separator, _)| *separator == byte).for_each(|(_, count)| *count += 1),
        }
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| separator)
}

/// What stands after a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Cell,
    Row,
}

struct Records<'a> {
    text: &'a str,
    at: usize,
    /// The line of `at`.
    line: u64,
    separator: u8,
}

impl<'a> Records<'a> {
    /// The next record with its line; `None` when nothing but blank lines is left.
    fn next(&mut self) -> Result<Option<(u64, Vec<String>)>, Refusal> {
        let blank = self.line;
        while self.at < self.text.len() && self.line_end()?.is_some() {}
        if self.at == self.text.len() {
            return Ok(None);
        }
        if blank != self.line {
            return Err(Refusal::at(blank, "the line is blank, and rows follow it"));
        }
        let line = self.line;
        let mut cells = Vec::new();
        loop {
            let (cell, after) = self.cell()?;
            cells.push(match guard::unguarded(&cell) {
                same if same.len() == cell.len() => cell,
                bare => bare.to_owned(),
            });
            if after == After::Row {
                return Ok(Some((line, cells)));
            }
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Steps over a line end here, if there is one. A carriage return alone ends no line.
    fn line_end(&mut self) -> Result<Option<()>, Refusal> {
        let length = match self.byte() {
            Some(b'\n') => 1,
            Some(b'\r') if self.rest().starts_with("\r\n") => 2,
            Some(b'\r') => return Err(Refusal::at(self.line, "a carriage return stands without its line feed")),
            _ => return Ok(None),
        };
        self.at += length;
        self.line += 1;
        Ok(Some(()))
    }

    fn cell(&mut self) -> Result<(String, After), Refusal> {
        let cell = if self.byte() == Some(b'"') { self.quoted()? } else { self.plain()? };
        if self.byte().is_none() || self.line_end()?.is_some() {
            return Ok((cell, After::Row));
        }
        if self.byte() == Some(self.separator) {
            self.at += 1;
            return Ok((cell, After::Cell));
        }
        let found: String = self.rest().chars().take_while(|c| !matches!(c, '\r' | '\n')).take(40).collect();
        Err(Refusal::at(self.line, "text follows the closing quote of a cell").holding(&found))
    }

    fn plain(&mut self) -> Result<String, Refusal> {
        let separator = self.separator;
        let ends = |byte: u8| byte == separator || matches!(byte, b'\r' | b'\n' | b'"');
        let rest = self.rest();
        let length = rest.bytes().position(ends).unwrap_or(rest.len());
        let cell = &rest[..length];
        self.at += length;
        if self.byte() == Some(b'"') {
            let problem = "a quote stands inside a cell that does not begin with one";
            return Err(Refusal::at(self.line, problem).holding(cell));
        }
        Ok(cell.to_owned())
    }

    /// A quoted cell from its opening quote to behind its closing one; two quotes inside are one.
    fn quoted(&mut self) -> Result<String, Refusal> {
        let opened = self.line;
        self.at += 1;
        let mut cell = String::new();
        loop {
            let Some((piece, _)) = self.rest().split_once('"') else {
                let start: String = self.rest().chars().take_while(|c| *c != '\n').take(40).collect();
                let problem = "a quote is opened here and never closed";
                return Err(Refusal::at(opened, problem).holding(&format!("{cell}{start}")));
            };
            cell.push_str(piece);
            self.line += lines_in(piece.as_bytes());
            self.at += piece.len() + 1;
            if self.byte() != Some(b'"') {
                return Ok(cell);
            }
            cell.push('"');
            self.at += 1;
        }
    }
}
