//! Pages of the boundary as a whole: the map, what drifted, what is watched.
//!
//! Invariant: nothing is written here but the leaf of an export; every page reads one snapshot, or says which two.

mod coverage;
mod crossing;
mod crossings;
mod drift;
mod levels;
mod looking;
mod map;
mod tables;

use axum::http::Method;

use crate::auth::Action;
use crate::web::{Policy, Routes, links};

/// Mounts the pages.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    let read = Policy::Organization(Action::ReadInventory);
    let take = Policy::Organization(Action::ExportInventory);
    routes
        .on(&Method::GET, "/o/{slug}/boundary", read, map::map)
        .on(&Method::GET, "/o/{slug}/boundary.svg", take, map::file)
        .on(&Method::GET, "/o/{slug}/boundary/drift", read, drift::drift)
        .on(&Method::GET, "/o/{slug}/boundary/drift.csv", take, drift::csv)
        .on(&Method::GET, "/o/{slug}/boundary/coverage", read, coverage::coverage)
        .on(&Method::GET, "/o/{slug}/boundary/levels", read, levels::levels)
        .on(&Method::GET, "/o/{slug}/crossings", read, crossings::list)
        .on(&Method::GET, "/o/{slug}/crossings.csv", take, crossings::csv)
        .on(&Method::GET, "/o/{slug}/crossings/{id}", read, crossing::show)
        .api(
            &Method::GET,
            "crossings",
            Action::ReadInventory,
            "List what flows between zones, with its verdict",
            crossings::api,
        )
}

/// A drawing whose writer escapes every text of the record (`boundary::drawing::pen`, and its tests with hostile names).
pub struct Svg(String);

impl std::fmt::Display for Svg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Svg {}

/// A link beside the others of the place.
pub struct Tab {
    pub label: &'static str,
    pub href: String,
    pub current: bool,
}

/// The neighbors of a page.
fn tabs(slug: &str, query: &str, current: &str) -> Vec<Tab> {
    crate::register::pages::BOUNDARY
        .iter()
        .map(|(label, path)| Tab {
            label,
            href: format!("{}{query}", links::place(slug, path)),
            current: *path == current,
        })
        .collect()
}
