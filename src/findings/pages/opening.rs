//! A new finding by a person.
//!
//! Invariant: what was typed is never lost; a repeat of the form opens nothing twice.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;

use crate::checks::Subject;
use crate::exceptions::subjects;
use crate::findings::{Finding, actions};
use crate::register::pages::FormPage;
use crate::register::view::{self, FieldView};
use crate::register::{Draft, Lookup, Register, draft, field, records};
use crate::storage::Snapshot;
use crate::storage::submissions::{self, Known};
use crate::web::extract::{Asking, Filled};
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

pub async fn new(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    let names = |name: &String| name == "touched" || Finding::FIELDS.iter().any(|field| field.name == *name);
    let texts: BTreeMap<String, String> = asking.0.into_iter().filter(|(name, _)| names(name)).collect();
    let mut at = caller.snapshot(&app).await?;
    let lookup = records::linked::<Finding>(&mut at).await?;
    let key = crate::auth::secret::public_id();
    page::show(&form(&caller, &texts, &Draft::default(), &lookup, (key, String::new()))?)
}

pub async fn create(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let (key, reason) = (filled.take("key"), filled.take("reason").trim().to_owned());
    filled.take("version");
    let texts = filled.0;
    let mut change = caller.change(&app).await?;
    let content = format!("finding {texts:?}");
    match submissions::known(&mut change, &key, content.as_bytes()).await? {
        Known::Answered(address) => return Ok(page::see(&address)),
        Known::Otherwise if !key.is_empty() => {
            return Err(Failure::Conflict("This form was already sent with other values.".to_owned()));
        }
        _ => {}
    }
    let (finding, touched, drafted, lookup) = read(change.reading().await?, &texts, &reason).await?;
    if !drafted.is_good() {
        let view = form(&caller, &texts, &drafted, &lookup, (key, reason))?;
        return page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &view);
    }
    let id = actions::open(&mut change, finding, touched, caller.day(), &reason).await?;
    let address = format!("{}?done=created", links::record(&caller.serving()?.slug, "findings", id));
    submissions::keep(&mut change, &key, content.as_bytes(), &address).await?;
    change.commit().await?;
    Ok(page::see(&address))
}

/// The finding a form or a program describes, the records it touches, and every problem.
pub async fn read(
    at: &mut Snapshot,
    texts: &BTreeMap<String, String>,
    reason: &str,
) -> Answer<(Finding, Vec<Subject>, Draft, Lookup)> {
    let lookup = records::linked::<Finding>(at).await?;
    let mut fields = texts.clone();
    let named = fields.remove("touched").unwrap_or_default();
    let mut finding = Finding::default();
    let mut drafted = draft::apply(&mut finding, &fields, &lookup);
    let touched = match subjects::named(at, &named).await? {
        Ok(found) => found,
        Err(problem) => {
            drafted.refuse("touched", &named, problem);
            Vec::new()
        }
    };
    if let Err(problem) = field::line(reason, 500) {
        drafted.refuse("reason", reason, problem);
    }
    let touched = touched.into_iter().map(|one| Subject { kind: one.kind, id: one.id, reference: one.reference });
    Ok((finding, touched.collect(), drafted, lookup))
}

fn form(
    caller: &Caller,
    texts: &BTreeMap<String, String>,
    drafted: &Draft,
    lookup: &Lookup,
    (key, reason): (String, String),
) -> Answer<FormPage> {
    let list = links::place(&caller.serving()?.slug, "findings");
    let mut groups = view::form::<Finding>(texts, drafted, &BTreeMap::new(), lookup);
    if let Some(group) = groups.iter_mut().find(|group| group.name == "What it bears on") {
        let value = texts.get("touched").cloned().unwrap_or_default();
        group.fields.insert(0, FieldView::line("touched", "Records", subjects::HELP, value, drafted));
    }
    Ok(FormPage {
        shell: Shell::of(caller, Place::Findings, "New finding"),
        heading: "New finding".to_owned(),
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
