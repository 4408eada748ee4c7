//! Packages as pages: the kept ones, an order, one package with its progress, two side by side, downloads, readiness, and
//! what an auditor sees.
//!
//! Invariant: a package's page says how far it is from what every process can read; a download is a leaf of the journal.

mod behind;
mod comparing;
mod download;
mod list;
mod look;
mod ordering;
mod readiness;
mod sections;
mod show;

use axum::http::Method;

use crate::auth::Action;
use crate::web::{Policy, Routes};

pub(super) use comparing::compared;
pub(super) use download::download;
pub(super) use ordering::{ordered, retried};
pub(super) use readiness::told;
pub use sections::{AUDITORS, PACKAGES, READINESS};

/// Mounts the pages.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let (read, order) = (Policy::Organization(Action::ReadEvidence), Policy::Organization(Action::OrderPackage));
    let (get, post) = (&Method::GET, &Method::POST);
    routes
        .on(get, "/o/{slug}/packages", read, list::list)
        .on(get, "/o/{slug}/packages/new", order, ordering::new)
        .on(post, "/o/{slug}/packages", order, ordering::order)
        .on(get, "/o/{slug}/packages/{id}", read, show::show)
        .on(post, "/o/{slug}/packages/{id}/attempts", order, ordering::again)
        .on(get, "/o/{slug}/packages/{id}/comparison", read, comparing::compare)
        .on(get, "/o/{slug}/packages/{id}/records", read, behind::records)
        .on(get, "/o/{slug}/packages/{id}/file", Policy::Organization(Action::DownloadPackage), download)
        .on(get, "/o/{slug}/engagements/{id}/look", read, look::look)
        .on(get, "/o/{slug}/engagements/{id}/readiness", read, readiness::readiness)
}

/// Bytes in words.
#[must_use]
pub fn bytes(size: i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a size in words has two digits")]
    let exact = size as f64;
    match size {
        ..1_000 => format!("{size} B"),
        1_000..1_000_000 => format!("{:.0} kB", exact / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", exact / 1e6),
        _ => format!("{:.2} GB", exact / 1e9),
    }
}
