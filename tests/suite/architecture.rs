//! The house rules that a compiler does not know: who may name whom, how long a room may be, what a template may hold.
//!
//! Each rule reads the tree as text and reports every breach with its file and line. `proof` keeps the rules themselves
//! honest: a rule that finds nothing in bad code fails there.

mod directions;
mod markup;
mod proof;
mod prose;
mod rooms;
mod source;

use source::Source;
use std::fmt::Write as _;
use std::path::Path;

/// A file of the tree; `path` is relative to the repository and uses `/`.
pub struct TextFile {
    pub path: String,
    pub text: String,
}

/// One place where the house is not as agreed.
#[derive(Debug)]
pub struct Breach {
    path: String,
    line: usize,
    message: String,
}

impl Breach {
    /// `path` is relative to the repository.
    fn at(path: &str, line: usize, message: &str) -> Self {
        Self { path: path.to_owned(), line, message: message.to_owned() }
    }

    /// `path` is relative to `src/`.
    fn new(path: &str, line: usize, message: &str) -> Self {
        Self::at(&format!("src/{path}"), line, message)
    }
}

/// Every text file under `folder` of the repository, in the order of its path; none when there is no such folder.
fn files(folder: &str) -> Vec<TextFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut open = vec![root.join(folder)];
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.expect("a folder of the repository can be listed").path();
            if path.is_dir() {
                open.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                let inside = path.strip_prefix(root).expect("the walk began at the root");
                found.push(TextFile { path: inside.to_string_lossy().replace('\\', "/"), text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn is_rust(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "rs")
}

/// The Rust of `src/`, without the files that some other file declares under `#[cfg(test)]`.
fn shipped(files: &[TextFile]) -> Vec<Source> {
    let rust = files.iter().filter_map(|file| Some((file.path.strip_prefix("src/")?, &file.text)));
    let all: Vec<Source> =
        rust.filter(|(path, _)| is_rust(path)).map(|(path, text)| Source::read(path, text)).collect();
    let tests: Vec<String> = all.iter().flat_map(|source| source.test_modules.clone()).collect();
    let is_test = |path: &str| {
        tests.iter().any(|module| path == format!("{module}.rs") || path.starts_with(&format!("{module}/")))
    };
    all.into_iter().filter(|source| !is_test(&source.path)).collect()
}

fn sources() -> Vec<Source> {
    let sources = shipped(&files("src"));
    assert!(!sources.is_empty(), "no Rust under src/: this test would hold of anything");
    sources
}

#[track_caller]
fn assert_none(breaches: &[Breach]) {
    let mut report = String::new();
    for Breach { path, line, message } in breaches {
        writeln!(report, "  {path}:{line}: {message}").expect("a string takes any text");
    }
    assert!(breaches.is_empty(), "{} breaches of the house rules\n{report}", breaches.len());
}

#[test]
fn paths_point_downwards() {
    assert_none(&directions::breaches(&sources()));
}

#[test]
fn pure_files_wait_for_nothing() {
    assert_none(&directions::waiting(&sources()));
}

#[test]
fn files_stay_small() {
    let all: Vec<TextFile> = ["src", "templates", "tests"].into_iter().flat_map(files).collect();
    assert_none(&rooms::file_lengths(&all));
}

#[test]
fn functions_stay_short() {
    assert_none(&rooms::function_lengths(&sources()));
}

#[test]
fn every_file_says_why_it_exists() {
    assert_none(&rooms::module_docs(&sources()));
}

#[test]
fn nothing_unwraps() {
    assert_none(&rooms::unwraps(&sources()));
}

#[test]
fn nothing_is_left_for_later() {
    let all: Vec<TextFile> = ["src", "templates", "migrations"].into_iter().flat_map(files).collect();
    assert_none(&rooms::unfinished(&all));
}

#[test]
fn templates_escape_everything_and_hold_no_script_or_style() {
    assert_none(&markup::breaches(&files("templates")));
}
