//! How often somebody may try: a ladder for each credential, a bucket for each source.
//!
//! Invariant: a stranger cannot lock an operator out for long, and never out of a device the operator signed in from
//! before (`device`); memory is bounded.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::vocabulary::Moment;

/// Seconds to wait after so many failures in a row (security design §4.2, ladder per credential).
#[must_use]
pub fn wait_after(failures: i64) -> i64 {
    match failures {
        ..=4 => 0,
        5..=8 => 3,
        9..=24 => 30,
        25..=99 => 300,
        _ => 900,
    }
}

/// Attempts of one source: a bucket that holds `BURST` and gains one every `SECONDS`.
#[derive(Debug, Default)]
pub struct RateLimiter(Mutex<HashMap<String, (f64, Moment)>>);

const BURST: f64 = 20.0;
const SECONDS: f64 = 3.0;
const MOST_SOURCES: usize = 10_000;

impl RateLimiter {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one attempt of a source, or says how many seconds to wait.
    pub fn take(&self, source: &str, now: Moment) -> Result<(), i64> {
        let Ok(mut buckets) = self.0.lock() else { return Ok(()) };
        if buckets.len() >= MOST_SOURCES && !buckets.contains_key(source) {
            buckets.retain(|_, (_, at)| now.micros_since(*at) < 60_000_000);
            if buckets.len() >= MOST_SOURCES {
                return Err(60);
            }
        }
        let (held, at) = buckets.get(source).copied().unwrap_or((BURST, now));
        let passed = std::time::Duration::from_micros(u64::try_from(now.micros_since(at)).unwrap_or(0)).as_secs_f64();
        let held = (held + passed / SECONDS).min(BURST);
        let enough = held >= 1.0;
        buckets.insert(source.to_owned(), (if enough { held - 1.0 } else { held }, now));
        if enough { Ok(()) } else { Err(3) }
    }
}

#[cfg(test)]
mod tests {
    use super::{RateLimiter, wait_after};
    use crate::vocabulary::Moment;

    #[test]
    fn limits() {
        assert_eq!([4, 5, 9, 100].map(wait_after), [0, 3, 30, 900]);
        let (limiter, now) = (RateLimiter::new(), Moment::from_micros(1_000_000_000));
        assert!((0..20).all(|_| limiter.take("a", now).is_ok()));
        assert!(limiter.take("a", now).is_err());
        assert!(limiter.take("b", now).is_ok());
        assert!(limiter.take("a", now.plus_seconds(4)).is_ok());
    }
}
