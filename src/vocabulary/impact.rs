//! The impact rating of a BES Cyber System (CIP-002-5.1a, Attachment 1).
//!
//! Invariant: ordered, so the highest of several ratings is their maximum.

crate::words! {
    /// Impact rating; `Low < Medium < High`.
    Impact {
        Low = "low", "Low";
        Medium = "medium", "Medium";
        High = "high", "High";
    }
}
