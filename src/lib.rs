//! Glance: the live system of record for the boundary between corporate IT and operational technology.
//!
//! The map of the house. One way in: every mutation is an action inside one change. One way out: everything shown,
//! exported or judged is computed from a snapshot of one organization at one instant.

pub mod assets;
pub mod auth;
pub mod clock;
pub mod ids;
pub mod organizations;
pub mod people;
pub mod register;
pub mod sites;
pub mod storage;
pub mod systems;
pub mod vocabulary;
pub mod zones;

use storage::change::Follower;
use storage::verify::AuditedKind;

/// Every audited kind of record, for strict verification, backup and the tests that walk them all. A kind stands after
/// the kinds it points to.
pub const KINDS: &[AuditedKind] = &[
    AuditedKind::of::<organizations::OrganizationProfile>(),
    AuditedKind::of::<people::Membership>(),
    AuditedKind::of::<sites::Site>(),
    AuditedKind::of::<systems::System>(),
    AuditedKind::of::<zones::Zone>(),
    AuditedKind::of::<assets::Asset>(),
    AuditedKind::of::<assets::Interface>(),
    AuditedKind::of::<assets::Service>(),
];

/// What follows from every change before it commits.
pub const FOLLOWERS: &[Follower] = &[|change| Box::pin(assets::standing::follow(change))];
