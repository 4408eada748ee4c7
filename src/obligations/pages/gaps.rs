//! The gaps: every interval that was late in a period, however current its clock is today.
//!
//! Invariant: a gap is never taken away by a later performance.

use askama::Template;
use axum::extract::State;

use super::{PartsView, Tab};
use crate::obligations::rules::due::{Late, Wanted, Window, late_list};
use crate::obligations::rules::duties::STANDARDS;
use crate::obligations::rules::{Facts, obligations};
use crate::vocabulary::Date;
use crate::web::extract::Asking;
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

/// Most rows of a page; the period and the filters find the others.
const MOST: usize = 500;

struct Row {
    duty: &'static str,
    parts: PartsView,
    subject: String,
    subject_href: Option<String>,
    due: Date,
    until: Option<Date>,
    days: i64,
}

#[derive(Template)]
#[template(path = "obligations/gaps.html")]
struct GapsPage {
    shell: Shell,
    tabs: Vec<Tab>,
    base: String,
    rows: Vec<Row>,
    total: usize,
    from: Date,
    until: Date,
    standards: &'static [(&'static str, &'static str)],
    wanted: Wanted,
    as_of: String,
}

pub async fn gaps(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    super::check_names(&asking, &["from", "until"])?;
    let wanted = super::wanted(&asking, Window::All)?;
    let (from, until) = (super::day(&asking, "from")?, super::day(&asking, "until")?);
    let mut facts = super::facts_of(&app, &caller, None).await?;
    let (first, last) = facts.period;
    facts.period = (from.unwrap_or(first), until.unwrap_or(last));
    if facts.period.0 > facts.period.1 {
        return Err(Failure::field(
            "until",
            asking.text("until"),
            format!("before the period begins, {}", facts.period.0),
        ));
    }
    page::show(&page_of(&caller, &asking, wanted, &facts)?)
}

fn page_of(caller: &Caller, asking: &Asking, wanted: Wanted, facts: &Facts) -> Answer<GapsPage> {
    let slug = &caller.serving()?.slug;
    let shell = Shell::of(caller, Place::Today, "Gaps");
    let as_of = shell.query();
    let all = late_list(&obligations(facts), facts.today);
    let shown: Vec<&Late<'_>> = all.iter().filter(|late| wanted.holds_late(late)).collect();
    let row = |late: &&Late<'_>| Row {
        duty: late.duty.label(),
        parts: PartsView::of(&late.parts),
        subject: late.subject.reference.clone(),
        subject_href: super::subject_href(slug, &as_of, late.subject),
        due: late.lapse.from.plus_days(-1),
        until: late.lapse.until,
        days: late.days,
    };
    Ok(GapsPage {
        tabs: super::tabs(slug, &as_of, "obligations/gaps"),
        base: links::place(slug, "obligations/gaps"),
        total: shown.len(),
        rows: shown.iter().take(MOST).map(row).collect(),
        from: facts.period.0,
        until: facts.period.1,
        standards: &STANDARDS,
        as_of: asking.text("as_of").to_owned(),
        wanted,
        shell,
    })
}
