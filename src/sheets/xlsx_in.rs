//! Reading workbooks: bounded before they are opened, values only.
//!
//! Invariant: a bomb is refused by what it inflates to, not by what it says; a cell that holds a formula is refused.

use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};

use super::guard::unguarded;
use super::{Limits, Refusal, Row, Sheet, check_header};

/// Most parts of a workbook.
const MOST_PARTS: usize = 2_000;
/// Most times a part may grow.
const MOST_RATIO: u64 = 200;

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Sheet>, Refusal> {
    check_container(bytes, limits)?;
    let mut workbook =
        Xlsx::new(Cursor::new(bytes)).map_err(|error| Refusal::of(format!("not a readable workbook: {error}")))?;
    let mut sheets = Vec::new();
    for name in workbook.sheet_names() {
        if let Some(sheet) = sheet(&mut workbook, name, limits)? {
            sheets.push(sheet);
        }
    }
    if sheets.is_empty() { Err(Refusal::of("the workbook has no filled worksheet")) } else { Ok(sheets) }
}

fn check_container(bytes: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let unreadable = |error: zip::result::ZipError| Refusal::of(format!("not a readable workbook: {error}"));
    let mut parts = zip::ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    if parts.len() > MOST_PARTS {
        return Err(Refusal::of(format!("{} parts; a workbook has at most {MOST_PARTS}", parts.len())));
    }
    let mut total = 0u64;
    for n in 0..parts.len() {
        let part = parts.by_index(n).map_err(unreadable)?;
        if part.enclosed_name().is_none() {
            return Err(Refusal::of("holds a name that leads out of the workbook"));
        }
        let most = (part.compressed_size().saturating_mul(MOST_RATIO) + 4096).min(limits.inflated);
        let inflated = std::io::copy(&mut part.take(most + 1), &mut std::io::sink())
            .map_err(|error| Refusal::of(format!("not a readable workbook: {error}")))?;
        total += inflated;
        if inflated > most || total > limits.inflated {
            return Err(Refusal::of("inflates far beyond its size; refused as a bomb"));
        }
    }
    Ok(())
}

fn sheet(workbook: &mut Xlsx<Cursor<&[u8]>>, name: String, limits: &Limits) -> Result<Option<Sheet>, Refusal> {
    let damaged = |error: calamine::XlsxError| Refusal::of(format!("worksheet {name}: {error}"));
    let formulas = workbook.worksheet_formula(&name).map_err(damaged)?;
    if let Some((row, column, formula)) = formulas.used_cells().find(|(_, _, formula)| !formula.is_empty()) {
        let (top, left) = formulas.start().unwrap_or((0, 0));
        let line = u64::from(top) + row as u64 + 1;
        let column = Some(format!("{} of worksheet {name}", letters(left as usize + column)));
        let value = formula.chars().take(60).collect();
        let problem = "holds a formula; paste the values".to_owned();
        return Err(Refusal { line: Some(line), column, value, problem });
    }
    let range = workbook.worksheet_range(&name).map_err(damaged)?;
    if range.width() > limits.columns || range.height() > limits.rows + 1 {
        let said = format!(
            "worksheet {name}: {} rows and {} columns; at most {} and {}",
            range.height(),
            range.width(),
            limits.rows,
            limits.columns
        );
        return Err(Refusal::of(said));
    }
    let first = range.start().map_or(1, |(row, _)| u64::from(row) + 1);
    let mut sheet = Sheet { name, ..Sheet::default() };
    for (row, line) in range.rows().zip(first..) {
        let cells =
            row.iter().enumerate().map(|(n, cell)| text(cell, n, line, limits)).collect::<Result<Vec<_>, _>>()?;
        if sheet.header.is_empty() {
            sheet.header = header(cells);
            check_header(&sheet.header, line, limits)?;
        } else if cells.iter().any(|cell| !cell.is_empty()) {
            let cells = cells.into_iter().take(sheet.header.len()).collect();
            sheet.rows.push(Row { line, cells });
        }
    }
    Ok(Some(sheet).filter(|sheet| !sheet.header.is_empty()))
}

/// Names up to the last one that is not empty.
fn header(cells: Vec<String>) -> Vec<String> {
    let names: Vec<String> = cells.into_iter().map(|name| name.trim().to_owned()).collect();
    let end = names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
    names[..end].to_vec()
}

fn text(cell: &Data, n: usize, line: u64, limits: &Limits) -> Result<String, Refusal> {
    let refused = |problem: String| Refusal { column: Some(letters(n)), ..Refusal::line(line, problem) };
    let text = match cell {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => unguarded(text).to_owned(),
        Data::Bool(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::DateTime(date) => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::Error(error) => return Err(refused(format!("holds the error {error}"))),
    };
    if text.chars().count() > limits.cell {
        return Err(refused(format!("longer than {} characters", limits.cell)));
    }
    if text.contains('\0') { Err(refused("holds a NUL".to_owned())) } else { Ok(text) }
}

/// A column as spreadsheets name it: A, B, …, Z, AA.
fn letters(mut n: usize) -> String {
    let mut text = String::new();
    loop {
        text.insert(0, char::from(b'A' + u8::try_from(n % 26).unwrap_or(0)));
        if n < 26 {
            return text;
        }
        n = n / 26 - 1;
    }
}
