//! Reviews as a list: how far each is, when it is due, and what should be opened.
//!
//! Invariant: what should be opened comes from the clocks of the obligations; a review that was signed is never due.

use askama::Template;
use axum::extract::State;

use crate::auth::Action;
use crate::register::Register as _;
use crate::reviews::model::{Review, ReviewKind, ReviewStatus};
use crate::reviews::records::owed::{self, Owed};
use crate::reviews::records::standings;
use crate::reviews::rules::told_due;
use crate::storage::{Kept, Snapshot};
use crate::vocabulary::Date;
use crate::web::extract::Asking;
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

/// A status to choose.
struct Choice {
    label: &'static str,
    href: String,
    count: usize,
    current: bool,
}

/// A review in one line.
struct Row {
    href: String,
    reference: String,
    name: String,
    kind: &'static str,
    mark: &'static str,
    status: &'static str,
    due: String,
    /// How far the day is, while it matters.
    said: String,
    late: bool,
    reviewer: String,
    decided: i64,
    population: i64,
    result: String,
}

/// A review that should be opened.
struct OwedView {
    kind: &'static str,
    mark: &'static str,
    state: &'static str,
    said: String,
    systems: String,
    href: String,
}

#[derive(Template)]
#[template(path = "reviews/list.html")]
struct ListPage {
    shell: Shell,
    base: String,
    choices: Vec<Choice>,
    rows: Vec<Row>,
    owed: Vec<OwedView>,
    total: usize,
    may_review: bool,
    may_export: bool,
    query: String,
}

/// The status an address asks for.
fn wanted(asking: &Asking) -> Answer<Option<ReviewStatus>> {
    let known = ["status", "as_of", "done"];
    if let Some((name, value)) = asking.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        return Err(Failure::field(name, value, "not a filter of this list"));
    }
    let asked = asking.text("status");
    let wanted = Some(asked).filter(|text| !text.is_empty()).map(ReviewStatus::parse).transpose();
    wanted.map_err(|problem| Failure::field("status", asked, problem))
}

pub async fn list(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let wanted = wanted(&asking)?;
    let mut at = caller.snapshot(&app).await?;
    let mut all = at.every::<Review>().await?;
    // Open ones by their day, then the others, the newest first.
    all.sort_by_key(|kept| (kept.status() != ReviewStatus::Open, kept.due_on, std::cmp::Reverse(kept.recorded_from)));
    let (shell, slug) = (Shell::of(&caller, Place::Access, Review::WORDS.title), caller.serving()?.slug.clone());
    let mut rows = Vec::new();
    for kept in all.iter().filter(|kept| wanted.is_none_or(|wanted| kept.status() == wanted)) {
        let decided = decided(&mut at, kept).await?;
        rows.push(row(kept, decided, &format!("{}{}", address(&slug, kept), shell.query()), caller.day()));
    }
    let (base, owed) = (links::place(&slug, Review::WORDS.collection), owed::owed(&mut at).await?);
    page::show(&ListPage {
        choices: choices(&all, wanted, &base, asking.text("as_of")),
        rows,
        owed: owed.iter().map(|one| owed_view(one, &base, caller.day())).collect(),
        total: all.len(),
        may_review: caller.may_now(Action::ReviewAccess),
        may_export: caller.may(Action::ExportInventory),
        query: links::query([("status", asking.text("status")), ("as_of", asking.text("as_of"))]),
        shell: shell.saying(asking.text("done")),
        base,
    })
}

fn address(slug: &str, kept: &Kept<Review>) -> String {
    links::record(slug, Review::WORDS.collection, kept.id)
}

/// How many rows of a review are decided.
async fn decided(at: &mut Snapshot, kept: &Kept<Review>) -> Answer<i64> {
    match kept.status() {
        ReviewStatus::Completed => Ok(kept.content.kept + kept.changed + kept.removed),
        _ => Ok(standings::counts(at, kept.id).await?.decided()),
    }
}

fn choices(all: &[Kept<Review>], wanted: Option<ReviewStatus>, base: &str, as_of: &str) -> Vec<Choice> {
    let choice = |label, word: &str, status: Option<ReviewStatus>| Choice {
        label,
        href: format!("{base}{}", links::query([("status", word), ("as_of", as_of)])),
        count: all.iter().filter(|kept| status.is_none_or(|status| kept.status() == status)).count(),
        current: wanted == status,
    };
    let each = ReviewStatus::ALL.iter().map(|one| choice(one.label(), one.word(), Some(*one)));
    [choice("All", "", None)].into_iter().chain(each).collect()
}

fn row(kept: &Kept<Review>, decided: i64, href: &str, today: Date) -> Row {
    let status = kept.status();
    let due = kept.due_on.filter(|_| status == ReviewStatus::Open);
    Row {
        href: href.to_owned(),
        reference: kept.reference.to_string(),
        name: kept.name.clone(),
        kind: kept.kind.map_or("", ReviewKind::label),
        mark: Review::mark("status", status.word()),
        status: status.label(),
        due: kept.due_on.map_or_else(String::new, |due| due.to_string()),
        said: due.map_or_else(String::new, |due| told_due(due, today)),
        late: due.is_some_and(|due| due < today),
        reviewer: kept.reviewer.as_ref().map_or_else(String::new, |reviewer| reviewer.login.clone()),
        decided,
        population: kept.population,
        result: if status == ReviewStatus::Completed { result(kept) } else { String::new() },
    }
}

/// What came of a signed review.
fn result(review: &Kept<Review>) -> String {
    let (keep, change, remove) = (review.content.kept, review.changed, review.removed);
    format!("{keep} kept, {change} to change, {remove} to remove")
}

fn owed_view(one: &Owed, base: &str, today: Date) -> OwedView {
    let systems = one.systems.join(";");
    let due = one.due.map_or_else(String::new, |due| due.to_string());
    let query = links::query([("kind", one.kind.word()), ("systems", &systems), ("due_on", &due)]);
    OwedView {
        kind: one.kind.label(),
        mark: mark(one.state),
        state: one.state.label(),
        said: one.due.map_or_else(
            || "nothing is recorded of when it was last done".to_owned(),
            |due| format!("{due}, {}", told_due(due, today)),
        ),
        systems: one.systems.join(", "),
        href: format!("{base}/new{query}"),
    }
}

fn mark(state: crate::obligations::rules::ObligationState) -> &'static str {
    use crate::obligations::rules::ObligationState as S;
    match state {
        S::Overdue => "failing",
        S::NeverPerformed => "indeterminate",
        S::DueSoon | S::Met => "due_soon",
    }
}
