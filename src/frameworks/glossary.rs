//! The field's terms with one line of explanation each, and where they stand in a text.
//!
//! Invariant: a term is found as a whole word, the longest one first, and each term once in a text.

use serde::Deserialize;

/// A term of the field.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    pub term: String,
    /// Its abbreviation, when it has one.
    #[serde(default)]
    pub short: String,
    /// One line in our words.
    pub meaning: String,
}

/// The glossary as its file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Glossary {
    pub source: String,
    pub terms: Vec<Term>,
}

/// A piece of a text: plain words, or a term with what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece<'t> {
    pub text: &'t str,
    /// The explanation; empty for plain words.
    pub meaning: String,
}

/// Splits a text at the terms of a glossary.
#[must_use]
pub fn pieces<'t>(text: &'t str, terms: &[Term]) -> Vec<Piece<'t>> {
    let mut found: Vec<(usize, usize, &Term)> = Vec::new();
    for term in terms {
        let names = [term.short.as_str(), term.term.as_str()].into_iter().filter(|name| !name.is_empty());
        let places = names.filter_map(|name| place(text, name).map(|at| (at, at + name.len())));
        if let Some((from, until)) = places.min_by_key(|(from, until)| (*from, usize::MAX - *until)) {
            found.push((from, until, term));
        }
    }
    found.sort_by_key(|(from, until, _)| (*from, usize::MAX - *until));
    let (mut pieces, mut at) = (Vec::new(), 0);
    for (from, until, term) in found {
        if from < at {
            continue;
        }
        if at < from {
            pieces.push(Piece { text: &text[at..from], meaning: String::new() });
        }
        let meaning = if term.short.is_empty() || text[from..until] != *term.short {
            term.meaning.clone()
        } else {
            format!("{}: {}", term.term, term.meaning)
        };
        pieces.push(Piece { text: &text[from..until], meaning });
        at = until;
    }
    if at < text.len() {
        pieces.push(Piece { text: &text[at..], meaning: String::new() });
    }
    pieces
}

/// Where a name stands in a text as a word of its own; a plural counts.
fn place(text: &str, name: &str) -> Option<usize> {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).map(|(at, _)| at).find(|at| {
        let before = text[..*at].chars().next_back();
        let rest = &text[at + name.len()..];
        let rest = rest.strip_prefix("(s)").or_else(|| rest.strip_prefix('s')).unwrap_or(rest);
        !before.is_some_and(part_of_word) && !rest.chars().next().is_some_and(part_of_word)
    })
}

#[cfg(test)]
mod tests {
    use super::{Term, pieces};

    #[test]
    fn terms_are_whole_words_and_told_once() {
        let term = |term: &str, short: &str| Term { term: term.into(), short: short.into(), meaning: "m".into() };
        let terms =
            [term("Electronic Security Perimeter", "ESP"), term("Cyber Asset", "CA"), term("BES Cyber Asset", "BCA")];
        let told = |text: &str| -> Vec<(String, bool)> {
            pieces(text, &terms).into_iter().map(|piece| (piece.text.to_owned(), !piece.meaning.is_empty())).collect()
        };
        let own = |parts: &[(&str, bool)]| parts.iter().map(|(text, is)| ((*text).to_owned(), *is)).collect::<Vec<_>>();
        assert_eq!(told("An ESP, any ESP"), own(&[("An ", false), ("ESP", true), (", any ESP", false)]));
        assert_eq!(told("two ESPs"), own(&[("two ", false), ("ESP", true), ("s", false)]));
        assert_eq!(told("BES Cyber Asset"), own(&[("BES Cyber Asset", true)]));
        assert_eq!(told("RESPOND"), own(&[("RESPOND", false)]));
        assert_eq!(told(""), own(&[]));
    }
}
