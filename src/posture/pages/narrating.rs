//! Writing the narrative of a requirement.
//!
//! Invariant: what was typed is never lost; a change based on an old version shows what stands now and writes nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use crate::controls::actions;
use crate::controls::records::narrative;
use crate::frameworks::{Requirement, RequirementId, catalogs};
use crate::register::{Draft, field};
use crate::web::extract::{Filled, Named};
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

#[derive(Template)]
#[template(path = "posture/narrative.html")]
struct NarrativePage {
    shell: Shell,
    href: String,
    part: &'static Requirement,
    text: String,
    reason: String,
    version: i64,
    draft: Draft,
    /// What somebody else wrote in the meantime.
    theirs: Option<String>,
}

impl NarrativePage {
    fn problem(&self, name: &str) -> Option<&str> {
        self.draft.problems.iter().find(|found| found.field == name).map(|found| found.problem.as_str())
    }
}

fn page_of(caller: &Caller, part: &'static Requirement, text: String, version: i64) -> Answer<NarrativePage> {
    Ok(NarrativePage {
        shell: Shell::of(caller, Place::Controls, format!("Narrative of {}", part.id)),
        href: links::requirement(&caller.serving()?.slug, &part.id),
        part,
        text,
        reason: String::new(),
        version,
        draft: Draft::default(),
        theirs: None,
    })
}

pub async fn form(State(app): State<App>, caller: Caller, Named(id): Named) -> Answer {
    let part = catalogs().requirement(&id).ok_or(Failure::NotFound)?;
    let kept = narrative(&mut caller.snapshot(&app).await?, &id).await?;
    let (text, version) = kept.map_or((String::new(), 0), |kept| (kept.content.text, kept.version));
    page::show(&page_of(&caller, part, text, version)?)
}

fn checked(text: &str, reason: &str, fresh: bool) -> Draft {
    let mut draft = Draft::default();
    match field::prose(text) {
        Ok(text) if text.is_empty() => draft.refuse("text", "", "missing; say how the requirement is met here"),
        Ok(_) => {}
        Err(problem) => draft.refuse("text", text, problem),
    }
    match field::line(reason, 500) {
        Ok(reason) if reason.is_empty() && !fresh => draft.refuse("reason", "", "missing; say why, for the history"),
        Ok(_) => {}
        Err(problem) => draft.refuse("reason", reason, problem),
    }
    draft
}

pub async fn write(State(app): State<App>, caller: Caller, Named(id): Named, mut filled: Filled) -> Answer {
    let part = catalogs().requirement(&id).ok_or(Failure::NotFound)?;
    let requirement = RequirementId::parse(&id).map_err(|_| Failure::NotFound)?;
    let (text, reason) = (filled.take("text"), filled.take("reason"));
    let mut change = caller.change(&app).await?;
    let kept = actions::standing_narrative(&mut change, &requirement).await?;
    let version = kept.as_ref().map_or(0, |kept| kept.version);
    let mut view = NarrativePage { reason: reason.clone(), ..page_of(&caller, part, text.clone(), version)? };
    if filled.take("version") != version.to_string() {
        view.theirs = kept.map(|kept| kept.content.text);
        return page::show_as(StatusCode::CONFLICT, &view);
    }
    view.draft = checked(&text, &reason, version == 0);
    if !view.draft.is_good() {
        return page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &view);
    }
    let text = field::prose(&text).map_err(|problem| Failure::field("text", &text, problem))?;
    actions::narrate(&mut change, kept.as_ref(), &requirement, &text, reason.trim()).await?;
    change.commit().await?;
    Ok(page::see(&format!("{}?done=narrated#narrative", view.href)))
}
