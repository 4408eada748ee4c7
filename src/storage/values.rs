//! How ids and vocabulary are bound to both engines.
//!
//! Invariant: a type is bound by the same inner type everywhere; reading a value the type refuses is an error.

use uuid::Uuid;

use crate::ids::{
    ArtifactId, AssetId, AttachmentId, AttestationId, BatchId, ConduitId, ControlId, DiscoveryId, ErrandId,
    ExceptionId, FindingId, Id, InterfaceId, MembershipId, NarrativeId, OrganizationId, PackageId, PerformanceId,
    PermittedFlowId, RemediationEntryId, RequestId, SensorId, ServiceId, SessionBatchId, SessionId, SiteId, SystemId,
    UserId, ZoneId,
};
use crate::ids::{ReviewDecisionId, ReviewId};
use crate::vocabulary::Moment;

/// Binds a type to every engine that binds `$inner`.
macro_rules! bind_as {
    ($type:ty, $inner:ty, $to:expr, $from:expr) => {
        impl<DB: sqlx::Database> sqlx::Type<DB> for $type
        where
            $inner: sqlx::Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <$inner as sqlx::Type<DB>>::type_info()
            }
            fn compatible(ty: &DB::TypeInfo) -> bool {
                <$inner as sqlx::Type<DB>>::compatible(ty)
            }
        }

        impl<'q, DB: sqlx::Database> sqlx::Encode<'q, DB> for $type
        where
            $inner: sqlx::Encode<'q, DB>,
        {
            fn encode_by_ref(
                &self,
                buffer: &mut <DB as sqlx::Database>::ArgumentBuffer,
            ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                let to: fn(&$type) -> $inner = $to;
                to(self).encode(buffer)
            }
        }

        impl<'r, DB: sqlx::Database> sqlx::Decode<'r, DB> for $type
        where
            $inner: sqlx::Decode<'r, DB>,
        {
            fn decode(value: <DB as sqlx::Database>::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
                let from: fn($inner) -> Result<$type, sqlx::error::BoxDynError> = $from;
                from(<$inner as sqlx::Decode<'r, DB>>::decode(value)?)
            }
        }
    };
}
bind_as!(Moment, i64, |moment: &Moment| moment.micros(), |micros| Ok(Moment::from_micros(micros)));

macro_rules! bind_ids {
    ($($id:ident),+) => {
        $(bind_as!($id, Uuid, |id: &$id| id.uuid(), |uuid| Ok($id::from_uuid(uuid)));)+
    };
}

bind_ids!(
    OrganizationId,
    UserId,
    MembershipId,
    SiteId,
    SystemId,
    ZoneId,
    ConduitId,
    PermittedFlowId,
    AssetId,
    InterfaceId,
    ServiceId,
    BatchId
);
bind_ids!(DiscoveryId, PackageId, ErrandId, RequestId, PerformanceId, SensorId);
bind_ids!(ControlId, NarrativeId, AttestationId);
bind_ids!(ReviewId, ReviewDecisionId);
bind_ids!(ExceptionId, FindingId, RemediationEntryId);
bind_ids!(ArtifactId, AttachmentId);
bind_ids!(SessionBatchId, SessionId);
