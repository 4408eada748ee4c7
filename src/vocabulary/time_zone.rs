//! The time zone in which an organization reads dates and is shown times.
//!
//! Invariant: days begin and end by the organization's declared compliance zone, never by the viewer's (domain rule 1 of the
//! timers). A moment that daylight saving skips becomes the next that exists; one that it repeats is its first.

use chrono::{NaiveDateTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;

use super::{Date, Moment};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeZone(Tz);

impl Default for TimeZone {
    fn default() -> Self {
        Self::UTC
    }
}

impl TimeZone {
    pub const UTC: TimeZone = TimeZone(Tz::UTC);

    /// Reads a name of the IANA database.
    pub fn parse(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| "not an IANA time zone; write for example America/Chicago".to_owned())
    }

    /// The zone a record names; UTC when it names none that is known.
    #[must_use]
    pub fn known(text: &str) -> Self {
        Self::parse(text).unwrap_or(Self::UTC)
    }

    /// The first moment of a day.
    #[must_use]
    pub fn first_of(self, date: Date) -> Moment {
        self.moment(date.naive().and_time(chrono::NaiveTime::MIN))
    }

    /// The last moment of a day.
    #[must_use]
    pub fn last_of(self, date: Date) -> Moment {
        self.moment((date.naive() + TimeDelta::days(1)).and_time(chrono::NaiveTime::MIN)).plus_micros(-1)
    }

    /// The day a moment falls on, as a date.
    #[must_use]
    pub fn day(self, at: Moment) -> Date {
        Date::clamped(at.utc().with_timezone(&self.0).date_naive())
    }

    /// The day a moment falls on.
    #[must_use]
    pub fn date(self, at: Moment) -> String {
        at.utc().with_timezone(&self.0).format("%Y-%m-%d").to_string()
    }

    /// The day and the time of day a moment falls on, as forms hold them.
    #[must_use]
    pub fn day_and_clock(self, at: Moment) -> (String, String) {
        (self.date(at), at.utc().with_timezone(&self.0).format("%H:%M").to_string())
    }

    /// The moment of a day at a time of day such as `17:05`; the day's first moment without one.
    pub fn on(self, day: Date, clock: &str) -> Result<Moment, String> {
        if clock.trim().is_empty() {
            return Ok(self.first_of(day));
        }
        let time = chrono::NaiveTime::parse_from_str(clock.trim(), "%H:%M");
        let time = time.map_err(|_| "not a time of day; write it as 17:05".to_owned())?;
        Ok(self.moment(day.naive().and_time(time)))
    }

    /// Reads a time of the zone's calendar without an offset, such as `2026-03-31 17:05:00`; one the zone has twice or never
    /// is refused.
    pub fn local(self, text: &str) -> Result<Moment, String> {
        let read = |form| NaiveDateTime::parse_from_str(text.trim(), form).ok();
        let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
        let wrong = || format!("not a moment; write it in {self}, as 2026-03-31 17:00, or with its offset");
        let local = forms.into_iter().find_map(read).ok_or_else(wrong)?;
        match self.0.from_local_datetime(&local) {
            chrono::LocalResult::Single(found) => Ok(found.to_utc().into()),
            chrono::LocalResult::Ambiguous(..) => Err(format!("stands twice in {self}; write it with its offset")),
            chrono::LocalResult::None => Err(format!("does not exist in {self}; clocks were set forward then")),
        }
    }

    /// A moment for people: to the second, with the zone's abbreviation.
    #[must_use]
    pub fn told(self, at: Moment) -> String {
        at.utc().with_timezone(&self.0).format("%Y-%m-%d %H:%M:%S %Z").to_string()
    }

    /// A moment for the head of a page: weekday, date and minute.
    #[must_use]
    pub fn told_in_full(self, at: Moment) -> String {
        at.utc().with_timezone(&self.0).format("%A %-d %B %Y, %H:%M %Z").to_string()
    }

    /// Reads an instant: RFC 3339, or a date for its last moment.
    pub fn instant(self, text: &str) -> Result<Moment, String> {
        let wrong = || "not an instant; write 2026-03-31 or 2026-03-31T17:00:00Z".to_owned();
        let of_date = || Date::parse(text).map(|date| self.last_of(date)).map_err(|_| wrong());
        Moment::parse(text).map_or_else(of_date, Ok)
    }

    fn moment(self, local: NaiveDateTime) -> Moment {
        let mut local = local;
        // No zone skips more than a day.
        for _ in 0..=96 {
            if let Some(found) = self.0.from_local_datetime(&local).earliest() {
                return found.to_utc().into();
            }
            local += TimeDelta::minutes(15);
        }
        local.and_utc().into()
    }
}

impl std::fmt::Display for TimeZone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name())
    }
}

#[cfg(test)]
mod tests {
    use super::TimeZone;
    use crate::vocabulary::{Date, Moment};

    fn date(text: &str) -> Date {
        Date::parse(text).expect("a date")
    }

    #[test]
    fn days_of_the_zone() {
        let chicago = TimeZone::known("America/Chicago");
        assert_eq!(chicago.last_of(date("2026-03-31")).rfc3339(), "2026-04-01T04:59:59.999999Z");
        assert_eq!(chicago.first_of(date("2026-12-01")).rfc3339(), "2026-12-01T06:00:00.000000Z");
        assert_eq!(TimeZone::UTC.last_of(date("2026-03-31")).rfc3339(), "2026-03-31T23:59:59.999999Z");
        // Havana springs forward at midnight: its day begins at one.
        let havana = TimeZone::known("America/Havana");
        assert_eq!(havana.first_of(date("2026-03-08")).rfc3339(), "2026-03-08T05:00:00.000000Z");
        // Apia had no 30 December 2011.
        let apia = TimeZone::known("Pacific/Apia");
        assert_eq!(apia.first_of(date("2011-12-30")), apia.first_of(date("2011-12-31")));
    }

    #[test]
    fn local_times() {
        let chicago = TimeZone::known("America/Chicago");
        for text in ["2026-07-01 12:00:00", "2026-07-01T12:00", "2026-07-01T12:00:00.000"] {
            assert_eq!(chicago.local(text), Ok(Moment::parse("2026-07-01T17:00:00Z").expect("a moment")), "{text}");
        }
        assert!(chicago.local("2026-11-01 01:30").is_err_and(|said| said.contains("twice")));
        assert!(chicago.local("2026-03-08 02:30").is_err_and(|said| said.contains("does not exist")));
        assert!(chicago.local("noon").is_err());
    }

    #[test]
    fn told_with_its_abbreviation() {
        let chicago = TimeZone::known("America/Chicago");
        let at = Moment::parse("2026-11-24T13:55:35Z").expect("a moment");
        assert_eq!(chicago.told(at), "2026-11-24 07:55:35 CST");
        assert_eq!(TimeZone::UTC.told(at), "2026-11-24 13:55:35 UTC");
        assert_eq!(chicago.day(Moment::parse("2026-11-24T03:00:00Z").expect("a moment")), date("2026-11-23"));
        assert_eq!(chicago.date(Moment::parse("2026-11-24T03:00:00Z").expect("a moment")), "2026-11-23");
    }

    #[test]
    fn instants() {
        let chicago = TimeZone::known("America/Chicago");
        assert_eq!(chicago.instant("2026-03-31"), Ok(chicago.last_of(date("2026-03-31"))));
        assert!(chicago.instant("2026-03-31T17:00:00Z").is_ok());
        assert!(chicago.instant("yesterday").is_err());
        assert!(TimeZone::parse("Mars/Olympus").is_err());
    }
}
