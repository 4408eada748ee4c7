//! What a review looks at: every active access of its kind, as the records say it when the review begins.
//!
//! Invariant: pure. A row whose systems the records name is in a review of other systems only if they share one; a row that
//! names none is in every review of its kind.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::doubts;
use crate::conduits::Conduit;
use crate::conduits::model::Status;
use crate::ids::{AssetId, CircumstanceId, PersonId, SiteId, SystemId, VendorId, ZoneId};
use crate::personnel::model::{AccountKind, AuthorizationKind};
use crate::personnel::{Account, Authorization};
use crate::remote_access::Grant;
use crate::reviews::model::{ReviewItem, ReviewKind};
use crate::vocabulary::{Date, Moment, fold};

/// Names told in one row before it says how many more there are.
const TOLD: usize = 12;

/// A record with what a row keeps of it.
#[derive(Clone, Debug)]
pub struct Stated<T> {
    pub id: Uuid,
    pub version: i64,
    pub record: T,
}

/// A person, as far as a review needs them.
#[derive(Clone, Debug, Default)]
pub struct Holder {
    pub told: String,
    pub retired_on: Option<Date>,
    /// The day of a termination.
    pub left_on: Option<Date>,
}

/// Everything access is made of at one moment.
#[derive(Clone, Debug)]
pub struct Access {
    pub at: Moment,
    pub on: Date,
    pub people: HashMap<PersonId, Holder>,
    pub vendors: HashMap<VendorId, String>,
    pub systems: HashMap<SystemId, String>,
    pub sites: HashMap<SiteId, String>,
    pub zones: HashMap<ZoneId, String>,
    /// Assets that accounts and grants name: reference and systems.
    pub assets: HashMap<AssetId, (String, BTreeSet<SystemId>)>,
    pub authorizations: Vec<Stated<Authorization>>,
    /// Exceptional circumstances that last at the moment.
    pub lasting: BTreeSet<CircumstanceId>,
    pub accounts: Vec<Stated<Account>>,
    pub grants: Vec<Stated<Grant>>,
    pub conduits: Vec<Stated<Conduit>>,
}

impl Access {
    /// Nothing at all, at a moment and on its day.
    #[must_use]
    pub fn none(at: Moment, on: Date) -> Self {
        Self {
            at,
            on,
            people: HashMap::new(),
            vendors: HashMap::new(),
            systems: HashMap::new(),
            sites: HashMap::new(),
            zones: HashMap::new(),
            assets: HashMap::new(),
            authorizations: Vec::new(),
            lasting: BTreeSet::new(),
            accounts: Vec::new(),
            grants: Vec::new(),
            conduits: Vec::new(),
        }
    }
}

/// The rows of a review over these systems, all where none is named, in their order: by holder, then by reference.
#[must_use]
pub fn population(kind: ReviewKind, wanted: &BTreeSet<SystemId>, access: &Access) -> Vec<ReviewItem> {
    let seen = Seen { access, wanted, covered: doubts::covered(access) };
    let mut rows = match kind {
        ReviewKind::AuthorizationVerification => {
            let mut rows = seen.authorizations(|kind| kind != AuthorizationKind::Bcsi);
            rows.extend(access.accounts.iter().flat_map(|one| seen.users(one)));
            rows.extend(access.grants.iter().filter_map(|one| seen.grant(one)));
            rows
        }
        ReviewKind::PrivilegeReview => access.accounts.iter().filter_map(|one| seen.account(one)).collect(),
        ReviewKind::BcsiReview => seen.authorizations(|kind| kind == AuthorizationKind::Bcsi),
        ReviewKind::ConduitReview => access.conduits.iter().filter_map(|one| seen.conduit(one)).collect(),
    };
    rows.sort_by_cached_key(|row| {
        (fold::natural(&row.holder), row.kind.clone(), fold::natural(&row.reference), row.of)
    });
    rows
}

/// The access as one review sees it.
struct Seen<'a> {
    access: &'a Access,
    wanted: &'a BTreeSet<SystemId>,
    covered: doubts::Covered,
}

impl Seen<'_> {
    fn concerns(&self, named: &BTreeSet<SystemId>) -> bool {
        self.wanted.is_empty() || named.is_empty() || !self.wanted.is_disjoint(named)
    }

    fn holder(&self, person: Option<PersonId>) -> Option<&Holder> {
        person.and_then(|person| self.access.people.get(&person))
    }

    fn told(&self, person: Option<PersonId>) -> String {
        self.holder(person).map_or_else(String::new, |holder| holder.told.clone())
    }

    fn authorizations(&self, fits: impl Fn(AuthorizationKind) -> bool) -> Vec<ReviewItem> {
        let access = self.access;
        let row = |one: &Stated<Authorization>| {
            let record = &one.record;
            let kind = record.kind.filter(|kind| fits(*kind))?;
            if !record.opens(access.at) || !self.concerns(&record.systems) {
                return None;
            }
            let systems = names(&record.systems, &access.systems);
            let sites = names(&record.sites, &access.sites);
            let place = Some(record.place.clone()).filter(|place| !place.is_empty());
            let mut reaches = format!("{}: {}", kind.label(), listed(systems.into_iter().chain(sites).chain(place)));
            if kind == AuthorizationKind::Bcsi && !record.need.is_empty() {
                reaches = format!("{reaches}; needed for: {}", fold::truncated(&record.need, 200));
            }
            Some(ReviewItem {
                kind: "authorization".to_owned(),
                of: one.id,
                version: one.version,
                reference: record.reference.to_string(),
                person: record.person,
                holder: self.told(record.person),
                reaches,
                doubt: doubts::of_authorization(record, self.holder(record.person), access),
            })
        };
        access.authorizations.iter().filter_map(row).collect()
    }

    /// A row for each person an account lets in.
    fn users(&self, one: &Stated<Account>) -> Vec<ReviewItem> {
        let (record, at) = (&one.record, self.access.at);
        let systems = self.systems_of(record);
        if !record.opens(at) || !self.concerns(&systems) {
            return Vec::new();
        }
        let owner = record.owner.filter(|_| !record.is_shared());
        let people: BTreeSet<PersonId> = record.people.iter().copied().chain(owner).collect();
        let row = |person: Option<PersonId>| ReviewItem {
            kind: "account".to_owned(),
            of: one.id,
            version: one.version,
            reference: record.reference.to_string(),
            person,
            holder: self.told(person),
            reaches: self.reached(record),
            doubt: doubts::of_use(person, self.holder(person), &systems, &self.covered, self.access),
        };
        match (people.is_empty(), record.is_shared()) {
            (false, _) => people.into_iter().map(|person| row(Some(person))).collect(),
            (true, false) => vec![row(None)],
            // Nobody signs in by it, so there is nobody to verify; the privilege review looks at it.
            (true, true) if record.interactive == Some(false) => Vec::new(),
            // Somebody may know its password: whoever answers for it has to say who.
            (true, true) => {
                let (holder, doubt) = (self.told(record.owner), doubts::NOBODY_USES_IT.to_owned());
                vec![ReviewItem { holder, doubt, ..row(None) }]
            }
        }
    }

    /// An account with its privileges. A shared one is nobody's own, so its row names no person.
    fn account(&self, one: &Stated<Account>) -> Option<ReviewItem> {
        let record = &one.record;
        if !record.opens(self.access.at) || !self.concerns(&self.systems_of(record)) {
            return None;
        }
        let person = record.owner.filter(|_| !record.is_shared());
        let people = || {
            let mut names: Vec<String> = record.people.iter().map(|person| self.told(Some(*person))).collect();
            names.sort_by_cached_key(|name| fold::natural(name));
            listed(names.into_iter())
        };
        let holder = match record.is_shared() {
            false => self.told(person),
            true if record.people.is_empty() => self.told(record.owner),
            true => people(),
        };
        let kind = record.kind.map_or("Account", AccountKind::label);
        let privileges = if record.privileges.is_empty() { "not recorded" } else { &record.privileges };
        Some(ReviewItem {
            kind: "account".to_owned(),
            of: one.id,
            version: one.version,
            reference: record.reference.to_string(),
            person,
            holder,
            reaches: format!("{kind}: {}; privileges: {}", self.reached(record), fold::truncated(privileges, 400)),
            doubt: doubts::of_privileges(record, self.holder(record.owner), self.access.on),
        })
    }

    fn grant(&self, one: &Stated<Grant>) -> Option<ReviewItem> {
        let (record, access) = (&one.record, self.access);
        let mut systems = record.systems.clone();
        let of_targets = record.targets.iter().filter_map(|asset| access.assets.get(asset));
        systems.extend(of_targets.clone().flat_map(|(_, systems)| systems.iter().copied()));
        if !record.opens(access.at) || !self.concerns(&systems) {
            return None;
        }
        let targets = of_targets.map(|(reference, _)| reference.clone());
        let reached = listed(targets.chain(names(&record.systems, &access.systems)));
        let kind = record.kind.map_or("Remote access", |kind| kind.label());
        let vendor = record.vendor.and_then(|vendor| access.vendors.get(&vendor)).cloned().unwrap_or_default();
        let doubt = match record.person {
            Some(person) => doubts::of_use(Some(person), self.holder(Some(person)), &systems, &self.covered, access),
            // System-to-system access of a vendor is no individual's; its own approval is its record.
            None => doubts::of_machine(record),
        };
        Some(ReviewItem {
            kind: "grant".to_owned(),
            of: one.id,
            version: one.version,
            reference: record.reference.to_string(),
            person: record.person,
            holder: if record.person.is_some() { self.told(record.person) } else { vendor },
            reaches: format!("{kind}: {reached}"),
            doubt,
        })
    }

    fn conduit(&self, one: &Stated<Conduit>) -> Option<ReviewItem> {
        let record = &one.record;
        if record.status() != Status::Active {
            return None;
        }
        let zone = |zone: Option<ZoneId>| {
            zone.and_then(|zone| self.access.zones.get(&zone)).map_or("no zone", String::as_str).to_owned()
        };
        let last = record.last_reviewed_on.map_or_else(|| "never".to_owned(), |day| day.to_string());
        Some(ReviewItem {
            kind: "conduit".to_owned(),
            of: one.id,
            version: one.version,
            reference: record.reference.to_string(),
            person: None,
            holder: record.owner.clone(),
            reaches: format!("{} and {}; last reviewed: {last}", zone(record.from_zone), zone(record.to_zone)),
            doubt: doubts::of_conduit(record, self.access.on),
        })
    }

    /// Systems an account opens: its own, or those of its asset.
    fn systems_of(&self, account: &Account) -> BTreeSet<SystemId> {
        let of_asset = account.asset.and_then(|asset| self.access.assets.get(&asset));
        let of_asset = of_asset.into_iter().flat_map(|(_, systems)| systems.iter().copied());
        account.system.into_iter().chain(of_asset).collect()
    }

    fn reached(&self, account: &Account) -> String {
        let asset = account.asset.and_then(|asset| self.access.assets.get(&asset)).map(|(reference, _)| reference);
        let system = account.system.and_then(|system| self.access.systems.get(&system));
        match asset.or(system) {
            Some(place) => format!("{} on {place}", account.name),
            None => account.name.clone(),
        }
    }
}

fn names<I: Ord + std::hash::Hash + Copy>(ids: &BTreeSet<I>, known: &HashMap<I, String>) -> Vec<String> {
    let mut found: Vec<String> = ids.iter().filter_map(|id| known.get(id).cloned()).collect();
    found.sort_by_cached_key(|name| fold::natural(name));
    found
}

/// Names in one line, the first ones when they are many.
fn listed(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
    let told = names.iter().take(TOLD).cloned().collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => "not recorded".to_owned(),
        count if count > TOLD => format!("{told} and {} more", count - TOLD),
        _ => told,
    }
}
