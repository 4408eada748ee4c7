//! How a record came to be.
//!
//! Invariant: told once, when the record begins.

crate::words! {
    /// How a record came into the inventory.
    Origin {
        Manual = "manual", "Manual";
        Import = "import", "Import";
        Discovered = "discovered", "Discovered";
    }
}
