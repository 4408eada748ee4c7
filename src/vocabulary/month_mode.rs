//! How an organization counts calendar months.
//!
//! Invariant: the NERC Glossary defines no "calendar month", so the reading is the organization's own setting (timers 1).

crate::words! {
    /// When an interval of calendar months ends.
    MonthMode {
        EndOfMonth = "end_of_month", "End of the month";
        Anniversary = "anniversary", "Same day of the month";
    }
}
