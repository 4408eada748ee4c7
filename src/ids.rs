//! Typed identifiers: `UUIDv7` values made from a moment and random bits, one type per kind of record.
//!
//! Invariant: an identifier of one kind cannot be used where another is meant, and none is a secret.

use rand::Rng;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::vocabulary::Moment;

/// A typed identifier over a UUID.
pub trait Id: Copy + Eq + Send + Sync + std::fmt::Debug + std::fmt::Display + 'static {
    fn from_uuid(uuid: Uuid) -> Self;
    fn uuid(self) -> Uuid;

    /// A new `UUIDv7` (RFC 9562) for the moment, in milliseconds, and 74 random bits.
    fn new(at: Moment, rng: &mut impl Rng) -> Self {
        let millis = u64::try_from(at.micros() / 1000).unwrap_or(0);
        let mut random = [0u8; 10];
        rng.fill_bytes(&mut random);
        Self::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// Reads the hyphenated form only, so one record has one address.
    fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().filter(|uuid| uuid.hyphenated().to_string() == text).map(Self::from_uuid)
    }
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl Id for $name {
            fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }
            fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}", self.0.hyphenated())
            }
        }
    )+};
}

ids! {
    OrganizationId;
    UserId;
    MembershipId;
    SiteId;
    SystemId;
    ZoneId;
    ConduitId;
    PermittedFlowId;
    AssetId;
    InterfaceId;
    ServiceId;
    BatchId;
    DiscoveryId;
    PackageId;
    EngagementId;
    AuditorAccessId;
    SensorId;
    PersonId;
    VendorId;
    AppointmentId;
    CircumstanceId;
    AuthorizationId;
    AccountId;
    GrantId;
    SessionBatchId;
    /// A remote session, by its gateway and the gateway's own name for it.
    SessionId;
    DepartureId;
    ReviewId;
    ReviewDecisionId;
    ArtifactId;
    AttachmentId;
    ControlId;
    NarrativeId;
    AttestationId;
    PerformanceId;
    ExceptionId;
    FindingId;
    RemediationEntryId;
    ErrandId;
    ViewId;
    /// One request or command, from its arrival to its answer.
    RequestId;
}

impl OrganizationId {
    /// The log of what belongs to no organization: sign-ins, and failed sign-ins of unknown names.
    pub const PLATFORM: OrganizationId = OrganizationId(Uuid::nil());
}

#[cfg(test)]
mod tests {
    use super::{AssetId, Id};
    use crate::vocabulary::Moment;

    #[test]
    fn version_seven_sorts_by_moment() {
        let mut rng = rand::rng();
        let early = AssetId::new(Moment::from_micros(1_700_000_000_000_000), &mut rng);
        let late = AssetId::new(Moment::from_micros(1_700_000_000_001_000), &mut rng);
        assert!(early < late);
        assert_eq!(early.uuid().get_version_num(), 7);
        assert_eq!(AssetId::parse(&early.to_string()), Some(early));
        assert_eq!(AssetId::parse(&early.to_string().to_uppercase()), None);
    }
}
