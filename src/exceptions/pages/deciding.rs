//! Decisions about an exception: approval, refusal, revocation, the end of a circumstance. Each is a resource.
//!
//! Invariant: a decision names the version it was read at and says why; one's own request is refused.

use axum::extract::State;

use super::super::{Exception, actions};
use crate::ids::ExceptionId;
use crate::register::field;
use crate::storage::{Change, Kept};
use crate::vocabulary::Date;
use crate::web::extract::{Filled, Id};
use crate::web::{Answer, App, Caller, Failure, links, page};

/// The change, the exception as it stands, and the reason that was typed.
async fn opened(
    app: &App,
    caller: &Caller,
    id: ExceptionId,
    filled: &mut Filled,
) -> Answer<(Change, Kept<Exception>, String)> {
    let reason = filled.take("reason");
    let why = field::line(&reason, 500).map_err(|problem| Failure::field("reason", &reason, problem))?;
    let mut change = caller.change(app).await?;
    let kept = change.reading().await?.find::<Exception>(id).await?.ok_or(Failure::NotFound)?;
    if why.is_empty() {
        return Err(Failure::field("reason", "", "missing; say why, for the history"));
    }
    let version = filled.take("version");
    if !version.is_empty() && version != kept.version.to_string() {
        return Err(Failure::Stale);
    }
    Ok((change, kept, why))
}

async fn settled(
    change: Change,
    caller: &Caller,
    id: ExceptionId,
    outcome: Result<(), actions::Refusal>,
    word: &str,
) -> Answer {
    outcome.map_err(Failure::Conflict)?;
    change.commit().await?;
    Ok(page::see(&format!("{}?done={word}", links::record(&caller.serving()?.slug, "exceptions", id))))
}

pub async fn approve(State(app): State<App>, caller: Caller, Id(id): Id<ExceptionId>, mut filled: Filled) -> Answer {
    let (mut change, kept, why) = opened(&app, &caller, id, &mut filled).await?;
    let outcome = actions::decide(&mut change, &kept, true, &super::person(&caller), &why).await?;
    settled(change, &caller, id, outcome, "approved").await
}

pub async fn refuse(State(app): State<App>, caller: Caller, Id(id): Id<ExceptionId>, mut filled: Filled) -> Answer {
    let (mut change, kept, why) = opened(&app, &caller, id, &mut filled).await?;
    let outcome = actions::decide(&mut change, &kept, false, &super::person(&caller), &why).await?;
    settled(change, &caller, id, outcome, "refused").await
}

pub async fn revoke(State(app): State<App>, caller: Caller, Id(id): Id<ExceptionId>, mut filled: Filled) -> Answer {
    let (mut change, kept, why) = opened(&app, &caller, id, &mut filled).await?;
    let outcome = actions::revoke(&mut change, &kept, &super::person(&caller), &why).await?;
    settled(change, &caller, id, outcome, "revoked").await
}

pub async fn end(State(app): State<App>, caller: Caller, Id(id): Id<ExceptionId>, mut filled: Filled) -> Answer {
    let on = filled.take("on");
    let (mut change, kept, why) = opened(&app, &caller, id, &mut filled).await?;
    let day = Date::parse(&on).map_err(|problem| Failure::field("on", &on, problem))?;
    let outcome = actions::end(&mut change, &kept, day, &why).await?;
    settled(change, &caller, id, outcome, "updated").await
}
