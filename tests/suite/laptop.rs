//! The auditor's walk: a package in a place without Glance, checked by the lines as printed, every kind of file opened by
//! somebody else's program, and the same order again.

use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx, open_workbook};
use glance::storage::AsOf;

use super::oscal::{assert_valid, built, filled, unpack};
use crate::on_each_engine;
use crate::support::Bed;
use crate::support::http::Site;
use crate::support::process::run;

/// PACKAGE.md, the auditor's commands.
const LINES: [&str; 6] = [
    "openssl pkey -pubin -in glance.pub.pem -outform DER | sha256sum",
    "openssl pkeyutl -verify -pubin -inkey glance.pub.pem -rawin -in tagmanifest-sha256.txt -sigfile tagmanifest-sha256.txt.sig",
    "sha256sum -c --strict --quiet tagmanifest-sha256.txt && sha256sum -c --strict --quiet manifest-sha256.txt",
    "find . -type f | cut -c3- | LC_ALL=C sort | diff - <( (cut -c67- manifest-sha256.txt tagmanifest-sha256.txt; ls tagmanifest-sha256.txt*) | LC_ALL=C sort)",
    "minisign -Vm tagmanifest-sha256.txt -p glance.minisign.pub",
    "python3 verify.py",
];

fn lines_hold(bag: &Path) -> bool {
    LINES.iter().all(|line| {
        let done = run("bash", &["-o", "pipefail", "-c", line], bag);
        if !done.status.success() {
            eprintln!("{line}: {}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        }
        done.status.success()
    })
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

on_each_engine! {
    async fn a_package_in_a_place_without_glance(bed: Bed) {
        let site = Site::of(&bed);
        filled(&bed, &site).await;
        let first = built(&bed, &site, "", AsOf::Now).await;
        let place = tempfile::tempdir().unwrap();
        let bag = unpack(&first, place.path());
        assert!(lines_hold(&bag));
        let key = run("bash", &["-c", LINES[0]], &bag);
        let fingerprint = String::from_utf8_lossy(&key.stdout).split(' ').next().unwrap().to_owned();
        assert!(first.key.ends_with(&fingerprint), "{} {fingerprint}", first.key);

        assert_valid(&bag.join("data/06_oscal"));
        let books = files(&bag.join("data"), ".xlsx");
        assert!(!books.is_empty());
        for path in &books {
            let mut book: Xlsx<_> = open_workbook(path).unwrap();
            let sheets = book.worksheets().len();
            let cells: Vec<String> = book.worksheets().iter().flat_map(|(_, range)| range.cells().map(|(.., cell)| cell.to_string()).collect::<Vec<_>>()).collect();
            assert!(sheets > 3 && cells.iter().any(|cell| cell.contains("7-PR-1")), "{}", path.display());
            let formula = |(_, range): &(String, calamine::Range<Data>)| range.cells().any(|(.., cell)| matches!(cell, Data::Error(_)));
            assert!(!book.worksheets().iter().any(formula));
        }
        for path in files(&bag.join("data"), ".json") {
            let _: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        }

        bed.clock.advance_seconds(3_600);
        let again = built(&bed, &site, "", AsOf::At(first.instant)).await;
        assert_eq!((&again.name, &again.digest), (&first.name, &first.digest));
        assert!(std::fs::read(&again.path).unwrap() == std::fs::read(&first.path).unwrap());

        let table = bag.join("data/06_oscal/assessment-results.json");
        let kept = std::fs::read(&table).unwrap();
        let mut changed = kept.clone();
        changed[kept.len() / 2] ^= 1;
        for spoil in [&changed[..], &kept[..kept.len() - 1]] {
            std::fs::write(&table, spoil).unwrap();
            assert!(!lines_hold(&bag));
        }
        std::fs::remove_file(&table).unwrap();
        assert!(!lines_hold(&bag));
        std::fs::write(&table, &kept).unwrap();
        std::fs::write(bag.join("data/06_oscal/extra.json"), "{}").unwrap();
        assert!(!lines_hold(&bag));
        std::fs::remove_file(bag.join("data/06_oscal/extra.json")).unwrap();
        assert!(lines_hold(&bag));
    }
}
