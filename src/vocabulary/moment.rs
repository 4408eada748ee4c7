//! A moment in time as the record keeps it: whole microseconds UTC.
//!
//! Invariant: a moment is never read from a clock here; it is given.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(i64);

impl Moment {
    /// The end of a version that is still open. Later than every real moment (year 2255).
    pub const OPEN: Moment = Moment(9_000_000_000_000_000);
    /// Before every recorded moment.
    pub const ZERO: Moment = Moment(0);

    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_micros(seconds.saturating_mul(1_000_000))
    }

    /// Whole microseconds from `earlier` to this moment; negative when this one is the earlier.
    #[must_use]
    pub const fn micros_since(self, earlier: Moment) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The calendar reading of this moment in UTC; the epoch for values outside the calendar.
    #[must_use]
    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }

    /// RFC 3339 with microseconds and `Z`, the form used in leaves and packages.
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.utc().to_rfc3339_opts(SecondsFormat::Micros, true)
    }

    /// Reads RFC 3339 with any offset.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text).ok().map(|time| Self(time.timestamp_micros()))
    }

    /// `yyyymmddThhmmssZ`, the form used in directory names.
    #[must_use]
    pub fn compact(self) -> String {
        self.utc().format("%Y%m%dT%H%M%SZ").to_string()
    }
}

impl From<DateTime<Utc>> for Moment {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.timestamp_micros())
    }
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn text_and_back() {
        let moment = Moment::from_micros(1_763_878_724_123_456);
        assert_eq!(moment.rfc3339(), "2025-11-23T06:18:44.123456Z");
        assert_eq!(Moment::parse(&moment.rfc3339()), Some(moment));
        assert_eq!(moment.compact(), "20251123T061844Z");
        assert!(Moment::OPEN > moment);
    }
}
