//! The due list as an iCalendar object (RFC 5545): an all-day event for each day something is due.
//!
//! Invariant: pure. Lines end with CRLF and hold at most 75 octets before they are folded, never within a character; texts
//! are escaped. An event keeps its identity when its day moves, so a calendar moves it too.

use super::ObligationState;
use super::due::{Together, told_parts};
use crate::vocabulary::{Date, Moment};

/// Most octets of a line (RFC 5545, 3.1).
const MOST: usize = 75;

/// The feed of an organization, stamped with the moment the record stood at; `base` is the address of the due list.
#[must_use]
pub fn feed(organization: &str, due: &[Together<'_>], stamp: Moment, base: &str) -> String {
    let mut out = String::new();
    line(&mut out, "BEGIN:VCALENDAR");
    line(&mut out, "VERSION:2.0");
    line(&mut out, "PRODID:-//Glance//Obligations//EN");
    line(&mut out, "CALSCALE:GREGORIAN");
    line(&mut out, "METHOD:PUBLISH");
    line(&mut out, &format!("X-WR-CALNAME:{}", escaped(&format!("{organization}: obligations"))));
    for (one, day) in due.iter().filter_map(|one| Some((one, one.due.due?))) {
        event(&mut out, one, day, stamp, base);
    }
    line(&mut out, "END:VCALENDAR");
    out
}

fn event(out: &mut String, all: &Together<'_>, day: Date, stamp: Moment, base: &str) {
    let (one, whom) = (&all.due, whom(all));
    let late = if one.state == ObligationState::Overdue { "Overdue: " } else { "" };
    let first = one.parts.first().map_or("", |part| part.id.as_str());
    let last = one
        .last
        .map_or_else(|| "Not performed yet.".to_owned(), |last| format!("Last {} ({}).", last.on, last.reference));
    let parts: Vec<&str> = one.parts.iter().map(|part| part.id.as_str()).collect();
    line(out, "BEGIN:VEVENT");
    line(out, &format!("UID:{}-{}-{}@glance", one.subject.id, one.duty.word(), plain(first)));
    line(out, &format!("DTSTAMP:{}", stamp.compact()));
    line(out, &format!("DTSTART;VALUE=DATE:{}", compact(day)));
    line(out, &format!("DTEND;VALUE=DATE:{}", compact(day.plus_days(1))));
    line(out, &format!("SUMMARY:{}", escaped(&format!("{late}{}, {whom}", one.duty.label()))));
    let references: Vec<&str> = all.subjects.iter().map(|subject| subject.reference.as_str()).collect();
    let (short, references) = (told_parts(&one.parts), references.join(", "));
    let told = format!(
        "{short}
For: {references}
Interval: {}. {last}
{}",
        one.interval,
        parts.join(", ")
    );
    line(out, &format!("DESCRIPTION:{}", escaped(&told)));
    let standard = one.parts.first().map_or("", |part| part.standard.as_str());
    line(out, &format!("URL:{base}?within=all&standard={}", plain(standard)));
    line(out, "TRANSP:TRANSPARENT");
    line(out, "END:VEVENT");
}

fn compact(day: Date) -> String {
    day.to_string().replace('-', "")
}

/// Letters, digits and hyphens of an id.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

/// For whom, in few words.
fn whom(all: &Together<'_>) -> String {
    match all.subjects.as_slice() {
        [first, _, ..] => format!("{} and {} more", first.reference, all.subjects.len() - 1),
        _ => all.due.subject.reference.clone(),
    }
}

/// A text value (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A content line, folded.
fn line(out: &mut String, text: &str) {
    let mut room = MOST;
    for c in text.chars() {
        if c.len_utf8() > room {
            out.push_str("\r\n ");
            room = MOST - 1;
        }
        out.push(c);
        room -= c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::{escaped, line};

    #[test]
    fn lines_fold_between_characters() {
        for text in ["x".repeat(75), "x".repeat(76), "ä".repeat(200), format!("x{}", "€".repeat(60)), String::new()]
        {
            let mut out = String::new();
            line(&mut out, &text);
            assert!(out.ends_with("\r\n"));
            assert!(out.split("\r\n").all(|line| line.len() <= 75), "{out}");
            assert_eq!(out.replace("\r\n ", "").trim_end_matches("\r\n"), text);
        }
    }

    #[test]
    fn texts_are_escaped() {
        assert_eq!(escaped("a,b;c\\d\ne\u{7}\rf"), "a\\,b\\;c\\\\d\\nef");
    }
}
