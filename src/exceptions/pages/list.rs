//! The list of exceptions, by where they stand today.
//!
//! Invariant: the standing is computed for the page's day; nothing here is kept.

use askama::Template;
use axum::extract::State;

use super::super::{Exception, Standing, records};
use crate::auth::Action;
use crate::storage::Kept;
use crate::web::extract::Asking;
use crate::web::{Answer, App, Caller, Place, Shell, links, page};

struct RowView {
    href: String,
    reference: String,
    title: String,
    kind: &'static str,
    mark: &'static str,
    standing: &'static str,
    about: String,
    covers: String,
    requested: String,
    approved: String,
    expires: String,
}

/// A standing to filter by, with how many there are.
struct Choice {
    label: &'static str,
    href: String,
    count: usize,
    current: bool,
}

#[derive(Template)]
#[template(path = "exceptions/list.html")]
struct ListPage {
    shell: Shell,
    base: String,
    findings: String,
    choices: Vec<Choice>,
    rows: Vec<RowView>,
    total: usize,
    may_request: bool,
    may_export: bool,
    /// The query of the files of the same rows.
    query: String,
}

pub async fn list(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let wanted = super::export::wanted(&asking)?;
    let mut at = caller.snapshot(&app).await?;
    let all = records::all(&mut at).await?;
    let shell = Shell::of(&caller, Place::Findings, "Exceptions").saying(asking.text("done"));
    let slug = caller.serving()?.slug.clone();
    let on = caller.day();
    let shown = all.iter().filter(|kept| wanted.is_none_or(|wanted| kept.standing(on) == wanted));
    let rows = shown.map(|kept| row(kept, kept.standing(on), &slug, &shell.query())).collect();
    page::show(&ListPage {
        base: links::place(&slug, "exceptions"),
        findings: format!("{}{}", links::place(&slug, "findings"), shell.query()),
        choices: choices(&all, wanted, &caller, &slug, asking.text("as_of")),
        rows,
        total: all.len(),
        may_request: caller.may_now(Action::RequestException),
        may_export: caller.may(Action::ExportInventory),
        query: links::query([("state", asking.text("state")), ("as_of", asking.text("as_of"))]),
        shell,
    })
}

fn choices(all: &[Kept<Exception>], wanted: Option<Standing>, caller: &Caller, slug: &str, as_of: &str) -> Vec<Choice> {
    let on = caller.day();
    let base = links::place(slug, "exceptions");
    let choice = |label, word: &str, standing: Option<Standing>| Choice {
        label,
        href: format!("{base}{}", links::query([("state", word), ("as_of", as_of)])),
        count: all.iter().filter(|kept| standing.is_none_or(|one| kept.standing(on) == one)).count(),
        current: wanted == standing,
    };
    let each = Standing::ALL.iter().map(|one| choice(one.label(), one.word(), Some(*one)));
    [choice("All", "", None)].into_iter().chain(each).collect()
}

fn row(kept: &Kept<Exception>, standing: Standing, slug: &str, as_of: &str) -> RowView {
    let named = kept.requirements.iter().chain(&kept.checks).cloned().collect::<Vec<_>>();
    let who = |act: &Option<crate::register::Act>| act.as_ref().map_or_else(String::new, |act| act.name.clone());
    RowView {
        href: format!("{}{as_of}", links::record(slug, "exceptions", kept.id)),
        reference: kept.reference.to_string(),
        title: kept.title.clone(),
        kind: kept.kind.map_or("", super::super::ExceptionKind::label),
        mark: super::mark(standing),
        standing: standing.label(),
        about: named.join(", "),
        covers: covers(kept),
        requested: who(&kept.requested),
        approved: who(&kept.approved),
        expires: kept.expires.map_or_else(String::new, |date| date.to_string()),
    }
}

fn covers(exception: &Exception) -> String {
    if exception.everything == Some(true) {
        return "all records".to_owned();
    }
    match exception.subjects.as_slice() {
        [] => "no record".to_owned(),
        [one] => one.reference.clone(),
        [one, rest @ ..] => format!("{} and {} more", one.reference, rest.len()),
    }
}
