//! Evidence files as pages: upload, download, attach; list, record, edit and history are those of every register.
//!
//! Invariant: everything works as a plain form; a script only adds dropping and progress.

mod attaching;
mod download;
mod receiving;
mod upload;

use axum::http::Method;

use crate::auth::Action;
use crate::web::{Policy, Routes};

pub(super) use attaching::{attached, withdrawn};
pub(super) use download::download;
pub(super) use receiving::{gather, record_all};

/// Mounts the pages that are not those of every register.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let add = Policy::Organization(Action::AddArtifact);
    let take = Policy::Organization(Action::DownloadArtifact);
    routes
        .on(&Method::GET, "/o/{slug}/artifacts/new", add, upload::new)
        .unhurried(|routes| routes.on(&Method::POST, "/o/{slug}/artifacts", add, upload::receive))
        .on(&Method::GET, "/o/{slug}/artifacts/{id}/file", take, download)
        .on(&Method::POST, "/o/{slug}/artifacts/attachments", add, attaching::attach)
        .on(&Method::POST, "/o/{slug}/artifacts/attachments/{id}/withdrawal", add, attaching::withdraw)
}
