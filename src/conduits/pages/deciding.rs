//! One decision about one record, by form.
//!
//! Invariant: a refused decision has written nothing; what stays undecided beside an approval is said on the page it leads to.

use axum::extract::State;

use crate::conduits::actions::{self, Refusal, Step};
use crate::conduits::{Conduit, PermittedFlow};
use crate::ids::{ConduitId, PermittedFlowId, ZoneId};
use crate::register::{Register, field};
use crate::storage::{Change, Kept};
use crate::web::extract::{Filled, Id};
use crate::web::{Answer, App, Caller, Failure, links, page};
use crate::zones::Zone;

/// The change, the record as it stands, and the reason that was typed.
async fn opened<K: Register>(
    app: &App,
    caller: &Caller,
    id: K::Id,
    filled: &mut Filled,
) -> Answer<(Change, Kept<K>, String)> {
    let reason = filled.take("reason");
    let why = field::line(&reason, 500).map_err(|problem| Failure::field("reason", &reason, problem))?;
    let mut change = caller.change(app).await?;
    let kept = change.reading().await?.find::<K>(id).await?.ok_or(Failure::NotFound)?;
    if why.is_empty() {
        return Err(Failure::field("reason", "", "missing; say why, for the history"));
    }
    if filled.take("version") != kept.version.to_string() {
        return Err(Failure::Stale);
    }
    Ok((change, kept, why))
}

async fn settled<K: Register>(
    change: Change,
    caller: &Caller,
    id: K::Id,
    outcome: Result<(), Refusal>,
    word: &str,
) -> Answer {
    outcome.map_err(Failure::Conflict)?;
    change.commit().await?;
    let href = links::record(&caller.serving()?.slug, K::WORDS.collection, id);
    Ok(page::see(&format!("{href}?done={word}")))
}

pub async fn approve(State(app): State<App>, caller: Caller, Id(id): Id<ConduitId>, mut filled: Filled) -> Answer {
    let flows: Vec<String> = field::split(&filled.take("permitted_flows")).map(str::to_owned).collect();
    let (mut change, kept, why) = opened::<Conduit>(&app, &caller, id, &mut filled).await?;
    let outcome = actions::approve(&mut change, &kept, &flows, &why).await?;
    settled::<Conduit>(change, &caller, id, outcome.map(drop), "approved").await
}

pub async fn step(
    step: Step,
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<ConduitId>,
    mut filled: Filled,
) -> Answer {
    let (mut change, kept, why) = opened::<Conduit>(&app, &caller, id, &mut filled).await?;
    let outcome = actions::step(&mut change, &kept, step, &why).await?;
    let word = match step {
        Step::Approve => "approved",
        Step::Refuse => "refused",
        Step::Suspend => "suspended",
        Step::Resume => "resumed",
        Step::Review => "reviewed",
    };
    settled::<Conduit>(change, &caller, id, outcome, word).await
}

pub async fn decide(
    granted: bool,
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<PermittedFlowId>,
    mut filled: Filled,
) -> Answer {
    let (mut change, kept, why) = opened::<PermittedFlow>(&app, &caller, id, &mut filled).await?;
    let outcome = actions::decide(&mut change, &kept, granted, &why).await?;
    settled::<PermittedFlow>(change, &caller, id, outcome, if granted { "approved" } else { "refused" }).await
}

pub async fn approve_zone(State(app): State<App>, caller: Caller, Id(id): Id<ZoneId>, mut filled: Filled) -> Answer {
    let (mut change, kept, why) = opened::<Zone>(&app, &caller, id, &mut filled).await?;
    let outcome = actions::approve_zone(&mut change, &kept, &why).await?;
    settled::<Zone>(change, &caller, id, outcome, "approved").await
}
