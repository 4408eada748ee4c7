//! CSV as RFC 4180 has it: CRLF, quotes where needed, UTF-8 without a byte order mark.
//!
//! Invariant: every cell passes the formula guard, and every row has the cells of the header.

use std::io::Write;

use super::{Unwritable, guard::guarded};

pub struct CsvOut<W: Write> {
    inner: csv::Writer<W>,
    columns: usize,
}

impl<W: Write> CsvOut<W> {
    pub fn new(writer: W, header: &[&str]) -> Result<Self, Unwritable> {
        let inner = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(writer);
        let mut out = Self { inner, columns: header.len() };
        out.row(header)?;
        Ok(out)
    }

    /// Goes on with a table whose header is written already.
    pub fn onto(writer: W, columns: usize) -> Self {
        let inner = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(writer);
        Self { inner, columns }
    }

    pub fn row(&mut self, cells: &[&str]) -> Result<(), Unwritable> {
        if cells.len() != self.columns {
            let problem = format!("a row has {} cells and the header {}", cells.len(), self.columns);
            return Err(Unwritable { problem });
        }
        for cell in cells {
            self.inner.write_field(guarded(cell).as_bytes())?;
        }
        Ok(self.inner.write_record(None::<&[u8]>)?)
    }

    /// Writes what is still held back and hands the writer back.
    pub fn finish(self) -> Result<W, Unwritable> {
        self.inner.into_inner().map_err(|error| Unwritable { problem: error.error().to_string() })
    }
}

impl From<csv::Error> for Unwritable {
    fn from(error: csv::Error) -> Self {
        Self { problem: error.to_string() }
    }
}
