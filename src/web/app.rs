//! What every handler shares: the store, the keys, and small caches that a head vouches for.
//!
//! Invariant: nothing here outlives the state it was computed from: caches are keyed by organization and tree size.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::computed::Computed;
use super::{Answer, Failure};
use crate::auth::keys::Keys;
use crate::auth::lockout::RateLimiter;
use crate::ids::OrganizationId;
use crate::register::Lookup;
use crate::storage::{Blobs, Store};

/// Lookups by organization and kind, each with the tree size it was computed at.
type Lookups = HashMap<(OrganizationId, &'static str), (i64, Arc<Lookup>)>;

/// The application's shared state.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What the application is made of.
pub struct Parts {
    pub store: Store,
    pub keys: Keys,
    /// Where people reach it: scheme, host and port, without a path.
    pub public_url: String,
    /// Where packages and other files are kept.
    pub data: std::path::PathBuf,
    /// Where the bytes of evidence files are kept.
    pub blobs: Blobs,
    /// Attempts to sign in, by source and by login.
    pub attempts: RateLimiter,
    /// Password hashing takes memory: few at a time.
    pub hashing: tokio::sync::Semaphore,
    lookups: Mutex<Lookups>,
    /// What larger pages are computed from.
    pub computed: Computed,
}

/// Most lookups kept at a time.
const MOST_LOOKUPS: usize = 256;

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// An application that keeps evidence files in its data directory.
    #[must_use]
    pub fn new(store: Store, keys: Keys, public_url: String, data: std::path::PathBuf) -> Self {
        let blobs = Blobs::directory(&data.join("artifacts"));
        Self::keeping(store, keys, public_url, data, blobs)
    }

    /// An application that keeps evidence files where it is told.
    #[must_use]
    pub fn keeping(store: Store, keys: Keys, public_url: String, data: std::path::PathBuf, blobs: Blobs) -> Self {
        let permits = std::thread::available_parallelism().map_or(2, |cores| cores.get().min(4));
        Self(Arc::new(Parts {
            store,
            keys,
            public_url,
            data,
            blobs,
            attempts: RateLimiter::new(),
            hashing: tokio::sync::Semaphore::new(permits),
            lookups: Mutex::new(HashMap::new()),
            computed: Computed::default(),
        }))
    }

    /// Runs what takes a core and much memory, such as hashing a password, few at a time; `Busy` after two seconds' wait.
    pub async fn heavy<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Answer<T> {
        let wait = std::time::Duration::from_secs(2);
        let Ok(Ok(_permit)) = tokio::time::timeout(wait, self.hashing.acquire()).await else {
            return Err(Failure::Busy);
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| Failure::Bug(error.to_string()))
    }

    /// A lookup computed for this kind at this tree size, if it is still here.
    #[must_use]
    pub fn lookup(&self, organization: OrganizationId, kind: &'static str, size: i64) -> Option<Arc<Lookup>> {
        let kept = self.lookups.lock().ok()?;
        kept.get(&(organization, kind)).filter(|(known, _)| *known == size).map(|(_, lookup)| Arc::clone(lookup))
    }

    /// Keeps a lookup for the next page.
    pub fn keep_lookup(&self, organization: OrganizationId, kind: &'static str, size: i64, lookup: Arc<Lookup>) {
        if let Ok(mut kept) = self.lookups.lock() {
            if kept.len() >= MOST_LOOKUPS {
                kept.clear();
            }
            kept.insert((organization, kind), (size, lookup));
        }
    }
}
