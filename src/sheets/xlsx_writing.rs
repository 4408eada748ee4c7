//! Workbooks: every cell text, the header bold, frozen and filtered.
//!
//! Invariant: no cell is a formula or a number, and the same rows and the same moment make the same bytes (no clock).

use std::io::Write;
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::Unwritable;
use crate::vocabulary::Moment;

/// The width of a column for which none is given, in characters.
const WIDTH: f64 = 18.0;

pub struct XlsxOut {
    book: Workbook,
    bold: Format,
    /// Printed over every page of every sheet; empty for nothing.
    marking: String,
    /// Of the sheet being written.
    open: Option<OpenSheet>,
}

struct OpenSheet {
    index: usize,
    columns: u16,
    last_row: u32,
}

impl XlsxOut {
    /// `created` is the date inside the file; rows wait in unnamed files in `scratch`, so memory stays small.
    pub fn new(created: Moment, scratch: &Path) -> Result<Self, Unwritable> {
        let mut book = Workbook::new();
        book.set_tempdir(scratch)?;
        let date = ExcelDateTime::from_timestamp(created.seconds())?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&date));
        Ok(Self { book, bold: Format::new().set_bold(), marking: String::new(), open: None })
    }

    /// What is printed over every page of the sheets that follow.
    pub fn mark(&mut self, text: &str) {
        // An ampersand begins a code in a page header; doubled it is one.
        self.marking = format!("&L{}", text.replace('&', "&&"));
    }

    /// Begins a sheet; the one before it takes no more rows. Columns beyond `widths` have the usual width.
    pub fn sheet(&mut self, name: &str, header: &[&str], widths: &[f64]) -> Result<(), Unwritable> {
        self.close()?;
        let columns = u16::try_from(header.len()).map_err(|_| Unwritable { problem: "too many columns".to_owned() })?;
        let index = self.book.worksheets().len();
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        for column in 0..columns {
            sheet.set_column_width(column, widths.get(usize::from(column)).copied().unwrap_or(WIDTH))?;
        }
        sheet.set_freeze_panes(1, 0)?;
        if !self.marking.is_empty() {
            sheet.set_header(&self.marking);
        }
        for (column, text) in (0..columns).zip(header) {
            sheet.write_string_with_format(0, column, *text, &self.bold)?;
        }
        self.open = Some(OpenSheet { index, columns, last_row: 0 });
        Ok(())
    }

    pub fn row(&mut self, cells: &[&str]) -> Result<(), Unwritable> {
        let Some(open) = &mut self.open else {
            return Err(Unwritable { problem: "a row comes before any sheet".to_owned() });
        };
        if cells.len() != usize::from(open.columns) {
            let problem = format!("a row has {} cells and the header {}", cells.len(), open.columns);
            return Err(Unwritable { problem });
        }
        open.last_row += 1;
        let (row, index) = (open.last_row, open.index);
        let sheet = self.book.worksheet_from_index(index)?;
        cells.iter().enumerate().try_for_each(|(column, text)| write(sheet, row, column, text))
    }

    pub fn finish(mut self) -> Result<Vec<u8>, Unwritable> {
        self.close()?;
        Ok(self.book.save_to_buffer()?)
    }

    pub fn finish_to(mut self, writer: impl Write + Send) -> Result<(), Unwritable> {
        self.close()?;
        Ok(self.book.save_to_writer(writer)?)
    }

    /// The filter covers the rows, so it is set when they are known.
    fn close(&mut self) -> Result<(), Unwritable> {
        if let Some(open) = self.open.take()
            && let Some(last_column) = open.columns.checked_sub(1)
        {
            self.book.worksheet_from_index(open.index)?.autofilter(0, 0, open.last_row, last_column)?;
        }
        Ok(())
    }
}

/// An empty cell is not written at all: it reads back the same.
fn write(sheet: &mut Worksheet, row: u32, column: usize, text: &str) -> Result<(), Unwritable> {
    if text.is_empty() {
        return Ok(());
    }
    let column = u16::try_from(column).map_err(|_| Unwritable { problem: "too many columns".to_owned() })?;
    sheet.write_string(row, column, text)?;
    Ok(())
}

impl From<XlsxError> for Unwritable {
    fn from(error: XlsxError) -> Self {
        Self { problem: error.to_string() }
    }
}
