//! Glance: the live system of record for the boundary between corporate IT and operational technology.
//!
//! The map of the house. One way in: every mutation is an action inside one change. One way out: everything shown,
//! exported or judged is computed from a snapshot of one organization at one instant.

pub mod clock;
pub mod ids;
pub mod organizations;
pub mod people;
pub mod storage;
pub mod vocabulary;

use storage::verify::AuditedKind;

/// Every audited kind of record, for strict verification, backup and the tests that walk them all.
pub const KINDS: &[AuditedKind] =
    &[AuditedKind::of::<organizations::OrganizationProfile>(), AuditedKind::of::<people::Membership>()];
