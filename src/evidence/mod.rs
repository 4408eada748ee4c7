//! Evidence: packages an auditor can check without Glance, sealed from one snapshot.
//!
//! Invariant: what a package says was computed from the record at one effective instant, and each row names the version
//! that says it.

pub mod api;
pub mod assembly;
pub mod building;
pub mod model;
pub mod pages;
pub mod records;
pub mod signer;
pub mod tabs;

pub use model::{Package, PackageState};
