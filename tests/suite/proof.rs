//! A package proves itself: to `glance verify`, to `verify.py`, and to tools of others; and no change to it goes unseen.
//!
//! `GLANCE_TEST_MUTATIONS` sets how many changes `verify.py` judges beside `glance verify`; 60 by default, 1,000 for the whole
//! count. `glance verify` judges 1,000 in every run.

use std::path::Path;

use glance::seal::verifier::{Expected, Report, verify};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::support::bagged::{Files, Log, folded, laid_out, unfolded};
use crate::support::process::run;

/// Runs the package's own verifier, as it was sealed, over a folder.
fn python(folder: &Path, program: &Path, more: &[&str]) -> (bool, String) {
    let folder = folder.to_string_lossy().into_owned();
    let program = program.to_string_lossy().into_owned();
    let all: Vec<&str> = [program.as_str()].into_iter().chain(more.iter().copied()).chain([folder.as_str()]).collect();
    let done = run("python3", &all, Path::new("/"));
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(matches!(done.status.code(), Some(0 | 1)), "{said}");
    (done.status.success(), said)
}

fn examined(bytes: &[u8]) -> Report {
    verify(bytes, &Expected::default())
}

fn made(place: &Path) -> Files {
    unfolded(&Log::of(7, 40).package(40, &[1, 17, 32], place))
}

/// Changes one thing in the bag; says what.
fn changed(files: &mut Files, rng: &mut SmallRng) -> String {
    let paths: Vec<String> = files.keys().filter(|path| !files[*path].is_empty()).cloned().collect();
    let path = paths[rng.random_range(0..paths.len())].clone();
    match rng.random_range(0..10) {
        0 => {
            files.remove(&path);
            format!("{path} taken away")
        }
        1 => {
            let added = format!("data/added{}.txt", rng.random_range(0..100));
            files.insert(added.clone(), b"x".to_vec());
            format!("{added} added")
        }
        2 => {
            files.insert("loose.txt".to_owned(), Vec::new());
            "loose.txt added".to_owned()
        }
        _ => {
            let bytes = files.get_mut(&path).unwrap();
            let at = rng.random_range(0..bytes.len());
            bytes[at] ^= 1 << rng.random_range(0..8);
            format!("{path} byte {at}")
        }
    }
}

#[test]
fn a_thousand_changes_and_both_verifiers_see_each() {
    let place = tempfile::tempdir().unwrap();
    let files = made(place.path());
    let program = place.path().join("verify.py");
    std::fs::write(&program, &files["verify.py"]).unwrap();
    let report = examined(&folded(&files));
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    assert_eq!((report.records, report.rows, report.untied, report.earlier.len()), (14, 28, 2, 3));
    let whole = place.path().join("whole");
    laid_out(&files, &whole);
    let (holds, said) = python(&whole, &program, &[]);
    assert!(holds, "{said}");
    assert!(said.contains("14 records proved") && said.contains("28 rows tied to the log, 2 name no record"), "{said}");
    let count = std::env::var("GLANCE_TEST_MUTATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    let mut rng = SmallRng::seed_from_u64(11);
    for turn in 0..1_000.max(count) {
        let mut other = files.clone();
        let what = changed(&mut other, &mut rng);
        assert!(!examined(&folded(&other)).problems.is_empty(), "turn {turn}: {what}");
        if turn < count {
            let folder = place.path().join("changed");
            laid_out(&other, &folder);
            assert!(!python(&folder, &program, &[]).0, "turn {turn}: {what}");
            std::fs::remove_dir_all(folder).unwrap();
        }
    }
}

#[test]
fn no_byte_of_the_container_is_free() {
    let place = tempfile::tempdir().unwrap();
    let bytes = Log::of(7, 12).package(12, &[], place.path());
    assert!(examined(&bytes).problems.is_empty());
    let mut rng = SmallRng::seed_from_u64(7);
    for turn in 0..1_000 {
        let mut other = bytes.clone();
        let at = rng.random_range(0..other.len());
        other[at] ^= 1 << rng.random_range(0..8);
        assert!(!examined(&other).problems.is_empty(), "turn {turn}, byte {at}");
    }
    assert!(!examined(&bytes[..bytes.len() - 1]).problems.is_empty());
    assert!(!examined(&[&bytes[..], b"\n"].concat()).problems.is_empty());
}

#[test]
fn the_same_files_give_the_same_bytes() {
    let place = tempfile::tempdir().unwrap();
    let log = Log::of(7, 40);
    let bytes = log.package(40, &[17], place.path());
    assert!(bytes == log.package(40, &[17], place.path()));
    assert!(bytes == folded(&unfolded(&bytes)));
}

/// A change that its maker signs again: only the ties to the log are left to show it.
#[test]
fn a_row_without_a_proved_record_is_seen_under_a_good_signature() {
    let place = tempfile::tempdir().unwrap();
    let program = place.path().join("verify.py");
    std::fs::write(&program, glance::seal::bag::VERIFY_PROGRAM).unwrap();
    let whole = Log::of(7, 40);
    for (n, spoil) in [
        |log: &mut Log| log.records[3].version = 2,
        |log: &mut Log| {
            let record = log.records[3].record.replace("Relais", "Relay");
            log.records[3].record = record;
        },
    ]
    .into_iter()
    .enumerate()
    {
        let mut log = Log::of(7, 40);
        spoil(&mut log);
        let bytes = log.package(40, &[], place.path());
        let report = examined(&bytes);
        // The record itself, its row in the tab, its object in the part.
        assert_eq!((report.problems.len(), report.records), (3, whole.records.len() - 1), "{:?}", report.problems);
        let folder = place.path().join(n.to_string());
        laid_out(&unfolded(&bytes), &folder);
        let (holds, said) = python(&folder, &program, &[]);
        assert!(!holds && said.matches("PROBLEM").count() == 3, "{said}");
    }
}

#[test]
fn a_kept_checkpoint_shows_a_rewritten_history() {
    let place = tempfile::tempdir().unwrap();
    let (log, other) = (Log::of(7, 40), Log::of(8, 40));
    let bytes = log.package(40, &[1, 17, 32], place.path());
    let folder = place.path().join("whole");
    laid_out(&unfolded(&bytes), &folder);
    let program = folder.join("verify.py");
    let note = place.path().join("note");
    let rewritten = |size: usize| other.checkpoint(size).sign(&log.key);
    for (kept, holds, words) in [
        (log.checkpoint(40).sign(&log.key), true, ""),
        (log.checkpoint(17).sign(&log.key), true, ""),
        (log.checkpoint(1).sign(&log.key), true, ""),
        (rewritten(40), false, "rewritten"),
        (rewritten(17), false, "rewritten"),
        (log.checkpoint(16).sign(&log.key), false, "proves nothing"),
        (log.checkpoint(17).sign(&other.key), false, "not signed"),
        (log.checkpoint(17).text(), false, "the checkpoint you kept"),
    ] {
        std::fs::write(&note, &kept).unwrap();
        let report = verify(&bytes, &Expected { fingerprint: None, checkpoint: Some(kept.clone()) });
        assert_eq!(report.problems.is_empty(), holds, "{kept}: {:?}", report.problems);
        assert!(report.problems.iter().all(|problem| problem.contains(words)), "{:?}", report.problems);
        let (found, said) = python(&folder, &program, &["--checkpoint", note.to_str().unwrap()]);
        assert!(found == holds && said.contains(words), "{kept}: {said}");
    }
}

#[test]
fn the_fingerprint_on_the_letter_counts() {
    let place = tempfile::tempdir().unwrap();
    let bytes = Log::of(7, 12).package(12, &[], place.path());
    let fingerprint = examined(&bytes).fingerprint;
    let folder = place.path().join("whole");
    laid_out(&unfolded(&bytes), &folder);
    for (letter, holds) in [(fingerprint.to_uppercase(), true), ("00".repeat(32), false)] {
        let report = verify(&bytes, &Expected { fingerprint: Some(letter.clone()), checkpoint: None });
        assert_eq!(report.problems.is_empty(), holds);
        assert_eq!(python(&folder, &folder.join("verify.py"), &["--fingerprint", &letter]).0, holds);
    }
}

/// The lines a bash user is told to run, as they are printed.
fn printed_lines() -> Vec<&'static str> {
    let text = glance::seal::bag::VERIFY_TEXT;
    let part = text.split("\n3. ").nth(1).and_then(|rest| rest.split("\n4. ").next()).unwrap();
    let lines: Vec<&str> = part.lines().filter_map(|line| line.strip_prefix("     ")).collect();
    assert_eq!(lines.len(), 5);
    lines
}

#[test]
fn the_printed_lines_work_and_see_each_file_changed() {
    let place = tempfile::tempdir().unwrap();
    let files = unfolded(&Log::of(7, 7).package(7, &[3], place.path()));
    let folder = place.path().join("whole");
    laid_out(&files, &folder);
    let lines = printed_lines();
    for line in &lines {
        let done = run("bash", &["-c", line], &folder);
        assert!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
    }
    let letter = run("bash", &["-c", lines[0]], &folder);
    let report = examined(&folded(&files));
    assert!(String::from_utf8_lossy(&letter.stdout).starts_with(&report.fingerprint));
    let all = lines[1..4].join(" && ");
    let judged = |what: &str| {
        let done = run("bash", &["-c", &all], &folder);
        assert!(!done.status.success(), "{what}");
    };
    let mut rng = SmallRng::seed_from_u64(3);
    // minisign ignores its own untrusted comment, and the other lines do not look at that file.
    for (path, bytes) in files.iter().filter(|(path, bytes)| !path.ends_with(".minisig") && !bytes.is_empty()) {
        let mut other = bytes.clone();
        let at = rng.random_range(0..other.len());
        other[at] ^= 1;
        std::fs::write(folder.join(path), &other).unwrap();
        judged(&format!("{path} byte {at}"));
        std::fs::write(folder.join(path), bytes).unwrap();
    }
    std::fs::write(folder.join("data/added.txt"), "x").unwrap();
    judged("an added file");
}

#[test]
fn a_package_of_the_version_before_holds() {
    let bytes = include_bytes!("../data/package-0.1.0.zip");
    let report = examined(bytes);
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    assert_eq!((report.records, report.rows, report.files), (4, 4, 23));
    let place = tempfile::tempdir().unwrap();
    laid_out(&unfolded(bytes), &place.path().join("whole"));
    let program = place.path().join("verify.py");
    std::fs::write(&program, glance::seal::bag::VERIFY_PROGRAM).unwrap();
    let (holds, said) = python(&place.path().join("whole"), &program, &[]);
    assert!(holds, "{said}");
}
