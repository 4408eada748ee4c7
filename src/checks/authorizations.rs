//! Does whoever has access have it by an authorization, given before it was provisioned and for as long as it holds.
//!
//! Invariant: asked about access that CIP-004-7 asks about. Without approval access is given under a CIP Exceptional
//! Circumstance alone, and no longer than it lasts.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::concern::{Asking, Concern, asked, concern_of_record};
use super::facts::Facts;
use super::model::Gap;
use super::remote_access::span;
use super::rule::{Judgement, rule};
use crate::ids::{CircumstanceId, Id};
use crate::personnel::model::{Account, Authorization, AuthorizationKind};
use crate::vocabulary::Moment;

/// From when until when access stood without approval; the error is what is not recorded.
fn unapproved(facts: &Facts, one: &Authorization) -> Result<Option<(Moment, Option<Moment>)>, &'static str> {
    let Some(provisioned) = one.provisioned_at else { return Ok(None) };
    let from = match one.circumstance {
        None => Some(provisioned),
        Some(id) => {
            let known = facts.access.circumstances.get(id.uuid());
            let circumstance = known.ok_or("its exceptional circumstance is not recorded")?;
            if circumstance.lasts(provisioned) { circumstance.ended_at } else { Some(provisioned) }
        }
    };
    let until = [one.approved.as_ref().map(|act| act.at), one.removed_at].into_iter().flatten().min();
    Ok(from.filter(|from| until.is_none_or(|until| *from < until)).map(|from| (from, until)))
}

/// From when until when access stood after its last day.
fn lapsed(facts: &Facts, one: &Authorization) -> Option<(Moment, Option<Moment>)> {
    one.provisioned_at?;
    let from = facts.zone.first_of(one.until?.plus_days(1));
    one.removed_at.is_none_or(|removed| from < removed).then_some((from, one.removed_at))
}

fn authorized(facts: &Facts, place: usize, kinds: &[AuthorizationKind]) -> Judgement {
    let held = facts.access.authorizations.at(place);
    let one = &held.record;
    match one.kind {
        Some(kind) if kinds.contains(&kind) => {}
        Some(_) => return Judgement::not_applicable("another kind of access"),
        None => return Judgement::indeterminate("what kind of access it is is not recorded"),
    }
    if !one.opens(facts.at) {
        return Judgement::not_applicable("nothing is provisioned under it");
    }
    asked(concern_of_record(facts, Asking::Personnel, held.id), || {
        if let Some((from, _)) = lapsed(facts, one).filter(|(from, _)| *from <= facts.at) {
            let last = facts.zone.day(from).plus_days(-1);
            return Judgement::fail(format!("its last day was {last}, and it was not removed"));
        }
        match unapproved(facts, one) {
            Err(open) => Judgement::indeterminate(open),
            Ok(Some((from, _))) if one.approved.is_none() && from <= facts.at => {
                Judgement::fail(format!("provisioned without authorization since {}", facts.zone.told(from)))
            }
            Ok(_) if one.approved.is_none() => Judgement::pass("under a CIP Exceptional Circumstance that lasts"),
            Ok(_) if one.need.trim().is_empty() => Judgement::indeterminate("why it is needed is not recorded"),
            Ok(_) => Judgement::pass("authorized by need"),
        }
    })
}

fn gaps(facts: &Facts, place: usize, kinds: &[AuthorizationKind]) -> Vec<Gap> {
    let held = facts.access.authorizations.at(place);
    let one = &held.record;
    if !one.kind.is_some_and(|kind| kinds.contains(&kind)) {
        return Vec::new();
    }
    let spans = [unapproved(facts, one).ok().flatten(), lapsed(facts, one)];
    let gaps: Vec<Gap> = spans.into_iter().flatten().filter_map(|(from, until)| span(facts, from, until)).collect();
    if gaps.is_empty() || concern_of_record(facts, Asking::Personnel, held.id) != Concern::Yes {
        return Vec::new();
    }
    gaps
}

const ACCESS: &[AuthorizationKind] = &[AuthorizationKind::Electronic, AuthorizationKind::UnescortedPhysical];
const BCSI: &[AuthorizationKind] = &[AuthorizationKind::Bcsi];

rule!(
    AUTHORIZED,
    "GL-PER-12",
    Mandatory,
    High,
    Authorization,
    true,
    "Access is authorized by need before it is provisioned, and removed when its authorization ends",
    "CIP-004-7 R4 part 4.1",
    ["CIP-004-7 R4.1", "AC-2", "AC-3", "AC-6", "SR 1.3", "SR 2.1", "USER 1.4"],
    |facts, place| authorized(facts, place, ACCESS),
    gaps: Some(|facts, place| gaps(facts, place, ACCESS))
);
rule!(
    BCSI_AUTHORIZED,
    "GL-PER-13",
    Mandatory,
    High,
    Authorization,
    true,
    "Access to BCSI is authorized by need before it is provisioned, and removed when its authorization ends",
    "CIP-004-7 R6 part 6.1",
    ["CIP-004-7 R6.1", "AC-3", "AC-6", "SR 2.1"],
    |facts, place| authorized(facts, place, BCSI),
    gaps: Some(|facts, place| gaps(facts, place, BCSI))
);

/// Systems an account lets somebody into.
fn systems_of(facts: &Facts, account: &Account) -> BTreeSet<Uuid> {
    let asset = account.asset.and_then(|id| facts.assets.get(id.uuid()));
    let by_asset = asset.into_iter().flat_map(|asset| &asset.systems);
    account.system.iter().chain(by_asset).map(|id| id.uuid()).collect()
}

/// True when something the person holds now authorizes the account: an authorization for its system or its site, or a grant
/// of remote access to it.
#[must_use]
pub(super) fn covers(facts: &Facts, person: Uuid, account: &Account) -> bool {
    let systems = systems_of(facts, account);
    let access = &facts.access;
    let sited = |authorization: &Authorization| {
        let sites = systems.iter().filter_map(|id| facts.systems.get(*id)?.site);
        sites.into_iter().any(|site| authorization.systems.is_empty() && authorization.sites.contains(&site))
    };
    let authorized = access.authorizations_of(person).any(|(_, one)| {
        let lasts = |id: CircumstanceId| access.circumstances.get(id.uuid()).is_some_and(|known| known.lasts(facts.at));
        one.kind == Some(AuthorizationKind::Electronic)
            && one.authorizes((facts.at, facts.zone.day(facts.at)), lasts)
            && (one.systems.iter().any(|id| systems.contains(&id.uuid())) || sited(one))
    });
    authorized
        || access.grants_of(person).any(|(_, grant)| {
            let asset = account.asset.is_some_and(|id| grant.targets.contains(&id));
            grant.opens(facts.at) && (asset || grant.systems.iter().any(|id| systems.contains(&id.uuid())))
        })
}

rule!(
    COVERED,
    "GL-RA-14",
    Mandatory,
    High,
    Person,
    true,
    "Whoever has an account has an authorization that covers it",
    "CIP-004-7 R4 parts 4.1 and 4.2; when they are verified is told by the clocks of R4.2 and R4.3",
    ["CIP-004-7 R4.1", "CIP-004-7 R4.2", "AC-2", "AC-6", "AC-6(7)", "SR 1.3", "SR 1.4"],
    |facts, place| covered(facts, place)
);

fn covered(facts: &Facts, place: usize) -> Judgement {
    let person = facts.access.people.at(place).id;
    let (mut asked, mut open) = (0_usize, false);
    let mut bare: Vec<&str> = Vec::new();
    for (id, account) in facts.access.accounts_of(person).filter(|(_, account)| account.opens(facts.at)) {
        match concern_of_record(facts, Asking::Personnel, id) {
            Concern::Yes => asked += 1,
            Concern::Open => {
                open = true;
                continue;
            }
            Concern::No => continue,
        }
        // Who answers for a shared account need not use it.
        let theirs = account.is_of(crate::ids::PersonId::from_uuid(person));
        if theirs && !covers(facts, person, account) {
            bare.push(account.reference.as_str());
        }
    }
    bare.sort_unstable();
    match (bare.is_empty(), asked, open) {
        (false, _, _) => Judgement::fail(format!("no authorization covers {}", bare.join(", "))),
        (true, _, true) => Judgement::indeterminate("what one of their accounts lets them into is not rated"),
        (true, 0, false) => Judgement::not_applicable("they have no account that the standard asks about"),
        (true, _, false) => Judgement::pass("an authorization covers each of their accounts"),
    }
}
