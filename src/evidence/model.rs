//! An evidence package as the record keeps it: what was ordered, how far it is, and how it was sealed.
//!
//! Invariant: a sealed package's digest is of the exact bytes that are served; what was ordered never changes afterwards.

use serde::{Deserialize, Serialize};

use super::order::Engaged;
use super::scope::Scope;
use crate::frameworks::Requirement;
use crate::ids::EngagementId;
use crate::vocabulary::{Date, Moment};

crate::words! {
    /// Where a package stands.
    PackageState {
        Ordered = "ordered", "Ordered";
        Building = "building", "Building";
        Sealed = "sealed", "Sealed";
        Failed = "failed", "Failed";
    }
}

impl PackageState {
    /// True while somebody works at it or is about to.
    #[must_use]
    pub fn is_under_way(self) -> bool {
        matches!(self, PackageState::Ordered | PackageState::Building)
    }

    /// The class of a state: shape and color beside its word.
    #[must_use]
    pub fn mark(self) -> &'static str {
        match self {
            PackageState::Ordered => "indeterminate",
            PackageState::Building => "due_soon",
            PackageState::Sealed => "no_failing_record",
            PackageState::Failed => "failing",
        }
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
    /// The engagement it answers; none for a package of its own.
    #[serde(default)]
    pub engagement: Option<EngagementId>,
    /// What it prints of the engagement, as that stood when the package was ordered.
    #[serde(default)]
    pub engaged: Option<Engaged>,
    /// What it answers.
    #[serde(default)]
    pub scope: Scope,
    pub period: Period,
    /// The effective instant.
    pub instant: Moment,
    /// Leaves of the journal at the instant.
    pub tree_size: i64,
    /// Bytes, once sealed.
    pub size: Option<i64>,
    /// `sha256:` of the file, once sealed.
    pub digest: String,
    /// Fingerprint of the signing key.
    pub key: String,
    /// SHA-256 of the `manifest.json` inside, once sealed; empty in packages from before it was recorded.
    #[serde(default)]
    pub manifest: String,
    /// Always true: a package is BES Cyber System Information.
    pub bcsi: bool,
    /// Why the last build failed, until the next begins.
    #[serde(default)]
    pub problem: String,
}

impl Package {
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.state == PackageState::Sealed
    }

    /// True when the other was ordered for the same instant, days and scope: two such packages have the same bytes.
    #[must_use]
    pub fn is_same_order(&self, other: &Self) -> bool {
        self.instant == other.instant
            && self.period == other.period
            && self.scope == other.scope
            && self.engaged == other.engaged
    }

    /// The parts it answers.
    #[must_use]
    pub fn parts(&self) -> Vec<&'static Requirement> {
        let scoped = self.scope.parts(self.period).unwrap_or_default();
        scoped.into_iter().map(|one| one.requirement).collect()
    }

    /// The digest in hex, without its algorithm.
    #[must_use]
    pub fn hex(&self) -> &str {
        self.digest.strip_prefix("sha256:").unwrap_or(&self.digest)
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
