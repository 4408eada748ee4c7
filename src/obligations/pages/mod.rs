//! Obligations as pages: the due list, the month, the gaps, and a feed for calendars.
//!
//! Invariant: each row leads to recording a performance; nothing that is due can be typed or moved.

mod due;
mod gaps;
mod month;

use axum::extract::State;
use axum::http::{HeaderValue, Method, header};
use axum::response::IntoResponse;

use super::records::facts;
use super::rules::due::{Due, Together, Wanted, Window, due_list, together, told_parts};
use super::rules::duties::STANDARDS;
use super::rules::{Facts, ObligationState, Subject, feed, obligations};
use crate::auth::Action;
use crate::obligations::model::SubjectKind;
use crate::vocabulary::Date;
use crate::web::extract::Asking;
use crate::web::{Answer, App, Caller, Failure, Policy, Routes, links};

/// Mounts the pages and the feed.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let read = Policy::Organization(Action::ReadControls);
    routes
        .on(&Method::GET, "/o/{slug}/obligations", read, due::list)
        .on(&Method::GET, "/o/{slug}/obligations/month", read, month::month)
        .on(&Method::GET, "/o/{slug}/obligations/gaps", read, gaps::gaps)
        .on(&Method::GET, "/o/{slug}/obligations.ics", read, calendar)
        .api(&Method::GET, "obligations.ics", Action::ReadControls, "Read what is due as a calendar", calendar)
}

/// A neighboring page.
pub struct Tab {
    pub label: &'static str,
    pub href: String,
    pub current: bool,
}

/// The pages of obligations, this one marked.
pub fn tabs(slug: &str, as_of: &str, here: &str) -> Vec<Tab> {
    let all = [
        ("Due", "obligations"),
        ("Month", "obligations/month"),
        ("Gaps", "obligations/gaps"),
        ("Performances", "performances"),
    ];
    let tab = |(label, path): (&'static str, &'static str)| Tab {
        label,
        href: format!("{}{as_of}", links::place(slug, path)),
        current: path == here,
    };
    all.into_iter().map(tab).collect()
}

/// The facts of the clocks at the page's instant.
pub async fn facts_of(app: &App, caller: &Caller, period: Option<(Date, Date)>) -> Answer<Facts> {
    let mut at = caller.snapshot(app).await?;
    let around = crate::frameworks::records::surroundings(&mut at).await?;
    Ok(facts::facts(&mut at, &around, period).await?)
}

/// Refuses names that mean nothing, so that a slip does not show everything.
pub fn check_names(asking: &Asking, known: &[&str]) -> Result<(), Failure> {
    let own = |name: &str| known.contains(&name) || matches!(name, "as_of" | "done" | "standard" | "subject");
    match asking.0.iter().find(|(name, _)| !own(name)) {
        Some((name, value)) => Err(Failure::field(name, value, "not a filter of this page")),
        None => Ok(()),
    }
}

/// What the address asks for.
pub fn wanted(asking: &Asking, window: Window) -> Answer<Wanted> {
    let (within, standard) = (asking.text("within"), asking.text("standard"));
    let refused = |field: &str, value: &str, problem: String| Failure::field(field, value, problem);
    let window = match within {
        "" => window,
        text => Window::parse(text).map_err(|problem| refused("within", text, problem))?,
    };
    if !standard.is_empty() && !STANDARDS.iter().any(|(known, _)| *known == standard) {
        let known: Vec<&str> = STANDARDS.iter().map(|(known, _)| *known).collect();
        return Err(refused("standard", standard, format!("not one of: {}", known.join(", "))));
    }
    Ok(Wanted { window, standard: standard.to_owned(), subject: asking.text("subject").trim().to_owned() })
}

/// A day an address asks for.
pub fn day(asking: &Asking, name: &str) -> Answer<Option<Date>> {
    let text = asking.text(name);
    if text.is_empty() {
        return Ok(None);
    }
    Date::parse(text).map(Some).map_err(|problem| Failure::field(name, text, problem))
}

/// The page of a subject; none for the organization.
pub fn subject_href(slug: &str, as_of: &str, subject: &Subject) -> Option<String> {
    let collection = match subject.kind {
        SubjectKind::Organization => return None,
        SubjectKind::Site => "sites",
        SubjectKind::System => "systems",
        SubjectKind::Asset => "assets",
    };
    Some(format!("{}{as_of}", links::record(slug, collection, subject.id)))
}

/// The class of a state's mark: shape and color beside its word.
#[must_use]
pub const fn mark(state: ObligationState) -> &'static str {
    match state {
        ObligationState::Overdue => "failing",
        ObligationState::NeverPerformed => "indeterminate",
        ObligationState::DueSoon => "due_soon",
        ObligationState::Met => "no_failing_record",
    }
}

/// The form that records a doing of this, filled in as far as it is known.
pub fn record_href(slug: &str, all: &Together<'_>, today: Date) -> String {
    let (due, subject) = (&all.due, all.due.subject);
    let references: Vec<&str> = all.subjects.iter().map(|subject| subject.reference.as_str()).collect();
    let references = references.join(";");
    let links_field = match subject.kind {
        SubjectKind::Organization => "",
        SubjectKind::Site => "sites",
        SubjectKind::System => "systems",
        SubjectKind::Asset => "assets",
    };
    let (today, reference) = (today.to_string(), format!("{} {} {today}", due.duty.word(), subject.reference));
    let reference = crate::vocabulary::fold::truncated(&reference, 80);
    let mut pairs = vec![
        ("reference", reference),
        ("kind", due.duty.word()),
        ("subject", subject.kind.word()),
        ("performed_on", &today),
    ];
    if !links_field.is_empty() {
        pairs.push((links_field, &references));
    }
    format!("{}{}", links::place(slug, "performances/new"), links::query(pairs))
}

/// What is due, for calendars; the newest state.
async fn calendar(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    check_names(&asking, &["within"])?;
    let wanted = wanted(&asking, Window::All)?;
    let facts = facts_of(&app, &caller, None).await?;
    let all = obligations(&facts);
    let due = due_list(&all, facts.today);
    let shown: Vec<&Due<'_>> = due.iter().filter(|due| wanted.holds(due)).collect();
    let serving = caller.serving()?;
    let base = format!("{}{}", app.public_url, links::place(&serving.slug, "obligations"));
    let text = feed::feed(&serving.name, &together(&shown), caller.moment, &base);
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8"));
    let name = HeaderValue::from_static("inline; filename=\"obligations.ics\"");
    Ok(([kind, (header::CONTENT_DISPOSITION, name)], text).into_response())
}

/// Days in words: in how many, or how many late.
#[must_use]
pub fn told_days(days: Option<i64>) -> String {
    match days {
        None => String::new(),
        Some(0) => "today".to_owned(),
        Some(1) => "tomorrow".to_owned(),
        Some(-1) => "1 day late".to_owned(),
        Some(late) if late < 0 => format!("{} days late", -late),
        Some(days) => format!("in {days} days"),
    }
}

/// Parts in few words, and all of them for who asks.
pub struct PartsView {
    pub told: String,
    pub all: String,
    pub title: String,
}

impl PartsView {
    pub fn of(parts: &[&super::rules::Part]) -> Self {
        let all: Vec<&str> = parts.iter().map(|part| part.id.as_str()).collect();
        let title = parts.first().map_or_else(String::new, |part| part.title.clone());
        Self { told: told_parts(parts), all: all.join(", "), title }
    }
}
