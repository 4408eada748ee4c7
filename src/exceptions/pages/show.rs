//! One exception: what it justifies and what it may not, the decisions, the history.
//!
//! Invariant: the requester is told that another person decides; nobody is offered what they may not do.

use askama::Template;
use axum::extract::State;

use super::super::{Exception, ExceptionKind, rules};
use crate::auth::Action;
use crate::ids::ExceptionId;
use crate::register::pages::{Step, steps};
use crate::register::view::{self, Fact, Group};
use crate::register::{Lookup, Row, people};
use crate::storage::Kept;
use crate::web::extract::{Asking, Id};
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

#[derive(Template)]
#[template(path = "exceptions/show.html")]
struct ShowPage {
    shell: Shell,
    reference: String,
    title: String,
    mark: &'static str,
    standing: &'static str,
    may: &'static str,
    may_not: &'static str,
    groups: Vec<Group<Fact>>,
    steps: Vec<Step>,
    href: String,
    list_href: String,
    version: i64,
    /// Why the reader may not decide, where they otherwise could.
    barred: Option<&'static str>,
    may_decide: bool,
    may_revoke: bool,
    may_end: bool,
    may_edit: bool,
    today: String,
}

pub async fn show(State(app): State<App>, caller: Caller, Id(id): Id<ExceptionId>, asking: Asking) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let kept = at.find::<Exception>(id).await?.ok_or(Failure::NotFound)?;
    let history = at.history::<Exception>(id).await?;
    let names = people::names(&mut at, history.iter().map(|kept| kept.recorded_by.as_str())).await?;
    let steps = steps(&history, &Lookup::default().within(caller.time_zone()), &names);
    let mut shell = Shell::of(&caller, Place::Findings, kept.reference.to_string()).saying(asking.text("done"));
    shell.now_href = links::record(&caller.serving()?.slug, "exceptions", id);
    page::show(&page_of(&caller, shell, kept, steps)?)
}

fn page_of(caller: &Caller, shell: Shell, kept: Kept<Exception>, steps: Vec<Step>) -> Answer<ShowPage> {
    let (slug, as_of) = (&caller.serving()?.slug, shell.query());
    let standing = kept.standing(caller.day());
    let may = caller.may_now(Action::ApproveException);
    let barred = caller.user().ok().and_then(|user| rules::refuses_decision(&kept, user));
    let lookup = Lookup::default().within(caller.time_zone());
    let row = Row { kept, derived: [None, None] };
    let (kind, undecided) = (row.kept.kind, row.kept.is_undecided());
    let (justifies, never) = reach(kind);
    Ok(ShowPage {
        reference: row.kept.reference.to_string(),
        title: row.kept.title.clone(),
        mark: super::mark(standing),
        standing: standing.label(),
        may: justifies,
        may_not: never,
        groups: view::facts(&row, &lookup, slug, &as_of),
        steps,
        href: links::record(slug, "exceptions", row.kept.id),
        list_href: format!("{}{as_of}", links::place(slug, "exceptions")),
        version: row.kept.version,
        barred: barred.filter(|_| may && undecided),
        may_decide: may && undecided && barred.is_none(),
        may_revoke: may && row.kept.refused.is_none() && row.kept.revoked.is_none() && row.kept.approved.is_some(),
        may_end: caller.may_now(Action::RequestException)
            && kind == Some(ExceptionKind::Cec)
            && row.kept.ended_on.is_none(),
        may_edit: caller.may_now(Action::RequestException) && undecided,
        today: caller.day().to_string(),
        shell,
    })
}

/// What a kind justifies, and what it never does.
fn reach(kind: Option<ExceptionKind>) -> (&'static str, &'static str) {
    match kind {
        Some(ExceptionKind::Policy) => (
            "Advisory failures of the checks and parts it names, on the records it covers, from its first to its last day.",
            "A mandatory failure, ever: no policy of the organization excuses what a standard demands.",
        ),
        Some(ExceptionKind::Tfe) => (
            "Mandatory failures of parts whose text says \u{201c}where technically feasible\u{201d}, on the records it covers, from its first to its last day.",
            "Parts whose text does not allow a Technical Feasibility Exception; advisory failures; days before it began.",
        ),
        Some(ExceptionKind::Capability) => (
            "Mandatory failures of parts whose text says \u{201c}per system capability\u{201d}, on the records it covers, from its first to its last day.",
            "Parts whose text does not speak of capability; advisory failures; days before it began.",
        ),
        Some(ExceptionKind::Cec) => (
            "Mandatory failures of parts that name CIP Exceptional Circumstances, that began while the circumstance was declared and ended within it.",
            "Every other part; whatever began before the declaration or went on after the end.",
        ),
        None => ("Nothing: it has no kind.", "Everything."),
    }
}
