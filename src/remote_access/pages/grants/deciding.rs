//! One decision about a grant, by form.
//!
//! Invariant: a refused decision has written nothing.

use axum::extract::State;

use crate::ids::GrantId;
use crate::register::field;
use crate::remote_access::actions::{self, Refusal};
use crate::remote_access::model::Grant;
use crate::remote_access::steps::Deciding;
use crate::web::extract::{Filled, Id};
use crate::web::{Answer, App, Caller, Failure, links, page};

pub async fn decide(
    which: Deciding,
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<GrantId>,
    mut filled: Filled,
) -> Answer {
    let (reason, version) = (filled.take("reason"), filled.take("version"));
    let why = field::line(&reason, 500).map_err(|problem| Failure::field("reason", &reason, problem))?;
    let mut change = caller.change(&app).await?;
    let kept = change.reading().await?.find::<Grant>(id).await?.ok_or(Failure::NotFound)?;
    if why.is_empty() {
        return Err(Failure::field("reason", "", "missing; say why, for the history"));
    }
    if version != kept.version.to_string() {
        return Err(Failure::Stale);
    }
    let step =
        which.read(&mut filled.0, Some(caller.time_zone())).map_err(|problem| Failure::Invalid(vec![problem]))?;
    actions::take(&mut change, &kept, &step, &why).await?.map_err(failure)?;
    change.commit().await?;
    let href = links::record(&caller.serving()?.slug, "grants", id);
    Ok(page::see(&format!("{href}?done={}", done(which))))
}

/// What was not decided, as a failure.
pub(super) fn failure(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Said(said) => Failure::Conflict(said),
        Refusal::Found(problems) => Failure::Invalid(problems),
    }
}

/// What the page it leads to says.
const fn done(which: Deciding) -> &'static str {
    match which {
        Deciding::Approve => "approved",
        Deciding::Refuse => "refused",
        Deciding::Revoke => "revoked",
        Deciding::Extend => "extended",
        Deciding::Remove | Deciding::Test => "updated",
    }
}
