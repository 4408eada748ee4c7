//! One review: what it is, how far it is, its rows with what was decided, its discrepancies, its signature and history.
//!
//! Invariant: nobody is offered what they may not do; whoever could but may not is told why.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::table::{self, Asked, Filter, Page};
use crate::artifacts::shown::{self, Evidence};
use crate::auth::Action;
use crate::ids::ReviewId;
use crate::register::pages::{Step, steps};
use crate::register::view::{self, Fact, Group};
use crate::register::{Lookup, Register as _, Row, people, records as registers};
use crate::reviews::model::{Discrepancy, Review, ReviewKind, ReviewOutcome, ReviewStatus};
use crate::reviews::records::standings::{self, Counts};
use crate::reviews::records::{discrepancies, rows};
use crate::reviews::rules;
use crate::storage::{Kept, Snapshot};
use crate::vocabulary::Moment;
use crate::web::extract::{Asking, Id};
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

/// Discrepancies a page shows; the export has them all.
const MOST: usize = 200;

/// What a form sent that was refused.
#[derive(Default)]
pub struct Typed {
    pub rows: Vec<i64>,
    pub which: String,
    pub outcome: String,
    pub note: String,
    pub problem: Option<String>,
}

/// A discrepancy as the page shows it.
struct DiscrepancyView {
    n: i64,
    mark: &'static str,
    outcome: &'static str,
    reference: String,
    href: String,
    holder: String,
    note: String,
    /// Since when it is closed.
    closed: Option<String>,
}

/// What the reader may do.
struct May {
    decide: bool,
    sign: bool,
    abandon: bool,
    edit: bool,
    export: bool,
    /// Why they may not, where their role would let them.
    barred: Option<String>,
    /// Why it cannot be signed yet.
    unready: Option<String>,
}

#[derive(Template)]
#[template(path = "reviews/show.html")]
struct ShowPage {
    shell: Shell,
    review: Review,
    kind: &'static str,
    mark: &'static str,
    said: String,
    late: bool,
    lines: Vec<String>,
    counts: Counts,
    filters: Vec<Filter>,
    asked: Asked,
    page: Page,
    after: String,
    first: Option<String>,
    next: Option<String>,
    typed: Typed,
    key: String,
    outcomes: &'static [ReviewOutcome],
    may: May,
    discrepancies: Vec<DiscrepancyView>,
    open: usize,
    left: String,
    performance: Option<String>,
    version: i64,
    href: String,
    list_href: String,
    groups: Vec<Group<Fact>>,
    steps: Vec<Step>,
    evidence: Option<Evidence>,
}

pub async fn show(State(app): State<App>, caller: Caller, Id(id): Id<ReviewId>, asking: Asking) -> Answer {
    let known = ["show", "q", "after", "as_of", "done", "left"];
    if let Some((name, value)) = asking.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        return Err(Failure::field(name, value, "not a filter of these rows"));
    }
    let asked = Asked::read(asking.text("show"), asking.text("q"), asking.text("after"))?;
    let said = (asking.text("done"), asking.text("left"));
    page::show(&read(&app, &caller, id, asked, said, Typed::default()).await?)
}

/// The page again, with what a form sent and why it was refused.
pub async fn again(app: &App, caller: &Caller, id: ReviewId, asked: Asked, typed: Typed) -> Answer {
    page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &read(app, caller, id, asked, ("", ""), typed).await?)
}

async fn read(
    app: &App,
    caller: &Caller,
    id: ReviewId,
    asked: Asked,
    said: (&str, &str),
    typed: Typed,
) -> Answer<ShowPage> {
    let mut at = caller.snapshot(app).await?;
    let kept = at.find::<Review>(id).await?.ok_or(Failure::NotFound)?;
    let counts = standings::counts(&mut at, id).await?;
    let page = table::page(caller, &mut at, (id, &asked), (counts, kept.population), &typed.rows).await?;
    let doubts = rows::doubts(&mut at, id).await?;
    let discrepancies = discrepancies::of_review(&mut at, id).await?;
    let (groups, steps) = told(caller, &mut at, &kept).await?;
    let evidence = shown::evidence(caller, &mut at, "review", &id.to_string()).await?;
    let found = Found { kept, counts, page, doubts, discrepancies, groups, steps, evidence };
    page_of(caller, found, asked, said, typed)
}

/// What was read for the page.
struct Found {
    kept: Kept<Review>,
    counts: Counts,
    page: Page,
    doubts: i64,
    discrepancies: Vec<Discrepancy>,
    groups: Vec<Group<Fact>>,
    steps: Vec<Step>,
    evidence: Option<Evidence>,
}

fn page_of(caller: &Caller, found: Found, asked: Asked, (done, left): (&str, &str), typed: Typed) -> Answer<ShowPage> {
    let (kept, counts, slug) = (found.kept, found.counts, &caller.serving()?.slug);
    let mut shell = Shell::of(caller, Place::Access, format!("{} {}", kept.reference, kept.name)).saying(done);
    let href = links::record(slug, Review::WORDS.collection, kept.id);
    let (as_of, at_text) = (shell.query(), caller.as_of.map_or_else(String::new, Moment::rfc3339));
    shell.now_href = format!("{href}{}", asked.query(asked.after, ""));
    let due = kept.due_on.filter(|_| kept.status() == ReviewStatus::Open);
    let shown = found.discrepancies.iter().take(MOST);
    Ok(ShowPage {
        kind: kept.kind.map_or("", ReviewKind::label),
        mark: Review::mark("status", kept.status().word()),
        said: due.map_or_else(String::new, |due| rules::told_due(due, caller.day())),
        late: due.is_some_and(|due| due < caller.day()),
        lines: lines(caller, &kept),
        filters: table::filters(&href, &asked, (counts, kept.population), found.doubts, &at_text),
        first: (asked.after > 0).then(|| format!("{href}{}", asked.query(0, &at_text))),
        next: found.page.next.map(|after| format!("{href}{}", asked.query(after, &at_text))),
        after: if asked.after > 0 { asked.after.to_string() } else { String::new() },
        may: may(caller, &kept, counts),
        open: found.discrepancies.iter().filter(|one| one.closed_at.is_none()).count(),
        discrepancies: shown.map(|one| discrepancy(caller, one, slug, &as_of)).collect(),
        left: left.parse::<usize>().ok().filter(|left| *left > 0).map_or_else(String::new, |left| left.to_string()),
        performance: kept.performance.map(|id| format!("{}{as_of}", links::record(slug, "performances", id))),
        list_href: format!("{}{as_of}", links::place(slug, Review::WORDS.collection)),
        key: crate::auth::secret::public_id(),
        outcomes: ReviewOutcome::ALL,
        version: kept.version,
        review: kept.content,
        page: found.page,
        groups: found.groups,
        steps: found.steps,
        evidence: found.evidence,
        counts,
        asked,
        typed,
        href,
        shell,
    })
}

/// Facts and history.
async fn told(caller: &Caller, at: &mut Snapshot, kept: &Kept<Review>) -> Answer<(Vec<Group<Fact>>, Vec<Step>)> {
    let history = at.history::<Review>(kept.id).await?;
    let names = people::names(at, history.iter().map(|kept| kept.recorded_by.as_str())).await?;
    let lookup: Lookup = registers::linked::<Review>(at).await?.within(caller.time_zone()).on(caller.day());
    let steps = steps(&history, &lookup, &names);
    let as_of = Shell::of(caller, Place::Access, "").query();
    let row = Row { kept: kept.clone(), derived: [None, None] };
    Ok((view::facts(&row, &lookup, &caller.serving()?.slug, &as_of), steps))
}

/// What it is, in sentences.
fn lines(caller: &Caller, review: &Review) -> Vec<String> {
    let told = |what: &str, act: &Option<crate::register::Act>| {
        act.as_ref().map(|act| format!("{what} by {}", act.told(caller.time_zone())))
    };
    let mut lines: Vec<String> = [
        told("Opened, its rows frozen,", &review.opened),
        told("Signed", &review.completed),
        told("Abandoned", &review.abandoned),
    ]
    .into_iter()
    .flatten()
    .collect();
    if review.kind == Some(ReviewKind::ConduitReview) {
        let said = "It lists conduits and becomes no performance; each conduit is reviewed by a decision of its own, which sets its next day.";
        lines.push(said.to_owned());
    }
    lines
}

fn may(caller: &Caller, review: &Review, counts: Counts) -> May {
    let role = caller.may_now(Action::ReviewAccess) && rules::refuses_any_act(review).is_none();
    let barred = caller.user().ok().filter(|_| role).and_then(|user| rules::refuses_person(review, user));
    let unready = rules::refuses_completion(review.population, counts.decided());
    May {
        // Rows about the reviewer's own access are anybody else's to decide, so the form is there.
        decide: role,
        sign: role && barred.is_none() && unready.is_none(),
        abandon: role,
        edit: role,
        export: caller.may(Action::ExportInventory),
        barred,
        unready: unready.filter(|_| role),
    }
}

fn discrepancy(caller: &Caller, one: &Discrepancy, slug: &str, as_of: &str) -> DiscrepancyView {
    DiscrepancyView {
        n: one.n,
        mark: table::mark(one.outcome),
        outcome: one.outcome.label(),
        reference: one.reference.clone(),
        href: format!("{}{as_of}", links::record(slug, &links::collection(&one.kind), one.of)),
        holder: one.holder.clone(),
        note: one.note.clone(),
        closed: one.closed_at.map(|at| caller.told(at)),
    }
}
