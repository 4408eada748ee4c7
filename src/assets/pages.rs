//! Verification from pages: one asset, or the selected ones.
//!
//! Invariant: only a person who signed in verifies; the record says who and when.

use axum::extract::State;
use axum::http::Method;

use super::{Asset, verifying};
use crate::auth::Action;
use crate::ids::{AssetId, Id as _};
use crate::web::extract::{Filled, Id};
use crate::web::{Answer, App, Caller, Failure, Policy, Routes, links, page};

/// Mounts the routes.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let verify = Policy::Organization(Action::VerifyAsset);
    routes
        .on(&Method::POST, "/o/{slug}/assets/{id}/verification", verify, one)
        .on(&Method::POST, "/o/{slug}/assets/verification", verify, many)
        .api(&Method::POST, "assets/{id}/verification", Action::VerifyAsset, "Verify", one_of_api)
}

async fn verify(app: &App, caller: &Caller, ids: &[AssetId], why: &str) -> Answer<()> {
    let by = caller.user().map(|_| caller.name.clone())?;
    let mut change = caller.change(app).await?;
    for id in ids {
        let kept = change.reading().await?.find::<Asset>(*id).await?.ok_or(Failure::NotFound)?;
        verifying::verify(&mut change, &kept, &by, why).await?;
    }
    change.commit().await?;
    Ok(())
}

async fn one(State(app): State<App>, caller: Caller, Id(id): Id<AssetId>, mut filled: Filled) -> Answer {
    verify(&app, &caller, &[id], &filled.take("reason")).await?;
    Ok(page::see(&format!("{}?done=verified", links::record(&caller.serving()?.slug, "assets", id))))
}

async fn many(State(app): State<App>, caller: Caller, mut filled: Filled) -> Answer {
    let ids = filled.take("ids");
    let mut found: Vec<AssetId> = ids.split(';').filter_map(AssetId::parse).collect();
    found.sort_unstable();
    found.dedup();
    if found.is_empty() || found.len() > 2_000 {
        return Err(Failure::field("ids", &found.len().to_string(), "select 1 to 2,000 rows"));
    }
    verify(&app, &caller, &found, &filled.take("reason")).await?;
    Ok(page::see(&format!("{}?done=verified", links::place(&caller.serving()?.slug, "assets"))))
}

async fn one_of_api(State(app): State<App>, caller: Caller, Id(id): Id<AssetId>) -> Answer {
    verify(&app, &caller, &[id], "").await?;
    Ok(page::json(&serde_json::json!({"verified": id})))
}
