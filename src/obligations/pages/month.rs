//! A month of the organization's calendar: what is due on each day, and what was done.
//!
//! Invariant: drawn on the server as a table, so it prints and reads aloud.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use chrono::{Datelike, NaiveDate};

use super::Tab;
use crate::obligations::model::Duty;
use crate::obligations::rules::due::{Due, Wanted, Window, due_list};
use crate::obligations::rules::{Facts, obligations};
use crate::vocabulary::Date;
use crate::web::extract::Asking;
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

/// Something on a day.
struct Entry {
    mark: &'static str,
    state: &'static str,
    text: String,
    href: String,
}

/// A day of the table.
struct Day {
    number: u32,
    date: Date,
    outside: bool,
    today: bool,
    entries: Vec<Entry>,
    /// What was done that day, in few words.
    done: Vec<String>,
}

#[derive(Template)]
#[template(path = "obligations/month.html")]
struct MonthPage {
    shell: Shell,
    tabs: Vec<Tab>,
    title: String,
    weeks: Vec<Vec<Day>>,
    before: String,
    after: String,
    feed: String,
}

pub async fn month(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    super::check_names(&asking, &["month"])?;
    let wanted = super::wanted(&asking, Window::All)?;
    let facts = super::facts_of(&app, &caller, None).await?;
    let first = first_day(asking.text("month"), facts.today)?;
    page::show(&page_of(&caller, &asking, &wanted, &facts, first)?)
}

/// The first day of a month written `2026-11`; of the current one where none is.
fn first_day(text: &str, today: Date) -> Answer<NaiveDate> {
    let wrong = |problem: String| Failure::field("month", text, problem);
    if text.is_empty() {
        return Ok(today.naive().with_day(1).unwrap_or(today.naive()));
    }
    let first = Date::parse(&format!("{text}-01")).map_err(|_| wrong("not a month; write it as 2026-11".to_owned()))?;
    Ok(first.naive())
}

fn page_of(caller: &Caller, asking: &Asking, wanted: &Wanted, facts: &Facts, first: NaiveDate) -> Answer<MonthPage> {
    let slug = &caller.serving()?.slug;
    let shell = Shell::of(caller, Place::Today, format!("Due in {}", first.format("%B %Y")));
    let as_of = shell.query();
    let due = due_list(&obligations(facts), facts.today);
    let mut entries: BTreeMap<Date, BTreeMap<Duty, Vec<&Due<'_>>>> = BTreeMap::new();
    for one in due.iter().filter(|due| wanted.holds(due)) {
        if let Some(day) = one.due {
            entries.entry(day).or_default().entry(one.duty).or_default().push(one);
        }
    }
    let done = done(facts);
    let day = |date: NaiveDate| {
        let on = Date::clamped(date);
        let of_day = entries.get(&on).into_iter().flatten();
        Day {
            number: date.day(),
            date: on,
            outside: date.month() != first.month(),
            today: on == facts.today,
            entries: of_day.map(|(duty, all)| entry(slug, asking, *duty, all)).collect(),
            done: done.get(&on).cloned().unwrap_or_default(),
        }
    };
    let begin = first - chrono::TimeDelta::days(i64::from(first.weekday().num_days_from_sunday()));
    let last =
        crate::vocabulary::due::due_calendar_months(Date::clamped(first), 0, crate::vocabulary::MonthMode::EndOfMonth);
    let weeks = (0..6).map(|week| (0..7).map(move |n| begin + chrono::TimeDelta::days(week * 7 + n)));
    let weeks = weeks.filter(|week| week.clone().next().is_some_and(|day| day <= last.naive()));
    Ok(MonthPage {
        tabs: super::tabs(slug, &as_of, "obligations/month"),
        title: first.format("%B %Y").to_string(),
        weeks: weeks.map(|week| week.map(day).collect()).collect(),
        before: month_href(slug, asking, first.checked_sub_months(chrono::Months::new(1))),
        after: month_href(slug, asking, first.checked_add_months(chrono::Months::new(1))),
        feed: links::place(slug, "obligations.ics"),
        shell,
    })
}

fn month_href(slug: &str, asking: &Asking, first: Option<NaiveDate>) -> String {
    let month = first.map_or_else(String::new, |first| first.format("%Y-%m").to_string());
    let mut pairs = vec![("month", month.as_str())];
    pairs.extend(["standard", "subject", "as_of"].map(|name| (name, asking.text(name))));
    format!("{}{}", links::place(slug, "obligations/month"), links::query(pairs))
}

/// What falls due on one day by one duty: for a subject, or for how many.
fn entry(slug: &str, asking: &Asking, duty: Duty, all: &[&Due<'_>]) -> Entry {
    let worst = all.iter().map(|due| due.state).min().unwrap_or(crate::obligations::rules::ObligationState::Met);
    let (whom, subject) = match all {
        [only] => (only.subject.reference.clone(), only.subject.reference.as_str()),
        many => (format!("{} subjects", many.len()), ""),
    };
    let standard = all.first().and_then(|due| due.parts.first()).map_or("", |part| part.standard.as_str());
    let pairs = [("within", "all"), ("standard", standard), ("subject", subject), ("as_of", asking.text("as_of"))];
    Entry {
        mark: super::mark(worst),
        state: worst.label(),
        text: format!("{}, {whom}", duty.label()),
        href: format!("{}{}", links::place(slug, "obligations"), links::query(pairs)),
    }
}

/// What was done on each day, by duty.
fn done(facts: &Facts) -> BTreeMap<Date, Vec<String>> {
    let mut counts: BTreeMap<(Date, Duty), usize> = BTreeMap::new();
    for doing in &facts.doings {
        *counts.entry((doing.on, doing.duty)).or_default() += 1;
    }
    let mut found: BTreeMap<Date, Vec<String>> = BTreeMap::new();
    for ((on, duty), count) in counts {
        let many = if count == 1 { String::new() } else { format!(" × {count}") };
        found.entry(on).or_default().push(format!("{}{many}", duty.label()));
    }
    found
}
