//! Writing CSV as RFC 4180 has it: CRLF, UTF-8, quotes where needed, formulas guarded.
//!
//! Invariant: rows go out as they come; memory stays flat.

use std::io::{Result, Write};

use super::guard::guarded;

/// A CSV file being written.
pub struct CsvOut<W: Write>(csv::Writer<W>);

impl<W: Write> CsvOut<W> {
    pub fn new(out: W, header: &[&str]) -> Result<Self> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        writer.write_record(header)?;
        Ok(Self(writer))
    }

    /// Goes on with a file whose header is written.
    pub fn onto(out: W) -> Self {
        Self(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out))
    }

    pub fn row<'c>(&mut self, cells: impl Iterator<Item = &'c str>) -> Result<()> {
        for cell in cells {
            self.0.write_field(guarded(cell).as_bytes())?;
        }
        Ok(self.0.write_record(None::<&[u8]>)?)
    }

    pub fn finish(self) -> Result<W> {
        self.0.into_inner().map_err(|error| std::io::Error::other(error.to_string()))
    }
}
