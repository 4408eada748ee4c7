//! CSV in and out: the shapes that are read, the broken files with the line that is named, the way there and back.

use super::{CsvOut, Limits, Refusal, read};
use proptest::prelude::*;

fn csv(text: &str) -> Result<super::Sheet, Refusal> {
    read("assets.csv", text.as_bytes(), &Limits::default()).map(|mut sheets| sheets.remove(0))
}

fn rows(text: &str) -> Vec<Vec<String>> {
    csv(text).unwrap().rows.into_iter().map(|row| row.cells).collect()
}

fn written(header: &[&str], rows: &[Vec<String>]) -> Vec<u8> {
    let mut out = CsvOut::new(Vec::new(), header).unwrap();
    for row in rows {
        let cells: Vec<&str> = row.iter().map(String::as_str).collect();
        out.row(&cells).unwrap();
    }
    out.finish().unwrap()
}

#[test]
fn shapes_that_are_read() {
    let sheet = csv("\u{feff} Name ;Zone\r\nPLC-1;\"A;\r\n\"\"B\"\"\"\r\n'=x;'plain\r\n\r\n\n").unwrap();
    assert_eq!(sheet.name, "assets");
    assert_eq!(sheet.header, ["Name", "Zone"]);
    assert_eq!(sheet.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(sheet.rows[0].cells, ["PLC-1", "A;\r\n\"B\""]);
    assert_eq!(sheet.rows[1].cells, ["=x", "'plain"]);

    assert_eq!(rows("a\tb,c\td\n1\t2,3\t4"), [["1", "2,3", "4"]]);
    assert_eq!(rows("\"a,b,c\";d\n1;2\n"), [["1", "2"]]);
    assert_eq!(rows("only\n\"\"\nx\n"), [[""], ["x"]]);
    assert_eq!(rows("a,b\n,\n"), [["", ""]]);
    assert!(rows("a,b\n").is_empty());
}

#[test]
fn broken_files_name_their_line() {
    let cases: [(&[u8], Option<u64>, &str); 19] = [
        (b"", Some(1), "empty"),
        (b"a,b\n1,2\n\"open,3\n4,5\n", Some(3), "never closed"),
        (b"a,b\n1,\"x\ny\"z\n", Some(3), "follows the closing quote"),
        (b"a,b\n1,x\"y\n", Some(2), "inside a cell"),
        (b"a,b\n1,2\n1,2,3\n", Some(3), "3 cells and the header 2"),
        (b"a,b\n\"1\n\n\",2\n3\n", Some(5), "1 cells and the header 2"),
        (b"a,b\n1,\0\n", Some(2), "NUL at byte offset 6"),
        (b"a,b\n1,2\n3,\xff\n", Some(3), "byte offset 10"),
        (b"\xff\xfea\0", Some(1), "UTF-16"),
        (b"\xfe\xff\0a", Some(1), "UTF-16"),
        (b"a,,c\n1,2,3\n", Some(1), "no name"),
        (b"Name, name\n1,2\n", Some(1), "two columns"),
        (b"a,b\n1,2\n\n3,4\n", Some(3), "blank"),
        (b"\na,b\n", Some(1), "blank"),
        (b"a,b\n1,2\r3,4\n", Some(2), "carriage return"),
        (b"a,b\n1,2\n3,\"", Some(3), "never closed"),
        (b"a,b\n1,\"x\" \n", Some(2), "follows the closing quote"),
        (b"\xEF\xBB\xBFa,b\n1,\xC3\x28\n", Some(2), "byte offset 9"),
        (b"\xD0\xCF\x11\xE0....", None, "old Excel"),
    ];
    for (bytes, line, problem) in cases {
        let refusal = read("x.csv", bytes, &Limits::default()).unwrap_err();
        assert_eq!(refusal.line, line, "{refusal}");
        assert!(refusal.problem.contains(problem), "{refusal} should say {problem}");
    }
}

#[test]
fn limits_hold() {
    let limits = Limits { bytes: 100, rows: 2, columns: 3, cell_chars: 4, cells: 4 };
    let problem = |text: &str| read("x.csv", text.as_bytes(), &limits).unwrap_err().to_string();
    assert!(problem(&"a".repeat(101)).contains("101 bytes"));
    assert!(problem("a\n1\n2\n3\n").starts_with("Line 4: at most 2 rows"));
    assert!(problem("a,b,c,d\n").contains("4 columns"));
    assert!(problem("a,b\n1,äöüßx\n").starts_with("Line 2, column “b”: the cell is longer than 4"));
    assert!(problem("a,b,c\n1,2,3\n1,2,3\n").contains("at most 4 cells"));
    assert!(read("x.csv", "a,b\n1,äöüß\n".as_bytes(), &limits).is_ok());
}

#[test]
fn writing_is_rfc_4180_with_the_guard() {
    let row = ["=1+1", "a,b", "say \"x\"", "l1\r\nl2", "-5", ""].map(str::to_owned).to_vec();
    let bytes = written(&["A", "B", "C", "D", "E", "F"], &[row]);
    let expected = "A,B,C,D,E,F\r\n'=1+1,\"a,b\",\"say \"\"x\"\"\",\"l1\r\nl2\",'-5,\r\n";
    assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    let mut out = CsvOut::new(Vec::new(), &["A", "B"]).unwrap();
    assert!(out.row(&["1"]).is_err());
}

proptest! {
    #[test]
    fn csv_comes_back(table in prop::collection::vec(prop::collection::vec("['=+@,;\"\t\r\n -]{0,5}\\PC{0,6}", 3), 0..6)) {
        let bytes = written(&["=A", "B;b", "C\tc"], &table);
        let sheet = read("t.csv", &bytes, &Limits::default()).unwrap().remove(0);
        prop_assert_eq!(sheet.header, ["=A", "B;b", "C\tc"]);
        prop_assert_eq!(sheet.rows.into_iter().map(|row| row.cells).collect::<Vec<_>>(), table);
    }

    #[test]
    fn one_column_comes_back(column in prop::collection::vec("[\"'\r\n]{0,2}[a=]{0,2}", 0..6)) {
        let table: Vec<Vec<String>> = column.into_iter().map(|cell| vec![cell]).collect();
        let sheet = read("t.csv", &written(&["A"], &table), &Limits::default()).unwrap().remove(0);
        prop_assert_eq!(sheet.rows.into_iter().map(|row| row.cells).collect::<Vec<_>>(), table);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read("t.csv", &bytes, &Limits::default());
        let _ = read("t.xlsx", &[b"PK\x03\x04".as_slice(), &bytes].concat(), &Limits::default());
    }
}
