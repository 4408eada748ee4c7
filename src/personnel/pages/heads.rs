//! What stands above an authorization, an account, an appointment and a circumstance: where it stands, what the rules find, the
//! decisions.
//!
//! Invariant: a decision that the rules would refuse is not offered; whoever could decide but may not is told why.

use crate::ids::UserId;
use crate::personnel::actions::{AccessStep, AccountStep, Asked, CircumstanceStep, Offer, Stepped};
use crate::personnel::model::{AccountKind, AuthorizationStatus, CircumstanceStatus, Delegated};
use crate::personnel::records::around::{self, Surroundings};
use crate::personnel::records::{offices, weighing};
use crate::personnel::rules::access::{Found, Ruling, When};
use crate::personnel::rules::standing::{self, Documented, InOffice, PasswordAge};
use crate::personnel::rules::{access, deciding};
use crate::personnel::{Account, Appointment, Authorization, Circumstance};
use crate::register::pages::{Ask, Decision, Head, HeadOf, Section};
use crate::register::view::{CellView, RowView};
use crate::register::{Act, Register as _};
use crate::storage::{Kept, Snapshot};
use crate::vocabulary::MonthMode;
use crate::web::{Answer, Caller};

pub const AUTHORIZATION: HeadOf<Authorization> = |caller, at, kept, _| Box::pin(authorization(caller, at, kept));
pub const ACCOUNT: HeadOf<Account> = |caller, at, kept, _| Box::pin(account(caller, at, kept));
pub const APPOINTMENT: HeadOf<Appointment> =
    |caller, _, kept, _| Box::pin(std::future::ready(Ok(appointment(caller, kept))));
pub const CIRCUMSTANCE: HeadOf<Circumstance> = |caller, at, kept, _| Box::pin(circumstance(caller, at, kept));

fn said(what: &str, act: Option<&Act>, caller: &Caller) -> Option<String> {
    act.map(|act| format!("{what} by {}", act.told(caller.time_zone())))
}

/// The person who may take a step now, if the caller is one.
fn decider<S>(caller: &Caller, offer: &Offer<S>) -> Option<UserId> {
    caller.user().ok().filter(|_| caller.may_now(offer.action))
}

fn offer<K: Stepped>(step: K::Step) -> Option<&'static Offer<K::Step>> {
    K::STEPS.iter().find(|offer| offer.step == step)
}

/// A step as a decision of the page, where the caller may take it now.
fn decision<K: Stepped>(caller: &Caller, step: K::Step, says: impl Into<String>) -> Option<Decision> {
    let offer = offer::<K>(step).filter(|offer| caller.may_now(offer.action))?;
    let proof = || Ask::line("proof", "What shows it");
    let asks = match offer.asked {
        Asked::Nothing => Vec::new(),
        Asked::Moment => vec![Ask::moment()],
        Asked::Day => vec![Ask::day("on", "On")],
        Asked::MomentAndProof => vec![Ask::moment(), proof()],
    };
    Some(Decision::new(offer.title, offer.resource, says).asking(asks))
}

async fn authorization(caller: &Caller, at: &mut Snapshot, kept: &Kept<Authorization>) -> Answer<Head> {
    let (status, when) = (kept.status(caller.day()), (caller.instant_shown(), caller.day()));
    let surroundings = around::surroundings(at, kept).await?;
    let mut head = Head {
        mark: Authorization::mark("status", status.word()),
        status: status.label(),
        lines: course(kept, caller),
        warnings: deciding::disorder(kept, surroundings.circumstance.as_ref()).into_iter().map(str::to_owned).collect(),
        ..Head::default()
    };
    if status == AuthorizationStatus::Lapsed {
        head.warnings.push("It held no longer than its last day, and the access is still there.".to_owned());
    }
    // What was provisioned under an exceptional circumstance is approved afterwards.
    let undecided = kept.provisioned_at.is_none() || (kept.approved.is_none() && kept.removed_at.is_none());
    if kept.retired_on.is_none() && kept.refused.is_none() && undecided {
        head.section = Some(rulings(&surroundings.examine(kept, when)));
        approving(caller, at, kept, &surroundings, &mut head).await?;
        head.decisions.extend(provisioning(caller, kept, &surroundings, when));
    }
    if deciding::refuses_removal(kept, None).is_none() {
        head.decisions.extend(decision::<Authorization>(caller, AccessStep::Remove, "The ability has ceased."));
    }
    Ok(head)
}

/// The record that the access is there, where nothing refuses it.
fn provisioning(caller: &Caller, kept: &Authorization, around: &Surroundings, when: When) -> Option<Decision> {
    let refusal = deciding::refuses_provisioning(kept, around.circumstance.as_ref(), when);
    match refusal.or_else(|| around.refuses(kept, when)) {
        Some(_) => None,
        None => decision::<Authorization>(caller, AccessStep::Provision, "The access is there."),
    }
}

/// What was decided and done about an authorization, a sentence each.
fn course(kept: &Authorization, caller: &Caller) -> Vec<String> {
    let steps = [
        said("Asked for", kept.requested.as_ref(), caller),
        said("Approved", kept.approved.as_ref(), caller),
        (!kept.approved_as.is_empty()).then(|| format!("Approved as {}.", kept.approved_as)),
        said("Refused", kept.refused.as_ref(), caller),
        kept.provisioned_at.map(|at| format!("Provisioned on {}.", caller.told(at))),
        kept.removed_at.map(|at| format!("Removed on {}: {}", caller.told(at), kept.removal_proof)),
    ];
    steps.into_iter().flatten().collect()
}

/// Approval and refusal, or what keeps the reader from them.
async fn approving(
    caller: &Caller,
    at: &mut Snapshot,
    kept: &Kept<Authorization>,
    surroundings: &Surroundings,
    head: &mut Head,
) -> Answer<()> {
    let approve = offer::<Authorization>(AccessStep::Approve);
    let Some(by) = approve.and_then(|offer| decider(caller, offer)).filter(|_| kept.approved.is_none()) else {
        return Ok(());
    };
    let refusal = deciding::refuses_approval(kept, surroundings.person.as_ref(), by, caller.day());
    let office = match refusal.or_else(|| surroundings.refuses(kept, (caller.moment, caller.day()))) {
        Some(refusal) => Err(refusal),
        None => offices::office_of(at, by, kept.delegated(), caller.day()).await?,
    };
    match office {
        Err(refusal) => head.warnings.push(refusal),
        Ok(office) => head.decisions.extend(approval(caller, &office)),
    }
    if deciding::refuses_refusal(kept, surroundings.person.as_ref(), by).is_none() {
        head.decisions.extend(decision::<Authorization>(caller, AccessStep::Refuse, ""));
    }
    Ok(())
}

/// The approval, with the office it is given in.
fn approval(caller: &Caller, office: &str) -> Option<Decision> {
    let says = if office.is_empty() { "By your role.".to_owned() } else { format!("As {office}.") };
    let approve = decision::<Authorization>(caller, AccessStep::Approve, says)?;
    Some(Decision { main: true, ..approve })
}

/// What the rules found, beside the decision.
fn rulings(rulings: &[Ruling]) -> Section {
    let cell = |text: &str, class| CellView { text: text.to_owned(), class, href: None };
    let class = |found| match found {
        Found::Holds => "mark done",
        Found::Refused => "mark open",
        Found::NotRecorded => "mark waiting",
        Found::NotAsked => "mark excused",
    };
    let row = |ruling: &Ruling| RowView {
        id: String::new(),
        version: 0,
        label: ruling.rule.to_owned(),
        cells: vec![
            cell(ruling.rule, ""),
            cell(ruling.found.label(), class(ruling.found)),
            cell(&ruling.says, "wide"),
            cell(ruling.source, ""),
        ],
    };
    let refused = access::refusal(rulings).is_some();
    Section {
        title: "What the access takes",
        note: if refused { "It cannot be given as it stands." } else { "" }.to_owned(),
        head: vec!["Rule", "Found", "What was found", "Source"],
        rows: rulings.iter().map(row).collect(),
        ..Section::default()
    }
}

async fn account(caller: &Caller, at: &mut Snapshot, kept: &Kept<Account>) -> Answer<Head> {
    let (_, months) = weighing::calendar(at).await?;
    let age = standing::password(kept, caller.day(), months);
    let mut head = Head::default();
    if let Some(disabled) = kept.disabled_at {
        head.lines.push(format!("It lets nobody in since {}: {}", caller.told(disabled), kept.removal_proof));
        return Ok(head);
    }
    if age != PasswordAge::NotAsked {
        (head.status, head.mark) = (age.label(), Account::mark("password_age", age.word()));
    }
    head.warnings = lacking(kept, caller, months);
    let change = "Everybody who knew the old one no longer comes in by it.";
    if deciding::refuses_password_change(kept, None).is_none() {
        head.decisions.extend(decision::<Account>(caller, AccountStep::PasswordChange, change));
    }
    if deciding::refuses_disabling(kept).is_none() {
        head.decisions.extend(decision::<Account>(caller, AccountStep::Disable, "It lets nobody in any more."));
    }
    Ok(head)
}

/// What an account's record does not say, or says is late.
fn lacking(account: &Account, caller: &Caller, months: MonthMode) -> Vec<String> {
    let on = caller.day();
    let mut warnings = Vec::new();
    if account.kind == Some(AccountKind::Shared) && account.people.is_empty() {
        warnings.push("Nobody is named who may use it (CIP-007-6 R5.3).".to_owned());
    }
    if account.kind == Some(AccountKind::Default) && account.default_changed != Some(true) {
        warnings.push("Its known default password is not recorded as changed (CIP-007-6 R5.4).".to_owned());
    }
    match (standing::password(account, on, months), standing::password_until(account, on, months)) {
        (PasswordAge::Overdue, Some(until)) => {
            warnings.push(format!("Its password was to be changed by {until} (CIP-007-6 R5.6)."));
        }
        (PasswordAge::Never, _) => {
            warnings.push("No change of its password is recorded (CIP-007-6 R5.6).".to_owned());
        }
        _ => {}
    }
    warnings
}

fn appointment(caller: &Caller, kept: &Appointment) -> Head {
    let on = caller.day();
    let standing = standing::in_office(kept, on);
    let mut head =
        Head { mark: Appointment::mark("standing", standing.word()), status: standing.label(), ..Head::default() };
    let by = kept.from.map(standing::document_by);
    if let (Some(by), true) = (by, standing != InOffice::Retired) {
        match standing::documented(kept, on) {
            Documented::Late => {
                let warning =
                    format!("It was to be documented by {by}, within 30 days of its first (CIP-003-9 R3, R4).");
                head.warnings.push(warning);
            }
            Documented::Open => head.lines.push(format!("To be documented by {by} (CIP-003-9 R3, R4).")),
            Documented::InTime => {}
        }
    }
    head
}

async fn circumstance(caller: &Caller, at: &mut Snapshot, kept: &Kept<Circumstance>) -> Answer<Head> {
    let status = kept.status();
    let acts = [
        said("Declaration entered", kept.declared.as_ref(), caller),
        kept.declared_at.map(|at| format!("Declared on {}.", caller.told(at))),
        kept.ended_at.map(|at| format!("Ended on {}.", caller.told(at))),
        said("Reviewed", kept.reviewed.as_ref(), caller),
    ];
    let mut head = Head {
        mark: Circumstance::mark("status", status.word()),
        status: status.label(),
        lines: acts.into_iter().flatten().collect(),
        ..Head::default()
    };
    match declared_in(caller, at, kept).await? {
        Ok(office) if office.is_empty() => {}
        Ok(office) => head.lines.push(format!("Declared as {office}.")),
        Err(problem) => head.warnings.push(format!("Whoever declared it was not in office: {problem}")),
    }
    looking_back(caller, kept, status, &mut head);
    Ok(head)
}

/// The office in which a circumstance was declared.
async fn declared_in(caller: &Caller, at: &mut Snapshot, kept: &Circumstance) -> Answer<Result<String, String>> {
    let declared = kept.declared.as_ref().and_then(|act| Some((act.by.as_ref()?.user, act.at)));
    let Some((by, when)) = declared else { return Ok(Ok(String::new())) };
    let day = caller.time_zone().day(when);
    Ok(offices::office_of(at, by, Delegated::DeclareCircumstances, day).await?)
}

/// The end of a circumstance, and the look back.
fn looking_back(caller: &Caller, kept: &Kept<Circumstance>, status: CircumstanceStatus, head: &mut Head) {
    if deciding::refuses_end(kept, None).is_none() {
        let says = "Access given under it asks for training again.";
        head.decisions.extend(decision::<Circumstance>(caller, CircumstanceStep::End, says));
    }
    let review = offer::<Circumstance>(CircumstanceStep::Review);
    let Some(by) = review.and_then(|offer| decider(caller, offer)) else { return };
    match deciding::refuses_review(kept, by) {
        None => {
            let says = "You looked over what was done under it.";
            let review = decision::<Circumstance>(caller, CircumstanceStep::Review, says);
            head.decisions.extend(review.map(|review| Decision { main: true, ..review }));
        }
        Some(refusal) if status == CircumstanceStatus::Ended => head.warnings.push(refusal.to_owned()),
        Some(_) => {}
    }
}
