//! What stands around a grant, as far as the rules ask for it.
//!
//! Invariant: pure. What is not recorded is none, and is never taken for good.

use std::collections::BTreeSet;

use crate::assets::Asset;
use crate::assets::model::{Category, Lifecycle, Role, are_intermediate};
use crate::conduits::Conduit;
use crate::ids::{AssetId, GrantId, SystemId};
use crate::organizations::LongestGrant;
use crate::personnel::model::{Circumstance, Party, Person, Vendor};
use crate::remote_access::model::{Grant, longest_end};
use crate::vocabulary::{Date, Impact, Moment, MonthMode, TimeZone};

/// Whether the rules of CIP-004 to CIP-007 are mandatory for what a grant reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// High impact, or medium impact with External Routable Connectivity.
    In,
    /// Every target is rated, and none so.
    Out,
    /// The rating of a target is not known, and none is known to be in scope.
    Unknown,
}

/// What stands around a grant.
#[derive(Clone, Debug)]
pub struct Surroundings {
    pub now: Moment,
    pub zone: TimeZone,
    pub months: MonthMode,
    pub longest: LongestGrant,
    pub idle_minutes: i64,
    pub person: Option<Person>,
    /// The vendor the grant names, or the one its person acts for.
    pub vendor: Option<Vendor>,
    /// What it reaches: the assets it names, and the members of the systems it names.
    pub targets: Vec<Target>,
    pub systems: Vec<NamedSystem>,
    pub via: Option<Device>,
    pub encryption_end: Option<Device>,
    pub conduit: Option<Conduit>,
    pub circumstance: Option<Circumstance>,
    /// Other grants of the same person; of the same vendor where no person is named.
    pub others: Vec<(GrantId, Grant)>,
    pub employees: Employees,
    /// True when it is asked for; false when somebody decides about what was asked for.
    pub asking: bool,
}

/// Which gateways employees go through (GL-RA-08).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Employees {
    /// Through the one of the grant.
    Same,
    /// Through others only.
    Others,
    /// No grant of an employee holds.
    None,
}

/// A device a grant reaches.
#[derive(Clone, Debug)]
pub struct Target {
    pub id: AssetId,
    pub reference: String,
    pub name: String,
    pub impact: Option<Impact>,
    /// Whether CIP-004-7 asks about access to it; none where that is not recorded.
    pub asked: Option<bool>,
    pub categories: BTreeSet<Category>,
    pub zone: Option<Placed>,
    pub member_of: BTreeSet<SystemId>,
    /// References of the systems it belongs to.
    pub systems: Vec<String>,
    /// That it is out of service, in words.
    pub gone: Option<String>,
    /// False for a member of a system that is named.
    pub named: bool,
}

/// A zone something lives in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    pub reference: String,
    /// Whether it lies outside every Electronic Security Perimeter, where that is recorded.
    pub outside: Option<bool>,
}

/// A system a grant names.
#[derive(Clone, Debug)]
pub struct NamedSystem {
    pub id: SystemId,
    pub reference: String,
    pub members: usize,
    pub retired_on: Option<Date>,
}

/// A device a grant goes through.
#[derive(Clone, Debug)]
pub struct Device {
    pub reference: String,
    pub roles: BTreeSet<Role>,
    pub zone: Option<Placed>,
    pub gone: Option<String>,
}

impl Device {
    /// True for what may be an Intermediate System by its roles.
    #[must_use]
    pub fn is_intermediate(&self) -> bool {
        are_intermediate(&self.roles)
    }

    /// Whether it lies outside every Electronic Security Perimeter, where that is recorded.
    #[must_use]
    pub fn is_outside(&self) -> Option<bool> {
        self.zone.as_ref()?.outside
    }
}

impl Target {
    /// Whether the mandatory rules hold for it.
    #[must_use]
    pub fn scope(&self) -> Scope {
        match self.asked {
            Some(true) => Scope::In,
            Some(false) => Scope::Out,
            None => Scope::Unknown,
        }
    }
}

impl Surroundings {
    /// True where these assets or systems are among what is reached, by name or as members.
    #[must_use]
    pub fn meets(&self, targets: &BTreeSet<AssetId>, systems: &BTreeSet<SystemId>) -> bool {
        self.targets.iter().any(|target| targets.contains(&target.id) || !target.member_of.is_disjoint(systems))
            || self.systems.iter().any(|system| systems.contains(&system.id))
    }

    /// Whether the mandatory rules hold for what is reached: the strictest of its targets.
    #[must_use]
    pub fn scope(&self) -> Scope {
        let has = |scope: Scope| self.targets.iter().any(|target| target.scope() == scope);
        if has(Scope::In) {
            Scope::In
        } else if has(Scope::Unknown) || self.targets.is_empty() {
            Scope::Unknown
        } else {
            Scope::Out
        }
    }

    #[must_use]
    pub fn today(&self) -> Date {
        self.zone.day(self.now)
    }

    /// The last day a grant touches.
    #[must_use]
    pub fn last_day(&self, grant: &Grant) -> Option<Date> {
        grant.valid_until.map(|until| self.zone.day(until.plus_micros(-1)))
    }

    /// In what relation who uses it stands to the entity; none where it is not recorded.
    #[must_use]
    pub fn party(&self) -> Option<Party> {
        match (&self.person, &self.vendor) {
            (Some(person), _) => person.party,
            (None, Some(_)) => Some(Party::Vendor),
            (None, None) => None,
        }
    }

    /// True for the access of a vendor.
    #[must_use]
    pub fn is_vendor(&self) -> bool {
        self.vendor.is_some() || self.party() == Some(Party::Vendor)
    }

    /// Days it may last by the organization's policy; the shortest where nobody recorded who it is for.
    #[must_use]
    pub fn longest_days(&self) -> u16 {
        let LongestGrant { employee, contractor, vendor } = self.longest;
        match self.party() {
            Some(Party::Employee) => employee,
            Some(Party::Contractor) => contractor,
            Some(Party::Vendor) => vendor,
            None => employee.min(contractor).min(vendor),
        }
    }

    /// The last moment a grant that begins then may hold until.
    #[must_use]
    pub fn latest_end(&self, from: Moment) -> Moment {
        longest_end(from, self.longest_days())
    }

    /// True while the exceptional circumstance it names lasts.
    #[must_use]
    pub fn is_emergency(&self) -> bool {
        self.circumstance.as_ref().is_some_and(|circumstance| circumstance.lasts(self.now))
    }
}

/// That a device is out of service, in words, with since when.
#[must_use]
pub fn gone(asset: &Asset) -> Option<String> {
    let what = match asset.lifecycle {
        Some(Lifecycle::Retired) => "retired",
        Some(Lifecycle::Disposed) => "disposed of",
        _ => return None,
    };
    Some(match asset.retired_on {
        Some(on) => format!("{what} since {on}"),
        None => format!("{what}, since when is not recorded"),
    })
}
