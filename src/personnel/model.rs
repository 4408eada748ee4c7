//! People, vendors, appointments, exceptional circumstances, authorizations and accounts.
//!
//! Invariant: pure. Where a record stands is computed from what was decided and the moment, and never typed.

mod accounts;

pub use accounts::{Account, AccountKind};

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::{CircumstanceId, PersonId, SiteId, SystemId, VendorId};
use crate::register::{Act, Member};
use crate::vocabulary::{Date, Moment, Reference};

crate::words! {
    /// In what relation a person stands to the entity.
    Party {
        Employee = "employee", "Employee";
        Contractor = "contractor", "Contractor";
        Vendor = "vendor", "Vendor";
    }
}

crate::words! {
    /// What the results of a personnel risk assessment permit (CIP-004-7 R3.3).
    Suitability {
        Eligible = "eligible", "Eligible";
        Ineligible = "ineligible", "Ineligible";
    }
}

/// Somebody who has, had or asks for access.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    /// The unique personnel id.
    pub reference: Reference,
    pub name: String,
    pub title: String,
    pub employer: String,
    pub party: Option<Party>,
    /// The vendor they act for.
    pub vendor: Option<VendorId>,
    /// The sign-in user of Glance they are, where they are one.
    pub user: Option<Member>,
    /// Names under which they sign in at gateways, in lower case; nobody else has the same.
    pub logins: Vec<String>,
    /// Days on which cyber security training was completed, the earliest first (CIP-004-7 R2.2, R2.3).
    pub trained: Vec<Date>,
    /// Days on which a personnel risk assessment was completed, the earliest first (CIP-004-7 R3.5).
    pub assessed: Vec<Date>,
    /// Of the last assessment: identity confirmed (R3.1), seven years of criminal history checked (R3.2), or why not all.
    pub identity_confirmed: Option<bool>,
    pub seven_years_checked: Option<bool>,
    pub partial_reason: String,
    /// What came of it (R3.3) and by which criteria.
    pub suitability: Option<Suitability>,
    pub criteria: String,
    /// For contractors and vendors: who made sure that their employer's assessment meets R3.1 to R3.3 (R3.4), and when.
    pub verified_by: String,
    pub verified_on: Option<Date>,
    pub retired_on: Option<Date>,
    pub notes: String,
}

impl Person {
    /// The last training completed by a day.
    #[must_use]
    pub fn trained_by(&self, day: Date) -> Option<Date> {
        self.trained.iter().copied().filter(|on| *on <= day).max()
    }

    /// The last personnel risk assessment completed by a day.
    #[must_use]
    pub fn assessed_by(&self, day: Date) -> Option<Date> {
        self.assessed.iter().copied().filter(|on| *on <= day).max()
    }
}

/// A supplier of products or services.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Vendor {
    pub reference: Reference,
    pub name: String,
    pub contacts: String,
    pub products: Vec<String>,
    /// What the contract says about notices: incidents, personnel who no longer need access (CIP-013-2 R1.2).
    pub notification_terms: String,
    pub risk_assessed_on: Option<Date>,
    /// No remote access is permitted, as a dated statement (CIP-005-7 R2.4 also applies without any).
    pub remote_access: Option<bool>,
    pub retired_on: Option<Date>,
    pub notes: String,
}

crate::words! {
    /// An office under CIP-003.
    CipRole {
        SeniorManager = "cip_senior_manager", "CIP Senior Manager";
        Delegate = "delegate", "Delegate";
    }
}

crate::words! {
    /// What may be delegated (CIP-003-9 R4).
    Delegated {
        AuthorizeAccess = "authorize_access", "Authorize access";
        AuthorizeBcsi = "authorize_bcsi", "Authorize access to BCSI";
        ApproveExceptions = "approve_exceptions", "Approve exceptions";
        ApproveBoundary = "approve_boundary", "Approve the boundary";
        ApproveCategorization = "approve_categorization", "Approve categorizations";
        DeclareCircumstances = "declare_circumstances", "Declare CIP Exceptional Circumstances";
    }
}

/// Who holds an office from when until when (CIP-003-9 R3, R4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Appointment {
    pub reference: Reference,
    pub person: Option<PersonId>,
    pub role: Option<CipRole>,
    /// What a delegate may do; the CIP Senior Manager may do all of it.
    pub actions: BTreeSet<Delegated>,
    /// For a delegation: who delegated, the CIP Senior Manager in office then.
    pub delegated_by: Option<PersonId>,
    /// The first day.
    pub from: Option<Date>,
    /// The last day; none while it goes on.
    pub until: Option<Date>,
    /// When the change was documented (within 30 calendar days).
    pub documented_on: Option<Date>,
    pub retired_on: Option<Date>,
    pub notes: String,
}

impl Appointment {
    /// True when it is in force on a day.
    #[must_use]
    pub fn holds(&self, on: Date) -> bool {
        self.retired_on.is_none()
            && self.from.is_some_and(|from| from <= on)
            && self.until.is_none_or(|until| on <= until)
    }

    /// True when who holds it may do this.
    #[must_use]
    pub fn allows(&self, action: Delegated) -> bool {
        self.role == Some(CipRole::SeniorManager) || self.actions.contains(&action)
    }
}

crate::words! {
    /// Where an exceptional circumstance stands.
    CircumstanceStatus {
        Declared = "declared", "Declared";
        Ended = "ended", "Ended, not reviewed";
        Reviewed = "reviewed", "Reviewed";
    }
}

/// A CIP Exceptional Circumstance: declared, ended, looked back on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Circumstance {
    pub reference: Reference,
    pub title: String,
    /// What makes it one, in the terms of the NERC Glossary, and what it hinders.
    pub declaration: String,
    pub declared_at: Option<Moment>,
    pub ended_at: Option<Moment>,
    /// Who entered it, and who looked back on what was done under it.
    pub declared: Option<Act>,
    pub reviewed: Option<Act>,
    pub retired_on: Option<Date>,
    pub notes: String,
}

impl Circumstance {
    #[must_use]
    pub fn status(&self) -> CircumstanceStatus {
        match (self.ended_at, &self.reviewed) {
            (_, Some(_)) => CircumstanceStatus::Reviewed,
            (Some(_), None) => CircumstanceStatus::Ended,
            (None, None) => CircumstanceStatus::Declared,
        }
    }

    /// True when it lasts at a moment.
    #[must_use]
    pub fn lasts(&self, at: Moment) -> bool {
        self.retired_on.is_none()
            && self.declared_at.is_some_and(|from| from <= at)
            && self.ended_at.is_none_or(|until| at < until)
    }
}

crate::words! {
    /// What an authorization opens.
    AuthorizationKind {
        Electronic = "electronic", "Electronic";
        UnescortedPhysical = "unescorted_physical", "Unescorted physical";
        Bcsi = "bcsi", "BCSI";
    }
}

crate::words! {
    /// Where an authorization stands.
    AuthorizationStatus {
        Requested = "requested", "Requested";
        Authorized = "authorized", "Authorized";
        Provisioned = "provisioned", "Provisioned";
        Lapsed = "lapsed", "Lapsed, not removed";
        Removed = "removed", "Removed";
        Refused = "refused", "Refused";
    }
}

/// What one person may reach, why, and who said so (CIP-004-7 R4.1, R6.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Authorization {
    pub reference: Reference,
    pub person: Option<PersonId>,
    pub kind: Option<AuthorizationKind>,
    /// BES Cyber Systems it concerns.
    pub systems: BTreeSet<SystemId>,
    /// Sites of the perimeter.
    pub sites: BTreeSet<SiteId>,
    /// The Physical Security Perimeter, or the BCSI storage location.
    pub place: String,
    pub need: String,
    /// The CIP Exceptional Circumstance under which it was given.
    pub circumstance: Option<CircumstanceId>,
    /// The last day on which it holds; none where it holds until removed.
    pub until: Option<Date>,
    pub requested: Option<Act>,
    pub approved: Option<Act>,
    /// In which office it was approved, in words; empty for the role alone.
    pub approved_as: String,
    pub refused: Option<Act>,
    pub provisioned_at: Option<Moment>,
    /// When the ability ceased, what shows it, and who recorded it.
    pub removed_at: Option<Moment>,
    pub removal_proof: String,
    pub removed: Option<Act>,
    pub retired_on: Option<Date>,
    pub notes: String,
}

impl Authorization {
    #[must_use]
    pub fn status(&self, on: Date) -> AuthorizationStatus {
        if self.removed_at.is_some() {
            AuthorizationStatus::Removed
        } else if self.refused.is_some() {
            AuthorizationStatus::Refused
        } else if self.until.is_some_and(|until| until < on) && self.provisioned_at.is_some() {
            AuthorizationStatus::Lapsed
        } else if self.provisioned_at.is_some() {
            AuthorizationStatus::Provisioned
        } else if self.approved.is_some() {
            AuthorizationStatus::Authorized
        } else {
            AuthorizationStatus::Requested
        }
    }

    /// True when the person had the ability at a moment: provisioned and not removed.
    #[must_use]
    pub fn opens(&self, at: Moment) -> bool {
        self.provisioned_at.is_some_and(|from| from <= at) && self.removed_at.is_none_or(|until| at < until)
    }

    /// True when the person is authorized at a moment to use what it opens: it was not refused, its last day is not over, and it
    /// is approved or was given under an exceptional circumstance that lasts (CIP-004-7 R4.1).
    #[must_use]
    pub fn authorizes(&self, (at, on): (Moment, Date), lasts: impl FnOnce(CircumstanceId) -> bool) -> bool {
        self.opens(at)
            && self.refused.is_none()
            && self.until.is_none_or(|last| on <= last)
            && (self.approved.is_some() || self.circumstance.is_some_and(lasts))
    }

    /// The same authorization without what was decided and done about it.
    #[must_use]
    pub fn undecided(&self) -> Self {
        Self {
            requested: None,
            approved: None,
            approved_as: String::new(),
            refused: None,
            provisioned_at: None,
            removed_at: None,
            removal_proof: String::new(),
            removed: None,
            ..self.clone()
        }
    }
}
