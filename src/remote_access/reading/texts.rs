//! One row of a gateway's export, by the names of its columns, and the events it tells of.
//!
//! Invariant: a name is read under every spelling of [`COLUMNS`]; a value that was refused is told under the name the file has
//! for it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Told, Ways, cells};
use crate::register::field;
use crate::remote_access::model::{EndedBy, Event, EventKind, GrantKind, Mfa};
use crate::vocabulary::{Moment, fold};

/// What a column is about, and the names it goes by.
const COLUMNS: [(&str, &[&str]); 15] = [
    ("session", &["session", "session_id", "session_key"]),
    ("account", &["account", "user", "username", "login"]),
    ("source", &["source", "source_address", "source_ip", "client", "client_ip"]),
    ("targets", &["targets", "target"]),
    ("protocol", &["protocol"]),
    ("kind", &["kind"]),
    ("mfa", &["mfa", "mfa_result"]),
    ("vendor", &["vendor"]),
    ("started_at", &["started_at", "start", "started"]),
    ("last_activity_at", &["last_activity_at", "last_activity"]),
    ("ended_at", &["ended_at", "ended"]),
    ("ended_by", &["ended_by", "end_reason"]),
    ("recording", &["recording", "recording_ref"]),
    ("event", &["event"]),
    ("at", &["at"]),
];

/// What is wrong with one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    pub column: String,
    pub value: String,
    pub problem: String,
}

impl Bad {
    pub(super) fn new(column: &str, value: &str, problem: impl Into<String>) -> Self {
        let value = fold::truncated(value, 80).to_owned();
        Self { column: column.to_owned(), value, problem: problem.into() }
    }
}

/// What a column of this name is about.
#[must_use]
pub fn about(name: &str) -> Option<&'static str> {
    let name = fold::folded(name).replace([' ', '-'], "_");
    COLUMNS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(about, _)| *about)
}

/// A row: what each column is about, its name in the file, its text.
#[derive(Clone, Debug, Default)]
pub struct Texts(BTreeMap<&'static str, (String, String)>);

impl Texts {
    /// Puts a value; the error names the other column about the same.
    pub fn put(&mut self, about: &'static str, name: &str, text: &str) -> Result<(), Bad> {
        match self.0.insert(about, (name.to_owned(), text.trim().to_owned())) {
            None => Ok(()),
            Some((other, _)) => Err(Bad::new(name, text, format!("{other} says the same; give one of them"))),
        }
    }

    fn text(&self, about: &str) -> &str {
        self.0.get(about).map_or("", |(_, text)| text)
    }

    fn bad(&self, about: &'static str, problem: impl Into<String>) -> Bad {
        let (name, text) = self.0.get(about).map_or((about, ""), |(name, text)| (name, text));
        Bad::new(name, text, problem)
    }

    fn needed(&self, about: &'static str, most: usize, what: &str) -> Result<String, Bad> {
        match self.line(about, most)? {
            text if text.is_empty() => Err(self.bad(about, format!("missing; {what}"))),
            text => Ok(text),
        }
    }

    fn line(&self, about: &'static str, most: usize) -> Result<String, Bad> {
        field::line(self.text(about), most).map_err(|problem| self.bad(about, problem))
    }

    fn word<V>(&self, about: &'static str, parse: impl Fn(&str) -> Result<V, String>) -> Result<Option<V>, Bad> {
        field::optional(self.text(about), parse).map_err(|problem| self.bad(about, problem))
    }

    fn moment(&self, about: &'static str, ways: &Ways) -> Result<Option<Moment>, Bad> {
        self.word(about, |text| cells::moment(text, ways))
    }

    /// An event of this kind with everything the row says of its session.
    fn event(&self, kind: EventKind, at: Moment) -> Result<Event, Bad> {
        let targets = cells::targets(self.text("targets")).map_err(|problem| self.bad("targets", problem))?;
        Ok(Event {
            session: self.needed("session", 200, "the gateway's own name for the session")?,
            kind,
            at,
            access: self.word("kind", GrantKind::parse)?,
            account: self.line("account", 200)?,
            source: self.line("source", 200)?,
            targets,
            protocol: self.line("protocol", 60)?,
            mfa: self.word("mfa", Mfa::parse)?,
            vendor: self.line("vendor", 200)?,
            ended_by: self.word("ended_by", EndedBy::parse)?,
            recording: self.line("recording", 500)?,
        })
    }

    /// True for a row that tells of one event.
    #[must_use]
    pub fn is_event(&self) -> bool {
        self.0.contains_key("event")
    }

    /// The events of a row, in the order they happened.
    pub fn events(&self, line: u64, ways: &Ways) -> Result<Vec<Told>, Bad> {
        if self.is_event() {
            let event = event_of(self, ways)?;
            return Ok(vec![Told { line, whole: false, event }]);
        }
        let events = self.whole(ways)?;
        Ok(events.into_iter().map(|event| Told { line, whole: true, event }).collect())
    }

    /// The start, the last activity and the end a row about a whole session tells of.
    fn whole(&self, ways: &Ways) -> Result<Vec<Event>, Bad> {
        self.needed("session", 200, "the gateway's own name for the session")?;
        self.needed("account", 200, "the name somebody signed in with")?;
        let missing = || self.bad("started_at", "missing; the moment the session began");
        let start = self.moment("started_at", ways)?.ok_or_else(missing)?;
        let (last, end) = (self.moment("last_activity_at", ways)?, self.moment("ended_at", ways)?);
        let before = "before started_at; a session ends after it began";
        if end.is_some_and(|end| end < start) {
            return Err(self.bad("ended_at", before));
        }
        if last.is_some_and(|last| last < start) {
            return Err(self.bad("last_activity_at", "before started_at; activity lies between start and end"));
        }
        if let (Some(last), Some(end)) = (last, end)
            && last > end
        {
            return Err(self.bad("last_activity_at", "after ended_at; activity lies between start and end"));
        }
        if end.is_none() && !self.text("ended_by").is_empty() {
            return Err(self.bad("ended_by", "says what ended a session that has no ended_at"));
        }
        let told = self.event(EventKind::Start, start)?;
        let mut events = vec![Event { ended_by: None, ..told.clone() }];
        let activity = last.filter(|last| *last > start);
        events.extend(activity.map(|last| bare(&told.session, EventKind::Activity, last)));
        if let Some(end) = end {
            let (ended_by, recording) = (told.ended_by, std::mem::take(&mut events[0].recording));
            events.push(Event { ended_by, recording, ..bare(&told.session, EventKind::End, end) });
        }
        Ok(events)
    }
}

/// An event that says no more than that it was.
fn bare(session: &str, kind: EventKind, at: Moment) -> Event {
    Event {
        session: session.to_owned(),
        kind,
        at,
        access: None,
        account: String::new(),
        source: String::new(),
        targets: BTreeSet::new(),
        protocol: String::new(),
        mfa: None,
        vendor: String::new(),
        ended_by: None,
        recording: String::new(),
    }
}

/// The one event a row tells of.
pub fn event_of(texts: &Texts, ways: &Ways) -> Result<Event, Bad> {
    let missing = |about, what: &str| texts.bad(about, format!("missing; {what}"));
    let kind = texts.word("event", EventKind::parse)?;
    let kind = kind.ok_or_else(|| missing("event", "start, activity or end"))?;
    let at = texts.moment("at", ways)?.ok_or_else(|| missing("at", "the moment it happened"))?;
    if let Some(other) = ["started_at", "last_activity_at", "ended_at"].iter().find(|name| texts.0.contains_key(*name))
    {
        return Err(texts.bad(other, "an event has one moment, called at"));
    }
    let event = texts.event(kind, at)?;
    if kind == EventKind::Start && event.account.is_empty() {
        return Err(missing("account", "the name somebody signed in with"));
    }
    if kind != EventKind::End && event.ended_by.is_some() {
        return Err(texts.bad("ended_by", "says what ended a session, in an event that does not end it"));
    }
    Ok(event)
}

/// The texts of a JSON object, and the names in it that nobody reads.
pub fn of_object(object: &Map<String, Value>) -> Result<(Texts, Vec<String>), Bad> {
    let (mut texts, mut unused) = (Texts::default(), Vec::new());
    for (name, value) in object {
        let Some(about) = about(name) else {
            unused.push(name.clone());
            continue;
        };
        match value {
            Value::Null => {}
            Value::String(text) => texts.put(about, name, text)?,
            Value::Number(number) if about == "session" => texts.put(about, name, &number.to_string())?,
            Value::Array(parts) if about == "targets" => texts.put(about, name, &listed(name, parts)?)?,
            other => return Err(Bad::new(name, &other.to_string(), "not a text")),
        }
    }
    Ok((texts, unused))
}

fn listed(name: &str, parts: &[Value]) -> Result<String, Bad> {
    let text = |part: &Value| match part.as_str() {
        Some(text) if !text.contains(';') => Ok(text.to_owned()),
        _ => Err(Bad::new(name, &part.to_string(), "not the name or address of one target")),
    };
    Ok(parts.iter().map(text).collect::<Result<Vec<String>, Bad>>()?.join(";"))
}
