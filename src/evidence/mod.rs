//! Evidence: packages an auditor can check without Glance, sealed from one snapshot.
//!
//! Invariant: what a package says was computed from the record at one effective instant, and each row names the version
//! that says it.

pub mod answering;
pub mod api;
pub mod asked;
pub mod building;
pub mod chapters;
pub mod comparing;
mod copying;
pub mod disclosing;
pub mod dossier;
pub mod evidence_files;
pub mod eye;
pub mod failing;
pub mod finding_files;
pub mod gathering;
pub mod holding;
pub mod keeping;
pub mod leaving_open;
pub mod model;
pub mod naming;
pub mod order;
pub mod ordering;
pub mod pages;
pub mod readiness;
pub mod reading;
pub mod readying;
pub mod records;
pub mod scope;
pub mod signer;
pub mod used;
pub mod words;

pub use dossier::Dossier;
pub use failing::Unbuilt;
pub use model::{Package, PackageState};
pub use order::{Engaged, Order};
pub use scope::Scope;

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
