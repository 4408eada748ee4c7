//! Are permissions in date and in use.
//!
//! Invariant: what nobody could have seen is not unused; it is indeterminate until sensors watch for long enough.

use super::facts::{Facts, Watch};
use super::model::Severity;
use super::rule::{Judgement, rule};
use super::sides::{Passing, permitted};
use crate::conduits::model::Status;
use crate::ids::Id;

rule!(
    IN_DATE,
    "GL-CON-08",
    Mandatory,
    High,
    Permitted,
    true,
    "No permission stays on record after its last day",
    "CIP-005-7 R1 part 1.3; NIST SP 800-82r3 CM-7",
    ["CIP-005-7 R1.3", "CM-7", "AC-4"],
    |facts, place| in_date(facts, place)
);

fn in_date(facts: &Facts, place: usize) -> Judgement {
    let held = facts.permitted.at(place);
    let Some(last) = held.record.expires_on else { return Judgement::not_applicable("it has no last day") };
    if held.record.retired_on.is_some() || held.record.approved.is_none() || held.record.refused.is_some() {
        return Judgement::not_applicable("it permits nothing");
    }
    let conduit = held.record.conduit.and_then(|id| facts.conduits.get(id.uuid()));
    if conduit.is_some_and(|conduit| matches!(conduit.status(), Status::Suspended | Status::Retired)) {
        return Judgement::not_applicable("its conduit is suspended or retired");
    }
    let today = facts.zone.day(facts.at);
    let seen = facts.boundary.missed.get(&held.id).filter(|seen| **seen > facts.zone.last_of(last));
    match seen {
        _ if last >= today && last < today.plus_days(30) => Judgement::due_soon(format!("its last day is {last}")),
        _ if last >= today => Judgement::pass(format!("its last day is {last}")),
        Some(seen) => {
            let seen = facts.zone.told(*seen);
            let said = format!("its last day was {last}, and what it permitted was seen {seen}");
            Judgement::fail(said).weighing(Severity::Critical)
        }
        None => Judgement::fail(format!("its last day was {last}; renew it or retire it")),
    }
}

rule!(
    USED,
    "GL-CON-14",
    Advisory,
    Low,
    Permitted,
    true,
    "Each permission is used",
    "NIST SP 800-82r3 CM-7(1) and SC-7(5); the interval is the organization's own",
    ["CM-7(1)", "SC-7(5)", "CIP-003-9 R2 Att1 S3.1"],
    |facts, place| permitted(facts, place, |passing| used(facts, passing))
);

const DAY: i64 = 86_400_000_000;

fn used(facts: &Facts, passing: &Passing<'_>) -> Judgement {
    let days = facts.limits.unused_after_days;
    let limit = i64::from(days) * DAY;
    let seen = facts.boundary.used.get(&passing.id).copied();
    if let Some(seen) = seen.filter(|seen| facts.at.micros_since(*seen) <= limit) {
        return Judgement::pass(format!("last used {}", facts.zone.date(seen)));
    }
    let young = passing.flow.approved.as_ref().is_none_or(|act| facts.at.micros_since(act.at) < limit);
    if young {
        return Judgement::not_applicable("not permitted for long enough to say");
    }
    let reaches = facts.boundary.seen_from.is_some_and(|from| facts.at.micros_since(from) >= limit);
    let watched = watchers(facts, passing).any(|watch| watch.speaks(facts.at));
    match (watched, reaches, seen) {
        (false, _, _) => Judgement::indeterminate("no sensor that speaks watches its conduit or a zone at either end"),
        (true, false, _) => Judgement::indeterminate(format!("what was seen does not reach back {days} days")),
        (true, true, Some(seen)) => Judgement::fail(format!("last used {}", facts.zone.date(seen))),
        (true, true, None) => Judgement::fail(format!("never seen used in {days} days")),
    }
}

fn watchers<'f>(facts: &'f Facts, passing: &'f Passing<'_>) -> impl Iterator<Item = &'f Watch> {
    let (a, b) = (passing.joined.a.0, passing.joined.b.0);
    facts.watching_conduit(passing.joined.id).chain(facts.watching(a)).chain(facts.watching(b))
}
