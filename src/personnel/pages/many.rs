//! Approving the selected authorizations: asked with the count first, then a verdict each.
//!
//! Invariant: each is judged by itself; what is refused is left alone and says why.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use crate::ids::{AuthorizationId, Id as _};
use crate::personnel::Authorization;
use crate::personnel::actions::{AccessStep, Said, Stepped as _};
use crate::register::{Register as _, Words, field};
use crate::web::extract::Filled;
use crate::web::{Answer, App, Caller, Failure, Place, Shell, links, page};

/// Most records approved at once.
const MOST: usize = 2_000;

/// What became of one record.
struct Verdict {
    label: String,
    href: String,
    said: String,
    done: bool,
}

#[derive(Template)]
#[template(path = "personnel/approve.html")]
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

pub async fn approve(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let mut ids: Vec<String> = field::split(&filled.take("ids")).map(str::to_owned).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() || ids.len() > MOST {
        return Err(Failure::field("ids", &ids.len().to_string(), "select 1 to 2,000 rows"));
    }
    let (reason, words) = (filled.take("reason"), Authorization::WORDS);
    let base = links::place(&caller.serving()?.slug, words.collection);
    let shell = Shell::of(&caller, Place::Access, format!("Approve {}", words.title));
    let read = field::line(&reason, 500);
    let mut view = ApprovePage { shell, words, ids, base, reason, problem: None, verdicts: Vec::new(), done: 0 };
    if filled.take("confirmed") != "yes" {
        return page::show(&view);
    }
    match read {
        Ok(why) if !why.is_empty() => view.verdicts = each(&app, &caller, &view, why).await?,
        Ok(_) => view.problem = Some("Say why, for the history.".to_owned()),
        Err(problem) => view.problem = Some(problem),
    }
    view.done = view.verdicts.iter().filter(|verdict| verdict.done).count();
    page::show_as(if view.problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &view)
}

/// Approves each record in one change; what is not approved is left alone and said.
async fn each(app: &App, caller: &Caller, view: &ApprovePage, why: String) -> Answer<Vec<Verdict>> {
    let (mut change, mut verdicts) = (caller.change(app).await?, Vec::new());
    let said = Said { why, ..Said::default() };
    for id in &view.ids {
        let found = match AuthorizationId::parse(id) {
            Some(id) => change.reading().await?.find::<Authorization>(id).await?,
            None => None,
        };
        let Some(kept) = found else {
            let (label, said) = (id.clone(), "does not exist".to_owned());
            verdicts.push(Verdict { label, href: String::new(), said, done: false });
            continue;
        };
        let (done, said) = match Authorization::take(&mut change, &kept, AccessStep::Approve, &said).await? {
            Ok(()) => (true, "approved".to_owned()),
            Err(refusal) => (false, refusal),
        };
        let href = format!("{}/{}", view.base, kept.id);
        verdicts.push(Verdict { label: kept.reference.to_string(), href, said, done });
    }
    change.commit().await?;
    Ok(verdicts)
}
