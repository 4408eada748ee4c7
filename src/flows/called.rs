//! What the policy says of single flows: asked here, answered by what judges above this slice.
//!
//! Invariant: a flow's verdict is computed for the instant that is shown and never kept.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use uuid::Uuid;

use crate::conduits::judging::Call;
use crate::storage::Snapshot;
use crate::web::{Answer, App, Caller};

/// Verdicts of flows at one instant.
pub trait Called: Send + Sync {
    /// What the policy says of a flow; none for one that is not known at the instant.
    fn call(&self, flow: Uuid) -> Option<Call>;
}

/// Judges the flows at a snapshot.
pub type Calling = for<'a> fn(
    &'a App,
    &'a Caller,
    &'a mut Snapshot,
) -> Pin<Box<dyn Future<Output = Answer<Arc<dyn Called>>> + Send + 'a>>;
