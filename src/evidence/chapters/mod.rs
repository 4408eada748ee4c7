//! The chapters of a package: each a small file, written from the dossier alone.
//!
//! Invariant: a chapter is pure over the dossier and what earlier chapters put: the same dossier gives the same files.
//! Evidence files and the history are written before the first of them.

mod custody;
mod findings;
mod index;
mod limits;
mod manifest;
mod map;
mod oscal;
mod parts;
mod printed;
mod readme;
mod readme_counts;
mod rsaw;
mod rsaw_parts;
pub mod tabs;
mod workbook;

use super::dossier::Dossier;
use crate::seal::{Spool, Unsealable};

/// A chapter.
pub struct Chapter {
    /// What it is, for who watches a build.
    pub name: &'static str,
    pub write: fn(&Dossier, &mut Spool) -> Result<(), Unsealable>,
}

const fn chapter(name: &'static str, write: fn(&Dossier, &mut Spool) -> Result<(), Unsealable>) -> Chapter {
    Chapter { name, write }
}

/// Every chapter, in the order they are written. The last three list the files of the others.
pub const CHAPTERS: &[Chapter] = &[
    chapter("tabs", tabs::write),
    chapter("map", map::write),
    chapter("workbook", workbook::write),
    chapter("parts", parts::write),
    chapter("findings", findings::write),
    chapter("OSCAL", oscal::write),
    chapter("limits", limits::write),
    chapter("worksheets", rsaw::write),
    chapter("readme", readme::write),
    chapter("chain of custody", custody::write),
    chapter("manifest", manifest::write),
    chapter("index", index::write),
];
