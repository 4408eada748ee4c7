//! What stands above a grant: where it stands, who said so, what the rules say, what it reaches, the decisions.
//!
//! Invariant: a decision that the rules would refuse is not offered; whoever could decide but may not is told why.

use super::shown;
use crate::auth::Action;
use crate::ids::UserId;
use crate::personnel::model::{Delegated, Party};
use crate::personnel::records::offices;
use crate::personnel::{Person, Vendor};
use crate::register::pages::{Ask, Decision, Head, HeadOf, Section};
use crate::register::{Act, Lookup, Register as _, field, records};
use crate::remote_access::model::{Grant, GrantStatus};
use crate::remote_access::records::links;
use crate::remote_access::rules::{self, Severity, Surroundings, deciding};
use crate::remote_access::surroundings;
use crate::storage::{Audited as _, Kept, Snapshot};
use crate::vocabulary::Moment;
use crate::web::{Answer, Caller};

pub const GRANT: HeadOf<Grant> = |caller, at, kept, as_of| Box::pin(grant(caller, at, kept, as_of));

async fn grant(caller: &Caller, at: &mut Snapshot, kept: &Kept<Grant>, as_of: &str) -> Answer<Head> {
    let grant = &kept.content;
    let around = surroundings::gather(at, &[grant]).await?.around(Some(kept.id), grant, false);
    let found = rules::examine(grant, &around);
    let status = grant.status(around.now);
    let mut head = Head {
        mark: Grant::mark("status", status.word()),
        status: status.label(),
        lines: lines(grant, &around, status),
        section: Some(shown::findings(&found)),
        sections: beside(at, kept, &around, (&caller.serving()?.slug, as_of)).await?,
        ..Head::default()
    };
    warned(grant, &around, &mut head);
    if let Some(by) = caller.user().ok().filter(|_| caller.may_now(Action::ApproveAccess)) {
        let refused = found.iter().any(|finding| finding.severity == Severity::Refuse);
        let office = offices::office_of(at, by, Delegated::AuthorizeAccess, around.today()).await?;
        approver(grant, &around, (by, refused, office), &mut head);
    }
    if caller.may_now(Action::EditAccess) {
        manager(grant, &around, &mut head);
    }
    Ok(head)
}

/// What it reaches, and what else reaches the same.
async fn beside(
    at: &mut Snapshot,
    kept: &Kept<Grant>,
    around: &Surroundings,
    (slug, as_of): (&str, &str),
) -> Answer<Vec<Section>> {
    let besides = around.others.iter().map(|(id, _)| *id).chain([kept.id]).collect();
    let (reaching, more) = links::reaching(at, around, &besides).await?;
    let lookup = names(at, around, &reaching).await?;
    let others = shown::others(around, (&reaching, more), (slug, as_of), &lookup);
    Ok(vec![shown::targets(around, slug, as_of), others])
}

/// References of the people and vendors of the other grants.
async fn names(at: &mut Snapshot, around: &Surroundings, reaching: &[Kept<Grant>]) -> Answer<Lookup> {
    let others = around.others.iter().map(|(_, grant)| grant).chain(reaching.iter().map(|kept| &kept.content));
    let (people, vendors): (Vec<_>, Vec<_>) = others.map(|grant| (grant.person, grant.vendor)).unzip();
    let people: Vec<uuid::Uuid> = people.into_iter().flatten().map(crate::ids::Id::uuid).collect();
    let vendors: Vec<uuid::Uuid> = vendors.into_iter().flatten().map(crate::ids::Id::uuid).collect();
    let mut lookup = Lookup::default();
    records::look_up_ids(at, &Person::TABLE, &people, &mut lookup).await?;
    records::look_up_ids(at, &Vendor::TABLE, &vendors, &mut lookup).await?;
    Ok(lookup)
}

fn said(what: &str, act: Option<&Act>, around: &Surroundings) -> Option<String> {
    act.map(|act| format!("{what} by {}", act.told(around.zone)))
}

/// Where a grant stands, in sentences.
fn lines(grant: &Grant, around: &Surroundings, status: GrantStatus) -> Vec<String> {
    let told = |at: Moment| around.zone.told(at);
    let office = |done: &str, office: &String| (!office.is_empty()).then(|| format!("{done} as {office}."));
    let acts = [
        who(around),
        said("Asked for", grant.requested.as_ref(), around),
        said("Approved", grant.approved.as_ref(), around),
        office("Approved", &grant.approved_as),
        said("Refused", grant.refused.as_ref(), around),
        said("Extended", grant.extended.as_ref(), around),
        office("Extended", &grant.extended_as),
        said("Revoked", grant.revoked.as_ref(), around),
        grant.removed_at.map(|at| format!("The ability ceased at {}, shown by: {}", told(at), grant.removal_proof)),
    ];
    let mut lines: Vec<String> = acts.into_iter().flatten().collect();
    let (from, until) = (grant.begins().or(grant.valid_from).map(told), grant.valid_until.map(told));
    let (from, until) = (from.unwrap_or_default(), until.unwrap_or_default());
    lines.push(match status {
        GrantStatus::Requested => {
            format!("It opens nothing until another person approves it; asked for until {until}.")
        }
        GrantStatus::Scheduled => format!("It opens from {from} until {until}."),
        GrantStatus::Active => format!("It is open since {from} and ends by itself at {until}."),
        GrantStatus::Expired if grant.begins().is_none() => {
            format!("Nobody approved it until its time ran out at {until}; it opened nothing.")
        }
        GrantStatus::Expired => format!("It ended by itself at {until}."),
        GrantStatus::Revoked | GrantStatus::Refused => "It opens nothing.".to_owned(),
    });
    lines
}

/// Who uses it, in a sentence.
fn who(around: &Surroundings) -> Option<String> {
    let vendor = around.vendor.as_ref().map(|vendor| format!("{} {}", vendor.reference, vendor.name));
    let Some(person) = &around.person else { return vendor.map(|vendor| format!("For the vendor {vendor}.")) };
    let party = person.party.map_or("party not recorded", Party::label);
    let employer = Some(&person.employer).filter(|employer| !employer.is_empty());
    let of = employer.map_or_else(String::new, |employer| format!(" of {employer}"));
    let acts = vendor.map_or_else(String::new, |vendor| format!(", for the vendor {vendor}"));
    Some(format!("For {} {}, {}{of}{acts}.", person.reference, person.name, party.to_lowercase()))
}

/// What needs somebody's eye before anything else.
fn warned(grant: &Grant, around: &Surroundings, head: &mut Head) {
    let holds = grant.opens(around.now) && grant.approved.is_none();
    let Some(circumstance) = around.circumstance.as_ref().filter(|_| holds) else { return };
    let reference = &circumstance.reference;
    head.warnings.push(match circumstance.ended_at.filter(|ended| *ended <= around.now) {
        Some(ended) => {
            let ended = around.zone.told(ended);
            format!("It holds without approval, and {reference} ended at {ended}: it is to be approved or revoked.")
        }
        None => format!("It holds without approval while the exceptional circumstance {reference} lasts."),
    });
}

/// What who approves may decide.
fn approver(
    grant: &Grant,
    around: &Surroundings,
    (by, refused, office): (UserId, bool, Result<String, String>),
    head: &mut Head,
) {
    let waits = grant.decided() == GrantStatus::Requested && grant.retired_on.is_none();
    match deciding::refuses_approval(grant, around, by).map_or_else(|| office.clone(), Err) {
        Err(said) if waits => head.warnings.push(said),
        Err(_) => {}
        Ok(_) if refused => {
            head.warnings.push("Rules refuse it as it stands, so it cannot be approved.".to_owned());
        }
        Ok(office) => head.decisions.push(approve(&office)),
    }
    if deciding::refuses_refusal(grant, around, by).is_none() {
        head.decisions.push(Decision::new("Refuse", "refusal", "It opens nothing; an edit asks for it anew."));
    }
    if deciding::refuses_any_extension(grant, around, by).is_none() && !refused && office.is_ok() {
        let latest = around.latest_end(around.now).plus_seconds(-3_600);
        let says = format!("Once, until {} at most.", around.zone.told(latest));
        let mut extend = Decision::new("Extend", "extension", says);
        extend.asks.push(moment("until", "Until", around));
        head.decisions.push(extend);
    }
}

fn approve(office: &str) -> Decision {
    let says = if office.is_empty() { String::new() } else { format!("You approve it as {office}.") };
    Decision { main: true, ..Decision::new("Approve", "approval", says) }
}

/// What who keeps access may do: the safe direction takes no second person.
fn manager(grant: &Grant, around: &Surroundings, head: &mut Head) {
    if deciding::refuses_revocation(grant, around.now, around.zone).is_none() {
        let says = "It ends now. Record beside it when the ability ceased, where that was later.";
        head.decisions.push(Decision::new("Revoke", "revocation", says));
    }
    if deciding::refuses_any_removal(grant, around.now).is_none() {
        let says = "Where the ability to get in ceased at another moment than the grant.";
        let mut remove = Decision::new("Record the removal", "removal", says);
        remove.asks.push(moment("removed_at", "Ceased at", around));
        remove.asks.push(ask("proof", "Shown by", "text", "Such as a ticket or a log line."));
        head.decisions.push(remove);
    }
    if deciding::refuses_test(grant, around.today(), around.today()).is_none() {
        let mut test = Decision::new("Record a test", "disable_test", "Switching it off was tried, and worked.");
        test.asks.push(ask("tested_on", "Tried on", "date", ""));
        head.decisions.push(test);
    }
}

fn ask(name: &'static str, label: &'static str, input: &'static str, help: &str) -> Ask {
    Ask { help: help.to_owned(), ..Ask::of(name, label, input) }
}

fn moment(name: &'static str, label: &'static str, around: &Surroundings) -> Ask {
    let now = field::moment_text(&around.now.rfc3339(), around.zone);
    let example = if now.len() == 16 { now } else { "2026-03-31 17:00".to_owned() };
    ask(name, label, "text", &format!("In {}, such as {example}.", around.zone))
}
