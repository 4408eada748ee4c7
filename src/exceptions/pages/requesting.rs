//! Asking for an exception by form.
//!
//! Invariant: what was typed is never lost, and each problem stands beside its field; a repeat of the form writes nothing.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;

use super::super::{Exception, actions, subjects};
use crate::register::pages::FormPage;
use crate::register::view::{self, FieldView};
use crate::register::{Draft, Lookup, Register, draft, field};
use crate::storage::Snapshot;
use crate::storage::submissions::{self, Known};
use crate::web::extract::{Asking, Filled};
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

pub async fn new(caller: Caller, asking: Asking) -> Answer {
    let names = |name: &String| name == "subjects" || Exception::FIELDS.iter().any(|field| field.name == *name);
    let texts: BTreeMap<String, String> = asking.0.into_iter().filter(|(name, _)| names(name)).collect();
    let key = crate::auth::secret::public_id();
    page::show(&form(&caller, &texts, &Draft::default(), key, String::new())?)
}

pub async fn create(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let (key, reason) = (filled.take("key"), filled.take("reason").trim().to_owned());
    filled.take("version");
    let texts = filled.0;
    let mut change = caller.change(&app).await?;
    let content = format!("exception {texts:?}");
    match submissions::known(&mut change, &key, content.as_bytes()).await? {
        Known::Answered(address) => return Ok(page::see(&address)),
        Known::Otherwise if !key.is_empty() => {
            return Err(Failure::Conflict("This form was already sent with other values.".to_owned()));
        }
        _ => {}
    }
    let (exception, drafted) = read(change.reading().await?, &texts, &reason).await?;
    if !drafted.is_good() {
        let view = form(&caller, &texts, &drafted, key, reason)?;
        return page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &view);
    }
    let (id, _) = actions::request(&mut change, exception, &super::person(&caller), &reason).await?;
    let address = format!("{}?done=created", links::record(&caller.serving()?.slug, "exceptions", id));
    submissions::keep(&mut change, &key, content.as_bytes(), &address).await?;
    done(change, &texts, &address, |drafted| form(&caller, &texts, drafted, key, reason)).await
}

/// Commits, or shows the form again when the reference is taken.
pub async fn done(
    change: crate::storage::Change,
    texts: &BTreeMap<String, String>,
    address: &str,
    again: impl FnOnce(&Draft) -> Answer<FormPage>,
) -> Answer {
    match change.commit().await {
        Ok(_) => Ok(page::see(address)),
        Err(crate::storage::Failure::Taken(_)) => {
            let mut drafted = Draft::default();
            let typed = texts.get("reference").map_or("", String::as_str);
            drafted.refuse("reference", typed, "already taken by another exception");
            page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &again(&drafted)?)
        }
        Err(failure) => Err(failure.into()),
    }
}

/// The exception a form or a program asks for, with every problem.
pub async fn read(at: &mut Snapshot, texts: &BTreeMap<String, String>, reason: &str) -> Answer<(Exception, Draft)> {
    let mut exception = Exception::default();
    let mut fields = texts.clone();
    let covered = fields.remove("subjects").unwrap_or_default();
    let found = subjects::named(at, &covered).await?;
    let mut drafted = draft::apply(&mut exception, &fields, &Lookup::default());
    match found {
        Ok(found) => exception.subjects = found,
        Err(problem) => drafted.refuse("subjects", &covered, problem),
    }
    if exception.everything != Some(true) && covered.trim().is_empty() {
        drafted.refuse("subjects", "", "missing; name the records, or say that all are covered");
    }
    if let Err(problem) = field::line(reason, 500) {
        drafted.refuse("reason", reason, problem);
    }
    Ok((exception, drafted))
}

/// The form of a request.
pub fn form(
    caller: &Caller,
    texts: &BTreeMap<String, String>,
    drafted: &Draft,
    key: String,
    reason: String,
) -> Answer<FormPage> {
    let list = links::place(&caller.serving()?.slug, "exceptions");
    let mut groups = view::form::<Exception>(texts, drafted, &BTreeMap::new(), &Lookup::default());
    if let Some(group) = groups.iter_mut().find(|group| group.name == "What it is about") {
        let value = texts.get("subjects").cloned().unwrap_or_default();
        group.fields.push(FieldView::line("subjects", "Records", subjects::HELP, value, drafted));
    }
    Ok(FormPage {
        shell: Shell::of(caller, Place::Findings, "Request an exception"),
        heading: "Request an exception".to_owned(),
        groups,
        action: list.clone(),
        cancel: list,
        version: 0,
        key,
        reason,
        reason_problem: drafted.of("reason").map(str::to_owned),
        problems: drafted.problems.len(),
        conflict: false,
        is_new: true,
    })
}
