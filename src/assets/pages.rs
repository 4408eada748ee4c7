//! Verification from pages: one asset, or the selected ones.
//!
//! Invariant: only a person who signed in verifies; the record says who and when.

use askama::Template;
use axum::extract::State;
use axum::http::{Method, StatusCode};

use super::{Asset, verifying};
use crate::auth::Action;
use crate::ids::{AssetId, Id as _};
use crate::register::{Register as _, field};
use crate::web::extract::{Filled, Id};
use crate::web::{Answer, App, Caller, Failure, Place, Policy, Routes, Shell, links, page};

/// Mounts the routes.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let verify = Policy::Organization(Action::VerifyAsset);
    routes
        .on(&Method::POST, "/o/{slug}/assets/{id}/verification", verify, one)
        .on(&Method::POST, "/o/{slug}/assets/verification", verify, many)
        .api(&Method::POST, "assets/{id}/verification", Action::VerifyAsset, "Verify", one_of_api)
}

/// Most assets verified at once.
const MOST: usize = 2_000;

/// What became of one asset.
struct Verdict {
    label: String,
    href: String,
    said: &'static str,
    done: bool,
}

#[derive(Template)]
#[template(path = "assets/verify.html")]
struct VerifyPage {
    shell: Shell,
    ids: Vec<AssetId>,
    base: String,
    reason: String,
    problem: Option<String>,
    verdicts: Vec<Verdict>,
    done: usize,
}

async fn verify(app: &App, caller: &Caller, id: AssetId, why: &str) -> Answer<()> {
    let by = caller.user().map(|_| caller.name.clone())?;
    let mut change = caller.change(app).await?;
    let kept = change.reading().await?.find::<Asset>(id).await?.ok_or(Failure::NotFound)?;
    verifying::verify(&mut change, &kept, &by, why).await?;
    change.commit().await?;
    Ok(())
}

async fn one(State(app): State<App>, caller: Caller, Id(id): Id<AssetId>, mut filled: Filled) -> Answer {
    verify(&app, &caller, id, &filled.take("reason")).await?;
    Ok(page::see(&format!("{}?done=verified", links::record(&caller.serving()?.slug, "assets", id))))
}

/// Asks with the count first; with the person's word, verifies each and says what became of it.
async fn many(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let mut ids: Vec<AssetId> = filled.take("ids").split(';').filter_map(AssetId::parse).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() || ids.len() > MOST {
        return Err(Failure::field("ids", &ids.len().to_string(), "select 1 to 2,000 rows"));
    }
    let reason = filled.take("reason");
    let base = links::place(&caller.serving()?.slug, "assets");
    let (shell, reason_read) = (Shell::of(&caller, Place::Assets, "Verify assets"), field::line(&reason, 500));
    let mut view = VerifyPage { shell, ids, base, reason, problem: None, verdicts: Vec::new(), done: 0 };
    if filled.take("confirmed") != "yes" {
        return page::show(&view);
    }
    match reason_read {
        Ok(why) if !why.is_empty() => view.verdicts = each(&app, &caller, &view.ids, &why).await?,
        Ok(_) => view.problem = Some("Say how you made sure, for the history.".to_owned()),
        Err(problem) => view.problem = Some(problem),
    }
    view.done = view.verdicts.iter().filter(|verdict| verdict.done).count();
    page::show_as(if view.problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &view)
}

/// Verifies each asset in one change; what is not there or out of service is left alone and said.
async fn each(app: &App, caller: &Caller, ids: &[AssetId], why: &str) -> Answer<Vec<Verdict>> {
    let (by, slug) = (caller.user().map(|_| caller.name.clone())?, &caller.serving()?.slug);
    let mut change = caller.change(app).await?;
    let mut verdicts = Vec::new();
    for id in ids {
        let Some(kept) = change.reading().await?.find::<Asset>(*id).await? else {
            let (label, href) = (id.to_string(), String::new());
            verdicts.push(Verdict { label, href, said: "does not exist", done: false });
            continue;
        };
        let (label, href) = (kept.reference.to_string(), links::record(slug, "assets", *id));
        if kept.content.is_retired() {
            verdicts.push(Verdict { label, href, said: "retired, so it was left alone", done: false });
            continue;
        }
        verifying::verify(&mut change, &kept, &by, why).await?;
        verdicts.push(Verdict { label, href, said: "verified", done: true });
    }
    change.commit().await?;
    Ok(verdicts)
}

async fn one_of_api(State(app): State<App>, caller: Caller, Id(id): Id<AssetId>) -> Answer {
    verify(&app, &caller, id, "").await?;
    Ok(page::json(&serde_json::json!({"verified": id})))
}
