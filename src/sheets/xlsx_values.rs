//! What a cell of a workbook says, as text: dates as ISO 8601, whole numbers without a point, yes and no.
//!
//! Invariant: the same value is the same text whatever the cell's display format, and an error is no value.

use calamine::{DataRef, ExcelDateTime};

/// The text of a cell, or why it has none.
pub(super) fn text(value: &DataRef<'_>) -> Result<String, &'static str> {
    match value {
        DataRef::Empty => Ok(String::new()),
        DataRef::String(text) | DataRef::DurationIso(text) => Ok(text.clone()),
        DataRef::SharedString(text) => Ok((*text).to_owned()),
        DataRef::Bool(true) => Ok("yes".to_owned()),
        DataRef::Bool(false) => Ok("no".to_owned()),
        DataRef::Int(number) => Ok(number.to_string()),
        DataRef::Float(number) => self::number(*number),
        DataRef::DateTime(date) => self::date(*date),
        DataRef::DateTimeIso(text) => Ok(text.strip_suffix("T00:00:00").unwrap_or(text).to_owned()),
        DataRef::Error(_) => Err("holds an error instead of a value"),
    }
}

/// What a refused cell is shown as.
pub(super) fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Error(error) => error.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::DateTime(date) => date.as_f64().to_string(),
        other => text(other).unwrap_or_default(),
    }
}

/// Fifteen digits, as a spreadsheet program shows at most: 0.1 + 0.2 is 0.3.
fn number(number: f64) -> Result<String, &'static str> {
    let rounded: f64 = format!("{number:.14e}").parse().map_err(|_| "holds a number that cannot be read")?;
    if !rounded.is_finite() {
        return Err("holds a number that is not finite");
    }
    // Adding zero turns a negative zero into zero.
    Ok((rounded + 0.0).to_string())
}

/// The first serial after 1900-02-29, a day that only spreadsheets know.
const FIRST_SURE_DAY: f64 = 61.0;
/// The first serial after 9999-12-31.
const AFTER_LAST_DAY: f64 = 2_958_466.0;

fn date(date: ExcelDateTime) -> Result<String, &'static str> {
    let serial = date.as_f64();
    let (year, month, day, hour, minute, second, milli) = date.to_ymd_hms_milli();
    let time = match (hour, minute, second, milli) {
        (0, 0, 0, 0) => None,
        (_, _, _, 0) => Some(format!("{hour:02}:{minute:02}:{second:02}")),
        _ => Some(format!("{hour:02}:{minute:02}:{second:02}.{milli:03}")),
    };
    if date.is_duration() {
        return Err("holds a duration: write it as text");
    }
    match time {
        Some(time) if (0.0..1.0).contains(&serial) => Ok(time),
        _ if !(FIRST_SURE_DAY..AFTER_LAST_DAY).contains(&serial) => Err("holds a date that no calendar has"),
        Some(time) => Ok(format!("{year:04}-{month:02}-{day:02} {time}")),
        None => Ok(format!("{year:04}-{month:02}-{day:02}")),
    }
}

#[cfg(test)]
mod tests {
    use super::text;
    use calamine::{CellErrorType, DataRef, ExcelDateTime, ExcelDateTimeType};

    #[test]
    fn values_are_texts() {
        let date = |serial| DataRef::DateTime(ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, false));
        let cases = [
            (DataRef::Float(502.0), Ok("502")),
            (DataRef::Float(-0.0), Ok("0")),
            (DataRef::Float(0.1 + 0.2), Ok("0.3")),
            (DataRef::Float(1e15), Ok("1000000000000000")),
            (DataRef::Float(2.5), Ok("2.5")),
            (DataRef::Bool(true), Ok("yes")),
            (DataRef::Bool(false), Ok("no")),
            (date(45943.0), Ok("2025-10-13")),
            (date(45943.5), Ok("2025-10-13 12:00:00")),
            (date(0.25), Ok("06:00:00")),
            (DataRef::DateTimeIso("2025-10-13T00:00:00".to_owned()), Ok("2025-10-13")),
        ];
        for (value, expected) in cases {
            assert_eq!(text(&value).as_deref(), expected.as_deref());
        }
        for bad in [DataRef::Error(CellErrorType::Ref), DataRef::Float(f64::NAN), date(60.0), date(-1.0), date(3e6)] {
            assert!(text(&bad).is_err(), "{bad:?}");
        }
    }
}
