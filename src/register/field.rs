//! A field of a record: its name, how it is written as text, and how text becomes a value.
//!
//! Invariant: `write` undoes `read`, so an export re-imports as unchanged. Lists are separated by `;`; yes and no are
//! `yes` and `no`; what is not recorded is the empty text.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Lookup;
use crate::vocabulary::{Date, Moment, TimeZone};

/// What a field holds, for forms and the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One line of at most this many characters.
    Line(usize),
    /// Several lines.
    Prose,
    Date,
    Moment,
    /// Yes, no, or not recorded.
    Flag,
    Number,
    /// One of these (wire word, words for people).
    Choice(&'static [(&'static str, &'static str)]),
    /// Any of these.
    Choices(&'static [(&'static str, &'static str)]),
    /// Any number of texts.
    List,
    /// The reference of a record of this kind.
    Link(&'static str),
    /// References of records of this kind.
    Links(&'static str),
}

/// A field of a record of kind `T`.
pub struct Field<T: 'static> {
    /// The name on the wire, in files and in the API.
    pub name: &'static str,
    /// The words for people.
    pub label: &'static str,
    pub kind: FieldKind,
    /// One line that explains the field's term.
    pub help: &'static str,
    /// The group a form and a detail page show it in.
    pub group: &'static str,
    /// False for what only an act of its own may change.
    pub editable: bool,
    pub read: fn(&T, &Lookup) -> String,
    pub write: fn(&mut T, &str, &Lookup) -> Result<(), String>,
}

impl<T> Field<T> {
    /// The value as the API gives it.
    #[must_use]
    pub fn json(&self, record: &T, lookup: &Lookup) -> Value {
        let text = (self.read)(record, lookup);
        match self.kind {
            FieldKind::Choices(_) | FieldKind::List | FieldKind::Links(_) => {
                split(&text).map(|part| Value::from(part.to_owned())).collect()
            }
            _ if text.is_empty() => Value::Null,
            FieldKind::Flag => Value::from(text == "yes"),
            FieldKind::Number => text.parse::<i64>().map_or(Value::Null, Value::from),
            _ => Value::from(text),
        }
    }

    /// The text of a value the API was given; the error says what would be right.
    pub fn text_of(&self, value: &Value) -> Result<String, String> {
        match (self.kind, value) {
            (_, Value::Null) => Ok(String::new()),
            (FieldKind::Flag, Value::Bool(flag)) => Ok(if *flag { "yes" } else { "no" }.to_owned()),
            (FieldKind::Flag, _) => Err("true, false or null".to_owned()),
            (FieldKind::Number, Value::Number(number)) => Ok(number.to_string()),
            (FieldKind::Number, _) => Err("a whole number or null".to_owned()),
            (FieldKind::Choices(_) | FieldKind::List | FieldKind::Links(_), Value::Array(parts)) => {
                let texts: Option<Vec<&str>> = parts.iter().map(Value::as_str).collect();
                let texts = texts.ok_or_else(|| "an array of strings".to_owned())?;
                if texts.iter().any(|text| text.contains(';')) {
                    return Err("no semicolon within a value".to_owned());
                }
                Ok(texts.join(";"))
            }
            (FieldKind::Choices(_) | FieldKind::List | FieldKind::Links(_), _) => Err("an array of strings".to_owned()),
            (_, Value::String(text)) => Ok(text.clone()),
            _ => Err("a string or null".to_owned()),
        }
    }

    /// The value in words for people.
    #[must_use]
    pub fn told(&self, record: &T, lookup: &Lookup) -> String {
        let text = (self.read)(record, lookup);
        let label = |word: &str, choices: &[(&str, &str)]| {
            choices
                .iter()
                .find(|(known, _)| *known == word)
                .map_or_else(|| word.to_owned(), |(_, label)| (*label).to_owned())
        };
        match self.kind {
            FieldKind::Choice(choices) => label(&text, choices),
            FieldKind::Choices(choices) => split(&text).map(|word| label(word, choices)).collect::<Vec<_>>().join(", "),
            FieldKind::List | FieldKind::Links(_) => text.replace(';', ", "),
            FieldKind::Flag if text == "yes" => "Yes".to_owned(),
            FieldKind::Flag if text == "no" => "No".to_owned(),
            _ => Moment::parse(&text).map_or(text, |at| lookup.time_zone().told(at)),
        }
    }
}

/// The parts of a list, without empty ones.
pub fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').map(str::trim).filter(|part| !part.is_empty())
}

/// One line of at most `most` characters, without control characters.
pub fn line(text: &str, most: usize) -> Result<String, String> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err("holds a control character or a line break".to_owned());
    }
    if text.chars().count() > most {
        return Err(format!("longer than {most} characters"));
    }
    Ok(text.to_owned())
}

/// A name somebody signs in by: one line in lower case.
pub fn login(text: &str, most: usize) -> Result<String, String> {
    line(&text.to_lowercase(), most)
}

/// Several lines of at most 8,000 characters, with line breaks as the only control characters.
pub fn prose(text: &str) -> Result<String, String> {
    let text = text.replace("\r\n", "\n").trim().to_owned();
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err("holds a control character".to_owned());
    }
    if text.chars().count() > 8000 {
        return Err("longer than 8,000 characters".to_owned());
    }
    Ok(text)
}

/// Yes, no, or not recorded.
pub fn flag(text: &str) -> Result<Option<bool>, String> {
    match text.trim().to_lowercase().as_str() {
        "" => Ok(None),
        "yes" | "true" | "y" | "1" => Ok(Some(true)),
        "no" | "false" | "n" | "0" => Ok(Some(false)),
        _ => Err("not yes or no; leave it empty when it is not recorded".to_owned()),
    }
}

/// A moment with its offset, within the years a date may have.
pub fn moment(text: &str) -> Result<Moment, String> {
    let moment = Moment::parse(text).ok_or("not a moment; write it with its offset, as 2026-03-31T17:00:00-06:00")?;
    Date::parse(&moment.rfc3339()[..10]).map(|_| moment)
}

/// A moment with its offset or, where a zone was said, a day and a time of day in it.
pub fn moment_in(text: &str, zone: Option<TimeZone>) -> Result<Moment, String> {
    match zone.filter(|_| Moment::parse(text).is_none()) {
        Some(zone) => zone.local(text).and_then(|found| moment(&found.rfc3339())),
        None => moment(text),
    }
}

/// A moment as a form holds it: a day and a time of day in the zone where these say it whole.
#[must_use]
pub fn moment_text(text: &str, zone: TimeZone) -> String {
    let Some(at) = Moment::parse(text) else { return text.to_owned() };
    let (day, clock) = zone.day_and_clock(at);
    let local = format!("{day} {clock}");
    // An hour that daylight saving repeats is told by its offset alone.
    if moment_in(&local, Some(zone)) == Ok(at) { local } else { text.to_owned() }
}

#[must_use]
pub fn flag_text(flag: Option<bool>) -> String {
    flag.map_or("", |flag| if flag { "yes" } else { "no" }).to_owned()
}

/// A value or none for the empty text.
pub fn optional<V>(text: &str, parse: impl Fn(&str) -> Result<V, String>) -> Result<Option<V>, String> {
    let text = text.trim();
    if text.is_empty() { Ok(None) } else { parse(text).map(Some) }
}

/// A set of values, each once; the error names the part that is wrong.
pub fn set<V: Ord>(text: &str, parse: impl Fn(&str) -> Result<V, String>) -> Result<BTreeSet<V>, String> {
    split(text).map(|part| parse(part).map_err(|problem| format!("{part}: {problem}"))).collect()
}

/// Values in the order given; at most 200.
pub fn list<V>(text: &str, parse: impl Fn(&str) -> Result<V, String>) -> Result<Vec<V>, String> {
    let parts: Vec<V> = split(text)
        .map(|part| parse(part).map_err(|problem| format!("{part}: {problem}")))
        .collect::<Result<_, _>>()?;
    if parts.len() > 200 { Err("more than 200 values".to_owned()) } else { Ok(parts) }
}

/// The name on the wire of a record's own field: without the mark of a raw identifier.
#[must_use]
pub const fn wire(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', ..] => name.split_at(2).1,
        _ => name,
    }
}

/// A hardware address in lower case with colons, or nothing.
pub fn mac(text: &str) -> Result<String, String> {
    let digits: String = text.trim().to_lowercase().chars().filter(|c| !matches!(c, ':' | '-' | '.')).collect();
    if digits.is_empty() {
        return Ok(digits);
    }
    if digits.len() != 12 || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err("not a MAC address; write it as 00:30:a7:1b:2c:3d".to_owned());
    }
    let pairs: Vec<&str> = (0..6).map(|n| &digits[n * 2..n * 2 + 2]).collect();
    Ok(pairs.join(":"))
}

/// A whole number from 0 to `most`.
pub fn number(text: &str, most: i64) -> Result<i64, String> {
    let wrong = || format!("not a whole number from 0 to {most}");
    let number: i64 = text.trim().parse().map_err(|_| wrong())?;
    if (0..=most).contains(&number) { Ok(number) } else { Err(wrong()) }
}

/// Joins values with `;`.
pub fn joined<V: ToString>(values: impl IntoIterator<Item = V>) -> String {
    values.into_iter().map(|value| value.to_string()).collect::<Vec<_>>().join(";")
}

/// Joins references with `;`, in natural order.
pub fn in_order(references: impl Iterator<Item = String>) -> String {
    let mut references: Vec<String> = references.collect();
    references.sort_by_cached_key(|reference| crate::vocabulary::fold::natural(reference));
    joined(references)
}

/// The choices of a vocabulary, for [`FieldKind::Choice`].
#[macro_export]
macro_rules! choices {
    ($name:ty) => {{
        const COUNT: usize = <$name>::ALL.len();
        const CHOICES: [(&str, &str); COUNT] = {
            let mut choices = [("", ""); COUNT];
            let mut i = 0;
            while i < COUNT {
                choices[i] = (<$name>::ALL[i].word(), <$name>::ALL[i].label());
                i += 1;
            }
            choices
        };
        &CHOICES
    }};
}

#[cfg(test)]
mod tests {
    use super::{flag, line, list, split};

    #[test]
    fn texts() {
        assert_eq!(split(" a ; ;b;").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(flag("Yes"), Ok(Some(true)));
        assert_eq!(flag(""), Ok(None));
        assert!(flag("maybe").is_err());
        assert!(line("a\0b", 10).is_err());
        assert!(line("12345678901", 10).is_err());
        assert!(list(&"x;".repeat(201), |part| Ok(part.to_owned())).is_err());
    }
}
