//! Security levels as IEC 62443-3-3 writes them: a vector with one level for each foundational requirement.
//!
//! Invariant: seven places in the order FR 1 to FR 7; a level is 0 to 4; what nobody set is unset, never zero.

use serde::{Deserialize, Serialize};

/// Foundational requirements (IEC 62443-1-1), in their order.
pub const FOUNDATIONAL: [&str; 7] = [
    "FR 1 Identification and authentication control",
    "FR 2 Use control",
    "FR 3 System integrity",
    "FR 4 Data confidentiality",
    "FR 5 Restricted data flow",
    "FR 6 Timely response to events",
    "FR 7 Resource availability",
];

/// A vector of security levels, such as `2 2 0 1 3 1 3` (IEC 62443-3-3, Annex A); `-` where none is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SecurityLevels([Option<u8>; 7]);

impl SecurityLevels {
    /// Reads seven levels separated by spaces or commas, or one level for all seven.
    pub fn parse(text: &str) -> Result<Self, String> {
        const RIGHT: &str = "seven levels 0 to 4 in the order FR 1 to FR 7, - for none, such as 2 2 0 1 3 1 3";
        let inner = text.trim().trim_start_matches('{').trim_end_matches('}');
        let level = |word: &str| match word {
            "-" => Ok(None),
            "0" | "1" | "2" | "3" | "4" => Ok(word.parse().ok()),
            _ => Err(RIGHT.to_owned()),
        };
        let words = inner.split([' ', ',', '\t']).filter(|word| !word.is_empty()).map(level);
        let levels = words.collect::<Result<Vec<Option<u8>>, String>>()?;
        match levels.as_slice() {
            [one] => Ok(Self([*one; 7])),
            seven => seven.try_into().map(Self).map_err(|_| RIGHT.to_owned()),
        }
    }

    /// The level for a foundational requirement, counted from zero; none when it is unset.
    #[must_use]
    pub fn of(&self, requirement: usize) -> Option<u8> {
        self.0.get(requirement).copied().flatten()
    }

    /// True when no level is set.
    #[must_use]
    pub fn is_unset(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    /// True when all seven are set.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.0.iter().all(Option::is_some)
    }
}

impl std::fmt::Display for SecurityLevels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_unset() {
            return Ok(());
        }
        let words: Vec<String> =
            self.0.iter().map(|level| level.map_or_else(|| "-".to_owned(), |level| level.to_string())).collect();
        f.write_str(&words.join(" "))
    }
}

impl TryFrom<String> for SecurityLevels {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if text.is_empty() { Ok(Self::default()) } else { Self::parse(&text) }
    }
}

impl From<SecurityLevels> for String {
    fn from(levels: SecurityLevels) -> Self {
        levels.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::SecurityLevels;

    #[test]
    fn vectors() {
        let parsed = SecurityLevels::parse("{2, 2 0 1 - 1 3}").unwrap();
        assert_eq!((parsed.of(0), parsed.of(2), parsed.of(4), parsed.of(7)), (Some(2), Some(0), None, None));
        assert_eq!(parsed.to_string(), "2 2 0 1 - 1 3");
        assert_eq!(SecurityLevels::parse("3").map(|all| all.to_string()), Ok("3 3 3 3 3 3 3".to_owned()));
        for bad in ["", "5", "2 2", "a b c d e f g", "1 1 1 1 1 1 1 1"] {
            assert!(SecurityLevels::parse(bad).is_err(), "{bad}");
        }
        assert!(SecurityLevels::default().is_unset() && SecurityLevels::default().to_string().is_empty());
    }
}
