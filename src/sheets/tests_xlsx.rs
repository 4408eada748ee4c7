//! XLSX in and out: the way there and back, what a cell may hold, and hostile archives made by hand.

use super::{Limits, Refusal, Sheet, XlsxOut, read};
use crate::vocabulary::Moment;
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const SHEET: &str = "xl/worksheets/sheet1.xml";

fn xlsx(bytes: &[u8]) -> Result<Vec<Sheet>, Refusal> {
    read("book.xlsx", bytes, &Limits::default())
}

fn problem(bytes: &[u8]) -> String {
    xlsx(bytes).unwrap_err().to_string()
}

fn written(rows: &[Vec<String>]) -> Vec<u8> {
    let mut out = XlsxOut::new(Moment::from_micros(1_763_878_724_123_456), &std::env::temp_dir()).unwrap();
    out.sheet("Assets", &["Name", "Zone"], &[30.0]).unwrap();
    for row in rows {
        out.row(&row.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
    }
    out.sheet("Zones & more", &["Name"], &[]).unwrap();
    out.row(&["Control"]).unwrap();
    out.finish().unwrap()
}

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook of one sheet with these rows and these shared strings.
fn book(rows: &str, strings: &str) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    let root = format!(
        "<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"r1\" Type=\"{REL}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let workbook = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{REL}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    let relations = format!(
        "<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"r1\" Type=\"{REL}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
    );
    let sheet = format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>");
    archive(&[
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/sharedStrings.xml", strings.as_bytes()),
        (SHEET, sheet.as_bytes()),
    ])
}

fn text_row(row: u32, cells: &[&str]) -> String {
    let cells = cells
        .iter()
        .zip('A'..)
        .map(|(text, column)| format!("<c r=\"{column}{row}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"));
    format!("<row r=\"{row}\">{}</row>", cells.collect::<String>())
}

const NO_STRINGS: &str = "<sst></sst>";

#[test]
fn sheets_come_back() {
    let rows = [["=1+1", " two  spaces "], ["'=x", "a\nb\t_x0041_ <&>\"é"], ["007", "1"]];
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
    let bytes = written(&rows);
    assert_eq!(bytes, written(&rows), "the same rows make the same bytes");
    let sheets = xlsx(&bytes).unwrap();
    assert_eq!(sheets.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>(), ["Assets", "Zones & more"]);
    assert_eq!(sheets[0].header, ["Name", "Zone"]);
    assert_eq!(sheets[0].rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 3, 4]);
    assert_eq!(sheets[0].rows.iter().map(|row| row.cells.clone()).collect::<Vec<_>>(), rows);
    assert_eq!(sheets[1].rows[0].cells, ["Control"]);
}

#[test]
fn a_row_needs_a_sheet_and_its_cells() {
    let mut out = XlsxOut::new(Moment::ZERO, &std::env::temp_dir()).unwrap();
    assert!(out.row(&["x"]).is_err());
    assert!(out.sheet("a/b", &["A"], &[]).is_err());
    let mut out = XlsxOut::new(Moment::ZERO, &std::env::temp_dir()).unwrap();
    out.sheet("A", &["A"], &[]).unwrap();
    assert!(out.row(&["x", "y"]).is_err());
    assert!(out.row(&[&"x".repeat(32_768)]).is_err());
    assert!(XlsxOut::new(Moment::ZERO, std::path::Path::new("/nowhere/at/all")).is_err());
}

#[test]
fn typed_cells_become_text_and_formulas_are_refused() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, name) in ["Date", "Flag", "Port"].iter().enumerate() {
        sheet.write_string(2, u16::try_from(column).unwrap(), *name).unwrap();
    }
    let iso = Format::new().set_num_format("dd/mm/yyyy");
    sheet.write_datetime_with_format(4, 0, ExcelDateTime::from_ymd(2025, 10, 13).unwrap(), &iso).unwrap();
    sheet.write_boolean(4, 1, true).unwrap();
    sheet.write_number(4, 2, 502.0).unwrap();
    sheet.write_blank(4, 9, &Format::new().set_bold()).unwrap();
    workbook.add_worksheet();
    let bytes = workbook.save_to_buffer().unwrap();
    let sheets = xlsx(&bytes).unwrap();
    assert_eq!(sheets.len(), 1, "the empty sheet is skipped");
    assert_eq!((sheets[0].rows[0].line, sheets[0].rows[0].cells.join(",")), (5, "2025-10-13,yes,502".to_owned()));

    workbook.worksheet_from_index(0).unwrap().write_formula(6, 1, "=1+1").unwrap();
    let refusal = xlsx(&workbook.save_to_buffer().unwrap()).unwrap_err();
    assert_eq!((refusal.line, refusal.column.as_deref()), (Some(7), Some("Flag")));
    assert!(refusal.problem.contains("cell B7 of sheet “Sheet1” holds a formula"), "{refusal}");
}

#[test]
fn odd_sheets_are_refused_with_their_cell() {
    let with = |row: &str| problem(&book(&format!("{}{row}", text_row(1, &["A", "B"])), NO_STRINGS));
    assert!(
        with("<row r=\"2\"><c r=\"A2\" t=\"e\"><v>#REF!</v></c></row>").contains("cell A2 of sheet “S” holds an error")
    );
    assert!(with(&text_row(2, &["1", "2", "3"])).contains("cell C2 of sheet “S” stands in a column without a name"));
    assert!(with("<row r=\"2\"><c r=\"XFD2\"><v>1</v></c></row>").contains("beyond column 200"));
    assert!(with(&text_row(1, &["1"])).contains("twice"));
    assert!(with(&format!("{}{}", text_row(3, &["1"]), text_row(2, &["1"]))).contains("order of its rows"));
    let shared = "<row r=\"2\"><c r=\"A2\"><f t=\"shared\" si=\"99999999999\" ref=\"A2:A3\">1</f><v>1</v></c></row>";
    assert!(with(shared).contains("holds a formula"));
    assert!(problem(&book(&text_row(1, &["A", "a"]), NO_STRINGS)).contains("two columns"));
    assert!(problem(&book("", NO_STRINGS)).contains("empty"));
    let far = format!("{}{}", text_row(1, &["A"]), "<row r=\"1048576\"><c r=\"A1048576\"><v>7</v></c></row>");
    let sheet = xlsx(&book(&far, NO_STRINGS)).unwrap().remove(0);
    assert_eq!((sheet.rows.len(), sheet.rows[0].line), (1, 1_048_576));
}

#[test]
fn hostile_parts_are_refused() {
    let row = text_row(1, &["A"]);
    assert!(problem(&book(&row, "<sst uniqueCount=\"99999999999999\"></sst>")).contains("announces too many"));
    assert!(problem(&book(&row, "<!DOCTYPE a [<!ENTITY b \"c\">]><sst></sst>")).contains("document type"));
    assert!(problem(&book(&row, "\u{feff}<\0s\0")).contains("not UTF-8"));
    assert!(problem(&archive(&[("../evil.xml", b"x")])).contains("leads outside"));
    assert!(problem(&archive(&[("C:\\evil.xml", b"x")])).contains("leads outside"));
    assert!(problem(&archive(&[("xl/vbaProject.bin", b"x")])).contains("macros"));
    assert!(problem(&archive(&[("a.txt", b"x")])).contains("the workbook cannot be read"));
    assert!(problem(b"PK\x03\x04 and nothing").contains("damaged"));
    let names: Vec<String> = (0..2_001).map(|number| format!("p{number}")).collect();
    let parts: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    assert!(problem(&archive(&parts)).contains("more than 2000 parts"));
}

#[test]
fn bombs_are_refused_even_when_they_lie() {
    let zeros = vec![b'0'; 8 << 20];
    let honest = archive(&[(SHEET, &zeros)]);
    assert!(honest.len() < 64 << 10);
    assert!(problem(&honest).contains("inflates to more than"));

    let size = u32::try_from(zeros.len()).unwrap().to_le_bytes();
    let mut lying = honest;
    let places: Vec<usize> = (0..lying.len() - 4).filter(|at| lying[*at..].starts_with(&size)).collect();
    assert_eq!(places.len(), 2, "the local header and the directory");
    for at in places {
        lying[at..at + 4].copy_from_slice(&1000u32.to_le_bytes());
    }
    let refusal = problem(&lying);
    assert!(
        refusal.contains("inflates to more than") || refusal.contains("larger than") || refusal.contains("damaged")
    );

    // Encrypted: the flag in both headers.
    let mut locked = archive(&[(SHEET, b"x")]);
    locked[6] |= 1;
    let directory = (0..locked.len()).find(|at| locked[*at..].starts_with(b"PK\x01\x02")).unwrap();
    locked[directory + 8] |= 1;
    assert!(problem(&locked).contains("encrypted"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn xlsx_comes_back(table in prop::collection::vec(prop::collection::vec("['=+@ \t\n_x0-9-]{1,8}\\PC{0,6}", 2), 0..6)) {
        let sheets = xlsx(&written(&table)).unwrap();
        prop_assert_eq!(sheets[0].rows.iter().map(|row| row.cells.clone()).collect::<Vec<_>>(), table);
    }
}
