//! What stands above a conduit, a permitted flow and a zone: where it stands, who said so, what waits, the decisions.
//!
//! Invariant: a decision that the rules would refuse is not offered; whoever could decide but may not is told why.

use super::permitted;
use crate::auth::Action;
use crate::conduits::model::Status;
use crate::conduits::records::around;
use crate::conduits::{Conduit, PermittedFlow, actions, rules};
use crate::ids::{UserId, ZoneId};
use crate::register::pages::{Decision, Head, HeadOf};
use crate::register::{Act, Register as _};
use crate::storage::{Kept, Snapshot};
use crate::vocabulary::Date;
use crate::web::{Answer, Caller};
use crate::zones::Zone;

pub const CONDUIT: HeadOf<Conduit> = |caller, at, kept, as_of| Box::pin(conduit(caller, at, kept, as_of));
pub const PERMITTED_FLOW: HeadOf<PermittedFlow> = |caller, at, kept, _| Box::pin(permitted_flow(caller, at, kept));
pub const ZONE: HeadOf<Zone> = |caller, at, kept, _| Box::pin(zone(caller, at, kept));

/// The person who may decide now, if the caller is one.
fn decider(caller: &Caller) -> Option<UserId> {
    caller.user().ok().filter(|_| caller.may_now(Action::ApproveBoundary))
}

fn said(what: &str, act: Option<&Act>, caller: &Caller) -> Option<String> {
    act.map(|act| format!("{what} by {}", act.told(caller.time_zone())))
}

async fn conduit(caller: &Caller, at: &mut Snapshot, kept: &Kept<Conduit>, as_of: &str) -> Answer<Head> {
    let flows = around::flows_of(at, [kept.id].into_iter()).await?;
    let zones = around::zones(at, kept.from_zone.into_iter().chain(kept.to_zone)).await?;
    let named =
        |zone: Option<ZoneId>| zone.and_then(|zone| zones.get(&zone)).map_or("", |zone| zone.reference.as_str());
    let ends = (named(kept.from_zone), named(kept.to_zone));
    let status = kept.status();
    let mut head = Head {
        mark: Conduit::mark("status", status.word()),
        status: status.label(),
        lines: lines(kept, &flows, caller),
        section: Some(permitted::table(caller, at, kept, &flows, ends, as_of).await?),
        ..Head::default()
    };
    if let Some(by) = decider(caller) {
        let barred = rules::refuses_approval(kept, by).filter(|_| status == Status::Proposed);
        head.warnings.extend(barred.map(str::to_owned));
        head.decisions = decisions(kept, &flows, (by, caller.day()), &mut head.warnings);
    }
    if caller.may_now(Action::EditInventory) && rules::refuses_suspension(kept).is_none() {
        let says = "It permits nothing until another person than the one who asked for it resumes it.";
        head.decisions.push(Decision::new("Suspend", "suspension", says));
    }
    Ok(head)
}

/// Where a conduit stands, in sentences.
fn lines(conduit: &Conduit, flows: &[Kept<PermittedFlow>], caller: &Caller) -> Vec<String> {
    let (status, on) = (conduit.status(), caller.day());
    let acts = [
        said("Asked for", conduit.requested.as_ref(), caller),
        said("Approved", conduit.approved.as_ref(), caller),
        said("Refused", conduit.refused.as_ref(), caller),
        said("Suspended", conduit.suspended.as_ref(), caller),
    ];
    let mut lines: Vec<String> = acts.into_iter().flatten().collect();
    let active = flows.iter().filter(|flow| flow.status(on) == Status::Active).count();
    let waiting = flows.iter().filter(|flow| flow.status(on) == Status::Proposed).count();
    lines.push(match status {
        Status::Active => format!("It permits {active} of its {} flows; {waiting} wait for a decision.", flows.len()),
        Status::Proposed => {
            "It permits nothing until another person than the one who asked for it approves it.".to_owned()
        }
        _ => "It permits nothing.".to_owned(),
    });
    if let Some(due) = conduit.review_due.filter(|_| status != Status::Retired) {
        let late = if due < on { "was due" } else { "is due" };
        lines.push(format!("Its next review {late} on {due}."));
    }
    lines
}

/// The decisions somebody may take about a conduit.
fn decisions(
    conduit: &Conduit,
    flows: &[Kept<PermittedFlow>],
    (by, on): (UserId, Date),
    warnings: &mut Vec<String>,
) -> Vec<Decision> {
    let mut offered = Vec::new();
    if rules::refuses_approval(conduit, by).is_none() {
        let mut approve = Decision::new("Approve", "approval", "");
        approve.main = true;
        for flow in flows.iter().filter(|flow| flow.status(on) == Status::Proposed) {
            match rules::refuses_flow_approval(flow, conduit, by, on) {
                None => approve.beside.push((flow.id.to_string(), permitted::told(flow))),
                Some(refusal) => warnings.push(format!("{} stays undecided. {refusal}", flow.reference)),
            }
        }
        if !approve.beside.is_empty() {
            "Each ticked flow is approved in the same act, with a version of its own.".clone_into(&mut approve.says);
        }
        offered.push(approve);
    }
    if rules::refuses_refusal(conduit, by).is_none() {
        offered.push(Decision::new("Refuse", "refusal", ""));
    }
    if rules::refuses_resumption(conduit, by).is_none() {
        offered.push(Decision::new("Resume", "resumption", "It permits again what was approved."));
    }
    if rules::refuses_review(conduit).is_none() {
        let says = format!(
            "You looked over the conduit and all it permits. The next review is due after {} calendar months, a Glance default.",
            rules::REVIEW_MONTHS
        );
        offered.push(Decision::new("Review", "review", says));
    }
    offered
}

async fn permitted_flow(caller: &Caller, at: &mut Snapshot, kept: &Kept<PermittedFlow>) -> Answer<Head> {
    let status = kept.status(caller.day());
    let acts = [
        said("Asked for", kept.requested.as_ref(), caller),
        said("Approved", kept.approved.as_ref(), caller),
        said("Refused", kept.refused.as_ref(), caller),
    ];
    let mut head = Head {
        mark: PermittedFlow::mark("status", status.word()),
        status: status.label(),
        lines: acts.into_iter().flatten().collect(),
        ..Head::default()
    };
    if let Some(id) = kept.conduit
        && let Some(conduit) = at.find::<Conduit>(id).await?
    {
        waiting(caller, kept, &conduit, status, &mut head);
    }
    Ok(head)
}

/// What keeps a permitted flow from permitting, and what may be decided about it.
fn waiting(caller: &Caller, flow: &PermittedFlow, conduit: &Conduit, status: Status, head: &mut Head) {
    if status == Status::Active && conduit.status() != Status::Active {
        let stands = conduit.status().label().to_lowercase();
        head.warnings.push(format!("Its conduit {} is {stands}, so it permits nothing.", conduit.reference));
    }
    let Some(by) = decider(caller).filter(|_| status == Status::Proposed) else { return };
    match rules::refuses_flow_approval(flow, conduit, by, caller.day()) {
        None => head.decisions.push(Decision { main: true, ..Decision::new("Approve", "approval", "") }),
        Some(refusal) => head.warnings.push(refusal),
    }
    if rules::refuses_flow_refusal(flow, by).is_none() {
        head.decisions.push(Decision::new("Refuse", "refusal", ""));
    }
}

async fn zone(caller: &Caller, at: &mut Snapshot, kept: &Kept<Zone>) -> Answer<Head> {
    let history = at.history::<Zone>(kept.id).await?;
    let mut head = Head::default();
    let before = history.iter().find_map(|version| version.approved.as_ref());
    head.lines.push(match (&kept.approved, before) {
        (Some(act), _) => format!("Approved as it stands by {}", act.told(caller.time_zone())),
        (None, Some(act)) => format!("Changed since it was approved by {}", act.told(caller.time_zone())),
        (None, None) => "Never approved.".to_owned(),
    });
    let Some(by) = decider(caller).filter(|_| kept.approved.is_none() && kept.retired_on.is_none()) else {
        return Ok(head);
    };
    match rules::refuses_zone_approval(kept, actions::drawn_by(&history), by) {
        None => head.decisions.push(Decision::new("Approve", "approval", "The zone as it stands, with its subnets.")),
        Some(refusal) => head.warnings.push(refusal.to_owned()),
    }
    Ok(head)
}
