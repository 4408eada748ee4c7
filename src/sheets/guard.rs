//! The guard against formulas: what a spreadsheet would run is written as text.
//!
//! Invariant: `unguarded` undoes `guarded` for every text. Source: OWASP CSV injection; package rule 6.

use std::borrow::Cow;

/// Beginnings a spreadsheet may take for a formula, with their full-width forms.
fn begins_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

/// The text with an apostrophe before what would be taken for a formula.
#[must_use]
pub fn guarded(text: &str) -> Cow<'_, str> {
    let behind = text.trim_start_matches('\'');
    if begins_formula(behind) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text without the guard's apostrophe.
#[must_use]
pub fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if begins_formula(rest.trim_start_matches('\'')) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{guarded, unguarded};
    use proptest::prelude::*;

    #[test]
    fn formulas_become_text() {
        assert_eq!(guarded("=1+1"), "'=1+1");
        assert_eq!(guarded("＠x"), "'＠x");
        assert_eq!(guarded("'quoted"), "'quoted");
        assert_eq!(guarded("-1"), "'-1");
    }

    proptest! {
        #[test]
        fn returns(text in "['=+@-]{0,4}[a-z]{0,3}") {
            let kept = guarded(&text).into_owned();
            prop_assert_eq!(unguarded(&kept), text);
        }
    }
}
