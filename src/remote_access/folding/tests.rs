//! Sessions out of events: any order, by and by, and what does not fit.

use proptest::prelude::*;

use super::{Clash, fold, id_of};
use crate::ids::{AssetId, Id};
use crate::remote_access::model::{EndedBy, Event, EventKind, GrantKind, Mfa, Session};
use crate::vocabulary::Moment;

fn gateway() -> AssetId {
    AssetId::from_uuid(uuid::Uuid::from_u128(7))
}

fn at(minute: i64) -> Moment {
    Moment::from_micros(1_772_463_600_000_000).plus_seconds(minute * 60)
}

fn event(kind: EventKind, minute: i64) -> Event {
    Event {
        session: "s-1".to_owned(),
        kind,
        at: at(minute),
        access: None,
        account: String::new(),
        source: String::new(),
        targets: [].into(),
        protocol: String::new(),
        mfa: None,
        vendor: String::new(),
        ended_by: None,
        recording: String::new(),
    }
}

fn start() -> Event {
    let targets = ["10.7.1.20".to_owned()].into();
    let event = event(EventKind::Start, 0);
    Event { account: "lara".to_owned(), source: "203.0.113.9".to_owned(), mfa: Some(Mfa::Success), targets, ..event }
}

fn told(events: &[Event]) -> Result<Session, Clash> {
    fold(gateway(), None, &events.iter().collect::<Vec<_>>()).map(|folded| folded.session)
}

#[test]
fn a_session_from_its_events() {
    let more = Event { targets: ["RTU-9".to_owned()].into(), ..event(EventKind::Activity, 12) };
    let end = Event { ended_by: Some(EndedBy::User), recording: "vault/1".to_owned(), ..event(EventKind::End, 30) };
    let session = told(&[start(), more, end]).unwrap();
    assert_eq!((session.kind, session.started_at, session.last_activity_at), (GrantKind::Interactive, at(0), at(12)));
    assert_eq!(
        (session.ended_at, session.ended_by, &*session.recording),
        (Some(at(30)), Some(EndedBy::User), "vault/1")
    );
    assert_eq!(session.targets.len(), 2);
}

#[test]
fn what_says_nothing_new() {
    let known = told(&[start(), event(EventKind::Activity, 12)]).unwrap();
    let events = [start(), event(EventKind::Activity, 11), event(EventKind::Activity, 13)];
    let folded = fold(gateway(), Some(&known), &events.iter().collect::<Vec<_>>()).unwrap();
    assert_eq!((folded.news, folded.session.last_activity_at), (vec![2], at(13)));
    let again = fold(gateway(), Some(&known), &[&start()]).unwrap();
    assert!(again.news.is_empty() && again.session == known);
}

#[test]
fn what_does_not_fit() {
    let ended = [start(), event(EventKind::Activity, 12), event(EventKind::End, 30)];
    let with = |event: Event| told(&[&ended[..], &[event]].concat()).unwrap_err();
    let named = |kind, minute, account: &str| Event { account: account.to_owned(), ..event(kind, minute) };
    for (event, column, said) in [
        (Event { at: at(1), ..start() }, "at", "one session has one start"),
        (event(EventKind::Activity, -1), "at", "before the session started"),
        (event(EventKind::Activity, 31), "at", "after the session ended"),
        (event(EventKind::End, 31), "at", "it ends once"),
        (event(EventKind::End, -1), "at", "before the session started"),
        (named(EventKind::Start, 0, "jonas"), "account", "the session has lara here"),
        (Event { mfa: Some(Mfa::Failed), ..event(EventKind::Activity, 3) }, "mfa", "success"),
        (Event { source: "198.51.100.2".to_owned(), ..event(EventKind::Activity, 3) }, "source", "203.0.113.9"),
        (Event { access: Some(GrantKind::SystemToSystem), ..event(EventKind::Activity, 3) }, "kind", "interactive"),
    ] {
        let clash = with(event);
        assert!(clash.column == column && clash.problem.contains(said), "{clash:?}");
    }
    let early = told(&[start(), event(EventKind::Activity, 12), event(EventKind::End, 11)]).unwrap_err();
    assert!(early.problem.contains("after the session ended"), "{early:?}");
    let known = told(&ended[..2]).unwrap();
    let early = fold(gateway(), Some(&known), &[&event(EventKind::End, 11)]).unwrap_err();
    assert!(early.problem.contains("before its last activity"), "{early:?}");
    for kind in [EventKind::Activity, EventKind::End] {
        let clash = told(&[event(kind, 3)]).unwrap_err();
        assert!(clash.problem.contains("nobody started") && clash.value == "s-1", "{clash:?}");
    }
    assert_eq!(with(named(EventKind::Start, 0, "jonas")).place, 3);
}

#[test]
fn ids_are_of_the_gateway_and_its_name() {
    let other = AssetId::from_uuid(uuid::Uuid::from_u128(8));
    assert_eq!(id_of(gateway(), "s-1"), id_of(gateway(), "s-1"));
    assert_ne!(id_of(gateway(), "s-1"), id_of(gateway(), "s-2"));
    assert_ne!(id_of(gateway(), "s-1"), id_of(other, "s-1"));
}

proptest! {
    #[test]
    fn any_order_by_and_by(minutes in proptest::collection::vec(0i64..60, 0..12), cut in 0usize..13, turn in 0usize..12) {
        let mut events: Vec<Event> = minutes.into_iter().map(|minute| event(EventKind::Activity, minute)).collect();
        events.push(event(EventKind::End, 60));
        let count = events.len();
        events.rotate_left(turn % count);
        let whole = told(&[&[start()], &events[..]].concat()).unwrap();
        let mut last: Vec<Event> = events.clone();
        last.push(start());
        prop_assert_eq!(&told(&last).unwrap(), &whole);
        let (before, after) = events.split_at(cut.min(count));
        let known = told(&[&[start()], before].concat()).unwrap();
        let after: Vec<&Event> = after.iter().collect();
        prop_assert_eq!(fold(gateway(), Some(&known), &after).unwrap().session, whole);
    }
}
