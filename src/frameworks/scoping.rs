//! What an audit asks about: standards, requirements and parts of a catalog, as somebody names them.
//!
//! Invariant: pure. A text becomes part of a scope only when a catalog knows something of that name; what was recorded once
//! stays readable. A family such as `CIP-003` means every version of the standard, each for the days it was in force.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::catalogs::catalogs;
use super::model::{Framework, Requirement, Standard};

/// The framework an audit asks about when nothing is named.
const AUDITED: &str = "nerc-cip";

/// A name in a scope: a framework (`nerc-cip`), a family (`CIP-005`), a standard (`CIP-005-7`), a requirement (`CIP-005-7 R1`), a part
/// (`CIP-005-7 R1.3`), or a pattern in which `*` stands for any letters (`CIP-0*-*`).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ScopeName(String);

impl ScopeName {
    /// Reads a name; the error says what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let asked = Self(text.split_whitespace().collect::<Vec<_>>().join(" "));
        if asked.0.is_empty() || asked.0.len() > 80 {
            return Err(
                "not a standard, requirement or part; write CIP-005-7, CIP-005-7 R1 or CIP-005-7 R1.3".to_owned()
            );
        }
        if every().any(|(part, standard)| asked.covers(part, standard)) { Ok(asked) } else { Err(asked.unknown()) }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True when it names the part: itself, its requirement, its standard with or without the version, its framework, or a
    /// pattern of its id.
    fn covers(&self, part: &Requirement, standard: &Standard) -> bool {
        if self.0.contains('*') {
            return matches(self.0.to_uppercase().as_bytes(), part.id.to_uppercase().as_bytes());
        }
        let same = |id: &str| !id.is_empty() && id.eq_ignore_ascii_case(&self.0);
        same(&part.id) || same(&part.heading) || same(&standard.id) || same(&standard.family) || same(&part.framework)
    }

    fn unknown(&self) -> String {
        let near = catalogs().known(&self.0).err().unwrap_or_default();
        let near = near.split_once("; ").map_or("", |(_, near)| near);
        format!("{self}: neither a framework, a standard, a requirement nor a part; {near}")
            .trim_end_matches("; ")
            .to_owned()
    }
}

impl std::fmt::Display for ScopeName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A part and the standard it stands in.
pub type Placed = (&'static Requirement, &'static Standard);

fn every() -> impl Iterator<Item = Placed> {
    let of_framework = |framework: &'static Framework| {
        let standards: HashMap<&str, &Standard> =
            framework.standards.iter().map(|standard| (standard.id.as_str(), standard)).collect();
        framework.requirements.iter().filter_map(move |one| Some((one, *standards.get(one.standard.as_str())?)))
    };
    catalogs().frameworks.iter().flat_map(of_framework)
}

/// The parts a scope names, in the catalogs' order, in force or not; an empty scope names every part of [`AUDITED`].
pub fn named(scope: &[ScopeName]) -> impl Iterator<Item = Placed> {
    every().filter(move |(part, standard)| match scope {
        [] => part.framework == AUDITED,
        some => some.iter().any(|one| one.covers(part, standard)),
    })
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
    use super::{ScopeName, matches, named};

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
    fn names_of_a_scope() {
        let ids = |texts: &[&str]| {
            let scope: Vec<ScopeName> = texts.iter().map(|text| ScopeName::parse(text).expect("known")).collect();
            named(&scope).map(|(part, _)| part.id.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(ids(&["CIP-005-7  r1.3"]), ["CIP-005-7 R1.3"]);
        assert!(ids(&["CIP-005-7"]).len() > 5);
        assert_eq!(ids(&["CIP-005"]), ids(&["CIP-005-*"]));
        assert!(ids(&["CIP-007-6 R2"]).iter().all(|id| id.starts_with("CIP-007-6 R2")));
        assert!(ids(&[]).len() > 100);
        for unknown in ["CIP-099", "", "XYZ*"] {
            assert!(ScopeName::parse(unknown).is_err(), "{unknown}");
        }
    }
}
