//! Putting what belongs to access into the facts, and which subjects that can move.
//!
//! Invariant: whatever a rule looks at, putting it touches every subject whose answer it can change.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use super::access::{Access, Word};
use super::links::{of, one, relink};
use super::{Facts, Over, Touched};
use crate::departures::model::Departure;
use crate::ids::Id;
use crate::personnel::model::{Account, Appointment, Authorization, Circumstance, Person, Vendor};
use crate::remote_access::model::Grant;
use crate::reviews::model::Discrepancy;

/// Who a record is about.
fn people_of(account: &Account) -> Vec<Uuid> {
    account.owner.iter().chain(&account.people).map(|id| id.uuid()).collect()
}

/// Devices a grant names.
fn devices_of(grant: &Grant) -> Vec<Uuid> {
    let named = grant.via.iter().chain(&grant.encryption_end).chain(&grant.targets);
    named.map(|id| id.uuid()).collect()
}

impl Facts {
    /// Keeps whose a record is; touches the record, its people, and what else they hold.
    fn hold(&mut self, (over, place): (Over, usize), old: &[Uuid], new: &[Uuid]) -> Touched {
        for gone in old.iter().filter(|id| !new.contains(id)) {
            if let Some(known) = self.access.of_person.get_mut(gone) {
                known.remove(&(over, place));
            }
        }
        for come in new {
            self.access.of_person.entry(*come).or_default().insert((over, place));
        }
        let mut touched = Touched::from([(over, place)]);
        for person in old.iter().chain(new) {
            self.touch_person(*person, &mut touched);
        }
        touched
    }

    fn touch_person(&self, person: Uuid, touched: &mut Touched) {
        touched.extend(self.access.people.place(person).map(|place| (Over::Person, place)));
        touched.extend(self.access.held_by(person));
    }

    /// What is judged by a record of somebody else, too: a shared account is still to be changed when they no longer use it.
    fn touch_bearing(&self, record: Uuid, touched: &mut Touched) {
        touched.extend(self.access.bearing_on.get(&record).into_iter().flatten().copied());
    }

    pub fn put_person(&mut self, id: Uuid, person: Person) -> Touched {
        let new = person.logins.clone();
        let (place, before) = self.access.people.put(id, person);
        let old = before.map(|before| before.logins).unwrap_or_default();
        self.access.pending.person(id, old.into_iter().chain(new));
        self.access.grants_moved = true;
        let mut touched = Touched::from([(Over::Person, place), (Over::Organization, 0)]);
        touched.extend(self.access.held_by(id));
        touched
    }

    pub fn put_vendor(&mut self, id: Uuid, vendor: Vendor) -> Touched {
        let words = |vendor: &Vendor| [vendor.name.clone(), vendor.reference.to_string()];
        let new = words(&vendor);
        let (place, before) = self.access.vendors.put(id, vendor);
        let old = before.as_ref().map(words);
        self.access.pending.vendor(id, old.into_iter().flatten().chain(new));
        Touched::from([(Over::Vendor, place), (Over::Organization, 0)])
    }

    pub fn put_appointment(&mut self, id: Uuid, appointment: Appointment) -> Touched {
        let new = one(appointment.person);
        let (place, before) = self.access.appointments.put(id, appointment);
        let old = before.map(|before| one(before.person)).unwrap_or_default();
        let mut touched = self.hold((Over::Appointment, place), &old, &new);
        // One office is judged beside the others.
        touched.extend((0..self.access.appointments.len()).map(|place| (Over::Appointment, place)));
        touched.insert((Over::Organization, 0));
        touched
    }

    pub fn put_circumstance(&mut self, id: Uuid, circumstance: Circumstance) -> Touched {
        let (place, _) = self.access.circumstances.put(id, circumstance);
        let Access { agenda, circumstances, .. } = &mut self.access;
        agenda.circumstance(self.at, place, &circumstances.at(place).record);
        let mut touched = Touched::from([(Over::Circumstance, place)]);
        let access = &self.access;
        let mut people = Vec::new();
        for (place, held) in access.authorizations.iter().enumerate() {
            if held.record.circumstance.is_some_and(|known| known.uuid() == id) {
                touched.insert((Over::Authorization, place));
                people.extend(held.record.person);
            }
        }
        for (place, held) in access.grants.iter().enumerate() {
            if held.record.circumstance.is_some_and(|known| known.uuid() == id) {
                touched.insert((Over::Grant, place));
                people.extend(held.record.person);
            }
        }
        for person in people {
            self.touch_person(person.uuid(), &mut touched);
        }
        touched
    }

    pub fn put_authorization(&mut self, id: Uuid, authorization: Authorization) -> Touched {
        let new = one(authorization.person);
        let (place, before) = self.access.authorizations.put(id, authorization);
        let Access { agenda, authorizations, .. } = &mut self.access;
        agenda.authorization(self.at, self.zone, place, &authorizations.at(place).record);
        let old = before.map(|before| one(before.person)).unwrap_or_default();
        let mut touched = self.hold((Over::Authorization, place), &old, &new);
        self.touch_bearing(id, &mut touched);
        touched
    }

    pub fn put_account(&mut self, id: Uuid, account: Account) -> Touched {
        let (new, new_asset) = (people_of(&account), one(account.asset));
        let (place, before) = self.access.accounts.put(id, account);
        let Access { agenda, accounts, .. } = &mut self.access;
        agenda.account(self.at, place, &accounts.at(place).record);
        let (old, old_asset) = before.as_ref().map(|before| (people_of(before), one(before.asset))).unwrap_or_default();
        relink(&mut self.access.accounts_of_asset, place, &old_asset, &new_asset);
        let mut touched = self.hold((Over::Account, place), &old, &new);
        self.touch_bearing(id, &mut touched);
        let assets = old_asset.iter().chain(&new_asset);
        touched.extend(assets.filter_map(|asset| Some((Over::Asset, self.assets.place(*asset)?))));
        touched
    }

    pub fn put_grant(&mut self, id: Uuid, grant: Grant) -> Touched {
        let (new, new_devices) = (one(grant.person), devices_of(&grant));
        for person in &new {
            self.access.pending.person(*person, std::iter::empty());
        }
        self.access.pending.vendors(grant.vendor);
        let (place, before) = self.access.grants.put(id, Arc::new(grant));
        let Access { agenda, grants, .. } = &mut self.access;
        agenda.grant(self.at, place, &grants.at(place).record);
        let (old, old_devices) =
            before.as_ref().map(|before| (one(before.person), devices_of(before))).unwrap_or_default();
        if let Some(before) = &before {
            // A grant that changes hands leaves sessions behind that were judged by it.
            if old != new || before.vendor != self.access.grants.at(place).record.vendor {
                self.access.pending.everything();
            }
        }
        relink(&mut self.access.grants_of_asset, place, &old_devices, &new_devices);
        self.access.grants_moved = true;
        let mut touched = self.hold((Over::Grant, place), &old, &new);
        self.touch_bearing(id, &mut touched);
        let devices = old_devices.iter().chain(&new_devices);
        touched.extend(devices.filter_map(|asset| Some((Over::Asset, self.assets.place(*asset)?))));
        touched.insert((Over::Organization, 0));
        touched
    }

    pub fn put_departure(&mut self, id: Uuid, departure: Departure) -> Touched {
        let new = one(departure.person);
        let (place, before) = self.access.departures.put(id, departure);
        let Access { agenda, departures, .. } = &mut self.access;
        agenda.departure(self.at, self.zone, place, &departures.at(place).record);
        for ability in &self.access.departures.at(place).record.abilities {
            self.access.bearing_on.entry(ability.of).or_default().insert((Over::Departure, place));
        }
        let old = before.map(|before| one(before.person)).unwrap_or_default();
        self.hold((Over::Departure, place), &old, &new)
    }

    /// Puts what completed reviews found to be wrong; gives what differs.
    pub fn put_discrepancies(&mut self, found: Vec<Discrepancy>) -> Touched {
        let mut touched = Touched::new();
        for discrepancy in found {
            let id = discrepancy.id();
            if self.access.discrepancies.get(id) != Some(&discrepancy) {
                let of = discrepancy.of;
                let subject = (Over::Discrepancy, self.access.discrepancies.put(id, discrepancy).0);
                self.access.bearing_on.entry(of).or_default().insert(subject);
                touched.insert(subject);
            }
        }
        touched
    }

    /// Puts the last word of each gateway; gives the gateways that differ, and what is judged by all of them.
    pub fn put_gateways(&mut self, gateways: BTreeMap<Uuid, Word>) -> Touched {
        let old = std::mem::replace(&mut self.access.gateways, gateways);
        let now = &self.access.gateways;
        let moved = old.keys().chain(now.keys()).filter(|id| old.get(*id) != now.get(*id));
        let mut touched: Touched = moved.filter_map(|id| Some((Over::Asset, self.assets.place(*id)?))).collect();
        if *now != old {
            touched.insert((Over::Organization, 0));
            touched.extend(self.conversations());
        }
        touched
    }

    /// Interactive conversations into OT, which sessions explain.
    pub(super) fn conversations(&self) -> impl Iterator<Item = (Over, usize)> + '_ {
        let every = self.crossings.iter().enumerate();
        let asked = every.filter(|(_, held)| crate::checks::explained::asks_about(&held.record));
        asked.map(|(place, _)| (Over::Crossing, place))
    }

    /// What a device can move: grants that name it, and accounts on it.
    pub(super) fn touch_access(&self, asset: Uuid, touched: &mut Touched) {
        touched.extend(of(&self.access.grants_of_asset, asset).map(|place| (Over::Grant, place)));
        touched.extend(of(&self.access.accounts_of_asset, asset).map(|place| (Over::Account, place)));
    }

    /// What a zone or conduit can move: grants through gateways in it and over it.
    pub(super) fn touch_grants(&self, touched: &mut Touched) {
        touched.extend((0..self.access.grants.len()).map(|place| (Over::Grant, place)));
    }
}
