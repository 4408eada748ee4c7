//! Worksheets read as tables: the first row that says something names the columns.
//!
//! Invariant: no cell that a formula made is taken for a fact, and memory follows the cells that are there, never the
//! dimensions a sheet claims (so cells are streamed; `calamine`'s own range would be a rectangle of any size).

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Reader, SheetType, Xlsx, XlsxError};

use super::{Limits, Refusal, Row, Sheet, fits, header, letters, parcel, xlsx_values};

/// The characters of all cells together: one long text that every cell shares would otherwise fill the memory.
const ALL_CHARS: usize = 256 << 20;

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Sheet>, Refusal> {
    parcel::inspect(bytes)?;
    // A foreign parser that panics on a hostile file has refused it; nothing it touched is used again.
    catch_unwind(AssertUnwindSafe(|| sheets(bytes, limits)))
        .unwrap_or_else(|_| Err(Refusal::of_file("the workbook is damaged: it cannot be read")))
}

fn sheets(bytes: &[u8], limits: &Limits) -> Result<Vec<Sheet>, Refusal> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    let worksheets = book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names: Vec<String> = worksheets.map(|sheet| sheet.name.clone()).collect();
    let mut spent = Spent::default();
    let mut sheets = Vec::new();
    for name in names {
        sheets.extend(sheet(&mut book, name, limits, &mut spent)?);
    }
    if sheets.is_empty() {
        return Err(Refusal::of_file("the file is no workbook, or its sheets are empty"));
    }
    Ok(sheets)
}

fn unreadable(error: &XlsxError) -> Refusal {
    Refusal::of_file(format!("the workbook cannot be read: {error}"))
}

/// What all sheets of the file have used together.
#[derive(Default)]
struct Spent {
    cells: usize,
    chars: usize,
}

impl Spent {
    fn take(&mut self, row: u64, chars: usize, limits: &Limits) -> Result<(), Refusal> {
        self.chars += chars;
        if self.chars > ALL_CHARS {
            return Err(Refusal::at(row, format!("at most {ALL_CHARS} characters are read")));
        }
        if self.cells > limits.cells {
            return Err(Refusal::at(row, format!("at most {} cells are read", limits.cells)));
        }
        Ok(())
    }
}

fn sheet(
    book: &mut Xlsx<Cursor<&[u8]>>,
    name: String,
    limits: &Limits,
    spent: &mut Spent,
) -> Result<Option<Sheet>, Refusal> {
    let mut table = Table { sheet: name.clone(), header: None, rows: Vec::new(), open: None, closed: 0, limits };
    let mut cells = book.worksheet_cells_reader(&name).map_err(|error| unreadable(&error))?;
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(|error| unreadable(&error))? {
        let (row, column) = (u64::from(cell.pos.0) + 1, usize::try_from(cell.pos.1).unwrap_or(usize::MAX));
        if cell.formula.is_some() {
            return Err(table.refuse(row, column, "holds a formula: paste its value instead"));
        }
        let text = xlsx_values::text(&cell.value)
            .map_err(|problem| table.refuse(row, column, problem).holding(&xlsx_values::shown(&cell.value)))?;
        if !text.is_empty() {
            table.put(row, column, text, spent)?;
        }
    }
    table.close()?;
    let Table { header, rows, .. } = table;
    Ok(header.map(|header| Sheet { name, header, rows }))
}

struct Table<'a> {
    sheet: String,
    header: Option<Vec<String>>,
    rows: Vec<Row>,
    /// The row being read.
    open: Option<Row>,
    /// The row read last.
    closed: u64,
    limits: &'a Limits,
}

impl Table<'_> {
    fn refuse(&self, row: u64, column: usize, problem: &str) -> Refusal {
        let letters = letters(column);
        let name = self.header.as_ref().and_then(|header| header.get(column)).unwrap_or(&letters);
        let sentence = format!("cell {letters}{row} of sheet “{}” {problem}", self.sheet);
        Refusal::at(row, sentence).in_column(name.clone())
    }

    fn put(&mut self, row: u64, column: usize, text: String, spent: &mut Spent) -> Result<(), Refusal> {
        if column >= self.limits.columns {
            let problem = format!("stands beyond column {}, the last one read", self.limits.columns);
            return Err(self.refuse(row, column, &problem));
        }
        fits(row, &letters(column), &text, self.limits)?;
        if self.open.as_ref().is_some_and(|open| open.line != row) {
            self.close()?;
        }
        if self.header.as_ref().is_some_and(|header| column >= header.len()) {
            return Err(self.refuse(row, column, "stands in a column without a name").holding(&text));
        }
        if row <= self.closed {
            return Err(self.refuse(row, column, "does not stand in the order of its rows"));
        }
        let width = self.header.as_ref().map_or(0, Vec::len);
        let open = self.open.get_or_insert_with(|| {
            spent.cells += width;
            Row { line: row, cells: vec![String::new(); width] }
        });
        if open.cells.len() <= column {
            open.cells.resize(column + 1, String::new());
        }
        spent.take(row, text.len(), self.limits)?;
        if !std::mem::replace(&mut open.cells[column], text).is_empty() {
            return Err(self.refuse(row, column, "stands there twice"));
        }
        Ok(())
    }

    /// Ends the open row: the first one is the header.
    fn close(&mut self) -> Result<(), Refusal> {
        let Some(row) = self.open.take() else {
            return Ok(());
        };
        self.closed = row.line;
        if self.header.is_none() {
            self.header = Some(header(row.line, row.cells, self.limits)?);
            return Ok(());
        }
        if self.rows.len() == self.limits.rows {
            return Err(Refusal::at(row.line, format!("at most {} rows are read", self.limits.rows)));
        }
        self.rows.push(row);
        Ok(())
    }
}
