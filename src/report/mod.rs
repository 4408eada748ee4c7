//! Documents that leave the building: one small model of a report, printed as PDF/A and as `WordprocessingML`.
//!
//! Invariant: a report's bytes follow from the report alone. Dates and ids inside come from its effective instant, never
//! from a clock or a generator; text of any script prints, with a visible mark where no font has the letter.

pub mod docx;
mod faces;
mod flow;
mod grids;
mod lines;
pub mod model;
mod page;
pub mod pdf;
mod shaping;
mod structure;
#[cfg(test)]
mod tests;

pub use model::{
    Align, Block, Column, Figure, Ground, Ink, Panel, Report, Run, Table, Text, mono, plain, quiet, strong,
};

/// A report that cannot be written, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unprintable(pub String);
