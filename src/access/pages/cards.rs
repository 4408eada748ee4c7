//! The lists of the overview, a few rows each.
//!
//! Invariant: no rule is decided here; a card says how many there are where it shows fewer.

use super::gathered::{Gathered, TRAINING, address, counted, ending_soon, grants_waiting, lapsing_of};
use crate::departures::rules::wording;
use crate::ids::PersonId;
use crate::personnel::model::AuthorizationKind;
use crate::register::Act;
use crate::remote_access::Grant;
use crate::remote_access::lines::Line;
use crate::remote_access::model::GrantKind;
use crate::reviews::model::ReviewKind;
use crate::storage::Kept;
use crate::web::Caller;

/// A list with its first rows.
pub struct Card {
    pub title: &'static str,
    pub href: String,
    /// The link to all of it, in words.
    pub all: String,
    pub rows: Vec<Entry>,
    pub empty: &'static str,
}

/// A row of a card.
pub struct Entry {
    pub href: String,
    pub reference: String,
    pub title: String,
    /// The class and the word of its state.
    pub state: (&'static str, String),
    pub note: String,
}

/// Rows a card shows.
const MOST: usize = 6;

/// The cards, in the order they are asked for.
pub fn of(caller: &Caller, found: &Gathered, (base, query): (&str, &str)) -> Vec<Card> {
    let card = |title, path: &str, count: String, rows, empty| Card {
        title,
        href: address((base, query), path),
        all: format!("all {count}"),
        rows,
        empty,
    };
    let waiting = format!("{} grants", counted(found.grants_waiting.len()));
    let trainings = found.lapsing.rows.iter().filter(|(_, what, _)| *what == TRAINING).count();
    let (ends, lapses) = (counted(found.ending.len()), format!("{} trainings", counted(trainings)));
    let lapsing_trainings = lapsing_of("trained", found.lapsing.before.0, found.now);
    let (open, reviewed) = (found.sessions.told(), counted(found.reviews.len()));
    let [in_now, asked, run_out, lapse, review] = [
        sessions(caller, found, base, query),
        requests(caller, found, base, query),
        ending(caller, found, base, query),
        lapsing(found, base, query),
        reviews(found, base, query),
    ];
    vec![
        card("Who is in", "sessions?state=open", open, in_now, "No session is open by what the gateways told."),
        card("What waits for approval", &grants_waiting(found.now), waiting, asked, "No request waits."),
        card("Grants that run out", &ending_soon(found.now), ends, run_out, "No grant runs out within 14 days."),
        card(LAPSES, &lapsing_trainings, lapses, lapse, "Nobody with access lapses within 30 days."),
        card("Open reviews", "reviews?status=open", reviewed, review, "No review is open."),
    ]
}

const LAPSES: &str = "Training and assessments that lapse, any access";

fn sessions(caller: &Caller, found: &Gathered, base: &str, query: &str) -> Vec<Entry> {
    let entry = |line: &Line| {
        let targets: Vec<&str> = line.session.targets.iter().map(String::as_str).collect();
        let vendor = if line.is_vendor() { format!("{}, ", line.vendor) } else { String::new() };
        let (since, lasts) = (line.session.started_at, found.now.micros_since(line.session.started_at));
        Entry {
            href: format!("{base}sessions/{}{query}", line.id),
            reference: line.session.account.clone(),
            title: format!("{}: {}", at_the_other_end(line), targets.join(", ")),
            state: (verdict(line), line.label().to_owned()),
            note: format!("{vendor}since {}, {}", caller.told(since), wording::length(lasts)),
        }
    };
    found.sessions.lines.iter().take(MOST).map(entry).collect()
}

fn at_the_other_end(line: &Line) -> &str {
    match &line.person {
        Some((_, name)) => name,
        None if line.session.kind == GrantKind::SystemToSystem => GrantKind::SystemToSystem.label(),
        None => "nobody has this account",
    }
}

fn verdict(line: &Line) -> &'static str {
    match line.standing() {
        "failing" => "st failing",
        "indeterminate" => "st indeterminate",
        _ => "st no_failing_record",
    }
}

/// Who it is for, by name.
fn named(found: &Gathered, person: Option<PersonId>) -> String {
    person.and_then(|id| found.people.get(&id)).map_or_else(String::new, |(_, name)| name.clone())
}

fn asked(caller: &Caller, act: Option<&Act>) -> String {
    act.map_or_else(String::new, |act| format!("asked for by {} {}", act.name, caller.told(act.at)))
}

fn grant(
    found: &Gathered,
    one: &Kept<Grant>,
    base: &str,
    query: &str,
    state: (&'static str, String),
    note: String,
) -> Entry {
    let who = named(found, one.person);
    let who = if who.is_empty() { one.kind.map_or("", GrantKind::label).to_owned() } else { who };
    Entry {
        href: format!("{base}grants/{}{query}", one.id),
        reference: one.reference.to_string(),
        title: format!("{who}: {}", one.purpose),
        state,
        note,
    }
}

fn requests(caller: &Caller, found: &Gathered, base: &str, query: &str) -> Vec<Entry> {
    let grants = found.grants_waiting.iter().map(|one| {
        let note = asked(caller, one.requested.as_ref());
        grant(found, one, base, query, ("mark waiting", "Grant".to_owned()), note)
    });
    let authorizations = found.authorizations_waiting.iter().map(|one| Entry {
        href: format!("{base}authorizations/{}{query}", one.id),
        reference: one.reference.to_string(),
        title: format!("{}: {}", named(found, one.person), one.need),
        state: ("mark waiting", one.kind.map_or("Authorization", AuthorizationKind::label).to_owned()),
        note: asked(caller, one.requested.as_ref()),
    });
    grants.chain(authorizations).take(MOST).collect()
}

fn ending(caller: &Caller, found: &Gathered, base: &str, query: &str) -> Vec<Entry> {
    let entry = |one: &Kept<Grant>| {
        let until = one.valid_until.unwrap_or(found.now);
        let left = format!("{} left", wording::length(until.micros_since(found.now)));
        grant(found, one, base, query, ("mark working", left), format!("until {}", caller.told(until)))
    };
    found.ending.iter().take(MOST).map(entry).collect()
}

fn lapsing(found: &Gathered, base: &str, query: &str) -> Vec<Entry> {
    let entry =
        |(person, what, until): &(Kept<crate::personnel::Person>, &'static str, Option<crate::vocabulary::Date>)| {
            Entry {
                href: format!("{base}people/{}{query}", person.id),
                reference: person.reference.to_string(),
                title: person.name.clone(),
                state: match until {
                    None => ("mark high", "Never".to_owned()),
                    Some(until) if *until < found.day => ("mark high", "Lapsed".to_owned()),
                    Some(_) => ("mark waiting", "Due soon".to_owned()),
                },
                note: match until {
                    None => format!("{what}: none is recorded"),
                    Some(until) if *until < found.day => format!("{what} lapsed on {until}"),
                    Some(until) => format!("{what} counts until {until}"),
                },
            }
        };
    found.lapsing.rows.iter().take(MOST).map(entry).collect()
}

fn reviews(found: &Gathered, base: &str, query: &str) -> Vec<Entry> {
    let entry = |review: &Kept<crate::reviews::Review>| {
        let late = review.due_on.is_some_and(|due| due < found.day);
        Entry {
            href: format!("{base}reviews/{}{query}", review.id),
            reference: review.reference.to_string(),
            title: review.kind.map_or("", ReviewKind::label).to_owned(),
            state: if late { ("mark high", "Late".to_owned()) } else { ("mark working", "Open".to_owned()) },
            note: review.due_on.map_or("no due day".to_owned(), |due| format!("due {due}")),
        }
    };
    found.reviews.iter().take(MOST).map(entry).collect()
}
