//! Single values of a gateway's export: moments, words, texts.
//!
//! Invariant: a time without an offset is read only when somebody said in which zone it is, and a time the zone has twice or
//! never is refused; the future is refused with how far ahead it lies.

use std::collections::BTreeSet;

use super::{MOST_AHEAD_SECONDS, Ways};
use crate::register::field;
use crate::vocabulary::Moment;

/// Most targets of one session.
const MOST_TARGETS: usize = 1_000;

/// Reads a moment that has been.
pub fn moment(text: &str, ways: &Ways) -> Result<Moment, String> {
    let found = match (Moment::parse(text), ways.zone) {
        (Some(found), _) => found,
        (None, Some(zone)) => zone.local(text)?,
        (None, None) => return Err(no_moment(text)),
    };
    let ahead = found.micros_since(ways.now);
    if ahead > MOST_AHEAD_SECONDS * 1_000_000 {
        let (told, zone) = (span(ahead / 1_000_000), "its zone");
        return Err(format!("{told} ahead of the clock here; set the gateway's clock, or check {zone}"));
    }
    if found < Moment::ZERO { Err("before 1970".to_owned()) } else { Ok(found) }
}

fn no_moment(text: &str) -> String {
    let local = crate::vocabulary::TimeZone::UTC.local(text).is_ok();
    if local {
        "has no offset from UTC; write 2026-03-31T17:00:00Z, or say that the times are in the organization's zone"
            .to_owned()
    } else {
        "not a moment; write 2026-03-31T17:00:00Z or 2026-03-31T11:00:00-06:00".to_owned()
    }
}

/// Seconds in words.
#[must_use]
pub fn span(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds % 86_400 / 3600, seconds % 3600 / 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min {} s", seconds % 60),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// Reads targets, separated by `;`.
pub fn targets(text: &str) -> Result<BTreeSet<String>, String> {
    let found: Result<BTreeSet<String>, String> = field::split(text).map(|part| field::line(part, 200)).collect();
    match found {
        Ok(found) if found.len() > MOST_TARGETS => Err(format!("more than {MOST_TARGETS} targets")),
        found => found,
    }
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn spans_in_words() {
        for (seconds, known) in [(5, "5 s"), (200, "3 min 20 s"), (7_380, "2 h 3 min"), (90_000, "1 d 1 h")] {
            assert_eq!(span(seconds), known);
        }
    }
}
