//! Writing workbooks: every cell as text, a header that stays in view, a fixed date.
//!
//! Invariant: the same rows give the same bytes; nothing is ever written as a formula.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::guard::guarded;
use crate::vocabulary::Moment;

/// A workbook being written.
pub struct XlsxOut {
    workbook: Workbook,
    bold: Format,
    row: u32,
    columns: u16,
}

impl XlsxOut {
    /// A workbook that says it was made at the moment.
    pub fn new(at: Moment) -> Result<Self, XlsxError> {
        let mut workbook = Workbook::new();
        let made = ExcelDateTime::from_timestamp(at.seconds())?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
        Ok(Self { workbook, bold: Format::new().set_bold(), row: 0, columns: 0 })
    }

    /// Begins a worksheet.
    pub fn sheet(&mut self, name: &str, header: &[&str]) -> Result<(), XlsxError> {
        self.close_sheet()?;
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        sheet.set_freeze_panes(1, 0)?;
        self.columns = u16::try_from(header.len()).unwrap_or(u16::MAX);
        for (n, name) in (0u16..).zip(header) {
            sheet.set_column_width(n, 18)?;
            sheet.write_string_with_format(0, n, *name, &self.bold)?;
        }
        self.row = 1;
        Ok(())
    }

    /// Writes the next row of the worksheet.
    pub fn row<'c>(&mut self, cells: impl Iterator<Item = &'c str>) -> Result<(), XlsxError> {
        let (row, sheets) = (self.row, self.workbook.worksheets_mut());
        let Some(sheet) = sheets.last_mut() else { return Ok(()) };
        for (n, cell) in (0u16..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(row, n, guarded(cell))?;
        }
        self.row += 1;
        Ok(())
    }

    fn close_sheet(&mut self) -> Result<(), XlsxError> {
        let (row, columns) = (self.row, self.columns);
        if let Some(sheet) = self.workbook.worksheets_mut().last_mut().filter(|_| row > 0 && columns > 0) {
            sheet.autofilter(0, 0, row - 1, columns - 1)?;
        }
        Ok(())
    }

    /// The workbook's bytes.
    pub fn finish(mut self) -> Result<Vec<u8>, XlsxError> {
        self.close_sheet()?;
        self.workbook.save_to_buffer()
    }
}
