//! Pages of what sensors saw: the queue of discovered hosts, flows, and the import of logs.
//!
//! Invariant: a person decides about hosts, with a reason; nothing here enters the inventory by itself.

mod bulk;
mod flows;
mod host;
mod import;
mod queue;
mod table;

use axum::http::Method;

use crate::auth::Action;
use crate::web::{Policy, Routes};

pub(super) use flows::IN_ZONE as FLOWS_IN_ZONE;
pub(super) use queue::IN_ZONE as HOSTS_IN_ZONE;
pub(super) use table::rows_of;

/// Mounts the pages.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let (read, review) = (Policy::Organization(Action::ReadInventory), Policy::Organization(Action::ReviewDiscoveries));
    let import = Policy::Organization(Action::ImportInventory);
    routes
        .on(&Method::GET, "/o/{slug}/discoveries", read, queue::queue)
        .on(&Method::GET, "/o/{slug}/discoveries/host", read, host::host)
        .on(&Method::POST, "/o/{slug}/discoveries/acceptance", review, host::accept)
        .on(&Method::POST, "/o/{slug}/discoveries/merge", review, host::merge)
        .on(&Method::POST, "/o/{slug}/discoveries/rejection", review, host::reject)
        .on(&Method::POST, "/o/{slug}/discoveries/bulk", review, bulk::bulk)
        .on(&Method::GET, "/o/{slug}/flows", read, flows::flows)
        .on(&Method::GET, "/o/{slug}/flows/import", import, import::choose)
        .unhurried(|routes| routes.on(&Method::POST, "/o/{slug}/flows/import", import, import::upload))
}
