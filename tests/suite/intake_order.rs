//! Many files together: a bad one among them, and orders that change nothing.

use std::path::Path;

use glance::flows::intake::{LogFile, Progress, take};
use glance::flows::reading::Reading;
use glance::flows::reading::log::{open, read};
use glance::flows::rules::{Ours, hosts};
use proptest::prelude::*;

use super::flow_csv::CSV;
use super::protocol_logs::{log, together, told};
use super::zeek_logs::HEAD;
use crate::support::BEGINNING;

fn found(folder: &Path, names: &[(&str, &[u8])]) -> Vec<LogFile> {
    let write = |(name, bytes): &(&str, &[u8])| {
        let path = folder.join(name.replace('/', "_"));
        std::fs::write(&path, bytes).unwrap();
        LogFile { name: (*name).to_owned(), path, found: true }
    };
    names.iter().map(write).collect()
}

#[test]
fn one_bad_file_of_a_folder_is_left_out_whole() {
    let place = tempfile::tempdir().unwrap();
    let row = |n: u32| format!("1772463000.5\tC1\t10.7.1.{n}\t40000\t10.7.1.11\t502\ttcp\tmodbus\t10\t120\tSF\n");
    let names: Vec<String> = (0..200).map(|n| format!("day/conn.{n:04}.log")).collect();
    let texts: Vec<String> = (0..200).map(|n| format!("{HEAD}{}{}", row(n + 20), row(n + 20))).collect();
    let mut all: Vec<(&str, &[u8])> =
        names.iter().map(String::as_str).zip(texts.iter().map(String::as_bytes)).collect();
    let bad = format!("{HEAD}{}{}", row(1), row(2).replace("10.7.1.11", "10.7.1"));
    all[70] = ("day/conn.0070.log", bad.as_bytes());
    let intake = take(&found(place.path(), &all), &Ours::default(), (BEGINNING, false), &Progress::default());
    let intake = intake.unwrap_or_else(|refusal| panic!("{refusal:?}"));
    assert_eq!(
        (intake.reading.rows, intake.reading.flows.len(), intake.reading.left_out, intake.read.len()),
        (398, 199, 1, 199)
    );
    let told = &intake.reading.refused[0];
    assert_eq!((&*told.file, told.line, &*told.column, &*told.value), ("day/conn.0070.log", 8, "id.resp_h", "10.7.1"));
    let without: Vec<(&str, &[u8])> = all.iter().copied().filter(|(name, _)| *name != "day/conn.0070.log").collect();
    let clean = take(&found(place.path(), &without), &Ours::default(), (BEGINNING, false), &Progress::default());
    assert_eq!(clean.unwrap_or_else(|refusal| panic!("{refusal:?}")).digest, intake.digest);
    // Named by hand, one bad file refuses all.
    let named: Vec<LogFile> =
        found(place.path(), &all).into_iter().map(|file| LogFile { found: false, ..file }).collect();
    assert!(take(&named, &Ours::default(), (BEGINNING, false), &Progress::default()).is_err());
    let only = take(&found(place.path(), &all[70..71]), &Ours::default(), (BEGINNING, false), &Progress::default());
    assert!(only.is_err_and(|refusal| refusal.lines.len() == 1 && refusal.lines[0].line == 8));
}

/// A row of one of four logs, told apart by its kind.
fn any_row() -> impl Strategy<Value = (usize, String)> {
    let pieces = (0usize..4, 0i64..40, 1u8..4, 1u8..4, 0usize..2, 0usize..4);
    pieces.prop_map(|(kind, at, from, to, port, word)| {
        let (port, ts) = ([502, 20000][port], 1_772_463_000 + at);
        let ends = format!("{ts}.5\tC{from}{to}{port}\t10.7.1.{from}\t40000\t10.7.2.{to}\t{port}");
        let row = match kind {
            0 => format!("{ends}\ttcp\t{}\t10\t{word}\tSF", ["-", "modbus", "dnp3_tcp", "modbus,ssl"][word]),
            1 => format!(
                "{ends}\t{}\t{}",
                ["READ_COILS", "WRITE_SINGLE_COIL", "DIAGNOSTICS", "-"][word],
                ["REQ", "RESP"][word % 2]
            ),
            2 => format!("{ends}\t{}\t-", ["READ", "OPERATE", "COLD_RESTART", "-"][word]),
            _ => format!("{ends}\tname {word}\tserial {}", word % 2),
        };
        (kind, row)
    })
}

fn files_of(all: &[(usize, String)]) -> Vec<(&'static str, String)> {
    let rows = |kind: usize| all.iter().filter(|(of, _)| *of == kind).map(|(_, row)| row.as_str()).collect::<Vec<_>>();
    vec![
        ("conn.log", format!("{HEAD}{}\n", rows(0).join("\n"))),
        ("modbus.log", log("modbus", "func\tpdu_type", &rows(1))),
        ("dnp3.log", log("dnp3", "fc_request\tfc_reply", &rows(2))),
        ("s7comm_known_devices.log", log("s7comm_known_devices", "automation_system_name\tmodule_serial", &rows(3))),
    ]
}

proptest! {
    #[test]
    fn the_order_of_rows_and_files_changes_nothing(all in proptest::collection::vec(any_row(), 1..40), turn in 0usize..4, cut in 0usize..40) {
        let said = |reading: &Reading| (told(&reading.flows), format!("{:?}", hosts(reading, &Ours::default())));
        let forward = together(&files_of(&all)).unwrap();
        let backward: Vec<(usize, String)> = all.iter().rev().cloned().collect();
        let mut files = files_of(&backward);
        files.rotate_left(turn);
        prop_assert_eq!(said(&forward), said(&together(&files).unwrap()));
        // Each file read apart and joined, and the rows spread over twice as many files.
        let (one, two) = all.split_at(cut.min(all.len()));
        let mut joined = Reading::new(BEGINNING, false);
        for (name, text) in files_of(two).into_iter().chain(files_of(one)) {
            let mut apart = joined.apart();
            read(name, open(text.as_bytes()).unwrap(), &mut apart).unwrap();
            joined.absorb(apart).unwrap();
        }
        joined.settle().unwrap();
        prop_assert_eq!(said(&forward), said(&joined));
        prop_assert_eq!(forward.whole_span(), joined.whole_span());
    }

    #[test]
    fn any_cells_are_read_or_refused(cells in proptest::collection::vec("[ -~\u{e6}]{0,12}|10\\.7\\.1\\.1|502|T|F", 16), at in 0u8..40) {
        let kind = glance::flows::reading::logs::LogKind::Protocol(at);
        let columns: Vec<&str> = kind.columns().iter().copied().filter(|name| !name.is_empty()).collect();
        let row: Vec<&str> = std::iter::once("1772463000.5").chain(cells.iter().map(String::as_str)).take(columns.len()).collect();
        let text = format!("#path\t{}\n#fields\t{}\n{}\n", kind.path(), columns.join("\t"), row.join("\t"));
        if let Ok(read) = together(&[("any.log", text)]) {
            let _ = hosts(&read, &Ours::default());
        }
        let _ = together(&[("any.csv", format!("{CSV}{}\n", cells.join(",")))]);
    }
}
