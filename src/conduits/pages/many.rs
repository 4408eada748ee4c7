//! Approving the selected conduits or permitted flows: asked with the count first, then a verdict each.
//!
//! Invariant: each record is judged by itself; what the approver asked for is refused row by row with the reason.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::future::BoxFuture;

use crate::conduits::actions::{self, Refusal, Step};
use crate::conduits::{Conduit, PermittedFlow};
use crate::ids::Id as _;
use crate::register::{Lookup, Register, Words, field};
use crate::storage::{self, Change, Kept};
use crate::web::extract::Filled;
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

/// Most records approved at once.
const MOST: usize = 2_000;

/// A kind whose records are approved one by one.
pub trait Approved: Register {
    /// Approves a record, or says why not.
    fn approve<'c>(
        change: &'c mut Change,
        read: &'c Kept<Self>,
        why: &'c str,
    ) -> BoxFuture<'c, storage::Result<Result<(), Refusal>>>;
}

impl Approved for Conduit {
    fn approve<'c>(
        change: &'c mut Change,
        read: &'c Kept<Self>,
        why: &'c str,
    ) -> BoxFuture<'c, storage::Result<Result<(), Refusal>>> {
        Box::pin(actions::step(change, read, Step::Approve, why))
    }
}

impl Approved for PermittedFlow {
    fn approve<'c>(
        change: &'c mut Change,
        read: &'c Kept<Self>,
        why: &'c str,
    ) -> BoxFuture<'c, storage::Result<Result<(), Refusal>>> {
        Box::pin(actions::decide(change, read, true, why))
    }
}

/// What became of one record.
struct Verdict {
    label: String,
    href: String,
    said: String,
    done: bool,
}

#[derive(Template)]
#[template(path = "conduits/approve.html")]
struct ApprovePage {
    shell: Shell,
    words: Words,
    ids: Vec<String>,
    base: String,
    reason: String,
    problem: Option<String>,
    verdicts: Vec<Verdict>,
    done: usize,
}

pub async fn approve<K: Approved>(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let mut ids: Vec<String> = field::split(&filled.take("ids")).map(str::to_owned).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() || ids.len() > MOST {
        return Err(Failure::field("ids", &ids.len().to_string(), "select 1 to 2,000 rows"));
    }
    let reason = filled.take("reason");
    let base = links::place(&caller.serving()?.slug, K::WORDS.collection);
    let shell = Shell::of(&caller, Place::Boundary, format!("Approve {}", K::WORDS.title));
    let read = field::line(&reason, 500);
    let mut view =
        ApprovePage { shell, words: K::WORDS, ids, base, reason, problem: None, verdicts: Vec::new(), done: 0 };
    if filled.take("confirmed") != "yes" {
        return page::show(&view);
    }
    match read {
        Ok(why) if !why.is_empty() => view.verdicts = each::<K>(&app, &caller, &view, &why).await?,
        Ok(_) => view.problem = Some("Say why, for the history.".to_owned()),
        Err(problem) => view.problem = Some(problem),
    }
    view.done = view.verdicts.iter().filter(|verdict| verdict.done).count();
    page::show_as(if view.problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &view)
}

/// Approves each record in one change; what is not approved is left alone and said.
async fn each<K: Approved>(app: &App, caller: &Caller, view: &ApprovePage, why: &str) -> Answer<Vec<Verdict>> {
    let mut change = caller.change(app).await?;
    let mut verdicts = Vec::new();
    for id in &view.ids {
        let found = match K::Id::parse(id) {
            Some(id) => change.reading().await?.find::<K>(id).await?,
            None => None,
        };
        let Some(kept) = found else {
            let (label, said) = (id.clone(), "does not exist".to_owned());
            verdicts.push(Verdict { label, href: String::new(), said, done: false });
            continue;
        };
        let (done, said) = match K::approve(&mut change, &kept, why).await? {
            Ok(()) => (true, "approved".to_owned()),
            Err(refusal) => (false, refusal),
        };
        let label = kept.content.label(&Lookup::default());
        verdicts.push(Verdict { label, href: format!("{}/{}", view.base, kept.id), said, done });
    }
    change.commit().await?;
    Ok(verdicts)
}
