//! What was computed from an organization's record at a tree size, kept for the next page.
//!
//! Invariant: a value is given out only for the tree size it was computed at, and one of a type is kept for an organization.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::ids::OrganizationId;

/// Most values kept at a time.
const MOST: usize = 64;

/// Values by organization and type, each with its tree size.
type Kept = HashMap<(OrganizationId, TypeId), (i64, Arc<dyn Any + Send + Sync>)>;

#[derive(Default)]
pub struct Computed(Mutex<Kept>);

impl Computed {
    /// The value computed at this tree size, if it is still here.
    #[must_use]
    pub fn at<T: Any + Send + Sync>(&self, organization: OrganizationId, size: i64) -> Option<Arc<T>> {
        let kept = self.0.lock().ok()?;
        let (known, value) = kept.get(&(organization, TypeId::of::<T>()))?;
        if *known == size { Arc::clone(value).downcast().ok() } else { None }
    }

    /// Keeps a value for the next page.
    pub fn keep<T: Any + Send + Sync>(&self, organization: OrganizationId, size: i64, value: Arc<T>) {
        if let Ok(mut kept) = self.0.lock() {
            if kept.len() >= MOST {
                kept.clear();
            }
            kept.insert((organization, TypeId::of::<T>()), (size, value));
        }
    }
}
