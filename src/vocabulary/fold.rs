//! Folding for search and natural order for sorting, computed here because two databases never agree on either.
//!
//! Invariant: pure and stable; stored keys depend on it, so a change needs a migration that rebuilds them.

use std::fmt::Write;

/// Longest key kept, in bytes; what is longer compares by its beginning.
const KEY_BYTES: usize = 200;

/// Lower-cased text without surrounding space, for comparing references and names.
#[must_use]
pub fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

/// A key whose byte order is the natural order of the text: `RTU-2` before `RTU-10`.
///
/// Each run of digits is written as its length (two hex digits) and its digits without leading zeros.
#[must_use]
pub fn natural(text: &str) -> String {
    let mut key = String::with_capacity(text.len() + 8);
    let folded = folded(text);
    let mut rest = folded.as_str();
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let digits = rest[..end].trim_start_matches('0');
            let _ = write!(key, "0{:02x}{digits}", digits.len().min(255));
            rest = &rest[end..];
        } else {
            key.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    truncated(&key, KEY_BYTES).to_owned()
}

/// The longest beginning of `text` that fits in `bytes` and ends between two characters.
#[must_use]
pub fn truncated(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The words of a text for the search table: folded, split at everything but letters, digits and inner `.`/`:`.
///
/// `10.7.1.11` and MAC addresses stay whole, and `7-PR-01` gives itself and its parts.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    let folded = folded(text);
    let mut found: Vec<String> = Vec::new();
    for chunk in folded.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '"' | '/')) {
        let whole = chunk.trim_matches(|c: char| !c.is_alphanumeric());
        if whole.is_empty() {
            continue;
        }
        found.push(truncated(whole, 60).to_owned());
        let parts: Vec<&str> = whole.split(['-', '_']).filter(|part| !part.is_empty()).collect();
        if parts.len() > 1 {
            found.extend(parts.iter().map(|part| truncated(part, 60).to_owned()));
        }
    }
    found.into_iter()
}

/// The smallest text greater than every text that begins with `prefix`, for `term >= prefix AND term < above`.
#[must_use]
pub fn above(prefix: &str) -> String {
    format!("{prefix}\u{10FFFF}")
}

/// True when every word that is asked for begins a word of the texts.
#[must_use]
pub fn fits(asked: &str, texts: &[&str]) -> bool {
    if asked.is_empty() {
        return true;
    }
    let there: Vec<String> = texts.iter().flat_map(|text| words(text)).collect();
    words(asked).all(|word| there.iter().any(|known| known.starts_with(&word)))
}

#[cfg(test)]
mod tests {
    use super::{natural, words};
    use proptest::prelude::*;

    #[test]
    fn natural_order() {
        let mut names = vec!["RTU-10", "RTU-2", "rtu-1", "RTU-002b", "A", "RTU"];
        names.sort_by_key(|name| natural(name));
        assert_eq!(names, ["A", "RTU", "rtu-1", "RTU-2", "RTU-002b", "RTU-10"]);
    }

    #[test]
    fn search_words() {
        let found: Vec<String> = words("7-PR-01 Line relay, 10.7.1.11 (Ærø)").collect();
        assert_eq!(found, ["7-pr-01", "7", "pr", "01", "line", "relay", "10.7.1.11", "ærø"]);
    }

    proptest! {
        #[test]
        fn numbers_sort_as_numbers(a in 0u64..u64::MAX, b in 0u64..u64::MAX) {
            let (left, right) = (natural(&format!("x{a}")), natural(&format!("x{b}")));
            prop_assert_eq!(a.cmp(&b), left.cmp(&right));
        }
    }
}
