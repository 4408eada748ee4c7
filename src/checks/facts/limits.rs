//! Limits an organization set itself, as rules ask for them.
//!
//! Invariant: none of them is a standard's value.

use crate::organizations::LongestGrant;
use crate::vocabulary::MonthMode;

/// Limits the organization set itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Days after which a verification no longer counts.
    pub verify_within_days: u16,
    /// A conduit that joins IT and OT without the DMZ is a mandatory failure.
    pub dmz_required: bool,
    /// A conduit that joins OT and a public network is a mandatory failure.
    pub public_forbidden: bool,
    /// Days after which a permission nobody used counts as unused.
    pub unused_after_days: u16,
    /// Days a grant of remote access may last at most, by party.
    pub longest_grant: LongestGrant,
    /// Minutes without activity after which a remote session is to end.
    pub idle_minutes: u16,
    /// Minutes after which a gateway that said nothing is no source of who is in.
    pub gateway_fresh_minutes: u16,
    /// When an interval of calendar months ends.
    pub month_mode: MonthMode,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            verify_within_days: 365,
            dmz_required: false,
            public_forbidden: false,
            unused_after_days: 180,
            longest_grant: LongestGrant::default(),
            idle_minutes: 30,
            gateway_fresh_minutes: 15,
            month_mode: MonthMode::EndOfMonth,
        }
    }
}
