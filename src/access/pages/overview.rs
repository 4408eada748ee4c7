//! The place Access: who is in, what waits, what runs out.
//!
//! Invariant: each figure leads to the rows behind it; what is late stands first.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State as Held;

use super::cards::{self, Card};
use super::gathered::{ASSESSMENT, Gathered, TRAINING, address, counted, ending_soon, grants_waiting, lapsing_of};
use crate::departures::listing::{Shown, remembered, shown};
use crate::departures::rules::State;
use crate::web::extract::Asking;
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

/// A number and the rows behind it.
struct Figure {
    number: String,
    words: &'static str,
    href: String,
    class: &'static str,
}

#[derive(Template)]
#[template(path = "access/overview.html")]
struct OverviewPage {
    shell: Shell,
    figures: Vec<Figure>,
    clocks: Vec<Shown>,
    cards: Vec<Card>,
    lists: Vec<(&'static str, &'static str, String)>,
    base: String,
    query: String,
}

pub async fn overview(Held(app): Held<App>, caller: Caller, asking: Asking) -> Answer {
    if let Some((name, value)) = asking.0.iter().find(|(name, _)| name.as_str() != "as_of") {
        return Err(Failure::field(name, value, "not a filter of this page"));
    }
    let mut at = caller.snapshot(&app).await?;
    let known = remembered(&app, &mut at).await?;
    let gathered = Gathered::of(&app, &caller, &mut at).await?;
    drop(at);
    let shell = Shell::of(&caller, Place::Access, "Access");
    let (base, query) = (links::place(&caller.serving()?.slug, ""), shell.query());
    let pressing =
        |state: State| matches!(state, State::Overdue | State::DueSoon | State::Running | State::Indeterminate);
    let (mut clocks, counts) = shown(&caller, &known, gathered.now, pressing, &query)?;
    clocks.truncate(8);
    page::show(&OverviewPage {
        figures: figures(&gathered, &counts, (&base, &query)),
        cards: cards::of(&caller, &gathered, (&base, &query)),
        lists: lists(&base, &query),
        clocks,
        base,
        query,
        shell,
    })
}

fn figures(found: &Gathered, clocks: &BTreeMap<State, usize>, at: (&str, &str)) -> Vec<Figure> {
    let figure = |number: String, words, path: &str, class| Figure { number, words, href: address(at, path), class };
    let of = |state: State| clocks.get(&state).copied().unwrap_or(0);
    let clock = |state: State, words, class| {
        figure(
            of(state).to_string(),
            words,
            &format!("departures/clocks?state={}", state.word()),
            warn(of(state), class),
        )
    };
    let (open, vendors, failing) = (found.sessions.told(), found.sessions.vendors, found.sessions.failing);
    let (grants, others) = (found.grants_waiting.len(), found.authorizations_waiting.len());
    let late = found.reviews.iter().filter(|review| review.due_on.is_some_and(|due| due < found.day)).count();
    let mut figures = vec![
        figure(open, "sessions open", "sessions?state=open", ""),
        figure(vendors.to_string(), "vendor sessions open", "sessions?state=open&vendor=yes", warn(vendors, "soon")),
        figure(failing.to_string(), "open sessions failing", "sessions?state=open&judged=any", warn(failing, "fail")),
        figure(counted(grants), "grants wait", &grants_waiting(found.now), warn(grants, "soon")),
        figure(counted(others), "authorizations wait", "authorizations?status=requested", warn(others, "soon")),
        figure(counted(found.ending.len()), "grants end in 14 days", &ending_soon(found.now), ""),
        clock(State::Overdue, "removals overdue", "fail"),
        clock(State::DueSoon, "removals due soon", "soon"),
        clock(State::Running, "revocation clocks run", ""),
    ];
    figures.extend(lapsing(found, at));
    let reviews = counted(found.reviews.len());
    figures.push(figure(reviews, "reviews open", "reviews?status=open", warn(late, "fail")));
    figures
}

fn warn(count: usize, class: &'static str) -> &'static str {
    if count > 0 { class } else { "" }
}

/// Trainings and risk assessments that lapse.
fn lapsing(found: &Gathered, at: (&str, &str)) -> [Figure; 2] {
    let (trained, assessed) = found.lapsing.before;
    let figure = |what: &str, words, path: String| {
        let rows: Vec<_> = found.lapsing.rows.iter().filter(|(_, kind, _)| *kind == what).collect();
        let lapsed = rows.iter().any(|(.., until)| until.is_none_or(|until| until < found.day));
        let class = if lapsed { "fail" } else { warn(rows.len(), "soon") };
        Figure { number: counted(rows.len()), words, href: address(at, &path), class }
    };
    [
        figure(TRAINING, "trainings lapse in 30 days, any access", lapsing_of("trained", trained, found.now)),
        figure(ASSESSMENT, "assessments lapse in 30 days, any access", lapsing_of("assessed", assessed, found.now)),
    ]
}

/// Every list of the place: title, what it is, address.
fn lists(base: &str, query: &str) -> Vec<(&'static str, &'static str, String)> {
    [
        ("People", "Employees, contractors and vendors' people", "people"),
        ("Vendors", "Suppliers and their terms", "vendors"),
        ("Authorizations", "Electronic, unescorted physical, BCSI", "authorizations"),
        ("Accounts", "Individual, shared, default, service", "accounts"),
        ("Grants", "Remote access as it was granted", "grants"),
        ("Sessions", "What gateways told of", "sessions"),
        ("Terminations and transfers", "Who left or moved", "departures"),
        ("Revocation clocks", "What has to be taken away by when", "departures/clocks"),
        ("Reviews", "Campaigns and what was decided", "reviews"),
        ("Appointments", "CIP Senior Manager and delegates", "appointments"),
        ("Exceptional circumstances", "Declared, ended, looked back on", "circumstances"),
    ]
    .map(|(title, says, path)| (title, says, format!("{base}{path}{query}")))
    .to_vec()
}
