//! Obligations over the API: each clock with its last doing, its due day, its state and its gaps.
//!
//! Invariant: read only; a due date follows from performances and is never written.

use axum::extract::State;
use axum::http::Method;
use serde_json::{Value, json};

use super::pages::{check_names, day, facts_of, wanted};
use super::rules::due::Window;
use super::rules::{Facts, Obligation, ObligationState, duties, obligations};
use crate::auth::Action;
use crate::web::extract::Asking;
use crate::web::{Answer, App, Caller, Failure, Routes, page};

/// Most items of an answer.
const MOST: usize = 1_000;

/// Mounts the operations.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    routes.api(&Method::GET, "obligations", Action::ReadControls, "List the clocks of periodic parts", list)
}

async fn list(State(app): State<App>, caller: Caller, asking: Asking) -> Answer {
    check_names(&asking, &["within", "state", "from", "until", "limit", "after"])?;
    let wanted = wanted(&asking, Window::All)?;
    let state = state(&asking)?;
    let mut facts = facts_of(&app, &caller, None).await?;
    let (from, until) = (day(&asking, "from")?, day(&asking, "until")?);
    facts.period = (from.unwrap_or(facts.period.0), until.unwrap_or(facts.period.1));
    let all = obligations(&facts);
    let fits = |one: &&Obligation<'_>| state.is_none_or(|state| one.state == state) && holds(&wanted, one);
    let shown: Vec<&Obligation<'_>> = all.iter().filter(fits).collect();
    let (after, limit) = paging(&asking)?;
    let items: Vec<Value> = shown.iter().skip(after).take(limit).map(|one| item(one, &facts)).collect();
    let next = (after + items.len() < shown.len()).then(|| (after + items.len()).to_string());
    Ok(page::json(&json!({"items": items, "next": next, "total": shown.len(), "total_exact": true})))
}

fn state(asking: &Asking) -> Answer<Option<ObligationState>> {
    let text = asking.text("state");
    if text.is_empty() {
        return Ok(None);
    }
    ObligationState::parse(text).map(Some).map_err(|problem| Failure::field("state", text, problem))
}

fn paging(asking: &Asking) -> Answer<(usize, usize)> {
    let (after, limit) = (asking.text("after"), asking.text("limit"));
    let after = if after.is_empty() { Ok(0) } else { after.parse() };
    let after = after.map_err(|_| Failure::field("after", asking.text("after"), "not a cursor of this list"))?;
    Ok((after, limit.parse().unwrap_or(200usize).clamp(1, MOST)))
}

fn holds(wanted: &super::rules::due::Wanted, one: &Obligation<'_>) -> bool {
    use super::rules::due::due_list;
    // A clock that ended is in the list only where nothing but its past is asked for.
    let running = due_list(std::slice::from_ref(one), one.judged_on);
    running.iter().any(|due| wanted.holds(due))
}

fn item(one: &Obligation<'_>, facts: &Facts) -> Value {
    let last = one.last.map(|last| {
        json!({"performance": last.id, "reference": last.reference, "performed_on": last.on, "recorded_late": last.days_late})
    });
    let gaps: Vec<Value> = one.gaps.iter().map(|gap| json!({"from": gap.from, "until": gap.until})).collect();
    let duties = duties::serving(&one.part.id).map(|served| served.duties).unwrap_or_default();
    json!({
        "part": one.part.id, "standard": one.part.standard, "title": one.part.title,
        "subject": {"kind": one.subject.kind, "id": one.subject.id, "reference": one.subject.reference},
        "cadence": one.interval.to_string(), "duties": duties, "last": last, "due": one.due,
        "days_left": one.days_left(), "state": one.state, "gaps": gaps,
        "judged_on": one.judged_on, "running": one.runs_on(facts.today)
    })
}
