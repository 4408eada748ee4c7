//! Purdue levels, as zones and assets carry them.
//!
//! Invariant: ordered from the process upward; 3.5 is the industrial DMZ between operations and the enterprise.

crate::words! {
    /// Purdue enterprise reference architecture level.
    PurdueLevel {
        Process = "0", "0 Process";
        Basic = "1", "1 Basic control";
        Supervisory = "2", "2 Supervisory control";
        Operations = "3", "3 Operations";
        Dmz = "3.5", "3.5 DMZ";
        Enterprise = "4", "4 Enterprise";
        External = "5", "5 External";
    }
}
