//! Starting other programs, which only tests do.

use std::path::Path;
use std::process::{Command, Output};

/// Runs a program in a folder and waits.
#[expect(clippy::disallowed_methods, reason = "tests check what other programs say")]
pub fn run(program: &str, arguments: &[&str], folder: &Path) -> Output {
    Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("{program} does not start: {error}"))
}
