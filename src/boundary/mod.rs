//! The boundary as one picture: zones, conduits and what crosses without leave, drawn, listed and compared over time.
//!
//! Invariant: read-only. The map, its tables, its file and its chapter of a package come from one `Picture`.

pub mod drawing;
pub mod drift;
pub mod layout;
pub mod looked;
pub mod model;
pub mod pages;
pub mod palette;
pub mod picturing;
pub mod saying;
pub mod watching;

/// The map on paper, for a chapter of a package.
#[must_use]
pub fn for_package(picture: &model::Picture) -> String {
    drawing::print(picture)
}
