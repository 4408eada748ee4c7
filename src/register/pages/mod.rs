//! Pages of every register: list, record, form, bulk changes. A slice mounts its kinds; nothing is written twice.
//!
//! Invariant: a page needs at most four queries: the visit, the head, the count, the rows.

mod bulk;
mod edit;
pub mod export;
mod head;
mod import;
mod list;
pub mod saved;
mod show;

use std::sync::Arc;

use axum::http::Method;

use super::{Begins, Lookup, Register, records};
use crate::ids::Id;
use crate::storage::{Change, Kept, Snapshot};
use crate::vocabulary::Date;
use crate::web::{Answer, App, Failure, Policy, Routes};

pub use edit::FormPage;
pub use head::{Ask, Decision, Head, HeadOf};
pub use list::{BOUNDARY, asked, check_names};
pub use show::{Cluster, Section, SectionOf, Step, Tab, section, steps};

/// Which place of the navigation a kind belongs to.
#[must_use]
pub fn place<K: Register>() -> crate::web::Place {
    K::PLACE
}

/// Mounts the pages of a kind, with the tabs of a record's page.
#[must_use]
pub fn mount<K: Register>(routes: Routes, tabs: &'static [Tab]) -> Routes {
    mount_under::<K>(routes, tabs, None)
}

/// The same, with what stands above the facts of a record.
#[must_use]
pub fn mount_under<K: Register>(routes: Routes, tabs: &'static [Tab], head: Option<HeadOf<K>>) -> Routes {
    let at = |rest: &str| format!("/o/{{slug}}/{}{rest}", K::WORDS.collection);
    let (read, edit) = (Policy::Organization(K::ACCESS.read), Policy::Organization(K::ACCESS.edit));
    let routes = if K::BEGINS == Begins::Entered { entering::<K>(routes, &at("")) } else { routes };
    mount_list::<K>(routes)
        .on(&Method::GET, &at("/{id}"), read, move |caller, app, id, asking| {
            show::show::<K>((tabs, head), caller, app, id, asking)
        })
        .on(&Method::GET, &at("/{id}/retirement"), edit, edit::retirement::<K>)
        .on(&Method::POST, &at("/{id}/retirement"), edit, edit::retire::<K>)
}

/// Mounts what every kind has, however its records begin and end: the list, changes to many, the form of one.
#[must_use]
pub fn mount_list<K: Register>(routes: Routes) -> Routes {
    let at = |rest: &str| format!("/o/{{slug}}/{}{rest}", K::WORDS.collection);
    let (read, edit) = (Policy::Organization(K::ACCESS.read), Policy::Organization(K::ACCESS.edit));
    mount_edit::<K>(routes).on(&Method::GET, &at(""), read, list::list::<K>).on(
        &Method::POST,
        &at("/bulk"),
        edit,
        bulk::bulk::<K>,
    )
}

/// Mounts the form of one record, for a kind with a list of its own.
#[must_use]
pub fn mount_edit<K: Register>(routes: Routes) -> Routes {
    let at = |rest: &str| format!("/o/{{slug}}/{}{rest}", K::WORDS.collection);
    let edit = Policy::Organization(K::ACCESS.edit);
    routes.on(&Method::GET, &at("/{id}/edit"), edit, edit::edit::<K>).on(
        &Method::POST,
        &at("/{id}"),
        edit,
        edit::update::<K>,
    )
}

/// How records begin: by form and, where they may come that way, by file.
fn entering<K: Register>(routes: Routes, base: &str) -> Routes {
    let at = |rest: &str| format!("{base}{rest}");
    let edit = Policy::Organization(K::ACCESS.edit);
    let routes =
        routes.on(&Method::GET, &at("/new"), edit, edit::new::<K>).on(&Method::POST, base, edit, edit::create::<K>);
    let Some(import) = K::ACCESS.import.map(Policy::Organization) else { return routes };
    routes
        .on(&Method::GET, &at("/import"), import, import::choose::<K>)
        .on(&Method::POST, &at("/import"), import, import::preview::<K>)
        .on(&Method::POST, &at("/import/confirmation"), import, import::confirm::<K>)
}

/// The references of what a kind points to, from the cache while nothing changed.
pub async fn linked<K: Register>(app: &App, at: &mut Snapshot) -> Answer<Arc<Lookup>> {
    let (organization, size, newest) = (at.organization(), at.tree_size(), at.is_newest());
    if newest && let Some(kept) = app.lookup(organization, K::WORDS.kind, size) {
        return Ok(kept);
    }
    let lookup = Arc::new(records::linked::<K>(at).await?);
    if newest {
        app.keep_lookup(organization, K::WORDS.kind, size, Arc::clone(&lookup));
    }
    Ok(lookup)
}

/// The cached references and, for kinds with many, the ones these records need.
pub async fn lookup_for<K: Register>(app: &App, at: &mut Snapshot, records: &[&K]) -> Answer<Arc<Lookup>> {
    let lookup = linked::<K>(app, at).await?;
    if K::LINKED_MANY.is_empty() {
        return Ok(lookup);
    }
    let mut own = Lookup::clone(&lookup);
    let ids: Vec<uuid::Uuid> = records.iter().flat_map(|record| record.linked()).collect();
    for table in K::LINKED_MANY {
        super::records::look_up_ids(at, table, &ids, &mut own).await?;
    }
    Ok(Arc::new(own))
}

/// Refuses to let a record go that something live still needs.
pub async fn may_leave<K: Register>(change: &mut Change, kept: &Kept<K>, on: Date, why: &str) -> Answer<()> {
    let problems = super::actions::stays(change.reading().await?, kept, on, why).await?;
    if problems.is_empty() { Ok(()) } else { Err(Failure::Invalid(problems)) }
}

/// The id of a selected row.
pub fn parse_id<K: Register>(text: &str) -> Option<K::Id> {
    K::Id::parse(text)
}
