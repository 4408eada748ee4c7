//! Decisions about the boundary: approve, refuse, suspend, resume, review.
//!
//! Invariant: a decision is a person's and never the requester's; each writes a version with its reason and its own leaf.
//! What cannot be approved beside the rest stays undecided, and the answer says so.

use crate::conduits::model::{Conduit, PermittedFlow};
use crate::conduits::records::around;
use crate::conduits::rules;
use crate::ids::UserId;
use crate::organizations::OrganizationProfile;
use crate::register::{Act, actions, signing};
use crate::storage::{Change, Kept, Result};
use crate::vocabulary::{Date, MonthMode, fold};
use crate::zones::Zone;

/// Why a decision was not taken, in words.
pub type Refusal = String;

/// A step in a conduit's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Approve,
    Refuse,
    Suspend,
    Resume,
    Review,
}

impl Step {
    /// The act's name in the journal.
    const fn name(self) -> &'static str {
        match self {
            Step::Approve => "approve",
            Step::Refuse => "refuse",
            Step::Suspend => "suspend",
            Step::Resume => "resume",
            Step::Review => "review",
        }
    }
}

/// What became of a permitted flow that was approved beside its conduit.
#[derive(Clone, Debug)]
pub struct Beside {
    pub reference: String,
    /// Why it stays undecided.
    pub left: Option<Refusal>,
}

/// Who decides, and on which day of the organization's calendar.
struct Deciding {
    act: Act,
    by: UserId,
    on: Date,
    months: MonthMode,
}

async fn deciding(change: &mut Change, why: &str) -> Result<std::result::Result<Deciding, Refusal>> {
    let act = signing::act(change, why).await?;
    let Some(by) = act.by.as_ref().map(|member| member.user) else {
        return Ok(Err("Only a person who signed in decides about the boundary.".to_owned()));
    };
    let (id, at) = (change.organization(), change.moment());
    let profile = change.reading().await?.find::<OrganizationProfile>(id).await?;
    let (on, months) =
        profile.map_or((Date::EPOCH, MonthMode::EndOfMonth), |profile| (profile.zone().day(at), profile.month_mode));
    Ok(Ok(Deciding { act, by, on, months }))
}

/// Takes a step with a conduit, or says why not.
pub async fn step(
    change: &mut Change,
    read: &Kept<Conduit>,
    step: Step,
    why: &str,
) -> Result<std::result::Result<(), Refusal>> {
    let who = match deciding(change, why).await? {
        Ok(who) => who,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let refusal = match step {
        Step::Approve => rules::refuses_approval(read, who.by),
        Step::Refuse => rules::refuses_refusal(read, who.by),
        Step::Suspend => rules::refuses_suspension(read),
        Step::Resume => rules::refuses_resumption(read, who.by),
        Step::Review => rules::refuses_review(read),
    };
    if let Some(refusal) = refusal {
        return Ok(Err(refusal.to_owned()));
    }
    let mut next = read.content.clone();
    match step {
        Step::Approve => next.approved = Some(who.act),
        Step::Refuse => next.refused = Some(who.act),
        Step::Suspend => next.suspended = Some(who.act),
        Step::Resume => next.suspended = None,
        Step::Review => {}
    }
    // Whoever approves has looked the whole over.
    if matches!(step, Step::Approve | Step::Review) {
        (next.last_reviewed_on, next.review_due) = (Some(who.on), Some(rules::next_review(who.on, who.months)));
    }
    if next == read.content {
        return Ok(Err("It was reviewed today already.".to_owned()));
    }
    actions::act(change, step.name(), read, &next, why).await?;
    Ok(Ok(()))
}

/// Approves a conduit and, in the same act, these of its permitted flows, by reference or id; each gets its own version and leaf.
pub async fn approve(
    change: &mut Change,
    read: &Kept<Conduit>,
    flows: &[String],
    why: &str,
) -> Result<std::result::Result<Vec<Beside>, Refusal>> {
    if let Err(refusal) = step(change, read, Step::Approve, why).await? {
        return Ok(Err(refusal));
    }
    let own = around::flows_of(change.reading().await?, [read.id].into_iter()).await?;
    let is = |flow: &Kept<PermittedFlow>, name: &str| {
        flow.id.to_string() == name || flow.reference.folded() == fold::folded(name)
    };
    if let Some(name) = flows.iter().find(|name| !own.iter().any(|flow| is(flow, name))) {
        return Ok(Err(format!("{name} is not a permitted flow of this conduit.")));
    }
    let mut beside = Vec::new();
    for flow in own.iter().filter(|flow| flows.iter().any(|name| is(flow, name))) {
        let left = decide(change, flow, true, why).await?.err();
        beside.push(Beside { reference: flow.reference.to_string(), left });
    }
    Ok(Ok(beside))
}

/// Approves or refuses a permitted flow.
pub async fn decide(
    change: &mut Change,
    read: &Kept<PermittedFlow>,
    granted: bool,
    why: &str,
) -> Result<std::result::Result<(), Refusal>> {
    let who = match deciding(change, why).await? {
        Ok(who) => who,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let conduit = match read.conduit {
        Some(id) => change.reading().await?.find::<Conduit>(id).await?,
        None => None,
    };
    let Some(conduit) = conduit else { return Ok(Err("It goes through no conduit.".to_owned())) };
    let refusal = if granted {
        rules::refuses_flow_approval(read, &conduit, who.by, who.on)
    } else {
        rules::refuses_flow_refusal(read, who.by).map(str::to_owned)
    };
    if let Some(refusal) = refusal {
        return Ok(Err(refusal));
    }
    let mut next = read.content.clone();
    if granted {
        next.approved = Some(who.act);
    } else {
        next.refused = Some(who.act);
    }
    actions::act(change, if granted { "approve" } else { "refuse" }, read, &next, why).await?;
    Ok(Ok(()))
}

/// Approves a zone as it stands.
pub async fn approve_zone(
    change: &mut Change,
    read: &Kept<Zone>,
    why: &str,
) -> Result<std::result::Result<(), Refusal>> {
    let who = match deciding(change, why).await? {
        Ok(who) => who,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let history = change.reading().await?.history::<Zone>(read.id).await?;
    if let Some(refusal) = rules::refuses_zone_approval(read, drawn_by(&history), who.by) {
        return Ok(Err(refusal.to_owned()));
    }
    let next = Zone { approved: Some(who.act), ..read.content.clone() };
    actions::act(change, "approve", read, &next, why).await?;
    Ok(Ok(()))
}

/// Who drew the zone as it stands: the actor of the oldest of its newest versions that say the same but for the notes. The
/// history runs from the newest version to the oldest.
#[must_use]
pub fn drawn_by(history: &[Kept<Zone>]) -> &str {
    let told = |zone: &Zone| Zone { notes: String::new(), ..zone.undecided() };
    let Some(newest) = history.first() else { return "" };
    let same = history.iter().take_while(|kept| told(kept) == told(newest));
    same.last().map_or("", |kept| kept.recorded_by.as_str())
}
