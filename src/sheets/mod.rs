//! Tables in files: CSV and XLSX, read strictly and written so that reading gives the same again.
//!
//! Invariant: pure over bytes; bounded in memory; nothing is dropped silently, and a formula never gets in or out.

mod csv_in;
pub mod csv_out;
pub mod guard;
mod xlsx_in;
pub mod xlsx_out;

/// A table: its header and its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The worksheet's name; empty for CSV.
    pub name: String,
    pub header: Vec<String>,
    pub rows: Vec<Row>,
}

/// A row and where it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Line of the file, or row of the worksheet, from 1.
    pub line: u64,
    pub cells: Vec<String>,
}

/// Why a file cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{problem}{}", self.at_line(), self.at_column(), self.with_value())]
pub struct Refusal {
    pub line: Option<u64>,
    pub column: Option<String>,
    pub value: String,
    pub problem: String,
}

impl Refusal {
    fn at_line(&self) -> String {
        self.line.map_or_else(String::new, |line| format!("line {line}, "))
    }

    fn at_column(&self) -> String {
        self.column.as_ref().map_or_else(String::new, |column| format!("column {column}: "))
    }

    fn with_value(&self) -> String {
        if self.value.is_empty() { String::new() } else { format!(" ({})", self.value) }
    }

    pub(crate) fn of(problem: impl Into<String>) -> Self {
        Self { line: None, column: None, value: String::new(), problem: problem.into() }
    }

    pub(crate) fn line(line: u64, problem: impl Into<String>) -> Self {
        Self { line: Some(line), ..Self::of(problem) }
    }
}

/// How much a file may hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub bytes: usize,
    pub rows: usize,
    pub columns: usize,
    /// Characters of a cell.
    pub cell: usize,
    /// Bytes all parts of a workbook may inflate to.
    pub inflated: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 64 << 20, rows: 200_000, columns: 200, cell: 32_767, inflated: 256 << 20 }
    }
}

/// Reads the tables of a file; the format is told by its first bytes, not by its name.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Sheet>, Refusal> {
    if bytes.len() > limits.bytes {
        return Err(Refusal::of(format!("larger than {} MiB", limits.bytes >> 20)));
    }
    if bytes.is_empty() {
        return Err(Refusal::of("the file is empty"));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return xlsx_in::read(bytes, limits);
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(Refusal::of("an old or encrypted Excel file; save it as .xlsx without a password"));
    }
    csv_in::read(bytes, limits).map(|sheet| vec![sheet])
}

/// Checks a header: no empty and no repeated name.
fn check_header(header: &[String], line: u64, limits: &Limits) -> Result<(), Refusal> {
    if header.len() > limits.columns {
        return Err(Refusal::line(line, format!("{} columns; at most {}", header.len(), limits.columns)));
    }
    for (n, name) in header.iter().enumerate() {
        if name.is_empty() {
            return Err(Refusal::line(line, format!("column {} has no name", n + 1)));
        }
        if header[..n].iter().any(|known| known.eq_ignore_ascii_case(name)) {
            return Err(Refusal { column: Some(name.clone()), ..Refusal::line(line, "stands twice in the header") });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Limits, Row, Sheet, csv_out::CsvOut, read, xlsx_out::XlsxOut};
    use proptest::prelude::*;

    fn refused(bytes: &[u8]) -> String {
        read(bytes, &Limits::default()).unwrap_err().to_string()
    }

    #[test]
    fn broken_files_name_their_line() {
        for (bytes, said) in [
            (&b"a,b\n1,\"2\n3,4\n"[..], "line 2, a quote is opened and never closed"),
            (b"a,b\n1,\"2\"x\n", "line 2, text stands after a closing quote"),
            (b"a,b\n1,2\"3\n", "line 2, a quote stands inside a value that is not quoted"),
            (b"a,b\n1,2,3\n", "line 2, 3 values for 2 columns"),
            (b"a,b\n\n1\n", "line 3, 1 value for 2 columns"),
            (b"a,a\n", "line 1, column a: stands twice in the header"),
            (b"a,\n", "line 1, column 2 has no name"),
            (b"a,b\n1,\xff\n", "line 2, not UTF-8"),
            (b"a,b\n1,\x00\n", "line 2, holds a NUL"),
            (b"\xff\xfea\x00", "UTF-16"),
            (b"", "the file is empty"),
            (b"PK\x03\x04rubbish", "not a readable workbook"),
        ] {
            assert!(refused(bytes).contains(said), "{} for {:?}", refused(bytes), String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn separators_and_marks() {
        let sheets = read("\u{feff}a;b\r\n1;\"x;y\nz\"\r\n\r\n'=1;'+2\r\n".as_bytes(), &Limits::default()).unwrap();
        let rows: Vec<(u64, Vec<&str>)> =
            sheets[0].rows.iter().map(|row| (row.line, row.cells.iter().map(String::as_str).collect())).collect();
        assert_eq!(rows, [(2, vec!["1", "x;y\nz"]), (5, vec!["=1", "+2"])]);
    }

    fn rows() -> impl Strategy<Value = Vec<Vec<String>>> {
        let cell = prop_oneof!["[ -~]{0,12}", "[=+@'-][a-z=]{0,5}", "[\u{a1}-\u{2ff}\"\n,;]{0,8}"];
        proptest::collection::vec(proptest::collection::vec(cell.prop_map(|text| text.trim().to_owned()), 3), 1..8)
    }

    fn expected(rows: &[Vec<String>]) -> Vec<Vec<String>> {
        rows.iter().filter(|row| row.iter().any(|cell| !cell.is_empty())).cloned().collect()
    }

    fn cells(sheets: Vec<Sheet>) -> Vec<Vec<String>> {
        sheets.into_iter().flat_map(|sheet| sheet.rows).map(|Row { cells, .. }| cells).collect()
    }

    proptest! {
        #[test]
        fn csv_returns(rows in rows()) {
            let mut out = CsvOut::new(Vec::new(), &["a", "b", "c"]).unwrap();
            for row in &rows {
                out.row(row.iter().map(String::as_str)).unwrap();
            }
            let bytes = out.finish().unwrap();
            prop_assert_eq!(cells(read(&bytes, &Limits::default()).unwrap()), expected(&rows));
        }

        #[test]
        fn xlsx_returns(rows in rows()) {
            let mut out = XlsxOut::new(crate::vocabulary::Moment::from_micros(0)).unwrap();
            out.sheet("Assets", &["a", "b", "c"]).unwrap();
            for row in &rows {
                out.row(row.iter().map(String::as_str)).unwrap();
            }
            let bytes = out.finish().unwrap();
            prop_assert_eq!(cells(read(&bytes, &Limits::default()).unwrap()), expected(&rows));
        }
    }
}
