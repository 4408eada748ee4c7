//! The due list: what is late, what falls due, what nobody ever did.
//!
//! Invariant: each figure is a link to the rows it counts.

use askama::Template;
use axum::extract::State;

use super::{PartsView, Tab};
use crate::auth::Action;
use crate::obligations::rules::due::{Due, Together, Wanted, Window, due_list, together};
use crate::obligations::rules::duties::STANDARDS;
use crate::obligations::rules::{Facts, Subject, obligations};
use crate::vocabulary::Date;
use crate::web::extract::Asking;
use crate::web::{Answer, App, Caller, Place, Shell, links, page};

/// Most rows of a page; filters find the others.
const MOST: usize = 500;

/// A number and the rows behind it.
struct Figure {
    count: usize,
    label: &'static str,
    href: String,
    class: &'static str,
    current: bool,
}

/// A row of the list.
struct Row {
    mark: &'static str,
    state: &'static str,
    duty: &'static str,
    parts: PartsView,
    /// Reference, name and page of each.
    subjects: Vec<(String, String, Option<String>)>,
    interval: String,
    /// Day, reference and page of the last doing, and how late it was recorded.
    last: Option<(Date, String, String, Option<i64>)>,
    due: Option<Date>,
    days: String,
    gaps: usize,
    record_href: String,
}

/// Rows that fall due together.
struct Section {
    title: &'static str,
    /// Clocks, which may be more than rows.
    clocks: usize,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "obligations/due.html")]
struct DuePage {
    shell: Shell,
    tabs: Vec<Tab>,
    base: String,
    figures: Vec<Figure>,
    sections: Vec<Section>,
    standards: &'static [(&'static str, &'static str)],
    wanted: Wanted,
    gaps_href: String,
    new_href: String,
    systems_href: String,
    /// Query values a filter keeps.
    as_of: String,
    reset: String,
    left_out: usize,
    may_record: bool,
    applies: bool,
}

pub async fn list(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    super::check_names(&asking, &["within"])?;
    let wanted = super::wanted(&asking, Window::Season)?;
    let facts = super::facts_of(&app, &caller, None).await?;
    page::show(&page_of(&caller, &asking, wanted, &facts)?)
}

fn page_of(caller: &Caller, asking: &Asking, wanted: Wanted, facts: &Facts) -> Answer<DuePage> {
    let slug = &caller.serving()?.slug;
    let shell = Shell::of(caller, Place::Today, "What is due").saying(asking.text("done"));
    let (as_of, base) = (shell.query(), links::place(slug, "obligations"));
    let all = due_list(&obligations(facts), facts.today);
    let shown: Vec<&Due<'_>> = all.iter().filter(|due| wanted.holds(due)).collect();
    let mut sections: Vec<Section> =
        SECTIONS.iter().map(|title| Section { title, clocks: 0, rows: Vec::new() }).collect();
    let alike = together(&shown);
    for all in alike.iter().take(MOST) {
        let section = &mut sections[section_of(&all.due)];
        section.clocks += all.subjects.len();
        section.rows.push(row(slug, &as_of, all, facts.today));
    }
    sections.retain(|section| !section.rows.is_empty());
    let at = asking.text("as_of");
    Ok(DuePage {
        tabs: super::tabs(slug, &as_of, "obligations"),
        figures: figures(&base, at, &wanted, &all),
        sections,
        standards: &STANDARDS,
        gaps_href: format!("{base}/gaps{as_of}"),
        new_href: links::place(slug, "performances/new"),
        systems_href: format!("{}{as_of}", links::place(slug, "systems")),
        as_of: at.to_owned(),
        reset: format!("{base}{as_of}"),
        left_out: alike.len().saturating_sub(MOST),
        may_record: caller.may_now(Action::RecordPerformance),
        applies: !facts.applies.is_empty(),
        wanted,
        base,
        shell,
    })
}

const SECTIONS: [&str; 6] =
    ["Overdue", "Due within 7 days", "Due within 30 days", "Due within 90 days", "Due later", "Never performed"];

fn section_of(due: &Due<'_>) -> usize {
    match due.days_left {
        None => 5,
        Some(left) if left < 0 => 0,
        Some(left) if left <= 7 => 1,
        Some(left) if left <= 30 => 2,
        Some(left) if left <= 90 => 3,
        Some(_) => 4,
    }
}

fn figures(base: &str, as_of: &str, wanted: &Wanted, all: &[Due<'_>]) -> Vec<Figure> {
    let figure = |window: &Window| {
        let within = Wanted { window: *window, ..wanted.clone() };
        let count = all.iter().filter(|due| within.holds(due)).count();
        let pairs = [
            ("within", window.word()),
            ("standard", wanted.standard.as_str()),
            ("subject", wanted.subject.as_str()),
            ("as_of", as_of),
        ];
        let class = match window {
            Window::Overdue if count > 0 => "fail",
            Window::Week | Window::Month if count > 0 => "soon",
            _ => "",
        };
        let href = format!("{base}{}", links::query(pairs));
        Figure { count, label: window.label(), href, class, current: wanted.window == *window }
    };
    Window::ALL.iter().map(figure).collect()
}

fn row(slug: &str, as_of: &str, all: &Together<'_>, today: Date) -> Row {
    let due = &all.due;
    let subject = |subject: &&Subject| {
        (subject.reference.clone(), subject.name.clone(), super::subject_href(slug, as_of, subject))
    };
    let last = due.last.map(|last| {
        let href = format!("{}{as_of}", links::record(slug, "performances", last.id));
        (last.on, last.reference.clone(), href, last.days_late)
    });
    Row {
        mark: super::mark(due.state),
        state: due.state.label(),
        duty: due.duty.label(),
        parts: PartsView::of(&due.parts),
        subjects: all.subjects.iter().map(subject).collect(),
        interval: due.interval.to_string(),
        last,
        due: due.due,
        days: super::told_days(due.days_left),
        gaps: all.gaps,
        record_href: super::record_href(slug, all, today),
    }
}
