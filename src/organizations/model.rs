//! The profile of an organization: its registration and the settings its clocks follow.
//!
//! Invariant: a slug is lower-case letters, digits and hyphens, because it stands in every address.

use serde::{Deserialize, Serialize};

use crate::vocabulary::{MonthMode, TimeZone};

/// What an organization says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationProfile {
    pub slug: String,
    pub name: String,
    /// NERC Compliance Registry id, such as `NCR00000`.
    #[serde(default)]
    pub ncr: String,
    /// Regional Entity, such as `WECC`.
    #[serde(default)]
    pub region: String,
    /// Registered functions, such as `TO`, `TOP`.
    #[serde(default)]
    pub functions: Vec<String>,
    /// IANA name of the zone in which the organization's calendar days end.
    pub time_zone: String,
    /// Days after which an asset that nobody verified counts as stale.
    #[serde(default = "freshness")]
    pub verify_within_days: u16,
    /// Days after which a finding is due, by its severity.
    #[serde(default)]
    pub due_days: DueDays,
    /// When an interval of calendar months ends.
    #[serde(default = "month_mode")]
    pub month_mode: MonthMode,
    /// A direct conduit between corporate IT and operational technology is a hard failure, not a reasoning aid (GL-CON-01).
    #[serde(default)]
    pub dmz_required: bool,
    /// A conduit from an external zone to operational technology is a hard failure (GL-CON-04).
    #[serde(default)]
    pub public_forbidden: bool,
    /// Days within which an unexpected flow is evaluated (GL-CON-13): its finding is due no later.
    #[serde(default = "evaluation")]
    pub evaluation_days: u16,
    /// Days after which a permission nobody uses is named (GL-CON-14).
    #[serde(default = "unused")]
    pub unused_after_days: u16,
    /// Days a grant of remote access may last at most, by the party of who uses it (GL-RA-05).
    #[serde(default)]
    pub longest_grant: LongestGrant,
    /// Minutes without activity after which a remote session is to end (GL-RA-07).
    #[serde(default = "idle")]
    pub idle_minutes: u16,
    /// Minutes after which a gateway that said nothing is no source of who is in (GL-RA-09).
    #[serde(default = "gateway_freshness")]
    pub gateway_fresh_minutes: u16,
    #[serde(default)]
    pub notes: String,
}

/// Days a grant of remote access may last at most, by party. Glance's own suggestion, not a standard's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LongestGrant {
    pub employee: u16,
    pub contractor: u16,
    pub vendor: u16,
}

impl Default for LongestGrant {
    fn default() -> Self {
        Self { employee: 365, contractor: 90, vendor: 30 }
    }
}

/// Days after which a finding is due, by its severity. Glance's own suggestion, not a standard's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueDays {
    pub critical: u16,
    pub high: u16,
    pub medium: u16,
    pub low: u16,
}

impl DueDays {
    /// The same, none of them later than so many days.
    #[must_use]
    pub fn within(self, most: u16) -> Self {
        let [critical, high, medium, low] =
            [self.critical, self.high, self.medium, self.low].map(|days| days.min(most));
        Self { critical, high, medium, low }
    }
}

impl Default for DueDays {
    fn default() -> Self {
        Self { critical: 7, high: 30, medium: 90, low: 180 }
    }
}

/// Fifteen months of 31 days less than the CIP-010-4 R3.1 interval: a yearly walk-down.
const fn freshness() -> u16 {
    365
}

/// Glance's own suggestion: CIP-015-1 R1.3 sets no number of days.
const fn evaluation() -> u16 {
    30
}

/// Half a year: seasonal duties show within it.
const fn unused() -> u16 {
    180
}

/// Glance's own suggestion: SR 2.6 and AC-12 set no number of minutes.
const fn idle() -> u16 {
    30
}

/// An entity setting, not a standard's value (CIP-005-7 R2.4).
const fn gateway_freshness() -> u16 {
    15
}

/// The common reading of the ERO: performed at any time in the last month of the interval.
const fn month_mode() -> MonthMode {
    MonthMode::EndOfMonth
}

impl OrganizationProfile {
    /// A profile with what is needed to begin; the error is a sentence for the person who typed it.
    pub fn begin(slug: &str, name: &str, time_zone: &str) -> Result<Self, (&'static str, String)> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if slug.len() < 2 || slug.len() > 40 || !slug.chars().all(fits) || slug.starts_with('-') || slug.ends_with('-')
        {
            return Err(("slug", "2 to 40 lower-case letters, digits and inner hyphens, such as larkspur".to_owned()));
        }
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 120 || name.chars().any(char::is_control) {
            return Err(("name", "1 to 120 characters".to_owned()));
        }
        if TimeZone::parse(time_zone).is_err() {
            return Err(("time_zone", "not a time zone; write its IANA name, such as America/Denver".to_owned()));
        }
        Ok(Self {
            slug: slug.to_owned(),
            name: name.to_owned(),
            ncr: String::new(),
            region: String::new(),
            functions: Vec::new(),
            time_zone: time_zone.to_owned(),
            verify_within_days: freshness(),
            due_days: DueDays::default(),
            month_mode: month_mode(),
            dmz_required: false,
            public_forbidden: false,
            evaluation_days: evaluation(),
            unused_after_days: unused(),
            longest_grant: LongestGrant::default(),
            idle_minutes: idle(),
            gateway_fresh_minutes: gateway_freshness(),
            notes: String::new(),
        })
    }

    /// The zone of the organization's calendar; UTC when the stored name is no longer known.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        TimeZone::known(&self.time_zone)
    }
}

#[cfg(test)]
mod tests {
    use super::OrganizationProfile;

    #[test]
    fn slugs() {
        assert!(OrganizationProfile::begin("larkspur", "Larkspur Valley Power", "America/Denver").is_ok());
        for bad in ["", "a", "-a", "a-", "Ab", "a b", "a/b", "ä"] {
            assert!(matches!(OrganizationProfile::begin(bad, "x", "UTC"), Err(("slug", _))), "{bad}");
        }
        assert!(matches!(OrganizationProfile::begin("ab", "x", "Mars/Base"), Err(("time_zone", _))));
    }
}
