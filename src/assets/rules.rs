//! How an asset's rating follows from what it serves and where it lives, and when a verification is stale.
//!
//! Invariant: pure. Source: CIP-002-5.1a Attachment 1 and the definition of PCA (rating of the ESP).

use std::collections::BTreeSet;

use super::model::Category;
use crate::vocabulary::{Impact, Moment};

/// The rating of an asset: the highest of its systems; a PCA also takes the highest rating within its ESP.
#[must_use]
pub fn rating(own: Option<Impact>, categories: &BTreeSet<Category>, within_esp: Option<Impact>) -> Option<Impact> {
    if categories.contains(&Category::Pca) { own.max(within_esp) } else { own }
}

/// How fresh a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    Never,
    Stale,
    Fresh,
}

/// Whether a verification still counts, given the organization's limit in days.
#[must_use]
pub fn freshness(verified_at: Option<Moment>, within_days: u16, now: Moment) -> Freshness {
    match verified_at {
        None => Freshness::Never,
        Some(at) if now.micros_since(at) > i64::from(within_days) * 86_400_000_000 => Freshness::Stale,
        Some(_) => Freshness::Fresh,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Freshness, freshness, rating};
    use crate::assets::Category;
    use crate::vocabulary::{Impact, Moment};

    #[test]
    fn ratings() {
        let pca = BTreeSet::from([Category::Pca]);
        let none = BTreeSet::new();
        assert_eq!(rating(None, &pca, Some(Impact::High)), Some(Impact::High));
        assert_eq!(rating(None, &none, Some(Impact::High)), None);
        assert_eq!(rating(Some(Impact::Medium), &pca, Some(Impact::Low)), Some(Impact::Medium));
    }

    #[test]
    fn staleness() {
        let now = Moment::from_micros(1_772_463_600_000_000);
        assert_eq!(freshness(None, 365, now), Freshness::Never);
        assert_eq!(freshness(Some(now.plus_seconds(-365 * 86400)), 365, now), Freshness::Fresh);
        assert_eq!(freshness(Some(now.plus_seconds(-365 * 86400 - 1)), 365, now), Freshness::Stale);
    }
}
