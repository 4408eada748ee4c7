//! Sessions as a table: CSV, or the one sheet of a workbook.
//!
//! Invariant: the header says what each column is about; a column nobody reads is named in the answer.

use super::texts::{Bad, Texts, about};
use super::{Heard, MOST_BYTES, MOST_ROWS, Ways, bad_line};
use crate::flows::reading::BadLine;
use crate::sheets::{self, Limits, Refusal, Sheet};

/// Columns a table needs.
const NEEDED: [&str; 3] = ["session", "account", "started_at"];

pub fn read(name: &str, bytes: &[u8], ways: &Ways, heard: &mut Heard) -> Result<(), BadLine> {
    let limits = Limits { bytes: MOST_BYTES, rows: MOST_ROWS, cells: 20_000_000, ..Limits::default() };
    let sheets = sheets::read(name, bytes, &limits).map_err(|refusal| whole(name, &refusal))?;
    let [sheet] = sheets.as_slice() else {
        return Err(BadLine::of_file(name, format!("{} sheets; give one", sheets.len())));
    };
    let columns = header(sheet).map_err(|bad| BadLine { whole: true, ..bad_line(name, 1, bad) })?;
    heard.unused.extend(sheet.header.iter().filter(|column| about(column).is_none()).cloned());
    for row in &sheet.rows {
        heard.rows += 1;
        match texts(sheet, &columns, &row.cells).and_then(|texts| texts.events(row.line, ways)) {
            Ok(told) => heard.told.extend(told),
            Err(bad) => heard.refuse(bad_line(name, row.line, bad)),
        }
    }
    Ok(())
}

fn whole(name: &str, refusal: &Refusal) -> BadLine {
    BadLine {
        file: name.to_owned(),
        line: refusal.line.unwrap_or(0),
        column: refusal.column.clone().unwrap_or_default(),
        value: refusal.value.clone(),
        problem: refusal.problem.clone(),
        whole: true,
    }
}

/// What each column is about.
fn header(sheet: &Sheet) -> Result<Vec<Option<&'static str>>, Bad> {
    let columns: Vec<Option<&'static str>> = sheet.header.iter().map(|name| about(name)).collect();
    let mut seen = Texts::default();
    for (name, about) in sheet.header.iter().zip(&columns) {
        about.map_or(Ok(()), |about| seen.put(about, name, ""))?;
    }
    let needed: &[&str] = if seen.is_event() { &["session", "at"] } else { &NEEDED };
    match needed.iter().find(|needed| !columns.contains(&Some(**needed))) {
        None => Ok(columns),
        Some(missing) => Err(Bad::new(missing, "", "the column is missing; the first line names the columns")),
    }
}

fn texts(sheet: &Sheet, columns: &[Option<&'static str>], cells: &[String]) -> Result<Texts, Bad> {
    let mut texts = Texts::default();
    for ((name, about), cell) in sheet.header.iter().zip(columns).zip(cells) {
        about.map_or(Ok(()), |about| texts.put(about, name, cell))?;
    }
    Ok(texts)
}
