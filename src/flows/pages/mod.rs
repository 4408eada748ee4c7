//! Pages of what sensors saw: the queue of discovered hosts, flows, and the import of logs.
//!
//! Invariant: a person decides about hosts, with a reason; nothing here enters the inventory by itself.

mod bulk;
mod export;
mod flows;
mod host;
mod import;
mod queue;
mod table;

use axum::http::Method;

use super::records::flows::FlowTotal;
use super::records::hosts::HostRow;
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
        .with(files::<FlowTotal>)
        .with(files::<HostRow>)
        .on(&Method::GET, "/o/{slug}/flows", read, flows::flows)
        .on(&Method::GET, "/o/{slug}/flows/import", import, import::choose)
        .unhurried(|routes| routes.on(&Method::POST, "/o/{slug}/flows/import", import, import::upload))
}

/// The files of a list.
fn files<L: export::Exported>(routes: Routes) -> Routes {
    let take = Action::ExportInventory;
    let name = L::NAMES[1];
    let page = |extension: &str| format!("/o/{{slug}}/{name}.{extension}");
    routes
        .api(&Method::GET, &format!("{name}.csv"), take, "Export as CSV", export::csv::<L>)
        .api(&Method::GET, &format!("{name}.xlsx"), take, "Export as XLSX", export::xlsx::<L>)
        .on(&Method::GET, &page("csv"), Policy::Organization(take), export::csv::<L>)
        .on(&Method::GET, &page("xlsx"), Policy::Organization(take), export::xlsx::<L>)
}
