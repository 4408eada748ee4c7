//! What is decided about a file from its bytes, its name and its type, without looking anywhere else.
//!
//! Invariant: pure; a name and a claim are never believed, only compared.

pub mod naming;
pub mod serving;
pub mod sniffing;
