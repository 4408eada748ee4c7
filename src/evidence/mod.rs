//! Evidence: packages an auditor can check without Glance, sealed from one snapshot.
//!
//! Invariant: what a package says was computed from the record at one effective instant, and each row names the version
//! that says it.

pub mod api;
pub mod asked;
pub mod assembly;
pub mod building;
pub mod comparing;
pub mod eye;
pub mod keeping;
pub mod model;
pub mod ordering;
pub mod pages;
pub mod reading;
pub mod records;
pub mod signer;
pub mod tabs;

pub use model::{Package, PackageState};

/// Rung when a package is ordered in this process, so that its build begins at once.
#[derive(Debug, Default)]
pub struct Bell(tokio::sync::Notify);

impl Bell {
    pub fn ring(&self) {
        self.0.notify_one();
    }

    pub async fn rung(&self) {
        self.0.notified().await;
    }
}
