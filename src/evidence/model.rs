//! An evidence package as the record keeps it: what was ordered, and how it was sealed.
//!
//! Invariant: a sealed package's digest is of the exact bytes that are served.

use serde::{Deserialize, Serialize};

use crate::vocabulary::{Date, Moment};

crate::words! {
    /// Where a package stands.
    PackageState {
        Ordered = "ordered", "Ordered";
        Sealed = "sealed", "Sealed";
    }
}

/// The audit period of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    pub from: Date,
    pub to: Date,
}

impl Period {
    /// Reads `FROM..TO`; the error says what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (from, to) = text.split_once("..").ok_or("not a period; write it as 2025-10-01..2026-09-30")?;
        Self::of(Date::parse(from.trim())?, Date::parse(to.trim())?)
    }

    /// A period whose end is not before its beginning.
    pub fn of(from: Date, to: Date) -> Result<Self, String> {
        if to < from { Err(format!("ends on {to}, before it begins on {from}")) } else { Ok(Self { from, to }) }
    }

    /// `20251001-20260930`, for names.
    #[must_use]
    pub fn compact(&self) -> String {
        format!("{}-{}", self.from, self.to).replace('-', "").chars().enumerate().fold(
            String::new(),
            |mut text, (n, c)| {
                if n == 8 {
                    text.push('-');
                }
                text.push(c);
                text
            },
        )
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to {}", self.from, self.to)
    }
}

/// A package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    pub state: PackageState,
    /// Name of the folder inside, and of the file with `.zip`.
    pub name: String,
    pub period: Period,
    /// The effective instant.
    pub instant: Moment,
    /// Leaves of the journal at the instant.
    pub tree_size: i64,
    /// Bytes, once sealed.
    pub size: Option<i64>,
    /// `sha256:` of the file, once sealed.
    pub digest: String,
    /// Fingerprint of the signing key, once sealed.
    pub key: String,
    /// SHA-256 of the `manifest.json` inside, once sealed; empty in packages from before it was recorded.
    #[serde(default)]
    pub manifest: String,
    /// Always true: a package is BES Cyber System Information.
    pub bcsi: bool,
}

impl Package {
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.state == PackageState::Sealed
    }
}

#[cfg(test)]
mod tests {
    use super::Period;

    #[test]
    fn periods() {
        assert_eq!(
            Period::parse("2025-10-01..2026-09-30").map(|period| period.compact()),
            Ok("20251001-20260930".to_owned())
        );
        assert!(Period::parse("2026-10-01..2026-09-30").unwrap_err().contains("before it begins"));
        assert!(Period::parse("2026").is_err());
    }
}
