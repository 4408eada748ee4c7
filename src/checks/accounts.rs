//! Accounts: whose they are, who may use shared ones, and what their passwords are like (CIP-007-6 R5).
//!
//! Invariant: asked about accounts of what CIP-007-6 R5 asks about. What is not recorded is indeterminate; whether the
//! inventory of accounts is complete is for a person to attest.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::authorizations::covers;
use super::concern::{Asking, Concern, asked, concern_of};
use super::facts::{Facts, Over};
use super::model::Gap;
use super::rule::{Judgement, rule};
use super::sides::{counts_until, within_fifteen_months};
use crate::ids::Id;
use crate::personnel::model::{Account, AccountKind};
use crate::vocabulary::Date;

/// Characters and character types that a password has at least (R5.5); the most the device takes where that is less is told
/// by a capability exception.
const LEAST_LENGTH: i64 = 8;
const LEAST_TYPES: i64 = 3;

fn account(facts: &Facts, place: usize, asking: Asking, ask: impl FnOnce(&Account) -> Judgement) -> Judgement {
    let account = &facts.access.accounts.at(place).record;
    if account.retired_on.is_some() {
        return Judgement::not_applicable("taken out of the record");
    }
    if !account.opens(facts.at) {
        return Judgement::not_applicable("it lets nobody in any more");
    }
    asked(concern_of(facts, asking, Over::Account, place), || ask(account))
}

rule!(
    IDENTIFIED,
    "GL-ACC-01",
    Mandatory,
    Medium,
    Account,
    true,
    "Of each account it is recorded whether it is an individual's, shared, default or a service's",
    "CIP-007-6 R5 part 5.2",
    ["CIP-007-6 R5.2", "AC-2", "IA-4", "SR 1.3", "SR 1.4"],
    |facts, place| account(facts, place, Asking::Rated, |account| match account.kind {
        None => Judgement::indeterminate("whose kind of account it is is not recorded"),
        Some(_) if account.owner.is_none() => Judgement::indeterminate("who answers for it is not recorded"),
        Some(_) => Judgement::pass("identified, with who answers for it"),
    })
);

fn shared(facts: &Facts, account: &Account) -> Judgement {
    if account.kind != Some(AccountKind::Shared) {
        return Judgement::not_applicable("not a shared account");
    }
    if account.people.is_empty() {
        return Judgement::fail("who may use it is not recorded");
    }
    let bare = account.people.iter().filter(|id| !covers(facts, id.uuid(), account));
    let name =
        |id: &crate::ids::PersonId| facts.access.people.get(id.uuid()).map(|person| person.reference.to_string());
    let bare: Vec<String> = bare.map(|id| name(id).unwrap_or_else(|| "somebody not recorded".to_owned())).collect();
    if bare.is_empty() {
        Judgement::pass("each who may use it is authorized")
    } else {
        Judgement::fail(format!("may use it without authorization: {}", bare.join(", ")))
    }
}

rule!(
    SHARED,
    "GL-ACC-02",
    Mandatory,
    High,
    Account,
    true,
    "Who may use each shared account is recorded, and each of them is authorized",
    "CIP-007-6 R5 part 5.3",
    ["CIP-007-6 R5.3", "AC-2", "IA-4", "SR 1.3"],
    |facts, place| account(facts, place, Asking::Reachable, |account| shared(facts, account))
);
rule!(
    CHANGED,
    "GL-ACC-03",
    Mandatory,
    Critical,
    Account,
    true,
    "No account has the password it was delivered with",
    "CIP-007-6 R5 part 5.4",
    ["CIP-007-6 R5.4", "IA-5", "SR 1.5"],
    |facts, place| account(facts, place, Asking::Rated, |account| match (account.default_changed, account.kind) {
        (Some(true), _) => Judgement::pass("its default password was changed"),
        (Some(false), _) => Judgement::fail("its default password was not changed"),
        (None, Some(AccountKind::Default)) =>
            Judgement::indeterminate("whether its default password was changed is not recorded"),
        (None, _) => Judgement::not_applicable("not an account that is delivered with a password"),
    })
);

/// Asks about an account that nothing but a password protects and that people sign in with.
fn by_password(account: &Account, ask: impl FnOnce() -> Judgement) -> Judgement {
    match (account.interactive, account.password_only) {
        (Some(false), _) => Judgement::not_applicable("nobody signs in with it"),
        (_, Some(false)) => Judgement::not_applicable("it asks for more than a password"),
        (_, None) => Judgement::indeterminate("whether it asks for more than a password is not recorded"),
        (_, Some(true)) => ask(),
    }
}

fn strong(account: &Account) -> Judgement {
    match (account.length, account.character_types) {
        (Some(length), _) if length < LEAST_LENGTH => {
            Judgement::fail(format!("{length} characters are enough, and {LEAST_LENGTH} are asked for"))
        }
        (_, Some(types)) if types < LEAST_TYPES => {
            Judgement::fail(format!("{types} types of characters are enough, and {LEAST_TYPES} are asked for"))
        }
        (Some(_), Some(_)) => Judgement::pass("length and types of characters are enforced"),
        _ => Judgement::indeterminate("which length and types of characters are enforced is not recorded"),
    }
}

rule!(
    STRONG,
    "GL-ACC-04",
    Mandatory,
    Medium,
    Account,
    true,
    "Passwords that stand alone have eight characters of three types at least",
    "CIP-007-6 R5 part 5.5",
    ["CIP-007-6 R5.5", "IA-5", "IA-5(1)", "SR 1.7", "USER 1.11"],
    |facts, place| account(facts, place, Asking::Rated, |account| by_password(account, || strong(account)))
);

fn aged(facts: &Facts, account: &Account) -> Judgement {
    let today = facts.zone.day(facts.at);
    match account.password_changed.iter().copied().filter(|on| *on <= today).max() {
        Some(on) => within_fifteen_months(facts, on, "its password was changed last"),
        None => Judgement::indeterminate("when its password was changed is not recorded"),
    }
}

/// Systems whose passwords are followed account by account: there the duty of the whole system need not be performed.
#[must_use]
pub fn systems_followed(facts: &Facts) -> BTreeSet<Uuid> {
    let accounts = facts.access.accounts.iter().map(|held| &held.record);
    let alone = accounts.filter(|account| account.password_only == Some(true) && account.opens(facts.at));
    let on_assets = |account: &Account| account.asset.and_then(|id| facts.assets.get(id.uuid()));
    let systems = alone.flat_map(|account| {
        let by_asset = on_assets(account).into_iter().flat_map(|asset| asset.systems.iter().copied());
        account.system.into_iter().chain(by_asset).collect::<Vec<_>>()
    });
    systems.map(Id::uuid).collect()
}

/// Days on which the password was older than fifteen calendar months, from its first recorded change.
fn old(facts: &Facts, account: &Account) -> Vec<Gap> {
    let last = account.disabled_at.map(|at| facts.zone.day(at));
    let mut changes: Vec<Date> = account.password_changed.clone();
    changes.sort_unstable();
    let mut gaps = Vec::new();
    for (at, on) in changes.iter().enumerate() {
        let from = counts_until(*on, facts.limits.month_mode).plus_days(1);
        let next = changes.get(at + 1).map(|next| next.plus_days(-1));
        let until = [next, last].into_iter().flatten().min();
        if until.is_none_or(|until| from <= until) && from <= facts.zone.day(facts.at) {
            gaps.push(Gap { from, until });
        }
    }
    gaps
}

rule!(
    AGED,
    "GL-ACC-05",
    Mandatory,
    Medium,
    Account,
    true,
    "Passwords that stand alone are changed at least once every 15 calendar months, account by account",
    "CIP-007-6 R5 part 5.6; a change of all passwords of a system is followed by GL-CLK-14",
    ["CIP-007-6 R5.6", "IA-5", "IA-5(1)", "SR 1.5", "SR 1.7 RE 1"],
    |facts, place| account(facts, place, Asking::Reachable, |account| by_password(account, || aged(facts, account))),
    gaps: Some(|facts, place| {
        let account = &facts.access.accounts.at(place).record;
        let alone = account.password_only == Some(true) && account.interactive != Some(false);
        let gaps = if alone { old(facts, account) } else { Vec::new() };
        let asked = |gaps: &Vec<Gap>| {
            !gaps.is_empty() && concern_of(facts, Asking::Reachable, Over::Account, place) == Concern::Yes
        };
        Some(gaps).filter(asked).unwrap_or_default()
    })
);

rule!(
    LIMITED,
    "GL-ACC-06",
    Mandatory,
    Medium,
    Account,
    true,
    "After some failed tries an account is locked or an alert is raised",
    "CIP-007-6 R5 part 5.7",
    ["CIP-007-6 R5.7", "AC-7", "SR 1.11", "USER 1.15"],
    |facts, place| account(facts, place, Asking::Centers, |account| match (account.interactive, account.tries) {
        (Some(false), _) => Judgement::not_applicable("nobody signs in with it"),
        (_, Some(tries)) if tries > 0 => Judgement::pass("tries are limited or alerted"),
        (_, Some(_)) => Judgement::fail("tries are neither limited nor alerted"),
        (_, None) => Judgement::indeterminate("after how many tries it is locked or an alert raised is not recorded"),
    })
);
