//! What stands above a person: whether they may have access, what is wrong with it, and what they can reach.
//!
//! Invariant: an ability that outlived its ground is said before the table it stands in.

use crate::access::grounds::{self, Lacking};
use crate::access::reach::{self, Line, Stand};
use crate::departures::Departure;
use crate::departures::model::DepartureKind;
use crate::departures::records as departures;
use crate::departures::records::abilities;
use crate::departures::records::clocks::{self, Clock};
use crate::departures::rules::{State, wording};
use crate::organizations::OrganizationProfile;
use crate::personnel::Person;
use crate::personnel::rules::standing;
use crate::register::pages::{Head, HeadOf, Section};
use crate::register::view::{CellView, RowView};
use crate::storage::{Kept, Snapshot};
use crate::vocabulary::{Date, Moment, MonthMode};
use crate::web::{Answer, Caller, links};

pub const PERSON: HeadOf<Person> = |caller, at, kept, as_of| Box::pin(person(caller, at, kept, as_of));

async fn person(caller: &Caller, at: &mut Snapshot, kept: &Kept<Person>, as_of: &str) -> Answer<Head> {
    let (now, day, zone) = (at.now(), caller.day(), caller.time_zone());
    let organization = at.organization();
    let profile = at.find::<OrganizationProfile>(organization).await?;
    let months = profile.map_or(MonthMode::EndOfMonth, |profile| profile.month_mode);
    let holdings = abilities::holdings(at, kept.id).await?;
    let lines = reach::lines(&holdings, zone, now);
    let lacking = grounds::lacking(at, kept, &holdings, ((now, day), months)).await?;
    let (left, open) = open_clocks(at, kept, caller, now).await?;
    let reaches = lines.iter().filter(|line| matches!(line.stand, Stand::Open | Stand::Lapsed)).count();
    let mut head = Head { section: Some(table(caller, &lines, now, as_of)?), ..Head::default() };
    (head.mark, head.status) = standing_of(kept, day, reaches, &lacking);
    head.lines = told(kept, (day, months), &left);
    head.warnings = lacking.iter().map(warning).collect();
    head.warnings.extend(open);
    Ok(head)
}

/// The departures of a person, and what is said of the clocks that are still open.
async fn open_clocks(
    at: &mut Snapshot,
    kept: &Kept<Person>,
    caller: &Caller,
    now: Moment,
) -> Answer<(Vec<Kept<Departure>>, Vec<String>)> {
    let left = departures::of_people(at, &[kept.id]).await?;
    let mut said = Vec::new();
    let each = clocks::of_each(at, &left, caller.time_zone(), now).await?;
    for (departure, clocks) in left.iter().zip(each) {
        let ends = departure.kind == Some(DepartureKind::Termination);
        let open = clocks.iter().filter(|clock| clock.deadline.state.is_open());
        let open = open.filter(|clock| ends || clock.ability.needed == Some(false));
        said.extend(open.map(|clock| still(caller, departure.reference.as_str(), clock, now)));
    }
    Ok((left, said))
}

/// Where a person stands in one word.
fn standing_of(person: &Person, day: Date, reaches: usize, lacking: &[Lacking]) -> (&'static str, &'static str) {
    let left = person.retired_on.is_some_and(|left| left <= day);
    match (left, reaches, lacking.first()) {
        (true, 0, _) => ("mark excused", "Out of service"),
        (true, _, _) => ("mark critical", "Out of service, access left"),
        (false, 0, _) => ("quiet", "No access"),
        (false, _, None) => ("mark done", "Active"),
        (false, _, Some(first)) => match first.ruling.rule {
            "Training" => ("mark high", "Training lapsed"),
            "Risk assessment" => ("mark high", "Risk assessment lapsed"),
            _ => ("mark high", "Access without its ground"),
        },
    }
}

/// Until when the grounds of access hold, and what was recorded of leaving.
fn told(person: &Person, (day, months): (Date, MonthMode), left: &[Kept<crate::departures::Departure>]) -> Vec<String> {
    let mut lines = Vec::new();
    let trained = standing::trained_until(person, day, months);
    lines.push(trained.map_or("No cyber security training is recorded.".to_owned(), |until| {
        format!("Training counts until {until} (CIP-004-7 R2.3).")
    }));
    let assessed = standing::assessed_until(person, day);
    lines.push(assessed.map_or("No personnel risk assessment is recorded.".to_owned(), |until| {
        format!("The personnel risk assessment counts until {until} (R3.5).")
    }));
    for departure in left {
        let kind = departure.kind.map_or("Departure", DepartureKind::label);
        let on = departure.effective_on.map_or_else(String::new, |on| format!(", effective {on}"));
        lines.push(format!("{kind} {}{on}.", departure.reference));
    }
    lines
}

/// What the access of a person lacks.
fn warning(one: &Lacking) -> String {
    let ways = if one.ways == 1 { "1 way in stands".to_owned() } else { format!("{} ways in stand", one.ways) };
    match one.ruling.source {
        "" => format!("{}, and {ways}.", one.ruling.says),
        source => format!("{}, and {ways} ({source}).", one.ruling.says),
    }
}

/// A clock of a departure that is still open.
fn still(caller: &Caller, departure: &str, clock: &Clock, now: Moment) -> String {
    let (one, ability) = (&clock.deadline, &clock.ability);
    let due = one.due.map_or_else(String::new, |due| format!(" due {},", caller.told(due)));
    let (kind, standing) = (ability.kind.label(), wording::standing(one, now));
    let verb = if one.state == State::Overdue { "was" } else { "is" };
    format!("{departure}: {kind} {} {verb} to be removed,{due} {standing} ({}).", ability.reference, one.part.word())
}

fn mark(stand: Stand) -> &'static str {
    match stand {
        Stand::Lapsed => "mark high",
        Stand::Open => "mark done",
        Stand::Coming => "mark working",
        Stand::Asked => "mark waiting",
    }
}

/// The table of the ways in.
fn table(caller: &Caller, lines: &[Line], now: Moment, as_of: &str) -> Answer<Section> {
    let slug = &caller.serving()?.slug;
    let note = format!(
        "What stands, will stand or is asked for at {}. What has ended is in the lists below and in the history.",
        caller.told(now)
    );
    Ok(Section {
        title: "Can reach",
        total: lines.len().to_string(),
        head: vec!["Reaches", "How", "Record", "Through, from", "Since", "Until", "Why", "State"],
        rows: lines.iter().map(|line| row(caller, line, (slug, as_of))).collect(),
        note: if lines.is_empty() {
            format!("Nothing is recorded that this person can reach at {}.", caller.told(now))
        } else {
            note
        },
        ..Section::default()
    })
}

pub(super) fn row(caller: &Caller, line: &Line, (slug, as_of): (&str, &str)) -> RowView {
    let cell = |text: String, class| CellView { text, class, href: None };
    let (kind, id, reference) = &line.record;
    let href = format!("{}{as_of}", links::record(slug, &links::collection(kind), id));
    let cells = vec![
        cell(line.what.clone(), "wide"),
        cell(line.how.to_owned(), ""),
        CellView { text: reference.clone(), class: "ref", href: Some(href) },
        cell(line.through.clone(), "wide"),
        cell(line.from.map_or_else(String::new, |from| caller.told(from)), ""),
        cell(line.until.clone(), ""),
        cell(line.why.clone(), "wide"),
        cell(line.stand.label().to_owned(), mark(line.stand)),
    ];
    RowView { id: id.to_string(), version: 0, label: reference.clone(), cells }
}
