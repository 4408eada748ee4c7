//! The page that takes files.
//!
//! Invariant: what was typed about the files is never lost; duplicates are told, not refused.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::receiving::{gather, record_all};
use crate::artifacts::Artifact;
use crate::artifacts::actions::Recorded;
use crate::register::view::{self, FieldView, Group};
use crate::register::{Draft, Lookup, Problem};
use crate::web::extract::Asking;
use crate::web::incoming::FormParts;
use crate::web::page::Place;
use crate::web::{Answer, App, Caller, Failure, Shell, links, page};

/// Names of the form that are not fields of the record.
const BESIDE: [&str; 5] = ["attach_kind", "attach_id", "note", "reason", "back"];

#[derive(Template)]
#[template(path = "artifacts/new.html")]
struct UploadPage {
    shell: Shell,
    list: String,
    api: String,
    groups: Vec<Group<FieldView>>,
    /// Texts that are not fields of the record, by name.
    beside: BTreeMap<&'static str, String>,
    /// Problems with what is not a field.
    problems: Vec<Problem>,
}

#[derive(Template)]
#[template(path = "artifacts/received.html")]
struct ReceivedPage {
    shell: Shell,
    list: String,
    recorded: Vec<Recorded>,
}

pub async fn new(caller: Caller, asking: Asking) -> Answer {
    page::show(&upload_page(&caller, &asking.0, &Draft::default())?)
}

fn upload_page(caller: &Caller, texts: &BTreeMap<String, String>, draft: &Draft) -> Answer<UploadPage> {
    let slug = &caller.serving()?.slug;
    let mut groups = view::form::<Artifact>(texts, draft, &BTreeMap::new(), &Lookup::default());
    for group in &mut groups {
        group.fields.retain(|field| field.name != "retired_on");
    }
    groups.retain(|group| !group.fields.is_empty());
    let shown =
        |problem: &&Problem| groups.iter().any(|group| group.fields.iter().any(|field| field.name == problem.field));
    Ok(UploadPage {
        shell: Shell::of(caller, Place::Evidence, "Add evidence files"),
        list: links::place(slug, "artifacts"),
        api: format!("/api/v1/o/{slug}/artifacts"),
        beside: BESIDE.iter().map(|name| (*name, texts.get(*name).cloned().unwrap_or_default())).collect(),
        problems: draft.problems.iter().filter(|problem| !shown(problem)).cloned().collect(),
        groups,
    })
}

pub async fn receive(State(app): State<App>, caller: Caller, parts: FormParts) -> Answer {
    let mut gathered = gather(&app, &caller, parts).await?;
    let (typed, back) = (gathered.texts.clone(), gathered.take("back"));
    match record_all(&app, &caller, gathered).await {
        Ok(recorded) => told(&caller, recorded, &back),
        Err(Failure::Invalid(problems)) => {
            page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &upload_page(&caller, &typed, &Draft { problems })?)
        }
        Err(failure) => Err(failure),
    }
}

/// Leads to the page the files were added from, to the one file, or to what became of each.
fn told(caller: &Caller, recorded: Vec<Recorded>, back: &str) -> Answer {
    let slug = &caller.serving()?.slug;
    let all_new = recorded.iter().all(|one| one.is_new);
    match &recorded[..] {
        _ if !back.is_empty() && all_new => Ok(page::see(&format!("{}?done=attached", links::within(back)))),
        [one] => {
            let word = if one.is_new { "uploaded" } else { "known" };
            Ok(page::see(&format!("{}?done={word}", links::record(slug, "artifacts", one.id))))
        }
        _ => page::show(&ReceivedPage {
            shell: Shell::of(caller, Place::Evidence, "Received"),
            list: links::place(slug, "artifacts"),
            recorded,
        }),
    }
}
