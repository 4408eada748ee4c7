//! Events of a session folded into the session.
//!
//! Invariant: pure; the same events in any order, at once or by and by, give the same session. What two events say
//! differently is refused, never chosen between.

use sha2::{Digest, Sha256};

use super::model::{EndedBy, Event, EventKind, GrantKind, Mfa, Session};
use crate::ids::{AssetId, Id, SessionId};
use crate::vocabulary::{Moment, fold};

/// Which event does not fit, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Its place among the events.
    pub place: usize,
    /// The name of the field; `at` for its moment.
    pub column: &'static str,
    pub value: String,
    pub problem: String,
}

/// The id of a session: the same whenever its gateway tells of it.
#[must_use]
pub fn id_of(gateway: AssetId, key: &str) -> SessionId {
    let digest = Sha256::new()
        .chain_update(b"glance session ")
        .chain_update(gateway.uuid().as_bytes())
        .chain_update(key.as_bytes())
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    SessionId::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// A session with some more events, and the places of those that said something new, in the order they happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folded {
    pub session: Session,
    pub news: Vec<usize>,
}

/// The session that was known, if one was, with these events.
pub fn fold(gateway: AssetId, known: Option<&Session>, events: &[&Event]) -> Result<Folded, Clash> {
    let mut order: Vec<usize> = (0..events.len()).collect();
    order.sort_by_key(|place| (events[*place].kind, events[*place].at));
    let first = order.first().map(|place| events[*place]).filter(|event| event.kind == EventKind::Start);
    let mut session = match (known, first) {
        (Some(known), _) => known.clone(),
        (None, Some(start)) => begun(gateway, start),
        (None, None) => return Err(never_begun(events)),
    };
    let mut news = Vec::new();
    for (turn, place) in order.into_iter().enumerate() {
        let before = session.clone();
        let clash = |(column, value, problem)| Clash { place, column, value, problem };
        take(&mut session, events[place]).map_err(clash)?;
        if session != before || known.is_none() && turn == 0 {
            news.push(place);
        }
    }
    match session.ended_at.filter(|end| *end < session.last_activity_at) {
        Some(end) => Err(beyond(&session, end, events)),
        None => Ok(Folded { session, news }),
    }
}

/// The event that goes beyond the end of its session, or the end itself where that came last.
fn beyond(session: &Session, end: Moment, events: &[&Event]) -> Clash {
    let after = events.iter().position(|event| event.kind == EventKind::Activity && event.at > end);
    let place = after.or_else(|| events.iter().position(|event| event.kind == EventKind::End)).unwrap_or(0);
    let problem = if after.is_some() {
        format!("after the session ended at {}; activity lies between start and end", end.rfc3339())
    } else {
        format!("before its last activity at {}", session.last_activity_at.rfc3339())
    };
    Clash {
        place,
        column: "at",
        value: events.get(place).map_or_else(String::new, |event| event.at.rfc3339()),
        problem,
    }
}

fn begun(gateway: AssetId, start: &Event) -> Session {
    Session {
        gateway,
        key: start.session.clone(),
        kind: start.access.unwrap_or(GrantKind::Interactive),
        account: start.account.clone(),
        source: String::new(),
        targets: [].into(),
        protocol: String::new(),
        mfa: None,
        vendor: String::new(),
        started_at: start.at,
        last_activity_at: start.at,
        ended_at: None,
        ended_by: None,
        recording: String::new(),
    }
}

fn never_begun(events: &[&Event]) -> Clash {
    let (what, key) = events.first().map_or(("an event", ""), |event| (event.kind.word(), event.session.as_str()));
    let problem = format!("{what} of a session that nobody started here; send its start first, or with it");
    Clash { place: 0, column: "session", value: key.to_owned(), problem }
}

/// Column, value and problem of what an event says otherwise.
type Otherwise = (&'static str, String, String);

fn take(session: &mut Session, event: &Event) -> Result<(), Otherwise> {
    let at = |problem: String| ("at", event.at.rfc3339(), problem);
    let start = session.started_at;
    match event.kind {
        EventKind::Start if event.at != start => {
            return Err(at(format!("the session started at {} before; one session has one start", start.rfc3339())));
        }
        EventKind::Start => {}
        _ if event.at < start => return Err(at(format!("before the session started at {}", start.rfc3339()))),
        EventKind::Activity => session.last_activity_at = session.last_activity_at.max(event.at),
        EventKind::End => match session.ended_at {
            Some(known) if known != event.at => {
                return Err(at(format!("the session ended at {} before; it ends once", known.rfc3339())));
            }
            _ => session.ended_at = Some(event.at),
        },
    }
    if !event.account.is_empty() && fold::folded(&event.account) != fold::folded(&session.account) {
        return Err(otherwise("account", &event.account, &session.account));
    }
    if let Some(kind) = event.access.filter(|kind| *kind != session.kind) {
        return Err(otherwise("kind", kind.word(), session.kind.word()));
    }
    session.targets.extend(event.targets.iter().cloned());
    fill_word("mfa", &mut session.mfa, event.mfa, Mfa::word)?;
    fill_word("ended_by", &mut session.ended_by, event.ended_by, EndedBy::word)?;
    fill("source", &mut session.source, &event.source)?;
    fill("protocol", &mut session.protocol, &event.protocol)?;
    fill("vendor", &mut session.vendor, &event.vendor)?;
    fill("recording", &mut session.recording, &event.recording)
}

fn otherwise(column: &'static str, now: &str, before: &str) -> Otherwise {
    (column, now.to_owned(), format!("the session has {before} here; two sessions cannot have one name"))
}

fn fill(column: &'static str, known: &mut String, now: &str) -> Result<(), Otherwise> {
    if now.is_empty() || known == now {
        return Ok(());
    }
    if !known.is_empty() {
        return Err(otherwise(column, now, known));
    }
    now.clone_into(known);
    Ok(())
}

fn fill_word<V: Copy + PartialEq>(
    column: &'static str,
    known: &mut Option<V>,
    now: Option<V>,
    word: impl Fn(V) -> &'static str,
) -> Result<(), Otherwise> {
    match (*known, now) {
        (Some(before), Some(now)) if before != now => Err(otherwise(column, word(now), word(before))),
        (None, Some(_)) => {
            *known = now;
            Ok(())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
