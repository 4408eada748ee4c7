//! When time alone moves what is judged of access, and the gateways vendors come through.
//!
//! Invariant: a moment that passes touches what it can move, so that nothing need be asked again only because time went on;
//! what counts in days is asked again as the day changes ([`crate::checks::judging::Outcomes::later`]).

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::access::Access;
use super::{Facts, Over, Touched};
use crate::checks::concern::{Asking, Concern, concern};
use crate::departures::model::Departure;
use crate::departures::rules::deadlines;
use crate::ids::{AssetId, Id};
use crate::personnel::model::{Account, Authorization, Circumstance};
use crate::remote_access::model::Grant;
use crate::vocabulary::{Moment, TimeZone};

/// What lies ahead: moments, and what each can move.
#[derive(Clone, Debug, Default)]
pub struct Agenda(BTreeSet<(Moment, Over, usize)>);

impl Agenda {
    /// Expects these moments, of which the past ones move nothing any more.
    fn expect(&mut self, now: Moment, subject: (Over, usize), moments: impl IntoIterator<Item = Option<Moment>>) {
        let ahead = moments.into_iter().flatten().filter(|at| *at > now);
        self.0.extend(ahead.map(|at| (at, subject.0, subject.1)));
    }

    pub fn grant(&mut self, now: Moment, place: usize, grant: &Grant) {
        self.expect(now, (Over::Grant, place), [grant.begins(), grant.ends(), grant.ceased()]);
    }

    /// It ends as the day after its last begins, whether or not anything is written then.
    pub fn authorization(&mut self, now: Moment, zone: TimeZone, place: usize, one: &Authorization) {
        let over = one.until.map(|last| zone.first_of(last.plus_days(1)));
        self.expect(now, (Over::Authorization, place), [one.provisioned_at, over, one.removed_at]);
    }

    pub fn account(&mut self, now: Moment, place: usize, account: &Account) {
        self.expect(now, (Over::Account, place), [account.disabled_at]);
    }

    pub fn circumstance(&mut self, now: Moment, place: usize, one: &Circumstance) {
        self.expect(now, (Over::Circumstance, place), [one.declared_at, one.ended_at]);
    }

    /// The moments from which its clocks are due soon, and those after which they are overdue.
    pub fn departure(&mut self, now: Moment, zone: TimeZone, place: usize, departure: &Departure) {
        for deadline in deadlines(departure, |_| None, zone, now) {
            let soon = deadline.due.map(|due| due.plus_micros(-deadline.part.soon()));
            let overdue = deadline.due.map(|due| due.plus_micros(1));
            self.expect(now, (Over::Departure, place), [soon, overdue]);
        }
    }

    /// What lay ahead and has come.
    fn come(&mut self, now: Moment) -> BTreeSet<(Moment, Over, usize)> {
        let ahead = self.0.split_off(&(now.plus_micros(1), Over::Site, 0));
        std::mem::replace(&mut self.0, ahead)
    }
}

impl Facts {
    /// The next moment that moves something without a write.
    #[must_use]
    pub fn next_moment(&self) -> Option<Moment> {
        self.access.agenda.0.first().map(|(at, ..)| *at)
    }

    /// What time and the scope of parts moved, without judging sessions: those say their own gaps.
    pub fn settle_scope(&mut self) -> Touched {
        let mut access = std::mem::take(&mut self.access);
        let touched = self.settle_time(&mut access);
        self.access = access;
        touched
    }

    /// What time moved since it was asked last, and what the scope of parts moved.
    pub(super) fn settle_time(&self, access: &mut Access) -> Touched {
        let mut touched = Touched::new();
        for (_, over, place) in access.agenda.come(self.at) {
            access.grants_moved |= over == Over::Grant;
            touched.insert((over, place));
            for person in people_at(access, over, place) {
                touched.extend(access.people.place(person).map(|place| (Over::Person, place)));
                touched.extend(access.held_by(person));
            }
        }
        if access.shape != self.shape {
            access.shape = self.shape;
            access.grants_moved = true;
            touched.extend(everything(access));
        }
        touched
    }

    /// Gateways that open grants of vendors go through, with what of the record that concerns; and what those concern that
    /// name none.
    pub(super) fn gateways_of_vendors(&self, access: &Access) -> (BTreeMap<AssetId, Concern>, Option<Concern>) {
        let mut unrouted: Option<Concern> = None;
        let mut found: BTreeMap<AssetId, Concern> = BTreeMap::new();
        let open = access.grants.iter().enumerate().filter(|(_, held)| held.record.opens(self.at));
        for (place, held) in open.filter(|(_, held)| access.is_vendors(&held.record)) {
            let reached = reached_of(self, access, place);
            let concerned = match held.record.via {
                Some(gateway) => found.entry(gateway).or_insert(Concern::No),
                None => unrouted.get_or_insert(Concern::No),
            };
            *concerned = concerned.or(reached);
        }
        (found, unrouted)
    }
}

/// What a grant reaches, while access is taken out of the facts.
fn reached_of(facts: &Facts, access: &Access, place: usize) -> Concern {
    let grant = &access.grants.at(place).record;
    concern(facts, Asking::Vendors, &crate::checks::reaching::by_grant(facts, grant))
}

/// Who a subject is about.
fn people_at(access: &Access, over: Over, place: usize) -> Vec<Uuid> {
    match over {
        Over::Grant => access.grants.at(place).record.person.map(Id::uuid).into_iter().collect(),
        Over::Authorization => access.authorizations.at(place).record.person.map(Id::uuid).into_iter().collect(),
        Over::Account => {
            let account = &access.accounts.at(place).record;
            account.owner.iter().chain(&account.people).map(|id| id.uuid()).collect()
        }
        // Under a circumstance access is given to whoever is needed.
        Over::Circumstance => access.people.iter().map(|held| held.id).collect(),
        _ => Vec::new(),
    }
}

/// Every subject of which it counts what it reaches.
fn everything(access: &Access) -> impl Iterator<Item = (Over, usize)> + '_ {
    let counts = [
        (Over::Person, access.people.len()),
        (Over::Authorization, access.authorizations.len()),
        (Over::Account, access.accounts.len()),
        (Over::Grant, access.grants.len()),
        (Over::Departure, access.departures.len()),
        (Over::Discrepancy, access.discrepancies.len()),
    ];
    let judged = counts.into_iter().flat_map(|(over, count)| (0..count).map(move |place| (over, place)));
    let bad = |seen: &super::Seen| !seen.judged.faults.is_empty() || !seen.judged.unknown.is_empty();
    let faulty = access.sessions.iter().enumerate().filter(move |(_, held)| bad(&held.record));
    judged.chain(faulty.map(|(place, _)| (Over::Session, place)))
}
