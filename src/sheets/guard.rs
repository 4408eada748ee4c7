//! The formula guard: a cell that a spreadsheet program would run is written as text, and read back as it was.
//!
//! Invariant: `unguarded(guarded(text)) == text` for every text, and no guarded text begins like a formula.

use std::borrow::Cow;

/// What makes a spreadsheet program take a cell for a formula, with the full-width forms some of them fold first.
const STARTERS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\0', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// Whether the text would begin a formula once its leading apostrophes were taken for guards.
fn hides_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(STARTERS)
}

/// The text with a leading apostrophe where it, or what it hides behind apostrophes, begins like a formula.
#[must_use]
pub fn guarded(text: &str) -> Cow<'_, str> {
    if hides_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text without the apostrophe that [`guarded`] put before it.
#[must_use]
pub fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if hides_formula(rest) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{STARTERS, guarded, unguarded};
    use proptest::prelude::*;

    #[test]
    fn formulas_are_guarded() {
        let cases = [
            ("=1+1", "'=1+1"),
            ("+49 30", "'+49 30"),
            ("-5", "'-5"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("＝1", "'＝1"),
            ("＋1", "'＋1"),
            ("－1", "'－1"),
            ("＠a", "'＠a"),
            ("'=1", "''=1"),
            ("''=1", "'''=1"),
        ];
        for (text, expected) in cases {
            assert_eq!(guarded(text), expected);
            assert_eq!(unguarded(expected), text);
        }
        for text in ["", "'", "'s Hertogenbosch", "10.0.0.1", "a=b", " =1", "''"] {
            assert_eq!(guarded(text), text);
            assert_eq!(unguarded(text), text);
        }
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in "['=+@\t\r＝－a-]{0,6}\\PC{0,8}") {
            let safe = guarded(&text);
            prop_assert!(!safe.starts_with(STARTERS));
            prop_assert_eq!(unguarded(&safe), text.as_str());
        }
    }
}
