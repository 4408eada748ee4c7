//! The place Access: who is in, what waits, what runs out.
//!
//! Invariant: each figure leads to the rows behind it; what is late stands first.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State as Held;

use super::cards::{self, Card};
use crate::access::records;
use crate::departures::listing::{Shown, remembered, shown};
use crate::departures::rules::State;
use crate::ids::PersonId;
use crate::organizations::OrganizationProfile;
use crate::personnel::rules::standing;
use crate::personnel::{Authorization, Person};
use crate::remote_access::Grant;
use crate::reviews::Review;
use crate::storage::{Kept, Snapshot};
use crate::vocabulary::{Date, Moment, MonthMode};
use crate::web::extract::Asking;
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

/// Days ahead in which a grant that runs out is shown.
const ENDING_DAYS: i64 = 14;
/// Days ahead in which a training or an assessment that lapses is shown.
const LAPSING_DAYS: i64 = 30;

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

/// Everything the page is told from.
pub(super) struct Gathered {
    pub sessions: records::OpenSessions,
    pub grants_waiting: Vec<Kept<Grant>>,
    pub authorizations_waiting: Vec<Kept<Authorization>>,
    pub ending: Vec<Kept<Grant>>,
    /// What lapses, of whom, and the day.
    pub lapsing: Arc<Lapsing>,
    pub reviews: Vec<Kept<Review>>,
    pub people: BTreeMap<PersonId, (String, String)>,
    pub now: Moment,
    pub day: Date,
}

impl Gathered {
    async fn of(app: &App, caller: &Caller, at: &mut Snapshot) -> Answer<Self> {
        let (now, day) = (at.now(), caller.day());
        let grants_waiting = records::grants_waiting(at, now).await?;
        let ending = records::grants_ending(at, now, now.plus_seconds(ENDING_DAYS * 86_400)).await?;
        let authorizations_waiting = records::authorizations_waiting(at).await?;
        let named = grants_waiting.iter().chain(&ending).filter_map(|grant| grant.person);
        let named = named.chain(authorizations_waiting.iter().filter_map(|one| one.person)).collect::<Vec<_>>();
        Ok(Self {
            sessions: records::open_sessions(at, now).await?,
            lapsing: Lapsing::known(app, at, day, now).await?,
            reviews: records::open_reviews(at).await?,
            people: records::people(at, named.into_iter()).await?,
            grants_waiting,
            authorizations_waiting,
            ending,
            now,
            day,
        })
    }
}

/// What lapses, read once for each state of the record and each day.
pub(super) struct Lapsing {
    day: Date,
    pub rows: Vec<(Kept<Person>, &'static str, Option<Date>)>,
}

impl Lapsing {
    async fn known(app: &App, at: &mut Snapshot, day: Date, now: Moment) -> Answer<Arc<Self>> {
        let (organization, size) = (at.organization(), at.tree_size());
        let known = app.computed.at::<Self>(organization, size);
        if let Some(known) = known.filter(|known| at.is_newest() && known.day == day) {
            return Ok(known);
        }
        let read = Arc::new(Self { day, rows: lapsing(at, day, now).await? });
        if at.is_newest() {
            app.computed.keep(organization, size, Arc::clone(&read));
        }
        Ok(read)
    }
}

/// What lapses within the days shown or has lapsed, of people who have access, the earliest first.
async fn lapsing(at: &mut Snapshot, day: Date, now: Moment) -> Answer<Vec<(Kept<Person>, &'static str, Option<Date>)>> {
    let organization = at.organization();
    let profile = at.find::<OrganizationProfile>(organization).await?;
    let months = profile.map_or(MonthMode::EndOfMonth, |profile| profile.month_mode);
    let last = day.plus_days(LAPSING_DAYS);
    // Wide enough for every way of counting: 15 months and seven years are never shorter than this.
    let before = (last.plus_days(-15 * 28), last.plus_days(-7 * 365));
    let mut found = Vec::new();
    for kept in records::lapsing(at, before, now).await? {
        let trained = standing::trained_until(&kept, day, months);
        let assessed = standing::assessed_until(&kept, day);
        for (what, until) in [("Training", trained), ("Risk assessment", assessed)] {
            if until.is_none_or(|until| until <= last) {
                found.push((kept.clone(), what, until));
            }
        }
    }
    found.sort_by_key(|(kept, _, until)| (*until, kept.id));
    Ok(found)
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

/// The address of a list with its filters, at the page's instant.
pub(super) fn address((base, query): (&str, &str), path: &str) -> String {
    let query = if path.contains('?') { query.replacen('?', "&", 1) } else { query.to_owned() };
    format!("{base}{path}{query}")
}

/// The filter that shows the grants that run out within the days shown.
pub(super) fn ending_soon(day: Date) -> String {
    format!("grants?status=active&ends_from={day}&ends_before={}&sort=valid_until", day.plus_days(ENDING_DAYS + 1))
}

/// A count of rows that were read up to a limit.
pub(super) fn counted(rows: usize) -> String {
    if rows >= records::MOST { format!("{}+", records::MOST) } else { rows.to_string() }
}

fn figures(found: &Gathered, clocks: &BTreeMap<State, usize>, (base, query): (&str, &str)) -> Vec<Figure> {
    let figure =
        |number: String, words, path: &str, class| Figure { number, words, href: address((base, query), path), class };
    let of = |states: &[State]| states.iter().filter_map(|state| clocks.get(state)).sum::<usize>();
    let warn = |count: usize, class: &'static str| if count > 0 { class } else { "" };
    let waiting = found.grants_waiting.len() + found.authorizations_waiting.len();
    let (open, vendors, failing) = (found.sessions.told(), found.sessions.vendors, found.sessions.failing);
    let (overdue, running) = (of(&[State::Overdue]), of(&[State::Running, State::DueSoon]));
    let lapsed = found.lapsing.rows.iter().filter(|(.., until)| until.is_none_or(|until| until < found.day)).count();
    let late = found.reviews.iter().filter(|review| review.due_on.is_some_and(|due| due < found.day)).count();
    let lapsing = if lapsed > 0 { "fail" } else { warn(found.lapsing.rows.len(), "soon") };
    vec![
        figure(open, "sessions open", "sessions", ""),
        figure(vendors.to_string(), "vendor sessions open", "sessions/active", warn(vendors, "soon")),
        figure(failing.to_string(), "open sessions failing", "sessions", warn(failing, "fail")),
        figure(counted(waiting), "requests wait", "grants?status=requested", warn(waiting, "soon")),
        figure(counted(found.ending.len()), "grants end in 14 days", &ending_soon(found.day), ""),
        figure(overdue.to_string(), "removals overdue", "departures/clocks", warn(overdue, "fail")),
        figure(running.to_string(), "revocation clocks run", "departures/clocks", warn(running, "soon")),
        figure(counted(found.lapsing.rows.len()), "lapse in 30 days", "people?sort=trained", lapsing),
        figure(counted(found.reviews.len()), "reviews open", "reviews", if late > 0 { "fail" } else { "" }),
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
