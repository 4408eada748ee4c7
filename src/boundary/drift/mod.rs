//! Drift: what appeared, vanished or changed between two instants, in the policy and in the traffic.
//!
//! Invariant: pure. Records are compared by id and field by field, traffic by its ends and service; an end of the interval
//! without a record says so instead of calling everything new.

mod fields;
mod policy;
#[cfg(test)]
mod tests;
mod traffic;

pub use fields::{Difference, differences};
pub use policy::{Changed, Item, Names, compare, items, names};
pub use traffic::{Drifted, Seen, seen, sift};

crate::words! {
    /// How something drifted.
    How {
        Appeared = "appeared", "Appeared";
        Vanished = "vanished", "Vanished";
        Retired = "retired", "Retired";
        Approved = "approved", "Approved";
        Suspended = "suspended", "Suspended";
        Changed = "changed", "Changed";
    }
}

impl How {
    /// The class of its mark.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            How::Appeared => "open",
            How::Vanished | How::Retired => "low",
            How::Approved => "done",
            How::Suspended => "working",
            How::Changed => "waiting",
        }
    }
}
