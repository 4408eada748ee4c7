//! Pages and operations of sessions: the list, one session, the active vendor sessions, batches, files in and out, live events.
//!
//! Invariant: a verdict is computed where it is shown, for the rows shown, and nowhere kept.

mod active;
mod api;
mod batches;
mod export;
mod found;
mod import;
mod list;
mod live;
mod show;
mod table;

use axum::http::Method;

use crate::auth::Action;
use crate::web::{Policy, Routes};

/// Neighbors of the sessions.
const TABS: [(&str, &str); 3] =
    [("Sessions", "sessions"), ("Active vendor sessions", "sessions/active"), ("Imports", "sessions/batches")];

/// Mounts the pages and the operations.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let (get, post) = (&Method::GET, &Method::POST);
    let (read, import) = (Policy::Organization(Action::ReadAccess), Policy::Organization(Action::ImportAccess));
    let (take, list) = (Action::ExportInventory, Action::ReadAccess);
    routes
        .on(get, "/o/{slug}/sessions", read, list::list)
        .on(get, "/o/{slug}/sessions/active", read, active::active)
        .on(get, "/o/{slug}/sessions/batches", read, batches::batches)
        .on(get, "/o/{slug}/sessions/import", import, import::choose)
        .on(post, "/o/{slug}/sessions/import", import, import::upload)
        .on(get, "/o/{slug}/sessions.csv", Policy::Organization(take), export::csv)
        .on(get, "/o/{slug}/sessions/{id}", read, show::show)
        .api(get, "sessions.csv", take, "Export sessions as CSV", export::csv)
        .api(get, "sessions", list, "List remote sessions, judged", api::list)
        .api(get, "sessions/active", list, "Read the active vendor sessions", api::active)
        .api(get, "sessions/batches", list, "List what gateways told, batch by batch", api::batches)
        .api(get, "sessions/{id}", list, "Read a session with what it was judged by", api::show)
        .api(post, "sessions/events", Action::ImportAccess, "Push session events of a gateway", live::push)
}
