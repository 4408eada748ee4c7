//! What an audit asks about: standards, requirements and parts of a catalog, as somebody names them.
//!
//! Invariant: pure. A text becomes part of a scope only when a catalog knows something of that name; what was recorded once
//! stays readable. A family such as `CIP-003` means every version of the standard, each for the days it was in force.

use serde::{Deserialize, Serialize};

use super::catalogs::catalogs;
use super::model::{Requirement, Standard};
use crate::vocabulary::Date;

/// The framework an audit asks about when nothing is named.
pub const AUDITED: &str = "nerc-cip";

/// One thing in scope: a framework (`nerc-cip`), a family (`CIP-005`), a standard (`CIP-005-7`), a requirement (`CIP-005-7 R1`), a part
/// (`CIP-005-7 R1.3`), or a pattern in which `*` stands for any letters (`CIP-0*-*`).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scoped(String);

impl Scoped {
    /// Reads a name; the error says what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let squeezed = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let asked = Self(squeezed.clone());
        if squeezed.is_empty() || squeezed.len() > 80 {
            return Err(
                "not a standard, requirement or part; write CIP-005-7, CIP-005-7 R1 or CIP-005-7 R1.3".to_owned()
            );
        }
        if every().any(|part| asked.covers(part)) {
            return Ok(asked);
        }
        Err(catalogs().known(&squeezed).err().unwrap_or_else(|| "no catalog has a part of this name".to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True when the part is in scope by this name.
    #[must_use]
    pub fn covers(&self, part: &Requirement) -> bool {
        catalogs().standard_of(part).is_some_and(|standard| names(&self.0, part, standard))
    }
}

/// True when a word names the part: itself, its requirement, its standard with or without the version, its framework, or a
/// pattern of its id.
#[must_use]
pub fn names(word: &str, part: &Requirement, standard: &Standard) -> bool {
    if word.contains('*') {
        return matches(word.to_uppercase().as_bytes(), part.id.to_uppercase().as_bytes());
    }
    let same = |id: &str| !id.is_empty() && id.eq_ignore_ascii_case(word);
    same(&part.id) || same(&part.heading) || same(&standard.id) || same(&standard.family) || same(&part.framework)
}

impl std::fmt::Display for Scoped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn every() -> impl Iterator<Item = &'static Requirement> {
    catalogs().frameworks.iter().flat_map(|framework| &framework.requirements)
}

/// The parts a scope names that were in force on any of the days, in the catalogs' order; an empty scope names every part
/// of [`AUDITED`].
#[must_use]
pub fn parts(scope: &[Scoped], from: Date, to: Date) -> Vec<&'static Requirement> {
    let named = |part: &Requirement| {
        if scope.is_empty() { part.framework == AUDITED } else { scope.iter().any(|one| one.covers(part)) }
    };
    let in_force =
        |part: &Requirement| catalogs().standard_of(part).is_some_and(|standard| standard.in_force_within(from, to));
    every().filter(|part| named(part) && in_force(part)).collect()
}

/// True when the text fits the pattern, in which `*` stands for any bytes, none included.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        if p < pattern.len() && pattern[p] == b'*' {
            star = Some((p, t));
            p += 1;
        } else if p < pattern.len() && pattern[p] == text[t] {
            (p, t) = (p + 1, t + 1);
        } else if let Some((at, from)) = star {
            star = Some((at, from + 1));
            (p, t) = (at + 1, from + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::{Scoped, matches, parts};
    use crate::vocabulary::Date;

    fn named(texts: &[&str], from: &str, to: &str) -> Vec<&'static str> {
        let scope: Vec<Scoped> = texts.iter().map(|text| Scoped::parse(text).expect("known")).collect();
        let date = |text| Date::parse(text).expect("a date");
        parts(&scope, date(from), date(to)).into_iter().map(|part| part.id.as_str()).collect()
    }

    #[test]
    fn patterns() {
        for (pattern, text, fits) in [
            ("CIP-005*", "CIP-005-7 R1.1", true),
            ("*R1.1", "CIP-005-7 R1.1", true),
            ("CIP-*-7 R1.*", "CIP-005-7 R1.1", true),
            ("CIP-*-7 R2.*", "CIP-005-7 R1.1", false),
            ("*", "", true),
            ("**", "x", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
        ] {
            assert_eq!(matches(pattern.as_bytes(), text.as_bytes()), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn scopes() {
        let year = |texts: &[&str]| named(texts, "2025-10-01", "2026-09-30");
        assert_eq!(year(&["CIP-005-7 R1.3"]), ["CIP-005-7 R1.3"]);
        assert!(year(&["CIP-005-7"]).len() > 5);
        assert_eq!(year(&["CIP-005"]), year(&["cip-005-7"]));
        assert!(year(&["CIP-007-6 R2"]).iter().all(|id| id.starts_with("CIP-007-6 R2")));
        assert!(year(&[]).len() > 100);
        assert!(Scoped::parse("CIP-099").is_err());
        assert!(Scoped::parse("").is_err());
        assert!(Scoped::parse("XYZ*").is_err());
    }
}
