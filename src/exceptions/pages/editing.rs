//! Changing a request nobody decided about, by form and over the API.
//!
//! Invariant: who asked, and when, stays; what was decided is not edited but taken back and asked for anew.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;

use super::super::{Exception, actions, subjects};
use super::requesting::{self, read};
use crate::ids::ExceptionId;
use crate::register::{Draft, Field, Lookup, Register};
use crate::storage::{Kept, Snapshot};
use crate::web::extract::{Filled, Id};
use crate::web::{Answer, App, Caller, Failure, links, page};

/// What a form holds of an exception.
#[must_use]
pub fn as_typed(exception: &Exception) -> BTreeMap<String, String> {
    let editable = Exception::FIELDS.iter().filter(|field: &&Field<Exception>| field.editable);
    let fields = editable.map(|field| (field.name.to_owned(), (field.read)(exception, &Lookup::default())));
    fields.chain([("subjects".to_owned(), subjects::told(&exception.subjects))]).collect()
}

/// The request as it would be, with every problem.
pub async fn rewritten(
    at: &mut Snapshot,
    kept: &Kept<Exception>,
    texts: &BTreeMap<String, String>,
    reason: &str,
) -> Answer<(Exception, Draft)> {
    let (exception, drafted) = read(at, texts, reason).await?;
    Ok((Exception { requested: kept.requested.clone(), ..exception }, drafted))
}

/// Refuses what was decided.
pub fn still_asked(kept: &Kept<Exception>) -> Answer<()> {
    if kept.is_undecided() {
        return Ok(());
    }
    Err(Failure::Conflict("This exception was decided; request another.".to_owned()))
}

pub async fn edit(State(app): State<App>, caller: Caller, Id(id): Id<ExceptionId>) -> Answer {
    let mut at = caller.snapshot(&app).await?;
    let kept = at.find::<Exception>(id).await?.ok_or(Failure::NotFound)?;
    still_asked(&kept)?;
    page::show(&form(&caller, &kept, &as_typed(&kept), &Draft::default(), String::new())?)
}

pub async fn update(State(app): State<App>, caller: Caller, Id(id): Id<ExceptionId>, mut filled: Filled) -> Answer {
    let (version, reason) = (filled.take("version"), filled.take("reason").trim().to_owned());
    filled.take("key");
    let mut change = caller.change(&app).await?;
    let kept = change.reading().await?.find::<Exception>(id).await?.ok_or(Failure::NotFound)?;
    still_asked(&kept)?;
    let mut texts = as_typed(&kept);
    texts.extend(filled.0);
    let (next, mut drafted) = rewritten(change.reading().await?, &kept, &texts, &reason).await?;
    if reason.is_empty() {
        drafted.refuse("reason", "", "missing; say why, for the history");
    }
    if version != kept.version.to_string() {
        return conflict(&caller, &kept, &texts, &drafted, reason);
    }
    if !drafted.is_good() {
        return page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &form(&caller, &kept, &texts, &drafted, reason)?);
    }
    let href = links::record(&caller.serving()?.slug, "exceptions", id);
    actions::revise(&mut change, &kept, next, &reason).await?;
    let address = format!("{href}?done=updated");
    requesting::done(change, &texts, &address, |drafted| form(&caller, &kept, &texts, drafted, reason)).await
}

/// Somebody was faster: what was typed, with what the request says now beside it.
fn conflict(
    caller: &Caller,
    kept: &Kept<Exception>,
    texts: &BTreeMap<String, String>,
    drafted: &Draft,
    reason: String,
) -> Answer {
    let mut view = form(caller, kept, texts, drafted, reason)?;
    let now = as_typed(kept);
    for field in view.groups.iter_mut().flat_map(|group| &mut group.fields) {
        field.theirs = now.get(field.name).filter(|said| **said != field.value).cloned();
    }
    view.conflict = true;
    page::show_as(StatusCode::CONFLICT, &view)
}

fn form(
    caller: &Caller,
    kept: &Kept<Exception>,
    texts: &BTreeMap<String, String>,
    drafted: &Draft,
    reason: String,
) -> Answer<crate::register::pages::FormPage> {
    let href = links::record(&caller.serving()?.slug, "exceptions", kept.id);
    let mut view = requesting::form(caller, texts, drafted, String::new(), reason)?;
    view.heading = format!("Edit {}", kept.reference);
    view.shell.title.clone_from(&view.heading);
    (view.action, view.cancel) = (href.clone(), href);
    (view.version, view.is_new) = (kept.version, false);
    Ok(view)
}
