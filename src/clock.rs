//! The only caller of the system clock.
//!
//! Invariant: everything else is given a moment; tests and the demonstration's replay give their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::vocabulary::Moment;

/// Where "now" comes from.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Still(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock, in whole microseconds UTC.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until it is set.
    #[must_use]
    pub fn still(at: Moment) -> (Self, StillClock) {
        let hand = Arc::new(AtomicI64::new(at.micros()));
        (Self(Source::Still(Arc::clone(&hand))), StillClock(hand))
    }

    #[must_use]
    pub fn now(&self) -> Moment {
        match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the system clock")]
            Source::System => chrono::Utc::now().into(),
            Source::Still(hand) => Moment::from_micros(hand.load(Ordering::SeqCst)),
        }
    }
}

/// The hand of a still clock.
#[derive(Clone, Debug)]
pub struct StillClock(Arc<AtomicI64>);

impl StillClock {
    pub fn set(&self, at: Moment) {
        self.0.store(at.micros(), Ordering::SeqCst);
    }

    pub fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}
