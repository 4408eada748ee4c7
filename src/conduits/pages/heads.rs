//! What stands above a conduit, a permitted flow and a zone: where it stands, who said so, what waits, the decisions.
//!
//! Invariant: a decision that the rules would refuse is not offered; whoever could decide but may not is told why.

use crate::assets::Asset;
use crate::auth::Action;
use crate::conduits::model::Status;
use crate::conduits::records::around;
use crate::conduits::rules::{self, entering};
use crate::conduits::{Conduit, PermittedFlow, actions};
use crate::ids::{AssetId, Id as _, UserId};
use crate::register::pages::{Decision, Head, HeadOf, Section};
use crate::register::view::{CellView, RowView};
use crate::register::{Act, Lookup, Register as _, field, records};
use crate::storage::{Audited as _, Kept, Snapshot};
use crate::vocabulary::{Date, Endpoint};
use crate::web::{Answer, Caller, links};
use crate::zones::Zone;

pub const CONDUIT: HeadOf<Conduit> = |caller, at, kept, as_of| Box::pin(conduit(caller, at, kept, as_of));
pub const PERMITTED_FLOW: HeadOf<PermittedFlow> =
    |caller, at, kept, as_of| Box::pin(permitted_flow(caller, at, kept, as_of));
pub const ZONE: HeadOf<Zone> = |caller, at, kept, _| Box::pin(zone(caller, at, kept));

/// The person who may decide now, if the caller is one.
fn decider(caller: &Caller) -> Option<UserId> {
    caller.user().ok().filter(|_| caller.may_now(Action::ApproveBoundary))
}

fn said(what: &str, act: Option<&Act>, caller: &Caller) -> Option<String> {
    act.map(|act| format!("{what} by {}", act.told(caller.time_zone())))
}

async fn conduit(caller: &Caller, at: &mut Snapshot, kept: &Kept<Conduit>, as_of: &str) -> Answer<Head> {
    let (status, on) = (kept.status(), caller.day());
    let flows = around::flows_of(at, [kept.id].into_iter()).await?;
    let zones = around::zones(at, kept.from_zone.into_iter().chain(kept.to_zone)).await?;
    let named = |zone: Option<crate::ids::ZoneId>| {
        zone.and_then(|zone| zones.get(&zone)).map_or_else(String::new, |zone| zone.reference.to_string())
    };
    let ends = (named(kept.from_zone), named(kept.to_zone));
    let mut head = Head {
        mark: Conduit::mark("status", status.word()),
        status: status.label(),
        lines: lines(kept, &flows, caller),
        section: Some(permitted(caller, at, kept, &flows, (&ends.0, &ends.1), as_of).await?),
        ..Head::default()
    };
    if let Some(by) = decider(caller) {
        let undecided = matches!(status, Status::Proposed);
        head.warnings.extend(rules::refuses_approval(kept, by).filter(|_| undecided).map(str::to_owned));
        head.decisions = decisions(kept, &flows, by, on, &mut head.warnings);
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
    by: UserId,
    on: Date,
    warnings: &mut Vec<String>,
) -> Vec<Decision> {
    let mut offered = Vec::new();
    if rules::refuses_approval(conduit, by).is_none() {
        let mut approve = Decision::new("Approve", "approval", "");
        approve.main = true;
        for flow in flows.iter().filter(|flow| flow.status(on) == Status::Proposed) {
            match rules::refuses_flow_approval(flow, conduit, by, on) {
                None => approve.beside.push((flow.id.to_string(), told(flow))),
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

/// A permitted flow in one line.
fn told(flow: &PermittedFlow) -> String {
    format!("{} {}", flow.reference, service(flow))
}

fn service(flow: &PermittedFlow) -> String {
    let transport = flow.transport.map_or("", |transport| transport.word());
    let ports = field::joined(flow.ports.iter()).replace(';', ", ");
    format!("{} {transport} {ports}", flow.protocol).trim_end().to_owned()
}

fn ends<'a>(assets: impl IntoIterator<Item = &'a AssetId>, ends: &[Endpoint], lookup: &Lookup) -> String {
    let assets = assets.into_iter().map(|id| lookup.reference(*id));
    let ends = ends.iter().map(|end| match end {
        Endpoint::Zone => "whole zone".to_owned(),
        end => end.to_string(),
    });
    assets.chain(ends).collect::<Vec<_>>().join(", ")
}

/// What the conduit permits, as a table.
async fn permitted(
    caller: &Caller,
    at: &mut Snapshot,
    kept: &Kept<Conduit>,
    flows: &[Kept<PermittedFlow>],
    zones: (&str, &str),
    as_of: &str,
) -> Answer<Section> {
    let slug = &caller.serving()?.slug;
    let mut lookup = Lookup::default();
    let named: Vec<uuid::Uuid> = flows.iter().flat_map(|flow| flow.assets()).map(|id| id.uuid()).collect();
    records::look_up_ids(at, &Asset::TABLE, &named, &mut lookup).await?;
    let row = |flow: &Kept<PermittedFlow>| {
        let cell = |text: String, class| CellView { text, class, href: None };
        let (status, collection) = (flow.status(caller.day()), PermittedFlow::WORDS.collection);
        let href = format!("{}{as_of}", links::record(slug, collection, flow.id));
        let cells = vec![
            CellView { text: flow.reference.to_string(), class: "ref", href: Some(href) },
            cell(entering::told(flow.way(kept), zones), ""),
            cell(service(flow), ""),
            cell(ends(&flow.source_assets, &flow.sources, &lookup), "wide"),
            cell(ends(&flow.destination_assets, &flow.destinations, &lookup), "wide"),
            cell(flow.reason.clone(), "wide"),
            cell(status.label().to_owned(), PermittedFlow::mark("status", status.word())),
            cell(flow.expires_on.map_or_else(String::new, |day| day.to_string()), ""),
        ];
        RowView { id: flow.id.to_string(), version: flow.version, label: flow.reference.to_string(), cells }
    };
    let place = links::place(slug, PermittedFlow::WORDS.collection);
    let query = links::query([("conduit", kept.reference.as_str())]);
    Ok(Section {
        title: "What it permits",
        href: format!("{place}{query}{}", as_of.replacen('?', "&", 1)),
        total: flows.len().to_string(),
        head: vec!["Reference", "Way", "Service", "From", "To", "Reason", "Status", "Expires"],
        rows: flows.iter().map(row).collect(),
        ..Section::default()
    })
}

async fn permitted_flow(caller: &Caller, at: &mut Snapshot, kept: &Kept<PermittedFlow>, _as_of: &str) -> Answer<Head> {
    let (on, status) = (caller.day(), kept.status(caller.day()));
    let conduit = match kept.conduit {
        Some(id) => at.find::<Conduit>(id).await?,
        None => None,
    };
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
    let Some(conduit) = conduit else { return Ok(head) };
    if status == Status::Active && conduit.status() != Status::Active {
        let stands = conduit.status().label().to_lowercase();
        head.warnings.push(format!("Its conduit {} is {stands}, so it permits nothing.", conduit.reference));
    }
    let Some(by) = decider(caller).filter(|_| status == Status::Proposed) else { return Ok(head) };
    match rules::refuses_flow_approval(kept, &conduit, by, on) {
        None => head.decisions.push(Decision { main: true, ..Decision::new("Approve", "approval", "") }),
        Some(refusal) => head.warnings.push(refusal),
    }
    if rules::refuses_flow_refusal(kept, by).is_none() {
        head.decisions.push(Decision::new("Refuse", "refusal", ""));
    }
    Ok(head)
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
