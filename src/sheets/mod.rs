//! Spreadsheets in and out: what people bring as CSV or XLSX, and what they take away.
//!
//! Invariant: works on bytes alone; a file is chosen by its content and read whole or refused with its place. No formula
//! enters, none leaves: what looks like one is text, and comes back as the text it was.

mod csv_reading;
mod csv_writing;
pub mod guard;
mod parcel;
mod xlsx_reading;
mod xlsx_values;
mod xlsx_writing;
mod xml_scan;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_xlsx;

pub use csv_writing::CsvOut;
pub use xlsx_writing::XlsxOut;

use std::collections::HashSet;

/// One table: a CSV file, or one worksheet of a workbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    pub name: String,
    pub header: Vec<String>,
    pub rows: Vec<Row>,
}

/// One row below the header, with as many cells as the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line of the file where the row begins, or the row of the worksheet; the first is 1.
    pub line: u64,
    pub cells: Vec<String>,
}

/// Why a file is not taken, and where in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct Refusal {
    pub line: Option<u64>,
    pub column: Option<String>,
    pub value: String,
    pub problem: String,
}

/// A table that cannot be written as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The table cannot be written: {problem}.")]
pub struct Unwritable {
    pub problem: String,
}

/// How much is read before a file is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub bytes: usize,
    /// Rows of one sheet, without its header.
    pub rows: usize,
    pub columns: usize,
    pub cell_chars: usize,
    /// Cells of the whole file: bounds the memory where rows × columns would not.
    pub cells: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 64 << 20, rows: 200_000, columns: 200, cell_chars: 32_767, cells: 6_000_000 }
    }
}

/// The longest piece of a refused value that is shown again.
const SHOWN_CHARS: usize = 80;

impl Refusal {
    pub(crate) fn of_file(problem: impl Into<String>) -> Self {
        Self { line: None, column: None, value: String::new(), problem: problem.into() }
    }

    pub(crate) fn at(line: u64, problem: impl Into<String>) -> Self {
        Self { line: Some(line), ..Self::of_file(problem) }
    }

    #[must_use]
    pub(crate) fn in_column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    #[must_use]
    pub(crate) fn holding(mut self, value: &str) -> Self {
        self.value = value.chars().take(SHOWN_CHARS).collect();
        self
    }

    fn sentence(&self) -> String {
        let place = match (self.line, &self.column) {
            (Some(line), Some(column)) => format!("Line {line}, column “{column}”: "),
            (Some(line), None) => format!("Line {line}: "),
            (None, Some(column)) => format!("Column “{column}”: "),
            (None, None) => String::new(),
        };
        let value = if self.value.is_empty() { String::new() } else { format!(" (found “{}”)", self.value) };
        format!("{place}{}{value}.", self.problem)
    }
}

/// Reads every sheet of a file. `name` only names the sheet of a CSV file; its extension decides nothing.
pub fn read(name: &str, bytes: &[u8], limits: &Limits) -> Result<Vec<Sheet>, Refusal> {
    if bytes.len() > limits.bytes {
        let most = limits.bytes;
        return Err(Refusal::of_file(format!("the file has {} bytes and at most {most} are read", bytes.len())));
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return xlsx_reading::read(bytes, limits);
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(Refusal::of_file("an old Excel file (.xls) or one with a password is not read: save it as .xlsx"));
    }
    csv_reading::read(stem(name), bytes, limits).map(|sheet| vec![sheet])
}

/// The last part of a path without its extension.
fn stem(name: &str) -> &str {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.rsplit_once('.').map_or(file, |(stem, _)| if stem.is_empty() { file } else { stem })
}

/// The names of the columns: trimmed, none empty, none twice (letter case aside).
fn header(line: u64, cells: Vec<String>, limits: &Limits) -> Result<Vec<String>, Refusal> {
    if cells.len() > limits.columns {
        let problem = format!("there are {} columns and at most {} are read", cells.len(), limits.columns);
        return Err(Refusal::at(line, problem));
    }
    let mut seen = HashSet::new();
    let mut names = Vec::with_capacity(cells.len());
    for (position, cell) in cells.into_iter().enumerate() {
        let name = cell.trim();
        if name.is_empty() {
            return Err(Refusal::at(line, "the column has no name").in_column(letters(position)));
        }
        if !seen.insert(name.to_lowercase()) {
            return Err(Refusal::at(line, "two columns have this name").in_column(letters(position)).holding(name));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

/// Refuses a cell that is longer than is read.
fn fits(line: u64, column: &str, text: &str, limits: &Limits) -> Result<(), Refusal> {
    let too_long = text.len() > limits.cell_chars && text.chars().count() > limits.cell_chars;
    if too_long {
        let problem = format!("the cell is longer than {} characters", limits.cell_chars);
        return Err(Refusal::at(line, problem).in_column(column).holding(text));
    }
    Ok(())
}

/// The letters over a column of a spreadsheet: A, B, …, Z, AA; the first position is 0.
fn letters(position: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = position + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or(0);
        letters.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}
