//! Remote access in the facts: people and what they were given, departures, sessions with what they were judged to be.
//!
//! Invariant: brought up to date by [`Facts::settle_access`] after records were put, with no more judged again than what
//! they can move. Without sessions nothing is put together to judge them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use uuid::Uuid;

use super::agenda::Agenda;
use super::{Facts, Over, Touched};
use crate::checks::concern::Concern;
use crate::checks::shelf::Shelf;
use crate::departures::model::Departure;
use crate::ids::{AssetId, GrantId, Id, PersonId, VendorId};
use crate::personnel::model::{Account, Appointment, Authorization, Circumstance, Party, Person, Vendor};
use crate::remote_access::judging::{Around, Judged};
pub use crate::remote_access::model::Word;
use crate::remote_access::model::{Grant, Session};
use crate::reviews::model::Discrepancy;
use crate::vocabulary::{Moment, fold};

/// Days after its end in which a session still says how things stand; later it belongs to its period alone.
pub const SESSION_DAYS: i64 = 30;

/// A session and what it was judged to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub session: Arc<Session>,
    pub judged: Judged,
}

impl Seen {
    /// True once it ended so long ago that it says no more how things stand.
    #[must_use]
    pub fn is_long_ago(&self, at: Moment) -> bool {
        self.session.ended_at.is_some_and(|end| at.micros_since(end) > SESSION_DAYS * 86_400_000_000)
    }
}

/// Everything around access.
#[derive(Clone, Debug, Default)]
pub struct Access {
    pub people: Shelf<Person>,
    pub vendors: Shelf<Vendor>,
    pub appointments: Shelf<Appointment>,
    pub circumstances: Shelf<Circumstance>,
    pub authorizations: Shelf<Authorization>,
    pub accounts: Shelf<Account>,
    pub grants: Shelf<Arc<Grant>>,
    pub departures: Shelf<Departure>,
    pub sessions: Shelf<Seen>,
    /// What completed reviews found to be wrong, by review and row.
    pub discrepancies: Shelf<Discrepancy>,
    /// The last word of each gateway.
    pub gateways: BTreeMap<Uuid, Word>,
    /// Gateways that open grants of employees go through.
    pub employee_gateways: BTreeSet<AssetId>,
    /// Gateways that open grants of vendors go through, and whether a standard asks about what they reach.
    pub vendor_gateways: BTreeMap<AssetId, Concern>,
    /// The same of open grants of vendors that name no gateway; none where each names one.
    pub vendors_unrouted: Option<Concern>,
    pub(super) of_person: HashMap<Uuid, BTreeSet<(Over, usize)>>,
    /// Departures that end a record, and rows of reviews about it.
    pub(super) bearing_on: HashMap<Uuid, BTreeSet<(Over, usize)>>,
    pub(super) grants_of_asset: HashMap<Uuid, BTreeSet<usize>>,
    pub(super) accounts_of_asset: HashMap<Uuid, BTreeSet<usize>>,
    pub(super) pending: Pending,
    /// Whose gateways may be others.
    pub(super) grants_moved: bool,
    pub(super) agenda: Agenda,
    /// The facts' shape as it was settled last.
    pub(super) shape: u64,
    around: Around,
    /// Sessions by what they reached, and those that reached something that is not in the inventory. What reached something
    /// once stays here: whoever asks looks at the session.
    reached: HashMap<AssetId, Vec<usize>>,
    strays: Vec<usize>,
    open: BTreeSet<usize>,
    /// Sessions by the moment they ended, while they still say how things stand.
    recent: BTreeSet<(Moment, usize)>,
}

/// Sessions that have to be judged again.
#[derive(Clone, Debug, Default)]
pub(super) struct Pending {
    /// All but those put since; where an address or a device's name or zone may be another.
    settled: bool,
    people: BTreeSet<PersonId>,
    vendors: BTreeSet<VendorId>,
    /// Names that vendors had or have, as gateways may write them.
    words: BTreeSet<String>,
    logins: BTreeSet<String>,
    sessions: BTreeSet<usize>,
}

impl Pending {
    pub fn everything(&mut self) {
        *self = Self::default();
    }

    pub fn person(&mut self, id: Uuid, logins: impl Iterator<Item = String>) {
        self.people.insert(PersonId::from_uuid(id));
        self.logins.extend(logins.map(|login| fold::folded(&login)));
    }

    pub fn vendor(&mut self, id: Uuid, words: impl IntoIterator<Item = String>) {
        self.vendors.insert(VendorId::from_uuid(id));
        self.words.extend(words.into_iter().filter(|word| !word.is_empty()).map(|word| fold::folded(&word)));
    }

    pub fn vendors(&mut self, ids: impl IntoIterator<Item = VendorId>) {
        self.vendors.extend(ids);
    }

    fn is_quiet(&self) -> bool {
        self.people.is_empty() && self.vendors.is_empty() && self.logins.is_empty() && self.sessions.is_empty()
    }

    fn concerns(&self, place: usize, seen: &Seen) -> bool {
        self.sessions.contains(&place)
            || seen.judged.person.is_some_and(|person| self.people.contains(&person))
            || seen.judged.vendor.is_some_and(|vendor| self.vendors.contains(&vendor))
            || (!self.words.is_empty() && self.words.contains(&fold::folded(&seen.session.vendor)))
            || (!self.logins.is_empty() && self.logins.contains(&fold::folded(&seen.session.account)))
    }
}

impl Access {
    /// Authorizations, accounts, grants, departures and appointments of a person.
    pub(super) fn held_by(&self, person: Uuid) -> impl Iterator<Item = (Over, usize)> + '_ {
        self.of_person.get(&person).into_iter().flatten().copied()
    }

    pub fn authorizations_of(&self, person: Uuid) -> impl Iterator<Item = (Uuid, &Authorization)> {
        let places = self.held_by(person).filter(|(over, _)| *over == Over::Authorization);
        places.map(|(_, place)| self.authorizations.at(place)).map(|held| (held.id, &held.record))
    }

    pub fn grants_of(&self, person: Uuid) -> impl Iterator<Item = (Uuid, &Grant)> {
        let places = self.held_by(person).filter(|(over, _)| *over == Over::Grant);
        places.map(|(_, place)| self.grants.at(place)).map(|held| (held.id, &*held.record))
    }

    pub fn accounts_of(&self, person: Uuid) -> impl Iterator<Item = (Uuid, &Account)> {
        let places = self.held_by(person).filter(|(over, _)| *over == Over::Account);
        places.map(|(_, place)| self.accounts.at(place)).map(|held| (held.id, &held.record))
    }

    pub fn departures_of(&self, person: Uuid) -> impl Iterator<Item = (Uuid, &Departure)> {
        let places = self.held_by(person).filter(|(over, _)| *over == Over::Departure);
        places.map(|(_, place)| self.departures.at(place)).map(|held| (held.id, &held.record))
    }

    /// The person a grant is for; none for a vendor's own.
    #[must_use]
    pub fn person_of(&self, grant: &Grant) -> Option<&Person> {
        self.people.get(grant.person?.uuid())
    }

    /// True for a grant that a vendor uses: its own, or one of somebody who works for a vendor.
    #[must_use]
    pub fn is_vendors(&self, grant: &Grant) -> bool {
        let theirs = |person: &Person| person.vendor.is_some() || person.party == Some(Party::Vendor);
        grant.vendor.is_some() || self.person_of(grant).is_some_and(theirs)
    }

    /// Sessions that may have reached a device, or something that is not in the inventory.
    pub fn sessions_to(&self, target: Option<AssetId>) -> impl Iterator<Item = &Seen> {
        let own = target.and_then(|target| self.reached.get(&target)).into_iter().flatten();
        own.chain(&self.strays).map(|place| &self.sessions.at(*place).record)
    }

    /// Keeps what a session reached, before it is known to have.
    fn reach(&mut self, place: usize, judged: &Judged) {
        let before = &self.sessions.at(place).record.judged;
        for target in judged.targets.difference(&before.targets) {
            self.reached.entry(*target).or_default().push(place);
        }
        if before.unknown_targets.is_empty() && !judged.unknown_targets.is_empty() {
            self.strays.push(place);
        }
    }

    fn gateways_of_employees(&self, at: Moment) -> BTreeSet<AssetId> {
        let grants = self.grants.iter().map(|held| &held.record).filter(|grant| grant.opens(at));
        let own =
            grants.filter(|grant| self.person_of(grant).is_some_and(|person| person.party == Some(Party::Employee)));
        own.filter_map(|grant| grant.via).collect()
    }

    /// Where something lies or what it is called may be another: every session is judged again.
    pub fn moved(&mut self) {
        self.pending.everything();
    }

    /// Puts a session as its gateway's events add up now.
    pub fn put_session(&mut self, id: Uuid, session: Session) {
        let ended = session.ended_at;
        let judged = self.sessions.get(id).map(|known| known.judged.clone()).unwrap_or_default();
        let seen = Seen { session: Arc::new(session), judged };
        let (place, before) = self.sessions.put(id, seen);
        if let Some(at) = before.and_then(|before| before.session.ended_at) {
            self.recent.remove(&(at, place));
        }
        match ended {
            None => drop(self.open.insert(place)),
            Some(at) => {
                self.open.remove(&place);
                self.recent.insert((at, place));
            }
        }
        self.pending.sessions.insert(place);
    }
}

impl Facts {
    /// Brings sessions up to the records and the time; gives what may be judged otherwise.
    pub fn settle_access(&mut self) -> Touched {
        let mut access = std::mem::take(&mut self.access);
        let mut touched = self.settle_time(&mut access);
        if std::mem::take(&mut access.grants_moved) {
            self.settle_gateways(&mut access, &mut touched);
        }
        if !access.sessions.is_empty() {
            self.judge_sessions(&mut access, &mut touched);
        }
        if touched.range((Over::Session, 0)..=(Over::Session, usize::MAX)).next().is_some() {
            touched.extend(self.conversations());
        }
        let old = Moment::from_micros(self.at.micros() - SESSION_DAYS * 86_400_000_000);
        let kept = access.recent.split_off(&(old, 0));
        touched
            .extend(std::mem::replace(&mut access.recent, kept).into_iter().map(|(_, place)| (Over::Session, place)));
        self.access = access;
        touched
    }

    fn settle_gateways(&self, access: &mut Access, touched: &mut Touched) {
        let gateways = access.gateways_of_employees(self.at);
        if gateways != access.employee_gateways {
            access.employee_gateways = gateways;
            touched.extend((0..access.grants.len()).map(|place| (Over::Grant, place)));
        }
        let (gateways, unrouted) = self.gateways_of_vendors(access);
        if std::mem::replace(&mut access.vendors_unrouted, unrouted) != unrouted {
            touched.insert((Over::Organization, 0));
        }
        if gateways != access.vendor_gateways {
            let old = std::mem::replace(&mut access.vendor_gateways, gateways);
            let every = old.keys().chain(access.vendor_gateways.keys());
            touched.extend(every.filter_map(|id| Some((Over::Asset, self.assets.place(id.uuid())?))));
            touched.insert((Over::Organization, 0));
        }
    }

    fn judge_sessions(&self, access: &mut Access, touched: &mut Touched) {
        let everything = !access.pending.settled;
        if everything {
            access.around = self.around(access);
        } else {
            refresh(access);
        }
        let mut places: BTreeSet<usize> = access.open.clone();
        let (around, pending) = (&access.around, &access.pending);
        if everything || !pending.is_quiet() {
            let every = access.sessions.iter().enumerate();
            places.extend(
                every
                    .filter(|(place, held)| everything || pending.concerns(*place, &held.record))
                    .map(|(place, _)| place),
            );
        }
        let judge = |place: usize| {
            let seen = &access.sessions.at(place).record;
            let judged = around.judge(&seen.session, self.at);
            // Without targets it counts what its grant reaches.
            let moved =
                judged != seen.judged || judged.targets.is_empty() || pending.sessions.contains(&place) || everything;
            moved.then_some((place, judged))
        };
        let moved: Vec<(usize, Judged)> = places.into_iter().filter_map(judge).collect();
        for (place, judged) in moved {
            touched.insert((Over::Session, place));
            access.reach(place, &judged);
            access.sessions.at_mut(place).judged = judged;
        }
        access.pending = Pending { settled: true, ..Pending::default() };
    }

    /// What sessions are joined with, put together from everything.
    fn around(&self, access: &Access) -> Around {
        let mut around = Around::new(i64::from(self.limits.idle_minutes));
        for held in access.people.iter() {
            around.lay_person(PersonId::from_uuid(held.id), &held.record);
        }
        around.put_vendors(named(&access.vendors));
        for held in access.grants.iter() {
            around.lay_grant(GrantId::from_uuid(held.id), Arc::clone(&held.record));
        }
        for held in self.assets.iter() {
            around.put_asset(AssetId::from_uuid(held.id), &held.record, self.is_outside(&held.record));
        }
        for (end, id) in self.boundary.ends.iter() {
            around.put_address(*end, AssetId::from_uuid(*id));
        }
        around
    }
}

/// What gateways may call each vendor.
fn named(vendors: &Shelf<Vendor>) -> impl Iterator<Item = (VendorId, &str, &str)> {
    let every = vendors.iter().map(|held| (VendorId::from_uuid(held.id), &held.record));
    every.map(|(id, vendor)| (id, vendor.name.as_str(), vendor.reference.as_str()))
}

/// Puts the people, vendors and grants of whom something changed.
fn refresh(access: &mut Access) {
    let Access { around, pending, people, vendors, grants, of_person, .. } = access;
    for id in &pending.people {
        if let Some(person) = people.get(id.uuid()) {
            around.put_person(*id, person);
        }
        let held = of_person.get(&id.uuid()).into_iter().flatten().filter(|(over, _)| *over == Over::Grant);
        for held in held.map(|(_, place)| grants.at(*place)) {
            around.put_grant(GrantId::from_uuid(held.id), Arc::clone(&held.record));
        }
    }
    if !pending.words.is_empty() {
        around.put_vendors(named(vendors));
    }
    for id in &pending.vendors {
        for held in grants.iter().filter(|held| held.record.vendor == Some(*id)) {
            around.put_grant(GrantId::from_uuid(held.id), Arc::clone(&held.record));
        }
    }
}
