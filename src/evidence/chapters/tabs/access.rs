//! Personnel, vendor remote access, access reviews and revocations: who could reach what, and what was done about it.
//!
//! Invariant: written only where a part in scope is judged by what belongs to access. Of people only what the auditors' own
//! template asks for is told: no name, and nothing of an assessment but its day.

use std::collections::BTreeSet;

use super::inventory::in_sight;
use super::{Row, Tab};
use crate::checks::concern::Concern;
use crate::checks::revocations::{asks_about, removal};
use crate::departures::Departure;
use crate::departures::model::{Ability, AbilityKind, DepartureKind};
use crate::departures::rules::{Deadline, State, deadlines};
use crate::evidence::dossier::Dossier;
use crate::evidence::words::{NOT_RECORDED, day};
use crate::ids::{AssetId, Id};
use crate::personnel::Person;
use crate::personnel::model::{AuthorizationKind, Party};
use crate::remote_access::Grant;
use crate::remote_access::model::GrantKind;
use crate::reviews::Review;
use crate::storage::Kept;
use crate::vocabulary::Moment;
use crate::vocabulary::due::due_calendar_quarter;

pub const PERSONNEL: Tab = Tab {
    name: "Personnel",
    counted: "Index",
    header: &[
        "Unique personnel ID",
        "Employee/Contractor/Vendor",
        "Authorized electronic",
        "Authorized unescorted physical",
        "BCSI access",
        "Access start",
        "Access end",
        "Termination date and action time",
        "Transfer date",
        "Training date",
        "PRA date",
    ],
    rows: |dossier| Box::new(dossier.access.people.iter().filter_map(|kept| personnel(dossier, kept))),
    always: false,
};

pub const VENDOR_ACCESS: Tab = Tab {
    name: "Vendor Remote Access",
    counted: "",
    header: &[
        "Vendor",
        "Path",
        "Asset",
        "Type",
        "Method to determine",
        "Method to disable",
        "Method last tried",
        "Grant",
        "From",
        "Until",
    ],
    rows: |dossier| {
        let own = dossier.access.grants.iter().filter(|kept| dossier.judged.facts.access.is_vendors(kept));
        // Who was refused was let in by nothing.
        let given = own.filter(|kept| kept.refused.is_none());
        let seen = given.filter(|kept| held(dossier, kept.begins(), kept.ceased()));
        Box::new(seen.map(|kept| Row::of(kept, vendor_access(dossier, kept))))
    },
    always: false,
};

pub const REVIEWS: Tab = Tab {
    name: "Access reviews",
    counted: "",
    header: &[
        "Quarter/Cycle",
        "Kind",
        "System",
        "Reviewer",
        "Completed",
        "Accounts",
        "Discrepancies",
        "Closed",
        "Review",
    ],
    rows: |dossier| Box::new(dossier.access.reviews.iter().map(|kept| Row::of(kept, review(dossier, kept)))),
    always: false,
};

pub const REVOCATIONS: Tab = Tab {
    name: "Revocations",
    counted: "",
    header: &[
        "Person ID",
        "Event",
        "Event time",
        "Ability",
        "Reference",
        "Part",
        "Removed at",
        "Due",
        "Elapsed",
        "Late",
        "Proof",
    ],
    rows: |dossier| {
        let departures = dossier.access.departures.iter().filter(|kept| in_sight(dossier, kept.retired_on));
        Box::new(departures.flat_map(|kept| revocations(dossier, kept)))
    },
    always: false,
};

/// What stands where it is open whether the part asks.
const NOT_RATED: &str = "open: what it reaches is not rated";

/// True for access that somebody had on a day judged.
fn held(dossier: &Dossier, from: Option<Moment>, until: Option<Moment>) -> bool {
    let first = dossier.zone.first_of(dossier.days.from);
    from.is_some_and(|from| from <= dossier.instant && until.is_none_or(|until| from < until && first <= until))
}

/// Access somebody had within the days judged: what kinds, from when, and until when where all of it ended.
#[derive(Default)]
struct Access {
    kinds: BTreeSet<AuthorizationKind>,
    from: Option<Moment>,
    until: Option<Moment>,
    open: bool,
}

impl Access {
    fn of(dossier: &Dossier, person: &Kept<Person>) -> Self {
        let mut access = Self::default();
        let facts = &dossier.judged.facts.access;
        for (_, one) in facts.authorizations_of(person.id.uuid()) {
            access.add(dossier, one.kind, (one.provisioned_at, one.removed_at));
        }
        for (_, one) in facts.grants_of(person.id.uuid()).filter(|(_, one)| one.refused.is_none()) {
            access.add(dossier, Some(AuthorizationKind::Electronic), (one.begins(), one.ceased()));
        }
        access
    }

    fn add(
        &mut self,
        dossier: &Dossier,
        kind: Option<AuthorizationKind>,
        (from, until): (Option<Moment>, Option<Moment>),
    ) {
        if !held(dossier, from, until) {
            return;
        }
        self.kinds.extend(kind);
        self.from = [self.from, from].into_iter().flatten().min();
        self.until = self.until.max(until);
        self.open |= until.is_none_or(|until| until > dossier.instant);
    }
}

fn personnel(dossier: &Dossier, person: &Kept<Person>) -> Option<Row> {
    let access = Access::of(dossier, person);
    access.from?;
    let has = |kind: AuthorizationKind| if access.kinds.contains(&kind) { "Yes" } else { "No" }.to_owned();
    let on = |at: Option<Moment>| at.map_or_else(String::new, |at| dossier.zone.date(at));
    let left: Vec<_> = dossier.judged.facts.access.departures_of(person.id.uuid()).map(|(_, one)| one).collect();
    let last = |kind: DepartureKind| left.iter().filter(move |one| one.kind == Some(kind) && one.retired_on.is_none());
    let terminated = last(DepartureKind::Termination).max_by_key(|one| one.action_at);
    let transferred = last(DepartureKind::Transfer).filter_map(|one| one.effective_on.or(one.determined_on)).max();
    let terminated = terminated.map_or_else(String::new, |one| {
        let action = one.action_at.map_or_else(|| NOT_RECORDED.to_owned(), |at| dossier.zone.told(at));
        let effective = one.effective_on.map_or_else(|| NOT_RECORDED.to_owned(), |on| on.to_string());
        format!("{effective}; action {action}")
    });
    let today = dossier.day();
    let cells = vec![
        person.reference.to_string(),
        person.party.map_or(NOT_RECORDED, Party::label).to_owned(),
        has(AuthorizationKind::Electronic),
        has(AuthorizationKind::UnescortedPhysical),
        has(AuthorizationKind::Bcsi),
        on(access.from),
        if access.open { String::new() } else { on(access.until) },
        terminated,
        day(transferred),
        day(person.trained_by(today)),
        day(person.assessed_by(today)),
    ];
    Some(Row::of(person, cells))
}

pub(super) fn asset(dossier: &Dossier, id: Option<AssetId>) -> String {
    let asset = id.and_then(|id| dossier.asset(id));
    asset.map_or_else(|| NOT_RECORDED.to_owned(), |asset| asset.reference.to_string())
}

pub(super) fn targets(dossier: &Dossier, grant: &Grant) -> String {
    let assets = grant.targets.iter().map(|id| asset(dossier, Some(*id)));
    let systems = grant.systems.iter().filter_map(|id| dossier.system(*id)).map(|system| system.reference.to_string());
    assets.chain(systems).collect::<Vec<_>>().join("; ")
}

fn vendor_access(dossier: &Dossier, grant: &Kept<Grant>) -> Vec<String> {
    let facts = &dossier.judged.facts.access;
    let vendor = grant.vendor.or_else(|| facts.person_of(grant)?.vendor).and_then(|id| facts.vendors.get(id.uuid()));
    let conduit = grant.conduit.and_then(|id| dossier.judged.facts.conduits.get(id.uuid()));
    let via = asset(dossier, grant.via);
    let word = grant.via.and_then(|id| facts.gateways.get(&id.uuid()));
    let told = |at: Option<Moment>| at.map_or_else(String::new, |at| dossier.zone.told(at));
    let said = |text: &str| if text.trim().is_empty() { NOT_RECORDED.to_owned() } else { text.to_owned() };
    vec![
        vendor.map_or_else(|| NOT_RECORDED.to_owned(), |vendor| vendor.name.clone()),
        conduit.map_or_else(|| via.clone(), |conduit| format!("{via} over {}", conduit.reference)),
        targets(dossier, grant),
        grant.kind.map_or(NOT_RECORDED, GrantKind::label).to_owned(),
        word.map_or_else(
            || NOT_RECORDED.to_owned(),
            |word| format!("sessions told by {via}, up to {}", dossier.zone.told(word.goes_to())),
        ),
        said(&grant.disable_method),
        day(grant.disable_tested_on),
        grant.reference.to_string(),
        told(grant.begins()),
        told(grant.ceased()),
    ]
}

/// The quarter of a day, such as `2026 Q1`.
fn quarter(on: crate::vocabulary::Date) -> String {
    use chrono::Datelike;
    let last = due_calendar_quarter(on).naive();
    format!("{} Q{}", last.year(), last.month() / 3)
}

/// Whose review it was; where nobody was named, whoever signed it.
fn reviewer(review: &Review) -> String {
    let signed = || review.completed.as_ref().and_then(|act| act.by.as_ref());
    let member = review.reviewer.as_ref().or_else(signed);
    member.map_or_else(|| NOT_RECORDED.to_owned(), |member| member.login.clone())
}

fn review(dossier: &Dossier, review: &Kept<Review>) -> Vec<String> {
    let completed = review.completed.as_ref().map(|act| dossier.zone.day(act.at));
    let systems = review.systems.iter().filter_map(|id| dossier.system(*id)).map(|system| system.reference.to_string());
    let systems: Vec<String> = systems.collect();
    let found = dossier.judged.facts.access.discrepancies.iter().filter(|held| held.record.review == review.id);
    vec![
        completed.map(quarter).unwrap_or_default(),
        review.kind.map_or(NOT_RECORDED, crate::reviews::model::ReviewKind::label).to_owned(),
        if systems.is_empty() { "all".to_owned() } else { systems.join("; ") },
        reviewer(review),
        day(completed),
        review.population.to_string(),
        (review.changed + review.removed).to_string(),
        found.filter(|held| held.record.closed_at.is_some()).count().to_string(),
        review.reference.to_string(),
    ]
}

fn revocations<'d>(dossier: &'d Dossier, departure: &'d Kept<Departure>) -> impl Iterator<Item = Row> + 'd {
    let facts = &dossier.judged.facts;
    let clocks = deadlines(departure, |ability| removal(facts, ability), dossier.zone, dossier.instant);
    let clocks = clocks.into_iter().zip(&departure.abilities);
    let asked = clocks.filter(|(clock, _)| clock.state != State::NotApplicable);
    let seen = asked.filter(|(clock, _)| {
        let first = dossier.zone.first_of(dossier.days.from);
        clock.removed.is_none_or(|removed| removed >= first)
    });
    // What a part does not ask about is late by no part; its clock is Glance's own.
    let seen = seen.map(|(clock, ability)| (asks_about(facts, clock.part, ability), clock, ability));
    let concerned = seen.filter(|(concern, ..)| *concern != Concern::No);
    concerned
        .map(|(concern, clock, ability)| Row::of(departure, revocation(dossier, departure, (&clock, concern), ability)))
}

fn revocation(
    dossier: &Dossier,
    departure: &Departure,
    (clock, concern): (&Deadline, Concern),
    ability: &Ability,
) -> Vec<String> {
    let facts = &dossier.judged.facts;
    let told = |at: Option<Moment>| at.map_or_else(String::new, |at| dossier.zone.told(at));
    let person = departure.person.and_then(|id| facts.access.people.get(id.uuid()));
    let end = clock.removed.unwrap_or(dossier.instant);
    let elapsed = clock.from.map_or_else(String::new, |from| {
        let minutes = end.micros_since(from).max(0) / 60_000_000;
        format!("{} h {} min", minutes / 60, minutes % 60)
    });
    let late = match clock.state {
        State::Late | State::Overdue | State::Running | State::DueSoon if concern == Concern::Open => NOT_RATED,
        State::Late | State::Overdue => "Yes",
        State::InTime | State::Running | State::DueSoon | State::NotApplicable => "No",
        State::Indeterminate => NOT_RECORDED,
    };
    vec![
        person.map_or_else(|| NOT_RECORDED.to_owned(), |person| person.reference.to_string()),
        departure.kind.map_or(NOT_RECORDED, DepartureKind::label).to_owned(),
        told(departure.action_at),
        AbilityKind::label(ability.kind).to_owned(),
        ability.reference.clone(),
        clock.part.word().to_owned(),
        told(clock.removed),
        told(clock.due),
        elapsed,
        late.to_owned(),
        removal(facts, ability).map_or_else(String::new, |removal| removal.proof),
    ]
}
