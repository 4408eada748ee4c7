//! Judging sessions: whose a session was, which grant it came under, and what it did beside it.
//!
//! Invariant: pure, and the same for one session as for a million. What a gateway did not say is never taken for good: it is
//! `unknown`, and whoever asks shows it as indeterminate.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use uuid::Uuid;

use super::model::{EndedBy, Grant, GrantKind, GrantStatus, Mfa, Session};
use crate::assets::model::Asset;
use crate::ids::{AssetId, GrantId, Id, PersonId, VendorId};
use crate::personnel::model::{Party, Person};
use crate::vocabulary::end::{self, Packed};
use crate::vocabulary::{Endpoint, Moment, fold};

crate::words! {
    /// What a session did beside its grant.
    Fault {
        UnknownAccount = "unknown_account", "Unknown account";
        NoGrant = "no_grant", "Without a grant";
        OutsideWindow = "outside_window", "Outside the grant's time";
        OtherTarget = "other_target", "Another target";
        OtherSource = "other_source", "Another source";
        NotThroughGateway = "not_through_gateway", "Not through the granted gateway";
        NotIntermediate = "not_intermediate", "Not through an Intermediate System";
        NoMfa = "no_mfa", "Without a second factor";
        OpenAfterEnd = "open_after_end", "Open after its grant ended";
        Idle = "idle", "Idle beyond the limit";
    }
}

/// What is known around sessions.
#[derive(Clone, Debug, Default)]
pub struct Around {
    people: HashMap<String, Login>,
    vendors: HashMap<String, VendorId>,
    grants: Vec<(GrantId, Arc<Grant>)>,
    places: HashMap<GrantId, usize>,
    by_person: HashMap<PersonId, Vec<usize>>,
    by_vendor: HashMap<VendorId, Vec<usize>>,
    /// Assets by folded reference, name, host name.
    names: HashMap<String, AssetId>,
    addresses: HashMap<Packed, AssetId>,
    systems_of: HashMap<AssetId, BTreeSet<Uuid>>,
    /// Whether a device is an Intermediate System outside every perimeter; none where its place is not recorded.
    intermediate: HashMap<AssetId, Option<bool>>,
    /// Minutes without activity, where a grant says none.
    idle_minutes: i64,
}

/// Whose a login is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Login {
    pub person: PersonId,
    pub party: Option<Party>,
    pub vendor: Option<VendorId>,
}

/// A session with what it was joined to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    pub person: Option<PersonId>,
    pub party: Option<Party>,
    pub vendor: Option<VendorId>,
    pub grant: Option<GrantId>,
    /// Targets that are in the inventory, and those that are not, as the gateway wrote them.
    pub targets: BTreeSet<AssetId>,
    pub unknown_targets: BTreeSet<String>,
    pub faults: BTreeSet<Fault>,
    /// What could not be judged because nobody said it: names of fields.
    pub unknown: BTreeSet<&'static str>,
}

impl Judged {
    /// True where a session is a vendor's: by the person's party, the grant, or the gateway's word, whether or not anybody
    /// entered the vendor.
    #[must_use]
    pub fn is_vendor(&self, session: &Session) -> bool {
        self.vendor.is_some() || self.party == Some(Party::Vendor) || !session.vendor.is_empty()
    }
}

impl Around {
    /// Nothing known yet, but for how many minutes a session may idle where its grant says nothing.
    #[must_use]
    pub fn new(idle_minutes: i64) -> Self {
        Self { idle_minutes, ..Self::default() }
    }

    pub fn put_person(&mut self, id: PersonId, person: &Person) {
        self.people.retain(|_, login| login.person != id);
        self.lay_person(id, person);
    }

    /// Puts a person nobody put before.
    pub fn lay_person(&mut self, id: PersonId, person: &Person) {
        let login = Login { person: id, party: person.party, vendor: person.vendor };
        for name in &person.logins {
            self.people.insert(fold::folded(name), login);
        }
    }

    /// Puts every vendor by name and reference, in the place of those known before.
    pub fn put_vendors<'v>(&mut self, vendors: impl Iterator<Item = (VendorId, &'v str, &'v str)>) {
        self.vendors.clear();
        for (id, name, reference) in vendors {
            self.put_vendor(id, name, reference);
        }
    }

    pub fn put_vendor(&mut self, id: VendorId, name: &str, reference: &str) {
        self.vendors.insert(fold::folded(name), id);
        self.vendors.insert(fold::folded(reference), id);
    }

    pub fn put_grant(&mut self, id: GrantId, grant: Arc<Grant>) {
        match self.places.get(&id).copied() {
            Some(place) => {
                self.unlink(place);
                self.link(place, &grant);
                self.grants[place].1 = grant;
            }
            None => self.lay_grant(id, grant),
        }
    }

    /// Puts a grant nobody put before.
    pub fn lay_grant(&mut self, id: GrantId, grant: Arc<Grant>) {
        let place = self.grants.len();
        self.places.insert(id, place);
        self.link(place, &grant);
        self.grants.push((id, grant));
    }

    fn link(&mut self, place: usize, grant: &Grant) {
        if let Some(person) = grant.person {
            self.by_person.entry(person).or_default().push(place);
        } else if let Some(vendor) = grant.vendor {
            self.by_vendor.entry(vendor).or_default().push(place);
        }
    }

    fn unlink(&mut self, place: usize) {
        let grant = &self.grants[place].1;
        let own = grant.person.and_then(|person| self.by_person.get_mut(&person));
        let of_vendor = grant.vendor.and_then(|vendor| self.by_vendor.get_mut(&vendor));
        for known in own.into_iter().chain(of_vendor) {
            known.retain(|other| *other != place);
        }
    }

    /// Puts a device; `outside` says whether it lies outside every Electronic Security Perimeter, where that is recorded.
    pub fn put_asset(&mut self, id: AssetId, asset: &Asset, outside: Option<bool>) {
        for name in [asset.reference.as_str(), &asset.name, &asset.hostname] {
            if !name.is_empty() {
                self.names.insert(fold::folded(name), id);
            }
        }
        self.systems_of.insert(id, asset.systems.iter().map(|system| system.uuid()).collect());
        self.intermediate.insert(id, if asset.is_intermediate() { outside } else { Some(false) });
    }

    pub fn put_address(&mut self, address: Packed, id: AssetId) {
        self.addresses.insert(address, id);
    }

    #[must_use]
    pub fn login(&self, account: &str) -> Option<Login> {
        self.people.get(&fold::folded(account)).copied()
    }

    /// The asset a gateway's word for a target names: its address, else its reference, name or host name.
    #[must_use]
    pub fn target(&self, word: &str) -> Option<AssetId> {
        let by_address = word.parse().ok().and_then(|address| self.addresses.get(&end::packed(address)));
        by_address.or_else(|| self.names.get(&fold::folded(word))).copied()
    }

    fn covers(&self, grant: &Grant, target: AssetId) -> bool {
        let member = || {
            let own = self.systems_of.get(&target);
            own.is_some_and(|own| grant.systems.iter().any(|system| own.contains(&system.uuid())))
        };
        grant.targets.contains(&target) || member()
    }

    /// Joins a session with what is known and judges it as of a moment.
    #[must_use]
    pub fn judge(&self, session: &Session, now: Moment) -> Judged {
        let mut judged = self.joined(session);
        self.judge_gateway(session, &mut judged);
        let candidates = self.candidates(&judged, session.kind);
        let best = candidates.iter().copied().min_by_key(|place| {
            let grant = &self.grants[*place].1;
            (self.misfits(grant, session, &judged), std::cmp::Reverse(grant.valid_from), *place)
        });
        let Some(place) = best else {
            if judged.person.is_none() && judged.vendor.is_none() {
                judged.faults.insert(Fault::UnknownAccount);
            }
            judged.faults.insert(Fault::NoGrant);
            self.judge_idle(session, None, now, &mut judged);
            return judged;
        };
        let (id, grant) = &self.grants[place];
        judged.grant = Some(*id);
        judged.vendor = judged.vendor.or(grant.vendor);
        self.judge_under(grant, session, now, &mut judged);
        judged
    }

    fn joined(&self, session: &Session) -> Judged {
        let login = self.login(&session.account);
        let mut judged = Judged {
            person: login.map(|login| login.person),
            party: login.and_then(|login| login.party),
            vendor: login.and_then(|login| login.vendor),
            ..Judged::default()
        };
        if !session.vendor.is_empty() && judged.vendor.is_none() {
            judged.vendor = self.vendors.get(&fold::folded(&session.vendor)).copied();
        }
        for word in &session.targets {
            match self.target(word) {
                Some(id) => drop(judged.targets.insert(id)),
                None => drop(judged.unknown_targets.insert(word.clone())),
            }
        }
        if session.targets.is_empty() {
            judged.unknown.insert("targets");
        }
        judged
    }

    fn judge_gateway(&self, session: &Session, judged: &mut Judged) {
        if session.kind != GrantKind::Interactive {
            return;
        }
        match self.intermediate.get(&session.gateway).copied().unwrap_or(Some(false)) {
            Some(true) => {}
            Some(false) => drop(judged.faults.insert(Fault::NotIntermediate)),
            None => drop(judged.unknown.insert("gateway")),
        }
        match session.mfa {
            Some(Mfa::Success) => {}
            Some(Mfa::Failed | Mfa::NotUsed) => drop(judged.faults.insert(Fault::NoMfa)),
            None => drop(judged.unknown.insert("mfa")),
        }
    }

    /// Grants of this kind that the person holds, or else the vendor.
    fn candidates(&self, judged: &Judged, kind: GrantKind) -> Vec<usize> {
        let own = judged.person.and_then(|person| self.by_person.get(&person));
        let of_vendor = judged.vendor.and_then(|vendor| self.by_vendor.get(&vendor));
        let every = own.into_iter().chain(of_vendor).flatten().copied();
        every
            .filter(|place| {
                let grant = &self.grants[*place].1;
                grant.kind == Some(kind) && !matches!(grant.decided(), GrantStatus::Refused)
            })
            .collect()
    }

    /// How far a grant is from being the one a session came under: what fits best is what it is judged by.
    fn misfits(&self, grant: &Grant, session: &Session, judged: &Judged) -> u8 {
        let time = if grant.opens(session.started_at) { 0 } else { 4 };
        let target = if self.reaches(grant, judged) { 0 } else { 2 };
        time + target + u8::from(grant.via != Some(session.gateway))
    }

    fn reaches(&self, grant: &Grant, judged: &Judged) -> bool {
        judged.unknown_targets.is_empty() && judged.targets.iter().all(|target| self.covers(grant, *target))
    }

    fn judge_under(&self, grant: &Grant, session: &Session, now: Moment, judged: &mut Judged) {
        if grant.begins().is_none() {
            judged.faults.insert(Fault::NoGrant);
        } else if !grant.opens(session.started_at) {
            judged.faults.insert(Fault::OutsideWindow);
        }
        if !self.reaches(grant, judged) {
            judged.faults.insert(Fault::OtherTarget);
        }
        // Between systems nothing is asked to stand in between: a grant that names no gateway names no other.
        let bound = grant.via.is_some() || session.kind == GrantKind::Interactive;
        if bound && grant.via != Some(session.gateway) {
            judged.faults.insert(Fault::NotThroughGateway);
        }
        match comes_from(grant, &session.source) {
            Some(true) => {}
            Some(false) => drop(judged.faults.insert(Fault::OtherSource)),
            None => drop(judged.unknown.insert("source")),
        }
        // One that began after the end goes on after it, too.
        if let Some(until) = grant.ends()
            && grant.begins().is_some()
            && session.ended_at.unwrap_or(now) > until
        {
            judged.faults.insert(Fault::OpenAfterEnd);
        }
        self.judge_idle(session, grant.idle_minutes, now, judged);
    }

    /// A session that goes on without activity for longer than the limit.
    fn judge_idle(&self, session: &Session, own: Option<i64>, now: Moment, judged: &mut Judged) {
        let limit = own.unwrap_or(self.idle_minutes).saturating_mul(60_000_000);
        let until = session.ended_at.unwrap_or(now);
        let beyond = limit > 0 && until.micros_since(session.last_activity_at) > limit;
        // What the limit ended is what the limit is for.
        let limited = session.ended_by == Some(EndedBy::Idle);
        if !beyond || limited || session.kind != GrantKind::Interactive {
            return;
        }
        if session.last_activity_at == session.started_at {
            // Some gateways tell of no activity: whether nobody worked is not known from them.
            judged.unknown.insert("last_activity");
        } else {
            judged.faults.insert(Fault::Idle);
        }
    }

    #[must_use]
    pub fn grant(&self, id: GrantId) -> Option<&Grant> {
        self.places.get(&id).map(|place| &*self.grants[*place].1)
    }
}

/// Whether a session comes from where its grant says; none where the gateway does not say, or names no address.
fn comes_from(grant: &Grant, source: &str) -> Option<bool> {
    if grant.sources.is_empty() {
        return Some(true);
    }
    let address: std::net::IpAddr = source.parse().ok()?;
    Some(grant.sources.iter().any(|end| matches!(end, Endpoint::Net(net) if net.contains(address))))
}

#[cfg(test)]
mod tests;
